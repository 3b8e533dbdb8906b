#!/usr/bin/python3
"""A full disk: nothing is acknowledged that is not durable, the hub says so, and goes on once there is
room, by itself or after a restart. On a small tmpfs, which root alone may mount; skipped otherwise."""

import asyncio
import contextlib
import pathlib
import subprocess
import tempfile
import unittest

import fault_hub
import hub_process
import log_content
from session import Ended, JsonSession

MIB = 1 << 20
# RocksDB reserves some ninety for what it will write, where it can.
SIZE = 192 * MIB
SOURCE = "county/cad"
# Ends by itself, however much fits.
EVENTS_MAX = 200_000


class DiskFull(unittest.TestCase):
    def setUp(self):
        self.disk = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="commonwatch-disk-")))
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", self.disk],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            self.skipTest(f"only root may mount a small disk: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.disk], check=True)
        self.acknowledged = 0

    def hub(self, free_bytes_min):
        hub = hub_process.Hub()
        configuration = pathlib.Path(hub.options[-1])
        configuration.write_text(hub_process.QUICK + "\n[limits]\n"
                                 f"disk_free_bytes_min = {free_bytes_min}\n", encoding="utf-8")
        hub.data = self.disk / "data"
        return self.enterContext(hub)

    def fill(self, leave):
        """Takes all but `leave` bytes of the disk."""
        free = self.free_bytes()
        with open(self.disk / "filler", "wb") as filler:
            for _ in range((free - leave) // MIB):
                filler.write(bytes(MIB))

    def free_bytes(self):
        said = subprocess.run(["df", "--output=avail", "-B1", self.disk], capture_output=True,
                              text=True, check=True)
        return int(said.stdout.split()[1])

    async def publish_until_refused(self, hub):
        """The code that ended it; `acknowledged` is kept."""
        async with JsonSession.connect(hub) as session:
            first = await session.open_source(SOURCE, self.acknowledged) + 1
            while first < EVENTS_MAX:
                batch = [fault_hub.event(f"r{first + n}") for n in range(500)]
                await session.send(publish={"source": SOURCE, "firstSequence": str(first),
                                            "inlineEvents": batch})
                message = await session.receive_any(("published", "error"))
                if message.kind == "error":
                    return message.body
                self.acknowledged = int(message.body["sequence"])
                first = self.acknowledged + 1
        raise AssertionError(f"{EVENTS_MAX} events fit: the disk is not small")

    def assert_all_that_was_acknowledged_is_there(self, hub):
        stored = log_content.of(hub)
        self.assertGreaterEqual(len(stored), self.acknowledged)
        self.assertGreater(self.acknowledged, 0)
        for number, event in enumerate(stored, 1):
            self.assertIn(f'"r{number}"', event)

    def test_with_a_reserve_it_refuses_in_time_and_goes_on_by_itself(self):
        hub = self.hub(free_bytes_min=32 * MIB)
        asyncio.run(fault_hub.publish(hub, SOURCE, 500))
        self.acknowledged = 500
        self.fill(leave=30 * MIB)
        error = asyncio.run(self.publish_until_refused(hub))
        self.assertEqual(error["code"], "ERROR_CODE_NO_SPACE")
        self.assertTrue(error["retryable"])
        self.assertTrue(hub.is_alive())
        self.assertEqual(hub.get("/readyz").status, 200)
        self.assertLess(float(self.metric(hub, "commonwatch_disk_free_bytes")), 32 * MIB)
        (self.disk / "filler").unlink()
        self.publish_again(hub)
        self.assert_all_that_was_acknowledged_is_there(hub)
        self.assertEqual(hub.terminate(), 0)

    def test_with_half_of_the_reserve_nothing_is_begun_unrecorded_and_what_was_begun_goes_on(self):
        hub = self.hub(free_bytes_min=64 * MIB)
        asyncio.run(self.watch_a_disk_fill(hub))
        self.assertEqual(hub.get("/v1/hotspots").status, 200)
        self.assertEqual(hub.terminate(), 0)
        said = fault_hub.command(hub, "audit", "export", "--kind", "subscription")[1]
        self.assertEqual(said.count('"unsubscribe"'), 1)
        self.assertEqual(said.count('"subscribe"'), 2)

    async def watch_a_disk_fill(self, hub):
        async with JsonSession.connect(hub) as session:
            await session.send(subscribe={"subscription": 1})
            await session.receive("snapshot")
            self.fill(leave=28 * MIB)
            while hub.get("/v1/hotspots").status == 200:  # it looks at the disk once a second
                await asyncio.sleep(0.1)
            self.assertEqual(hub.get("/v1/hotspots").status, 503)
            await session.send(subscribe={"subscription": 2})
            error = await session.receive("error")
            self.assertEqual((error["code"], error["subscription"], error["retryable"]),
                             ("ERROR_CODE_NO_SPACE", 2, True))
            await session.send(replay={"replay": 9, "mode": "REPLAY_MODE_EVENTS"})
            self.assertEqual((await session.receive("error", 9))["code"], "ERROR_CODE_NO_SPACE")
            await session.send(unsubscribe={"subscription": 1})
            (self.disk / "filler").unlink()
            while hub.get("/v1/hotspots").status != 200:
                await asyncio.sleep(0.1)
            await session.send(subscribe={"subscription": 3})
            await session.receive("snapshot")

    def publish_again(self, hub):
        before = self.acknowledged
        while self.acknowledged == before:  # it looks at the disk once a second
            with contextlib.suppress(AssertionError):
                asyncio.run(fault_hub.publish(hub, SOURCE, 500, first=before + 1))
                self.acknowledged = before + 500

    @staticmethod
    def metric(hub, name):
        return next(line.split()[1] for line in hub.get("/metrics").body.decode().splitlines()
                    if line.startswith(name + " "))

    def test_without_one_it_ends_and_a_restart_has_all_that_was_acknowledged(self):
        hub = self.hub(free_bytes_min=0)
        asyncio.run(fault_hub.publish(hub, SOURCE, 500))
        self.acknowledged = 500
        self.assertEqual(hub.terminate(), 0)
        self.fill(leave=8 * MIB)  # before it can reserve anything
        hub.start()
        hub.ended = True  # which is what is expected
        with contextlib.suppress(Ended, OSError):
            error = asyncio.run(self.publish_until_refused(hub))
            self.assertEqual(error["code"], "ERROR_CODE_INTERNAL")
        self.assertEqual(hub.process.wait(hub_process.DEADLINE_S), 1)
        self.assertIn("No space left", hub.log_path.read_text())
        (self.disk / "filler").unlink()
        hub.start()
        self.assert_all_that_was_acknowledged_is_there(hub)
        self.assertEqual(fault_hub.command(hub, "verify")[0], 0)
        self.publish_again(hub)
        self.assertEqual(hub.terminate(), 0)


if __name__ == "__main__":
    hub_process.main()
