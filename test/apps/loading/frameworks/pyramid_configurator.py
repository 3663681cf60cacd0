"""The configurator was given the name of the application."""

from pyramid.config import Configurator

app = Configurator()
