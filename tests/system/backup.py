#!/usr/bin/python3
"""Backups of a running hub, and a hub that goes on from one."""

import asyncio
import re
import shutil
import unittest

import hub_process
import log_content
import oracle_source
import picture
import sample_events
from session import JsonSession

SOURCE = "county-ems/cad"
EVENTS = 30


class Backup(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.hub = self.enterContext(hub_process.Hub())
        self.backups = self.hub.directory / "backups"

    async def publish(self, first):
        now = sample_events.now()
        events = [sample_events.overdose(f"record-{first + n}", now) for n in range(EVENTS)]
        async with JsonSession.connect(self.hub) as session:
            await session.send(openSource={"source": SOURCE, "acknowledgedSequence": first - 1})
            await session.receive("sourceOpened")
            await session.send(publish={"source": SOURCE, "firstSequence": first,
                                        "inlineEvents": events})
            published = await session.receive("published")
            self.assertEqual(int(published["sequence"]), first + EVENTS - 1)

    async def open_source(self, acknowledged):
        async with JsonSession.connect(self.hub) as session:
            await session.send(openSource={"source": SOURCE, "acknowledgedSequence": acknowledged})
            return await session.receive_any(("sourceOpened", "error"))

    async def record_ids(self):
        records = []
        async with JsonSession.connect(self.hub) as session:
            await session.send(replay={"replay": 1, "mode": "REPLAY_MODE_EVENTS"})
            while True:
                message = await session.receive_any(("replayPage", "replayEnd"), 1)
                if message.kind == "replayEnd":
                    return records
                records += [event["event"]["recordId"] for event in message.body["events"]]

    async def snapshot(self):
        async with JsonSession.connect(self.hub) as session:
            await session.send(subscribe={"subscription": 1})
            return await picture.follow(session, picture.Picture(), lambda held: True)

    async def test_a_hub_goes_on_from_a_backup_of_while_it_ran(self):
        await self.publish(1)
        said = await asyncio.to_thread(self.hub.command, "backup", self.backups)
        self.assertRegex(said, r"backup 1 of .*: every event below offset \d+, head \d+:[0-9a-f]{64}")
        head = re.search(r"head (\d+:[0-9a-f]{64})", said).group(1)
        self.assertIn("sound", self.hub.command("verify", "--head", head))
        await self.publish(EVENTS + 1)
        before = await self.snapshot()
        self.hub.kill()
        shutil.rmtree(self.hub.data)

        self.assertIn("backup 1 of", self.hub.command("list-backups", self.backups))
        said = self.hub.command("restore", self.backups)
        self.assertIn("restored backup 1", said)
        self.assertIn("sound", said)
        self.assertIn("restore", self.hub.command("audit", "show"))
        self.assertIn("not empty", self.hub.command("restore", self.backups, expect=1))

        self.hub.start()
        # A partner that was told of more finds out, and sends again what was lost.
        answer = await self.open_source(2 * EVENTS)
        self.assertEqual(answer.kind, "error")
        self.assertEqual(answer.body["code"], "ERROR_CODE_LOG_REGRESSED")
        await self.publish(EVENTS + 1)
        records = await self.record_ids()
        self.assertEqual(sorted(records), sorted(f"record-{n + 1}" for n in range(2 * EVENTS)))
        # A viewer's position is of another log.
        async with JsonSession.connect(self.hub) as session:
            await session.send(subscribe={"subscription": 1, "resume": before.position})
            held = await picture.follow(session, picture.Picture(), lambda held: True)
            self.assertTrue(held.resume_refused)
        self.hub.terminate()
        self.assertIn("sound", self.hub.command("verify", "--head", head))

    async def test_taken_under_load_it_is_the_log_up_to_there(self):
        sources = [oracle_source.OracleSource(self.hub, f"load/cad-{n}", n) for n in range(4)]
        publishing = [asyncio.create_task(source.run()) for source in sources]
        for _ in range(2):
            before = sum(source.acknowledged for source in sources)
            while sum(source.acknowledged for source in sources) < before + 200:
                await asyncio.sleep(0.02)
            await asyncio.to_thread(self.hub.command, "backup", self.backups)
            acknowledged = sum(source.acknowledged for source in sources)
        while sum(source.acknowledged for source in sources) < acknowledged + 200:
            await asyncio.sleep(0.02)
        for source, task in zip(sources, publishing):
            source.stopping = True
            task.cancel()
        await asyncio.gather(*publishing, return_exceptions=True)
        whole = await log_content.read(self.hub)
        self.hub.kill()

        self.hub.data = self.hub.directory / "restored"
        self.assertIn("sound", self.hub.command("restore", self.backups))
        self.hub.start()
        restored = await log_content.read(self.hub)
        self.assertIn("sound", self.hub.command("verify"))
        self.assertGreater(len(restored), 0)
        self.assertLess(len(restored), len(whole))
        self.assertEqual(restored, whole[:len(restored)])

    async def test_only_the_newest_stay(self):
        for _ in range(3):
            await asyncio.to_thread(self.hub.command, "backup", self.backups, "--keep", 2)
        said = self.hub.command("list-backups", self.backups)
        self.assertEqual(re.findall(r"^backup (\d+) of", said, re.MULTILINE), ["2", "3"])

    async def test_what_is_wrong_is_said(self):
        self.assertIn("absolute path", self.hub.command("backup", "backups", expect=1))
        self.assertIn("in the data directory",
                      self.hub.command("backup", self.hub.data / "backups", expect=1))
        self.assertIn("--keep is 1 to 10000",
                      self.hub.command("backup", self.backups, "--keep", 0, expect=1))
        self.assertIn("holds no backup", self.hub.command("list-backups", self.backups, expect=1))
        self.assertIn("holds no backup",
                      self.hub.command("restore", self.backups, expect=1,
                                   data=self.hub.directory / "new"))


if __name__ == "__main__":
    hub_process.main()
