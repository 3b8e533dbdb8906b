#!/usr/bin/python3
"""A data directory that an older hub left behind, killed while it ran: this hub takes it up, with
everything in it, and it verifies.

upgrade.py BIN_DIRECTORY [unittest arguments]
upgrade.py BIN_DIRECTORY --keep FILE    makes such a directory with these (older) programs: 80 days in
                                        the life of a hub, by libfaketime"""

import asyncio
import contextlib
import json
import os
import pathlib
import sys
import tarfile
import time
import unittest

import hub_process
import log_content
import sample_events
from session import JsonSession

ALL_KEPT = sorted((pathlib.Path(__file__).parent / "kept").glob("*.tar.xz"))
SOURCE, OTHER = "county-ems/cad", "county-er/triage"
ERASED, REVISED = "third-7", "third-8"
EVENTS = 30
# Whole for a month, skeletons for another one.
RETENTION = hub_process.QUICK + "[retention]\nevents_days = {}\nskeleton_days = {}\n"


async def publish(hub, source, first, events):
    async with JsonSession.connect(hub) as session:
        await session.open_source(source, first - 1)
        return await session.publish(source, first, events)


# --- making one ------------------------------------------------------------------------------


class PastHub(hub_process.Hub):
    """A hub whose clock stands some days ago."""

    def __init__(self):
        super().__init__()
        pathlib.Path(self.options[-1]).write_text(RETENTION.format(30, 60), encoding="utf-8")

    def __enter__(self):
        return self

    @contextlib.contextmanager
    def days_ago(self, days):
        fake = {"LD_PRELOAD": hub_process.faketime(), "FAKETIME": f"-{days}d",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        os.environ.update(fake)
        self.start()
        for name in fake:
            del os.environ[name]
        yield sample_events.now() - sample_events.datetime.timedelta(days=days)
        if self.is_alive():
            self.terminate()

    def wait_until_told(self, text):
        while text not in self.log_path.read_text(errors="replace"):
            time.sleep(0.1)


def batch(name, at):
    """With a repeat of the first one, and one that is refused."""
    events = [sample_events.overdose(f"{name}-{n}", at) for n in range(EVENTS - 2)]
    return events + [events[0], sample_events.overdose("nowhere", at, latitude=99)]


def keep(file):
    with PastHub() as hub:
        with hub.days_ago(80) as at:
            asyncio.run(publish(hub, SOURCE, 1, batch("first", at)))
        with hub.days_ago(50) as at:
            asyncio.run(publish(hub, SOURCE, 1 + EVENTS, batch("second", at)))
            asyncio.run(publish(hub, OTHER, 1, batch("other", at)))
        with hub.days_ago(5) as at:
            hub.wait_until_told("reduced to skeletons")
            events = batch("third", at)
            asyncio.run(publish(hub, SOURCE, 1 + 2 * EVENTS, events))
            revised = {**events[8], "recordId": REVISED, "revision": 2}
            asyncio.run(publish(hub, SOURCE, 1 + 3 * EVENTS, [revised]))
            asyncio.run(publish(hub, OTHER, 1 + EVENTS, batch("more", at)))
            hub.command("erase", SOURCE, ERASED)
            stored = asyncio.run(log_content.read(hub))
            hub.kill()
        (hub.data / "operator.sock").unlink(missing_ok=True)
        (hub.data / "stored.json").write_text(json.dumps([json.loads(e) for e in stored]))
        with tarfile.open(file, "w:xz") as archive:
            archive.add(hub.data, arcname="data")


# --- taking it up ----------------------------------------------------------------------------


class Upgrade(unittest.TestCase):
    def take_up(self, kept, keep_days, skeleton_days):
        hub = hub_process.Hub()
        configuration = pathlib.Path(hub.options[-1])
        configuration.write_text(RETENTION.format(keep_days, skeleton_days), encoding="utf-8")
        with tarfile.open(kept) as archive:
            archive.extractall(hub.directory)
        stored = [json.dumps(event, sort_keys=True)
                  for event in json.loads((hub.data / "stored.json").read_text())]
        self.enterContext(hub)
        return hub, stored

    def setUp(self):
        self.assertTrue(ALL_KEPT)

    def test_everything_is_there_and_goes_on(self):
        for kept in ALL_KEPT:
            hub, stored = self.take_up(kept, 0, 0)
            self.assertGreater(len(stored), EVENTS)
            self.assertEqual(log_content.of(hub), stored)
            self.assertIn(": sound", hub.command("verify"))
            self.assertIn(": sound", hub.command("audit", "verify"))
            # A sequence that was consumed, a record that is whole, one that is a skeleton.
            now = sample_events.now()
            said = asyncio.run(publish(hub, SOURCE, 2 + 3 * EVENTS, [
                sample_events.overdose("second-3", now), sample_events.overdose("new", now)]))
            self.assertEqual((said["stored"], said["repeated"]), (1, 1))
            said = asyncio.run(publish(hub, OTHER, 1 + 2 * EVENTS, [
                sample_events.overdose("more-3", now)]))
            self.assertEqual([r["code"] for r in said["rejections"]],
                             ["ERROR_CODE_REVISION_CONFLICT"])
            hub.terminate()
            hub.start()
            self.assertEqual(len(log_content.of(hub)), len(stored) + 1)

    def test_what_is_old_is_reduced_and_erased_as_ever(self):
        for kept in ALL_KEPT:
            hub, stored = self.take_up(kept, 1, 36_500)
            deadline = time.monotonic() + hub_process.DEADLINE_S
            while log_content.of(hub):
                self.assertLess(time.monotonic(), deadline, "nothing is reduced")
                time.sleep(0.2)
            self.assertIn(": sound", hub.command("verify"))
            hub.command("erase", SOURCE, "second-3")
            hub.command("erase", SOURCE, REVISED)
            said = hub.command("verify")
            self.assertIn(": sound", said)
            self.assertIn("chunks were reduced by an older hub", said)


if __name__ == "__main__":
    if "--keep" in sys.argv:
        hub_process.binaries = pathlib.Path(sys.argv[1]).resolve()
        keep(sys.argv[sys.argv.index("--keep") + 1])
    else:
        hub_process.main()
