"""A middleware made the application: a closure that another module defines."""

from app import app as _app
from middleware import logged

site = logged(_app)
