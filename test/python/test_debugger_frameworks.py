"""Errors of real frameworks reach the debugger, and its console has their context."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import unittest
from typing import Any, Callable, Dict, List, Type
from unittest import mock

from debugged_worker import DebuggedWorker, frame_of

from highball.worker import protocol


def needs(module: str) -> Callable[[Type[unittest.TestCase]], Type[unittest.TestCase]]:
    found = importlib.util.find_spec(module) is not None
    return unittest.skipUnless(found, f"{module} is not installed for {sys.executable}")


def functions(failure: Dict[str, Any]) -> List[str]:
    """Return the names of the frames' functions, without their classes."""
    return [frame["function"].rpartition(".")[2] for frame in failure["error"]["exception"]["frames"]]


FLASK = """
from flask import Flask, g, request, session, url_for

app = Flask(__name__)
app.secret_key = "secret"
closed = []

@app.teardown_appcontext
def close(error):
    closed.append(error)

@app.route("/orders/<int:number>")
def order(number):
    session["user"] = "ada"
    g.cart = ["apple"]
    return "%d" % (number / (number - number))

@app.route("/fine")
def fine():
    return "fine"

@app.route("/json")
def broken_json():
    import json
    g = "my own"
    return json.loads("{")

@app.route("/contexts")
def contexts():
    import gc
    from flask.ctx import RequestContext
    return "%d" % sum(isinstance(each, RequestContext) for each in gc.get_objects())

def before_flask(environ, start_response, inner=app.wsgi_app):
    if environ["PATH_INFO"] == "/outside":
        raise LookupError("/outside")
    return inner(environ, start_response)

app.wsgi_app = before_flask
"""


