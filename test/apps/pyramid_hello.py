"""Pyramid: a page, a form, a streamed answer, an error and a file."""

from __future__ import annotations

from wsgiref.validate import validator

from pyramid.config import Configurator
from pyramid.response import FileResponse, Response


def hello(request):
    return Response(f"Hello, {request.matchdict['name']}!", content_type="text/plain")


def form(request):
    word = request.params["word"]
    response = Response(json_body={"word": word})
    response.set_cookie("last", word)
    return response


def stream(request):
    return Response(app_iter=iter([b"one ", b"two"]), content_type="text/plain")


def error(request):
    raise ValueError("expected")


def file(request):
    return FileResponse("hello.py", request=request, content_type="text/plain")


with Configurator() as configuration:
    for name, view in {"form": form, "stream": stream, "error": error, "file": file}.items():
        configuration.add_route(name, f"/{name}")
        configuration.add_view(view, route_name=name)
    configuration.add_route("hello", "/hello/{name}")
    configuration.add_view(hello, route_name="hello")
    app = configuration.make_wsgi_app()

validated = validator(app)
