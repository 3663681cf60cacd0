"""Echoes like echo.py, and first writes down that it ran: one line a request in the file LEDGER."""

from __future__ import annotations

import os

import echo


def app(environ, start_response):
    with open(os.environ["LEDGER"], "a") as ledger:
        ledger.write("%s %s\n" % (environ["REQUEST_METHOD"], ascii(environ["REQUEST_URI"])))
    return echo.app(environ, start_response)
