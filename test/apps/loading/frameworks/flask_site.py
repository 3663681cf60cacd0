"""Imported names of Flask that are callable, or proxies, are not applications."""

from flask import Blueprint, Flask, current_app, g, jsonify, request, session  # noqa: F401

web = Flask(__name__)


@web.route("/")
def index():
    return "flask"
