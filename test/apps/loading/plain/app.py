"""The plainest application, under the name that is tried first."""


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"app"]


def application(environ, start_response):
    raise AssertionError("app comes first")


settings = {"debug": True}
