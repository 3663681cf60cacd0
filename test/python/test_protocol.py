"""The Python side of the protocol, against the vectors that the TypeScript side reads too."""

from __future__ import annotations

import json
import os
import random
import unittest

import support  # noqa: F401  (puts the worker's code on sys.path)

from highball.worker import protocol

VECTORS = os.path.join(os.path.dirname(__file__), "..", "vectors", "frames.json")


class TestFrames(unittest.TestCase):
    def setUp(self) -> None:
        with open(VECTORS, encoding="utf-8") as file:
            self.vectors = json.load(file)["frames"]

    def test_frames_are_written_as_the_vectors_say(self) -> None:
        for vector in self.vectors:
            with self.subTest(vector["name"]):
                payload = bytes.fromhex(vector["payload"])
                made = protocol.frame(vector["type"], vector["flags"], vector["id"], payload)
                self.assertEqual(made.hex(), vector["bytes"])

    def test_names_have_the_numbers_of_the_vectors(self) -> None:
        for vector in self.vectors:
            name = vector["name"].split(",")[0]
            self.assertEqual(getattr(protocol, name), vector["type"], name)

    def test_frames_are_the_same_however_the_stream_is_cut(self) -> None:
        stream = b"".join(bytes.fromhex(vector["bytes"]) for vector in self.vectors)
        expected = [
            (vector["type"], vector["flags"], vector["id"], bytes.fromhex(vector["payload"]))
            for vector in self.vectors
        ]
        chance = random.Random(20261120)
        for _ in range(200):
            reader = protocol.FrameReader()
            found = []
            offset = 0
            while offset < len(stream):
                cut = chance.randint(1, 40)
                found.extend(reader.feed(stream[offset : offset + cut]))
                offset += cut
            self.assertEqual(found, expected)

    def test_a_frame_that_has_begun_says_how_much_is_missing(self) -> None:
        reader = protocol.FrameReader()
        frame = protocol.frame(protocol.DATA, 0, 1, b"x" * 100)
        self.assertEqual(reader.feed(frame[:50]), [])
        self.assertEqual(reader.missing, len(frame) - 50)
        self.assertEqual(len(reader.feed(frame[50:])), 1)
        self.assertEqual(reader.missing, 0)


if __name__ == "__main__":
    unittest.main()