@needs("flask")
class Flask(unittest.TestCase):
    def setUp(self) -> None:
        # As the gateway does it with --debug.
        with mock.patch.dict(os.environ, FLASK_DEBUG="1"):
            self.worker = DebuggedWorker(self, FLASK).ready()

    def test_request_session_and_url_for_work_in_every_frame_after_the_request_has_ended(self) -> None:
        failure = self.worker.failure("/orders/7", QUERY_STRING="colour=red")
        self.assertEqual(failure["error"]["exception"]["type"], "ZeroDivisionError")
        from_flask = frame_of(failure["error"], "dispatch_request")
        order = frame_of(failure["error"], "order")
        for frame in (from_flask, order):
            self.assertEqual(self.worker.value(frame, "request.args['colour']"), "'red'")
            self.assertEqual(self.worker.value(frame, "session['user']"), "'ada'")
        self.assertEqual(self.worker.value(order, "url_for('fine')"), "'/fine'")
        self.assertEqual(self.worker.value(order, "g.cart[0]"), "'apple'")
        self.assertEqual(self.worker.value(order, "number"), "7")

    def test_names_that_a_module_has_not_imported_are_there_unless_it_has_others_of_that_name(self) -> None:
        failure = self.worker.failure("/json")
        decode = frame_of(failure["error"], "decode")  # of Python's json, which knows nothing of Flask
        self.assertEqual(self.worker.value(decode, "request.path + url_for('fine')"), "'/json/fine'")
        self.assertEqual(self.worker.value(frame_of(failure["error"], "broken_json"), "g"), "'my own'")

    def test_names_are_completed_with_the_request_and_nothing_is_torn_down_for_it(self) -> None:
        order = frame_of(self.worker.failure("/orders/7")["error"], "order")
        before = self.worker.value("console", "len(closed)")
        self.assertEqual(self.worker.suggest(order, "request.arg"), ["args"])
        self.assertEqual(self.worker.suggest(order, "request.view_"), ["view_args"])
        after = self.worker.value("console", "len(closed)")
        self.assertEqual(int(after) - int(before), 1)  # by the console that has asked the first time

    def test_what_was_opened_for_a_command_is_closed_after_it(self) -> None:
        order = frame_of(self.worker.failure("/orders/7")["error"], "order")
        count = int(self.worker.value(order, "len(closed)"))
        self.assertEqual(int(self.worker.value(order, "len(closed)")), count + 1)

    def test_errors_of_several_requests_have_each_its_own(self) -> None:
        first = frame_of(self.worker.failure("/orders/7")["error"], "order")
        second = frame_of(self.worker.failure("/orders/8")["error"], "order")
        self.assertEqual(self.worker.value(first, "request.view_args['number']"), "7")
        self.assertEqual(self.worker.value(second, "request.view_args['number']"), "8")
        self.assertEqual(self.worker.value(first, "request.view_args['number']"), "7")

    def test_requests_that_do_not_fail_leave_nothing_behind(self) -> None:
        self.worker.body("/fine")
        before = self.worker.body("/contexts")
        for _ in range(10):
            self.assertEqual(self.worker.body("/fine"), b"fine")
        self.assertEqual(self.worker.body("/contexts"), before)

    def test_an_error_outside_of_flask_has_no_context_of_an_earlier_request(self) -> None:
        for path in ("/fine", "/orders/7"):
            self.worker.answer(self.worker.send(path))
            frame = frame_of(self.worker.failure("/outside")["error"], "before_flask")
            error = self.worker.evaluate(frame, "request.path")["error"]
            self.assertIn("outside of request context", error["exception"]["message"])
            self.assertEqual(self.worker.suggest(frame, "request.view_"), [])

    def test_a_request_that_a_console_sends_through_the_application_leaves_nothing_to_the_next(self) -> None:
        order = frame_of(self.worker.failure("/orders/7")["error"], "order")
        again = self.worker.evaluate(order, "app(request.environ, lambda *_: None)")["error"]
        self.assertEqual(again["exception"]["type"], "ZeroDivisionError")
        frame = frame_of(self.worker.failure("/outside")["error"], "before_flask")
        error = self.worker.evaluate(frame, "request.path")["error"]
        self.assertIn("outside of request context", error["exception"]["message"])

    def test_the_console_without_an_error_is_within_an_application_context(self) -> None:
        self.assertEqual(self.worker.value("console", "app.name"), "'app'")
        self.assertEqual(self.worker.value("console", "__import__('flask').current_app.name"), "'app'")
        self.assertEqual(self.worker.evaluate("console", "g.x = 1")["error"], None)
        self.assertEqual(self.worker.value("console", "hasattr(g, 'x')"), "False")

    def test_what_is_logged_in_the_console_is_shown_there(self) -> None:
        order = frame_of(self.worker.failure("/orders/7")["error"], "order")
        self.assertIn("Careful", self.worker.evaluate(order, "app.logger.warning('Careful')")["output"])


DJANGO = """
import os
from django.conf import settings
settings.configure(
    DEBUG=os.environ.get("NO_DEBUG") is None,
    SECRET_KEY="secret",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
from django.core.exceptions import SuspiciousOperation
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, Http404
from django.urls import path
from django.views import debug

def broken(request):
    total = 41
    return HttpResponse(total / 0)

def caused(request):
    try:
        return broken(request)
    except ZeroDivisionError as error:
        raise LookupError("no total") from error

def missing(request):
    raise Http404("nothing here")

def suspicious(request):
    raise SuspiciousOperation("what is that")

def own(request):
    try:
        broken(request)
    except ZeroDivisionError:
        import sys
        return debug.technical_500_response(request, *sys.exc_info())

urlpatterns = [
    path("broken", broken), path("caused", caused), path("missing", missing), path("suspicious", suspicious),
    path("own", own),
]
application = get_wsgi_application()
"""


