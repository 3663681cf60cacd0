from flask import Flask


def create_app(test_config=None):
    application = Flask(__name__)
    application.add_url_rule("/", view_func=lambda: "flask factory")
    return application
