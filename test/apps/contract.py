"""Every small application under its own name: `/mistakes/raises` is `/raises` of mistakes.py."""

from __future__ import annotations

import os
from wsgiref.util import shift_path_info

import crashes
import echo
import files
import hello
import mistakes
import output
import reads
import responses
import streaming
import validated

mounted = {
    "crashes": crashes.app,
    "echo": echo.app,
    "files": files.app,
    "hello": hello.app,
    "mistakes": mistakes.app,
    "output": output.app,
    "reads": reads.app,
    "responses": responses.app,
    "streaming": streaming.app,
    "validated": validated.app,
}


def app(environ, start_response):
    if environ["PATH_INFO"] == "/pid":
        body = str(os.getpid()).encode()
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]
    return mounted[shift_path_info(environ)](environ, start_response)