@needs("django")
class Django(unittest.TestCase):
    def test_an_error_reaches_the_debugger(self) -> None:
        worker = DebuggedWorker(self, DJANGO).ready()
        failure = worker.failure("/broken")
        self.assertEqual(failure["error"]["exception"]["type"], "ZeroDivisionError")
        self.assertEqual(worker.value(frame_of(failure["error"], "broken"), "total + 1"), "42")
        self.assertEqual(worker.value(frame_of(failure["error"], "broken"), "request.path"), "'/broken'")

    def test_its_traceback_is_as_if_no_middleware_had_passed_it_on(self) -> None:
        worker = DebuggedWorker(self, DJANGO).ready()
        failure = worker.failure("/broken")
        self.assertEqual(functions(failure)[-1], "broken")
        self.assertNotIn("response_for_exception", functions(failure))
        self.assertNotIn("response_for_exception", failure["traceback"])
        # One for each middleware, and the handler's own.
        self.assertEqual(failure["traceback"].count("in inner"), 5)
        self.assertEqual(failure["traceback"].count("ZeroDivisionError"), 1)

    def test_its_database_is_not_asked_when_variables_are_shown(self) -> None:
        source = DJANGO.replace(
            "settings.configure(",
            "settings.configure(\n"
            "    INSTALLED_APPS=['django.contrib.contenttypes'],\n"
            "    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'asked.sqlite3'}},",
        ).replace(
            "    total = 41\n",
            "    from django.contrib.contenttypes.models import ContentType\n"
            "    total = 41\n"
            "    kinds = ContentType.objects.all()\n"
            "    class Cart:\n"
            "        def __repr__(self): return str(list(kinds))\n"
            "    cart = Cart()\n",
        )
        worker = DebuggedWorker(self, source).ready()
        frame = worker.failure("/broken")["error"]["exception"]["frames"][-1]
        shown = {variable["name"]: variable["value"] for variable in frame["variables"]}
        self.assertEqual((shown["kinds"]["opening"], shown["kinds"]["items"][0]["key"]), ("QuerySet(", "model"))
        self.assertIn("would ask the database", shown["kinds"]["closing"])
        self.assertIn("would ask the database", shown["cart"]["text"])
        self.assertFalse(os.path.exists(os.path.join(worker.folder, "asked.sqlite3")))
        # Who asks for it in the console wants to know.
        asked = worker.evaluate(frame["id"], "len(kinds)")["error"]["exception"]
        self.assertEqual(asked["type"], "django.db.utils.OperationalError")

    def test_causes_stay(self) -> None:
        exception = DebuggedWorker(self, DJANGO).ready().failure("/caused")["error"]["exception"]
        self.assertEqual((exception["type"], exception["cause"]["type"]), ("LookupError", "ZeroDivisionError"))

    def test_what_is_no_error_of_the_application_is_answered_by_django(self) -> None:
        worker = DebuggedWorker(self, DJANGO).ready()
        self.assertIn(b"nothing here", worker.body("/missing"))
        self.assertIn(b"SuspiciousOperation", worker.body("/suspicious"))

    def test_without_django_s_debug_its_pages_are_as_ever(self) -> None:
        with mock.patch.dict(os.environ, NO_DEBUG="1"):
            worker = DebuggedWorker(self, DJANGO).ready()
        self.assertIn(b"Server Error (500)", worker.body("/broken"))
        self.assertIn(b"ZeroDivisionError", worker.body("/own"))

    def test_django_that_a_request_imports_is_noticed_with_the_next(self) -> None:
        late = "def app(environ, start):\n    import late\n    return late.application(environ, start)\n"
        worker = DebuggedWorker(self, late)
        with open(os.path.join(worker.folder, "late.py"), "w", encoding="utf-8") as file:
            file.write(DJANGO)
        worker.ready()
        self.assertIn(b"nothing here", worker.body("/missing"))
        self.assertEqual(functions(worker.failure("/broken"))[-1], "broken")


BOTTLE = """
import bottle

@bottle.route("/broken")
def broken():
    total = 41
    return total / 0

@bottle.route("/missing")
def missing():
    bottle.abort(404, "nothing here")

app = bottle.default_app()

own = bottle.Bottle()

@own.error(500)
def sorry(error):
    return "Sorry: %r" % error.exception

@own.route("/broken")
def broken_too():
    return 1 / 0
"""


