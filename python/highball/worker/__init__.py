"""The worker: loads one WSGI application (PEP 3333) and runs it for the gateway.

Modules here are imported before the application's own folders are on ``sys.path`` or, later on,
by relative import; so a file of the application never stands in for one of them.
"""
