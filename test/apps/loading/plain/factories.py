"""Factories, good and bad."""

import functools

from app import app as _app


def create_app(greeting="hello", debug=False, **options):
    def application(environ, start_response):
        start_response("200 OK", [])
        return [repr((greeting, debug, options)).encode()]

    return application


def build():
    return _app


def needs(path, mode="r"):
    return _app


def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@traced
def decorated(path):
    return _app


def type_error_inside(path=None):
    return len(path)


async def asynchronous():
    return _app


def nothing():
    create_app()


class Registry:
    def make(self):
        return _app


registry = Registry()