@needs("bottle")
class Bottle(unittest.TestCase):
    def test_an_error_reaches_the_debugger(self) -> None:
        worker = DebuggedWorker(self, BOTTLE).ready()
        failure = worker.failure("/broken")
        self.assertEqual(functions(failure)[-1], "broken")
        self.assertIn(b"nothing here", worker.body("/missing"))

    def test_an_application_with_a_page_of_its_own_for_errors_shows_it(self) -> None:
        worker = DebuggedWorker(self, BOTTLE, "app:own").ready()
        self.assertIn(b"Sorry: ZeroDivisionError", worker.body("/broken"))


FALCON = """
import falcon

class Broken:
    def on_get(self, request, response):
        total = 41
        response.text = total / 0

class Missing:
    def on_get(self, request, response):
        raise falcon.HTTPNotFound(title="nothing here")

class Own:
    def on_get(self, request, response):
        raise LookupError("mine")

def mine(request, response, error, parameters):
    response.text = "handled"

app = falcon.App()
app.add_error_handler(LookupError, mine)
app.add_route("/broken", Broken())
app.add_route("/missing", Missing())
app.add_route("/own", Own())
"""


@needs("falcon")
class Falcon(unittest.TestCase):
    def test_an_error_that_nobody_handles_reaches_the_debugger(self) -> None:
        worker = DebuggedWorker(self, FALCON).ready()
        self.assertEqual(functions(worker.failure("/broken"))[-1], "on_get")
        self.assertIn(b"nothing here", worker.body("/missing"))
        self.assertEqual(worker.body("/own"), b"handled")


PYRAMID = """
from pyramid.config import Configurator

def broken(request):
    total = 41
    return total / 0

with Configurator() as config:
    config.add_route("broken", "/broken")
    config.add_view(broken, route_name="broken", renderer="string")
    app = config.make_wsgi_app()
"""


@needs("pyramid")
class Pyramid(unittest.TestCase):
    def test_an_error_reaches_the_debugger(self) -> None:
        worker = DebuggedWorker(self, PYRAMID).ready()
        failure = worker.failure("/broken")
        self.assertEqual(worker.value(frame_of(failure["error"], "broken"), "request.path"), "'/broken'")


WERKZEUG = """
from werkzeug.debug import DebuggedApplication

def broken(environ, start_response):
    total = 41
    return total / 0

app = DebuggedApplication(broken, evalex=True, pin_security=False)
"""


@needs("werkzeug")
class Werkzeug(unittest.TestCase):
    def test_an_application_with_werkzeug_s_debugger_answers_itself(self) -> None:
        worker = DebuggedWorker(self, WERKZEUG).ready()
        ident = worker.send("/")
        kind, payload = worker.answer(ident)
        self.assertEqual(kind, protocol.RESPONSE)
        self.assertIn(b"500", payload[:20])
        page = payload[4 + protocol.U32.unpack_from(payload)[0] :].decode("utf-8")
        if "Werkzeug Debugger" not in page:  # it comes in several frames
            page = worker.answer(ident)[1].decode("utf-8")
        self.assertIn("Werkzeug Debugger", page)
        secret = page.partition('SECRET = "')[2].partition('"')[0]
        frame = page.partition('id="frame-')[2].partition('"')[0]
        number = [each.partition('"')[0] for each in page.split('id="frame-')[1:]][-1]
        self.assertTrue(secret and frame)
        query = f"__debugger__=yes&cmd=total%2B1&frm={number}&s={secret}"
        answered = worker.answer(worker.send("/", QUERY_STRING=query))[1].decode("utf-8")
        self.assertIn("42", answered)
        self.assertEqual(json.dumps(worker.evaluate("1.1", "1"))[:17], '{"status": "gone"')


if __name__ == "__main__":
    unittest.main()
