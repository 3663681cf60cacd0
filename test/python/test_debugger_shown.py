"""Who prints what a request has raised: the worker, or the gateway where that shows it in the terminal."""

from __future__ import annotations

import unittest

from debugged_worker import DebuggedWorker

from highball.worker import protocol
from highball.worker.debugger.worker_debugger import BURST

APPLICATION = """
import threading

class Closing(list):
    def close(self):
        raise ValueError("closing")

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/thread":
        thread = threading.Thread(target=int, args=("x",), name="counting")
        thread.start()
        thread.join()
    if path == "/early":
        raise ValueError("early")
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path == "/late":
        return late()
    if path == "/close":
        return Closing([b"closed"])
    if path == "/invalid":
        return ["no bytes"]
    return [b"fine"]

def late():
    yield b"begun"
    raise ValueError("late")
"""


class AWorkerWhoseGatewayShowsErrors(unittest.TestCase):
    def setUp(self) -> None:
        self.worker = DebuggedWorker(self, APPLICATION, shows=True).ready()

    def test_leaves_those_of_requests_to_it(self) -> None:
        failure = self.worker.failure("/early")
        self.assertIn('raise ValueError("early")', failure["traceback"])
        self.assertEqual(failure["error"]["exception"]["message"], "early")
        self.worker.send("/late")
        self.assertEqual(self.worker.told(protocol.ERROR)["place"], "stream")
        self.worker.send("/close")
        self.assertEqual(self.worker.told(protocol.ERROR)["place"], "close")
        self.worker.send("/thread")
        told = self.worker.told(protocol.ERROR)
        self.assertEqual((told["place"], told["thread"]), ("thread", "counting"))
        self.assertEqual(self.worker.printed(), "")

    def test_prints_what_it_does_not_tell(self) -> None:
        for _ in range(BURST + 10):
            self.worker.answer(self.worker.send("/close"))
        self.worker.body("/")
        # The last may still be at it.
        self.assertIn(self.worker.printed().count("ValueError: closing"), (9, 10))

    def test_says_itself_what_is_wrong_with_a_response(self) -> None:
        self.worker.failure("/invalid")
        self.assertIn("Invalid response to GET /invalid", self.worker.printed())


class AnotherWorker(unittest.TestCase):
    def test_prints_them(self) -> None:
        worker = DebuggedWorker(self, APPLICATION).ready()
        worker.failure("/early")
        worker.send("/late")
        worker.told(protocol.ERROR)
        worker.send("/close")
        worker.told(protocol.ERROR)
        worker.send("/thread")
        worker.told(protocol.ERROR)
        printed = worker.printed()
        for message in ("early", "late", "closing", "invalid literal"):
            self.assertEqual(printed.count("ValueError: " + message), 1, message)
        self.assertIn("Exception in thread counting:", printed)


if __name__ == "__main__":
    unittest.main()
