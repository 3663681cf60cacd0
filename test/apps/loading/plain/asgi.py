"""ASGI applications in every shape."""

import functools


async def app(scope, receive, send):
    raise AssertionError("never called")


class Instance:
    async def __call__(self, scope, receive, send):
        raise AssertionError("never called")


class Delegating:
    def __call__(self, scope, receive, send):
        return app(scope, receive, send)


class Version2:
    def __init__(self, scope):
        raise AssertionError("never called")

    async def __call__(self, receive, send):
        raise AssertionError("never called")


instance = Instance()
delegating = Delegating()
bound = functools.partial(app)


def create():
    return instance


async def not_even_asgi(environ, start_response):
    raise AssertionError("never called")
