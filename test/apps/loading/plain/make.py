"""The second name a factory is looked for under."""


def make_app():
    def application(environ, start_response):
        start_response("200 OK", [])
        return [b"make_app"]

    return application
