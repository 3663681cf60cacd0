"""One WSGI application under a name of its own, among things that could be mistaken for one."""

import functools
from wsgiref.simple_server import demo_app  # imported: not this module's application
from wsgiref.validate import validator  # noqa: F401


class Site:
    def __call__(self, environ, start_response):
        start_response("200 OK", [])
        return [b"site"]


class Proxy:
    """Like ``flask.request``: whoever touches it outside a request is punished."""

    def __getattr__(self, name):
        raise RuntimeError("working outside of request context")

    def __call__(self, *args, **kwargs):
        raise RuntimeError("working outside of request context")


class Check:
    def __call__(self, form, field):
        """A validator: two parameters make no application."""


def add(first, second):
    return first + second


def render(request, response):
    return response


_private = Site()
request = Proxy()
check = Check()
add_one = functools.partial(add, 1)
site = Site()
same_site_again = site
