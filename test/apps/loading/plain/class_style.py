"""PEP 3333's class: calling it makes the iterable."""


class Page:
    def __init__(self, environ, start_response):
        self.start_response = start_response

    def __iter__(self):
        self.start_response("200 OK", [])
        yield b"class"
