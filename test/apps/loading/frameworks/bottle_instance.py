from bottle import Bottle, request, response  # noqa: F401

web = Bottle()


@web.route("/")
def index():
    return "bottle"
