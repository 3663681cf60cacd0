"""A WSGI application made of functions, one a path: `def short_body` answers `/short-body`."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable

Environ = Dict[str, Any]
WSGIApplication = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Routes:
    def __init__(self) -> None:
        self.functions: Dict[str, WSGIApplication] = {}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        function = self.functions.get(environ["PATH_INFO"].lstrip("/"))
        if function is None:
            start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return []
        return function(environ, start_response)

    def add(self, function: WSGIApplication) -> WSGIApplication:
        self.functions[function.__name__.replace("_", "-")] = function
        return function
