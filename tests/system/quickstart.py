#!/usr/bin/python3
"""deploy/quickstart with the binaries at hand: shows hotspots, stops all it started, says so when
its port is taken."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import unittest

import hub_process

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Quickstart(unittest.TestCase):
    def setUp(self):
        self.port = hub_process.free_port()
        self.scratch = self.enterContext(tempfile.TemporaryDirectory(prefix="quickstart-test-"))

    def start(self, *options):
        environment = {**os.environ, "BIN": str(hub_process.binaries), "TMPDIR": self.scratch}
        return subprocess.Popen(
            [str(ROOT / "deploy" / "quickstart"), "--no-build", "--port", str(self.port),
             "--days", "42", *options],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True)

    def assert_nothing_is_left(self):
        with socket.socket() as probe:
            self.assertNotEqual(probe.connect_ex(("127.0.0.1", self.port)), 0, "the hub is gone")
        self.assertEqual(os.listdir(self.scratch), [])
        left = [entry for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline")
                if str(self.port).encode() in read(entry)]
        self.assertEqual([read(entry) for entry in left], [])

    def test_it_shows_hotspots_for_the_time_given_and_leaves_nothing_behind(self):
        process = self.start("--for", "60s")
        output, talk = process.communicate(timeout=hub_process.DEADLINE_S * 3)
        self.assertEqual(process.returncode, 0, talk.decode())
        messages = [json.loads(line) for line in output.decode().splitlines()]
        hotspots = [h for m in messages
                    for h in m.get("tile", {}).get("hotspots", [])
                    + m.get("delta", {}).get("changed", [])]
        self.assertGreater(len(hotspots), 0, talk.decode())
        for word in ("What to try next", "commonwatch replay", f"127.0.0.1:{self.port}"):
            self.assertIn(word, talk.decode())
        has_page = (hub_process.binaries.parent / "share/commonwatch/dashboard/index.html").exists()
        self.assertIn(f"  http://127.0.0.1:{self.port}/\n" if has_page else "without its dashboard",
                      talk.decode())
        self.assert_nothing_is_left()

    def test_an_interrupt_stops_everything_it_started(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number.name):
                process = self.start()
                with process.stdout:
                    self.assertTrue(process.stdout.readline(), "shows something first")
                    process.send_signal(number)
                    process.stdout.read()
                talk = process.stderr.read().decode()
                process.stderr.close()
                process.wait(hub_process.DEADLINE_S)
                self.assertEqual(process.returncode, 0, talk)
                self.assert_nothing_is_left()

    def test_data_that_were_asked_for_are_kept(self):
        kept = pathlib.Path(tempfile.mkdtemp(dir=self.scratch)) / "data"
        process = self.start("--data", str(kept), "--for", "1s")
        _, talk = process.communicate(timeout=hub_process.DEADLINE_S * 3)
        self.assertEqual(process.returncode, 0, talk.decode())
        self.assertTrue(any(kept.iterdir()))

    def test_a_port_that_is_taken_is_named(self):
        with socket.create_server(("127.0.0.1", self.port)):
            process = self.start()
            _, talk = process.communicate(timeout=hub_process.DEADLINE_S)
        self.assertEqual(process.returncode, 1)
        self.assertIn(f"port {self.port}", talk.decode())
        self.assertEqual(os.listdir(self.scratch), [])

    def test_an_unknown_option_is_a_usage_error(self):
        process = self.start("--nonsense")
        _, talk = process.communicate(timeout=hub_process.DEADLINE_S)
        self.assertEqual(process.returncode, 2)
        self.assertIn("Usage:", talk.decode())


def read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""  # it ended in the meantime


if __name__ == "__main__":
    hub_process.main()
