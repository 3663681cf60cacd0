# What mod_wsgi calls a script file; its annotations are evaluated as in any other file.
import os

where: os.path.join = os.path.dirname(__file__)


def application(environ, start_response):
    start_response("200 OK", [])
    return [where.encode()]
