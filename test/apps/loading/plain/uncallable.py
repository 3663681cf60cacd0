import app as module  # noqa: F401

app = {"name": "not an application"}


class Handler:
    def __call__(self, environ, start_response):
        raise AssertionError("never called")


def one(environ):
    raise AssertionError("never called")
