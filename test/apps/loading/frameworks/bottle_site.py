"""Routes on Bottle's default application, which no name refers to."""

from bottle import route


@route("/")
def index():
    return "bottle default"
