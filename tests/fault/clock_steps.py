#!/usr/bin/python3
"""The wall clock is set, by hours, forwards and back, while the hub runs and while it does not: recorded
time follows neither and never goes back, and the hub says what it sees (docs/OPERATIONS.md, "Time").
The hub's clock alone is moved, by libfaketime; skipped where that is not installed."""

import asyncio
import json
import os
import time
import unittest

import fault_hub
import hub_process
import log_content
import wire_format

HOURS = 3600
SOURCE = "county/cad"
NANOSECONDS = 10**9


class ClockSteps(unittest.TestCase):
    def setUp(self):
        if not hub_process.faketime():
            self.skipTest("libfaketime is not installed: apt-get install libfaketime")
        self.hub = hub_process.Hub()
        self.offset = self.hub.directory / "clock"
        self.set_clock(0)
        fake = {"LD_PRELOAD": hub_process.faketime(), "FAKETIME_TIMESTAMP_FILE": str(self.offset),
                "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        os.environ.update(fake)
        self.addCleanup(lambda: [os.environ.pop(name) for name in fake])
        self.enterContext(self.hub)
        self.published = 0

    def set_clock(self, seconds):
        self.offset.write_text(f"{seconds:+d}s\n", encoding="ascii")

    def publish(self):
        asyncio.run(fault_hub.publish(self.hub, SOURCE, 50, first=self.published + 1))
        self.published += 50

    def recorded(self):
        """Of every event, in nanoseconds; it never goes back."""
        times = [wire_format.nanoseconds(json.loads(event)["recordedAt"])
                 for event in log_content.of(self.hub)]
        self.assertEqual(len(times), self.published)
        self.assertEqual(times, sorted(times))
        return times

    def metric(self, name):
        text = self.hub.get("/metrics").body.decode()
        return next(float(line.split()[1]) for line in text.splitlines()
                    if line.startswith(name + " "))

    def wait_until_told(self, hours):
        """In the log, once a second, and in the metric."""
        deadline = time.monotonic() + hub_process.DEADLINE_S
        while ("the wall clock differs from recorded time" not in self.hub.log_path.read_text()
               or abs(self.metric("commonwatch_clock_offset_seconds") - hours * HOURS) > HOURS):
            self.assertLess(time.monotonic(), deadline, "nobody is told of the step")
            time.sleep(0.05)

    def restart(self, hours):
        self.assertEqual(self.hub.terminate(), 0)
        self.set_clock(hours * HOURS)
        self.hub.start()

    def test_a_clock_that_is_set_while_the_hub_runs_is_not_followed_and_is_told(self):
        self.publish()
        for hours in (5, -7):
            self.set_clock(hours * HOURS)
            self.wait_until_told(hours)
            self.publish()
        times = self.recorded()
        self.assertLess(times[-1] - times[0], HOURS * NANOSECONDS, "neither step was followed")

    def test_a_clock_that_went_back_between_two_lives_does_not_take_recorded_time_back(self):
        self.restart(5)
        self.publish()
        before = self.recorded()[-1]
        self.restart(0)
        self.publish()
        self.assertGreater(self.recorded()[-1], before)
        self.assertIn("The wall clock is behind what was recorded",
                      self.hub.log_path.read_text())
        self.hub.kill()
        self.set_clock(-20 * HOURS)
        self.hub.start()
        self.publish()
        self.recorded()

    def test_a_clock_that_went_ahead_between_two_lives_is_followed(self):
        self.publish()
        before = self.recorded()[-1]
        self.hub.kill()
        self.set_clock(9 * HOURS)
        self.hub.start()
        self.publish()
        self.assertGreater(self.recorded()[-1] - before, 8 * HOURS * NANOSECONDS)


if __name__ == "__main__":
    hub_process.main()
