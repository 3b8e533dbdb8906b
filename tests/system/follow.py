#!/usr/bin/python3
"""A partner's file that is followed while it grows and is rotated, the way logrotate does it: moved, a
new one made, and written to the old one until the writer hears of it."""

import datetime
import json
import pathlib
import signal
import tempfile
import time
import unittest

import hub_process
import log_content
import sample_events

SOURCE = "county/cad"
PATIENCE_S = 30


class Follow(unittest.TestCase):
    def setUp(self):
        self.hub = self.enterContext(hub_process.Hub())
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.directory / "calls.ndjson"
        self.lines = 0

    def write(self, file, count):
        for _ in range(count):
            self.lines += 1
            when = sample_events.now() - datetime.timedelta(minutes=self.lines)
            file.write(json.dumps(sample_events.overdose(f"call-{self.lines}", when)) + "\n")
        file.flush()

    def wait_for(self, count):
        end = time.monotonic() + PATIENCE_S
        while self.position() < count:
            self.assertLess(time.monotonic(), end, f"{self.position()} of {count} are stored")
            time.sleep(0.05)

    def position(self):
        answer = self.hub.get(f"/v1/sources/{SOURCE}")
        return int(json.loads(answer.body).get("lastSequence", 0)) if answer.status == 200 else 0

    def stored(self):
        return sorted(json.loads(text)["event"]["recordId"] for text in log_content.of(self.hub))

    def test_no_line_is_lost_when_the_file_is_rotated(self):
        old = self.enterContext(self.file.open("w", encoding="utf-8"))
        self.write(old, 3)
        publisher = hub_process.CommandLine(self.hub).popen(
            "publish", "--source", SOURCE, "--follow", self.file)
        try:
            self.wait_for(3)
            for _ in range(5):
                before = self.lines
                self.file.rename(self.directory / "calls.ndjson.1")
                new = self.enterContext(self.file.open("w", encoding="utf-8"))
                self.write(old, 2)
                self.wait_for(before + 2)
                # The last words to the old one and the first to the new, at once.
                self.write(old, 1)
                self.write(new, 2)
                self.wait_for(before + 5)
                old = new
        finally:
            publisher.send_signal(signal.SIGTERM)
            publisher.wait(PATIENCE_S)
        self.assertEqual(self.stored(), sorted(f"call-{n}" for n in range(1, self.lines + 1)))

    def test_a_file_that_is_cut_is_read_from_its_start(self):
        with self.file.open("w", encoding="utf-8") as file:
            self.write(file, 3)
            publisher = hub_process.CommandLine(self.hub).popen(
                "publish", "--source", SOURCE, "--follow", self.file)
            try:
                self.wait_for(3)
                file.truncate(0)
                file.seek(0)
                self.write(file, 1)
                self.wait_for(4)
            finally:
                publisher.send_signal(signal.SIGTERM)
                publisher.wait(PATIENCE_S)
        self.assertEqual(self.stored(), sorted(f"call-{n}" for n in range(1, 5)))


if __name__ == "__main__":
    hub_process.main()
