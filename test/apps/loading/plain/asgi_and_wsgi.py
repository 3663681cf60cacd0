"""Both: the WSGI one is served although the other has the name that is tried first."""


async def app(scope, receive, send):
    raise AssertionError("never called")


def application(environ, start_response):
    start_response("200 OK", [])
    return [b"wsgi"]
