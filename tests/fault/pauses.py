#!/usr/bin/python3
"""SIGSTOP and SIGCONT of the hub, and of a client: a pause costs time and nothing else."""

import asyncio
import json
import signal
import subprocess
import unittest

import fault_hub
import hub_process
import log_content
import wire_format
from session import JsonSession

SOURCE = "county/cad"
FILE_SOURCE = "county/file"
EVENTS = 20_000


class Pauses(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.hub = self.enterContext(hub_process.Hub())
        # However the test ends.
        self.addCleanup(self.hub.process.send_signal, signal.SIGCONT)

    async def test_a_hub_that_stood_still_acknowledges_what_it_was_sent(self):
        async with JsonSession.connect(self.hub) as publisher, JsonSession.connect(
                self.hub) as viewer:
            await publisher.open_source(SOURCE)
            await viewer.send(subscribe={"subscription": 1})
            await viewer.receive("progress")
            for turn in range(5):
                first = 1 + turn * 200
                self.hub.process.send_signal(signal.SIGSTOP)
                await publisher.send(publish={
                    "source": SOURCE, "firstSequence": str(first),
                    "inlineEvents": [fault_hub.event(f"r{first + n}") for n in range(200)]})
                await asyncio.sleep(0.7)
                self.hub.process.send_signal(signal.SIGCONT)
                said = await publisher.acknowledged(SOURCE, first + 199)
                self.assertEqual((said["stored"], said["rejections"]), (200, []))
            await viewer.receive("progress")
        events = [json.loads(event) for event in await log_content.read(self.hub)]
        self.assertEqual([int(event["sequence"]) for event in events], list(range(1, 1001)))
        recorded = [wire_format.nanoseconds(event["recordedAt"]) for event in events]
        self.assertEqual(recorded, sorted(recorded))
        self.assertEqual(await asyncio.to_thread(self.hub.terminate), 0)

    async def test_a_client_that_stood_still_goes_on_where_it_was(self):
        path = self.hub.directory / "events.ndjson"
        with open(path, "w", encoding="utf-8") as out:
            for number in range(1, EVENTS + 1):
                out.write(json.dumps(fault_hub.event(f"r{number}")) + "\n")
        client = hub_process.CommandLine(self.hub).popen(
            "publish", "--source", FILE_SOURCE, path, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        try:
            stopped = 0
            while client.poll() is None and stopped < 5:
                client.send_signal(signal.SIGSTOP)
                stopped += 1
                await fault_hub.publish(self.hub, SOURCE, 20, first=1 + 20 * (stopped - 1))
                await asyncio.sleep(0.2)
                client.send_signal(signal.SIGCONT)
                await asyncio.sleep(0.05)
            self.assertEqual(await asyncio.to_thread(client.wait, hub_process.DEADLINE_S), 0)
        finally:
            if client.poll() is None:
                client.kill()
            client.wait()
        self.assertGreater(stopped, 1, "it was done before it could be stopped")
        events = [json.loads(event) for event in await log_content.read(self.hub)]
        records = [e["event"]["recordId"] for e in events if e["source"] == FILE_SOURCE]
        self.assertEqual(records, [f"r{n}" for n in range(1, EVENTS + 1)])


if __name__ == "__main__":
    hub_process.main()
