"""The real hub as a process under test: own port, own data directory, ended by its process id."""

import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

# Long enough for a loaded machine, or a sanitizer; no test asserts how long anything takes.
DEADLINE_S = 600 if "COMMONWATCH_SANITIZED" in os.environ else 120

binaries = pathlib.Path()

# How a sanitizer's report begins. Those of memory that is refused are left out: tests refuse it.
REPORT = re.compile(r"runtime error: |WARNING: ThreadSanitizer: |ERROR: LeakSanitizer: |"
                    r"ERROR: AddressSanitizer: (?!out-of-memory|allocat)")

# The fewest null days that may be set: a calibration takes seconds.
QUICK = """
[hotspot]
null_days = 3650
"""


def main():
    """SCRIPT BIN_DIRECTORY [unittest arguments]"""
    global binaries
    if len(sys.argv) < 2 or not pathlib.Path(sys.argv[1]).is_dir():
        sys.exit(f"usage: {sys.argv[0]} BIN_DIRECTORY [unittest arguments]")
    binaries = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=2)


def faketime():
    """What LD_PRELOAD has to name for libfaketime to move a hub's clock; empty: it is not installed.
    The C and C++ libraries come before jemalloc so, and their allocator is the hub's: jemalloc asks
    for the time while it sets itself up, libfaketime allocates while it does, and neither ends."""
    found = list(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return f"{found[0]} libstdc++.so.6 libc.so.6" if found else ""


def free_port():
    """A port below the range that outgoing connections take theirs from."""
    while True:
        port = random.SystemRandom().randint(15_000, 31_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Hub:
    """with Hub() as hub: ...; the data directory goes with it. `kill` and `start` may alternate.
    The configuration is QUICK, unless the options name a file."""

    def __init__(self, *options):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="commonwatch-test-"))
        self.data = self.directory / "data"
        self.port = free_port()
        self.options = options
        if "--config" not in options:
            configuration = self.directory / "hub.toml"
            configuration.write_text(QUICK, encoding="utf-8")
            self.options += ("--config", str(configuration))
        self.process = None
        self.ended = False  # by the test itself
        self.log_path = self.directory / "hub.log"

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def command(self, *arguments, expect=0, data=None):
        """What a command says of this hub's data directory, or of another one."""
        configuration = self.options[self.options.index("--config") + 1]
        done = subprocess.run(
            [binaries / "commonwatch-hub", *map(str, arguments), "--data", data or self.data,
             "--config", configuration], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, timeout=DEADLINE_S)
        if done.returncode != expect:
            raise AssertionError(f"{arguments} ended with {done.returncode}, not {expect}:\n"
                                 f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout + done.stderr

    @property
    def stream(self):
        return f"ws://{self.address}/v1/stream"

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, value, traceback):
        died = self.process is not None and not self.ended and not self.is_alive()
        if self.process is not None and self.is_alive():
            self.kill()
        if died:
            print(f"the hub died with status {self.process.returncode}", file=sys.stderr)
        reported = self.has_report()
        if died or reported or (kind is not None and not issubclass(kind, unittest.SkipTest)):
            self.print_log()
        shutil.rmtree(self.directory, ignore_errors=True)
        if reported:
            raise AssertionError("a sanitizer found a fault in the hub; see its log")

    def start(self, wait=True):
        command = [str(binaries / "commonwatch-hub"), "serve", "--listen", self.address,
                   "--data", str(self.data), *self.options]
        self.ended = False
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, cwd=self.directory, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        if wait:
            self.wait_ready()

    def wait_ready(self):
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the hub ended with status {self.process.returncode}")
            try:
                if self.get("/readyz").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.02)
        raise AssertionError(f"the hub was not ready within {DEADLINE_S} s")

    def kill(self):
        """As a power cut to the process: no chance to say anything."""
        self.ended = True
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def terminate(self):
        """Asks it to drain; returns the exit status."""
        self.ended = True
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_S)

    def is_alive(self):
        return self.process.poll() is None

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            response.body = response.read()
            return response
        finally:
            connection.close()

    def get(self, path):
        return self.request("GET", path)

    def get_json(self, path):
        return json.loads(self.get(path).body)

    def metric(self, name):
        """Its value, 0 where it was never counted."""
        for line in self.get("/metrics").body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        return 0.0

    def log_text(self):
        try:
            return self.log_path.read_text(errors="replace")
        except OSError:
            return ""

    def has_report(self):
        """A sanitizer's, also of a hub that the test ended."""
        return REPORT.search(self.log_text()) is not None

    def print_log(self):
        lines = self.log_text().splitlines()
        first = next((at for at, line in enumerate(lines) if REPORT.search(line)), len(lines) - 60)
        first = max(first, 0)
        shown = lines[first:first + 200]
        print(f"--- the hub's log ({self.log_path}), {len(shown)} of {len(lines)} lines",
              file=sys.stderr)
        print("\n".join(shown), file=sys.stderr, flush=True)


class CommandLine:
    """Runs `commonwatch` against a hub, with state of its own."""

    def __init__(self, hub, state=None):
        self.hub = hub
        self.state = pathlib.Path(state or tempfile.mkdtemp(prefix="state-", dir=hub.directory))

    def popen(self, *arguments, **options):
        environment = {**os.environ, "XDG_STATE_HOME": str(self.state),
                       "XDG_CONFIG_HOME": str(self.state / "config"), "NO_COLOR": "1"}
        command = [str(binaries / "commonwatch"), arguments[0], "--server",
                   f"ws://{self.hub.address}", *map(str, arguments[1:])]
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, **options)

    def run(self, *arguments, expect=0):
        """The text it prints; checks its exit status."""
        process = self.popen(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output, talk = process.communicate(timeout=DEADLINE_S * 3)
        if process.returncode != expect:
            raise AssertionError(f"commonwatch {' '.join(map(str, arguments))} ended with "
                                 f"{process.returncode}, not {expect}:\n{talk.decode()[-2000:]}")
        return output.decode()
