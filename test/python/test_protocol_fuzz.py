"""Bytes that no gateway sends, at the worker's two readers; the seed is fixed, HIGHBALL_FUZZ_SEED is another.

Whatever comes, frames are cut where their lengths say, and a broken request costs itself only.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import socket
import tempfile
import threading
import unittest
from typing import Any, Dict, Iterable, List, Tuple

import support  # noqa: F401  (puts the worker's code on sys.path)

from highball.worker import ledger, protocol
from highball.worker.runners import Runners, base_environ

SEED = int(os.environ.get("HIGHBALL_FUZZ_SEED", "20261120"))

SETTINGS = {"threads": 2, "workers": 1, "serverSoftware": "fuzz"}


def frames_in(stream: bytes) -> Tuple[List[protocol.Frame], int]:
    """Read a whole stream the slow way; return its frames, and how many bytes the last one lacks."""
    frames = []
    while len(stream) >= 12:
        end = 12 + int.from_bytes(stream[0:4], "little")
        if len(stream) < end:
            return frames, end - len(stream)
        frames.append((stream[4], stream[5], int.from_bytes(stream[8:12], "little"), stream[12:end]))
        stream = stream[end:]
    return frames, 0


def cut(stream: bytes, chance: random.Random) -> Iterable[bytes]:
    """The stream in pieces, as a connection may deliver it."""
    longest = chance.choice([1, 7, 40, 1000, max(len(stream), 1)])
    start = 0
    while start < len(stream):
        size = chance.randint(1, longest)
        yield stream[start : start + size]
        start += size


def random_stream(chance: random.Random) -> bytes:
    """Frames, most of them sound, some with a bit flipped, bytes added or bytes missing."""
    stream = bytearray()
    for _ in range(chance.randint(0, 12)):
        size = chance.choice([0, 0, 1, 3, 4, 11, 12, 13, 100, 5000])
        payload = bytes(chance.getrandbits(8) for _ in range(size))
        kind, flags = chance.getrandbits(8), chance.getrandbits(8)
        stream += protocol.frame(kind, flags, chance.getrandbits(32), payload)
    for _ in range(chance.choice([0, 0, 1, 2])):
        place = chance.randint(0, len(stream))
        change = chance.choice(["flip", "add", "remove"])
        if change == "add":
            stream[place:place] = bytes(chance.getrandbits(8) for _ in range(chance.randint(1, 20)))
        elif change == "remove":
            del stream[place : place + chance.randint(1, 20)]
        elif place < len(stream):
            stream[place] ^= 1 << chance.randint(0, 7)
    return bytes(stream)


class TestFrameReader(unittest.TestCase):
    def test_any_stream_is_cut_where_its_lengths_say(self) -> None:
        for number in range(500):
            chance = random.Random("%d %d" % (SEED, number))
            stream = random_stream(chance)
            expected, missing = frames_in(stream)
            with self.subTest(seed=SEED, number=number):
                reader = protocol.FrameReader()
                found: List[protocol.Frame] = []
                for piece in cut(stream, chance):
                    found.extend(reader.feed(piece))
                self.assertEqual(found, expected)
                self.assertEqual(reader.missing, missing)


def echo(environ: Dict[str, Any], start_response: Any) -> List[bytes]:
    body: bytes = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def request(fields: Dict[str, str], body: bytes) -> bytes:
    """The payload of a REQUEST."""
    block = "\0".join("%s\0%s" % item for item in fields.items()).encode("latin-1")
    return protocol.U32.pack(len(block)) + block + body


def broken(payload: bytes, chance: random.Random) -> Tuple[int, bytes]:
    """Flags and payload of a request as no gateway sends it."""
    change = chance.choice(["cut", "flip", "length", "noise", "no file", "no path"])
    if change == "cut":
        return 0, payload[: chance.randint(0, len(payload))]
    if change == "length":
        return 0, protocol.U32.pack(chance.choice([0, 1, 5, 2**31, 2**32 - 1])) + payload[4:]
    if change == "noise":
        return 0, bytes(chance.getrandbits(8) for _ in range(chance.randint(0, 200)))
    if change == "no file":
        return protocol.SPOOLED, request({"REQUEST_METHOD": "POST"}, b"/nowhere/highball/body")
    if change == "no path":
        return protocol.SPOOLED, request({"REQUEST_METHOD": "POST"}, b"a\0b")
    flipped = bytearray(payload)
    flipped[chance.randrange(len(flipped))] ^= 1 << chance.randint(0, 7)
    return 0, bytes(flipped)


class TestRunners(unittest.TestCase):
    """Runners that really run, at the other end of a connection."""

    def setUp(self) -> None:
        descriptor, path = tempfile.mkstemp()
        os.ftruncate(descriptor, ledger.SIZE)
        os.close(descriptor)
        self.addCleanup(os.unlink, path)
        self.gateway, worker = socket.socketpair()
        self.gateway.settimeout(30)
        self.addCleanup(worker.close)
        self.addCleanup(self.gateway.close)
        self.said = io.StringIO()
        redirect = contextlib.redirect_stderr(self.said)
        redirect.__enter__()
        self.addCleanup(redirect.__exit__, None, None, None)
        self.runners = Runners(worker, echo, base_environ(SETTINGS), 2, ledger.Ledger(path))
        self.thread = threading.Thread(target=self.runners.run, daemon=True)
        self.thread.start()

    def answers(self, count: int) -> Dict[int, List[Tuple[int, bytes]]]:
        """Read until `count` exchanges have ended: what came of each, by its id."""
        reader = protocol.FrameReader()
        said: Dict[int, List[Tuple[int, bytes]]] = {}
        ended = 0
        while ended < count:
            for kind, flags, ident, payload in reader.feed(self.gateway.recv(65536)):
                said.setdefault(ident, []).append((kind, payload))
                ended += kind == protocol.FAIL or bool(flags & protocol.COMPLETE)
        return said

    def test_a_broken_request_costs_itself_only(self) -> None:
        chance = random.Random(SEED)
        stream = b""
        bodies: Dict[int, bytes] = {}
        count = 600
        for ident in range(1, count + 1):
            body = b"body of %d" % ident
            fields = {"REQUEST_METHOD": "POST", "REQUEST_URI": "/%d" % ident, "PATH_INFO": "/%d" % ident}
            flags, payload = 0, request(fields, body)
            if chance.random() < 0.5:
                flags, payload = broken(payload, chance)
            else:
                bodies[ident] = body
            if chance.random() < 0.1:
                flags |= protocol.FOLLOW
            stream += protocol.frame(protocol.REQUEST, flags, ident, payload)

        def send() -> None:
            for piece in cut(stream, random.Random(SEED)):
                self.gateway.sendall(piece)

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        said = self.answers(count)
        sender.join()

        self.assertEqual(set(said), set(range(1, count + 1)))
        for ident, frames in said.items():
            # Each ends once, and nothing comes after that.
            self.assertEqual(len(frames), 1, (SEED, ident, frames))
        for ident, body in bodies.items():
            kind, payload = said[ident][0]
            self.assertEqual(kind, protocol.RESPONSE, (SEED, ident, payload))
            self.assertTrue(payload.endswith(body), (SEED, ident, payload))
        self.assertIn("Error in a runner", self.said.getvalue())

        self.gateway.close()
        self.thread.join(30)
        self.assertFalse(self.thread.is_alive())


if __name__ == "__main__":
    unittest.main()
