"""A guest book in Flask: a page, a form, a redirect and a message in the session."""

from __future__ import annotations

import os
import secrets

from flask import Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

app = Flask(__name__)
# Every worker must sign the session with the same key, so more than one needs it from outside.
app.secret_key = os.environ.get("SECRET_KEY") or secrets.token_hex()

# In memory, so each worker has its own: a real application has a database here.
entries: list[str] = []


@app.get("/")
def index() -> str:
    return render_template("index.html", entries=entries)


@app.post("/")
def sign() -> Response:
    entry = request.form["entry"].strip()
    if entry:
        entries.append(entry)
        flash("Thank you for signing.")
    return redirect(url_for("index"))
