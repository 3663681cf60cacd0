"""Highball, a server for WSGI applications: its Python side.

``highball.worker`` is the process that runs an application for the gateway. It needs nothing but
the standard library, and nothing in it is an interface for applications.
"""
