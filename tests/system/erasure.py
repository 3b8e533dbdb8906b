#!/usr/bin/python3
"""A record is erased: from every file, from what is shown, from replays; and the log still proves
itself."""

import asyncio
import unittest

import hub_process
import picture
import sample_events
from session import JsonSession

SOURCE = "county-ems/cad"
RECORD = "planted-record-7c19"
VALUE = "planted-area-e5"
EVENTS = 40


def files_with(directory, text):
    found = []
    for path in sorted(directory.rglob("*")):
        if path.is_file() and text.encode() in path.read_bytes():
            found.append(str(path.relative_to(directory)))
    return found


class Erasure(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.hub = self.enterContext(hub_process.Hub())

    async def publish(self):
        now = sample_events.now()
        events = [sample_events.overdose(f"other-{n}", now) for n in range(EVENTS)]
        planted = sample_events.overdose(RECORD, now)
        planted["location"]["areaCode"] = VALUE
        events[7] = planted
        events[19] = {**planted, "revision": 2}
        async with JsonSession.connect(self.hub) as session:
            await session.send(openSource={"source": SOURCE})
            await session.receive("sourceOpened")
            await session.send(publish={"source": SOURCE, "firstSequence": 1, "inlineEvents": events})
            published = await session.receive("published")
            self.assertEqual(int(published["sequence"]), EVENTS)
            await session.send(subscribe={"subscription": 1})
            return await picture.follow(session, picture.Picture(), lambda held: True)

    async def resume(self, position):
        async with JsonSession.connect(self.hub) as session:
            await session.send(subscribe={"subscription": 1, "resume": position})
            return await picture.follow(session, picture.Picture(), lambda held: True)

    async def replay(self, mode):
        """(record ids, end)"""
        records = []
        async with JsonSession.connect(self.hub) as session:
            await session.send(replay={"replay": 1, "mode": mode})
            while True:
                message = await session.receive_any(
                    ("replayPage", "replayEnd", "snapshot", "tile", "delta", "progress"), 1)
                if message.kind == "replayEnd":
                    return records, message.body
                if message.kind == "replayPage":
                    records += [event["event"]["recordId"] for event in message.body["events"]]

    async def test_an_erased_record_is_nowhere_and_the_log_verifies(self):
        held = await self.publish()
        records, end = await self.replay("REPLAY_MODE_EVENTS")
        self.assertEqual(records.count(RECORD), 2)
        self.assertFalse(end.get("altered"))
        self.hub.terminate()
        self.assertTrue(files_with(self.hub.data, RECORD))
        self.assertTrue(files_with(self.hub.data, VALUE))

        said = self.hub.command("erase", SOURCE, RECORD)
        self.assertIn("erased: 2 events", said)
        self.assertNotIn(RECORD, said)
        self.assertEqual(files_with(self.hub.data, RECORD), [])
        self.assertEqual(files_with(self.hub.data, VALUE), [])
        self.assertIn(": sound", self.hub.command("verify"))
        self.assertIn("no such record", self.hub.command("erase", SOURCE, RECORD, expect=1))

        self.hub.start()
        again = await self.resume(held.position)
        self.assertTrue(again.resume_refused, "a position of the epoch before")
        self.assertNotEqual(again.position["engineEpoch"], held.position["engineEpoch"])
        records, end = await self.replay("REPLAY_MODE_EVENTS")
        self.assertEqual(len(records), EVENTS - 2)
        self.assertNotIn(RECORD, records)
        self.assertTrue(end["altered"])
        _, end = await self.replay("REPLAY_MODE_HOTSPOTS")
        self.assertTrue(end["altered"])
        self.assertEqual(files_with(self.hub.directory, RECORD), [])
        self.assertEqual(files_with(self.hub.directory, VALUE), [])
        self.hub.terminate()
        self.assertIn(": sound", self.hub.command("verify"))

    async def test_an_erasure_while_the_hub_runs_gives_every_viewer_a_new_epoch(self):
        held = await self.publish()
        async with JsonSession.connect(self.hub) as session:
            await session.send(subscribe={"subscription": 1, "resume": held.position})
            await session.receive("progress")
            said = await asyncio.to_thread(self.hub.command, "erase", SOURCE, RECORD)
            self.assertIn("erased: 2 events", said)
            snapshot = await session.receive("snapshot")
            self.assertNotEqual(snapshot["position"]["engineEpoch"], held.position["engineEpoch"])
        self.assertEqual(files_with(self.hub.data, RECORD), [])
        self.assertEqual(files_with(self.hub.data, VALUE), [])
        records, end = await self.replay("REPLAY_MODE_EVENTS")
        self.assertEqual(len(records), EVENTS - 2)
        self.assertTrue(end["altered"])
        self.assertIn(": sound", self.hub.command("verify"))
        self.assertIn("erasure", self.hub.command("audit", "show", "--kind", "erasure"))
        # The audit log says from when on records are about the new epoch.
        for _ in range(hub_process.DEADLINE_S):
            said = self.hub.command("audit", "show", "--kind", "configuration")
            if said.count("in-force") == 2:
                break
            await asyncio.sleep(1)
        self.assertEqual(said.count("in-force"), 2, said)

    async def test_a_source_goes_on_behind_an_erasure(self):
        await self.publish()
        self.hub.terminate()
        self.hub.command("erase", SOURCE, RECORD)
        self.hub.start()
        async with JsonSession.connect(self.hub) as session:
            await session.send(openSource={"source": SOURCE, "acknowledgedSequence": EVENTS})
            opened = await session.receive("sourceOpened")
            self.assertEqual(int(opened["lastSequence"]), EVENTS)
            # Under the same id, it is a record of its own.
            await session.send(publish={
                "source": SOURCE, "firstSequence": EVENTS + 1,
                "inlineEvents": [sample_events.overdose(RECORD, sample_events.now())]})
            published = await session.receive("published")
            self.assertEqual(int(published["sequence"]), EVENTS + 1)
            self.assertEqual(published.get("stored"), 1)


if __name__ == "__main__":
    hub_process.main()
