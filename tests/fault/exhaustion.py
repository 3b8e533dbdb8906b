#!/usr/bin/python3
"""No descriptor and no memory left: the hub keeps serving those it has, tells the truth of itself, and
recovers; where it must end, it has lost nothing that it acknowledged."""

import asyncio
import contextlib
import resource
import unittest

import fault_hub
import hub_process
import raw_websocket
from raw_websocket import TEXT, frame
from session import JsonSession

SOURCE = "county/cad"
DESCRIPTORS = 160
SPARE = 16 << 20


def metric(hub, name):
    return next(float(line.split()[1]) for line in hub.get("/metrics").body.decode().splitlines()
                if line.startswith(name + " "))


class Exhaustion(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.hub = self.enterContext(hub_process.Hub())

    async def publish_one(self, session, sequence):
        said = await session.publish(SOURCE, sequence, [fault_hub.event(f"r{sequence}")])
        self.assertEqual(said["stored"], 1)

    def crowd(self, stack, count, upgrade):
        """Status of each handshake; silent connections if there is none to be asked for."""
        statuses = []
        for _ in range(count):
            raw = stack.enter_context(raw_websocket.RawSocket(self.hub.port))
            if not upgrade:
                continue
            with contextlib.suppress(EOFError, ConnectionError):
                raw.request()
                statuses.append(raw.answer()[0])
                if statuses[-1] == 101:
                    raw.send(frame(TEXT, b'{"hello":{}}'))
        return statuses

    async def test_without_descriptors_it_serves_those_it_has_and_tells_how_it_is(self):
        async with JsonSession.connect(self.hub) as publisher, JsonSession.connect(
                self.hub) as viewer:
            await publisher.open_source(SOURCE)
            await viewer.send(subscribe={"subscription": 1})
            await viewer.receive("progress")
            resource.prlimit(self.hub.process.pid, resource.RLIMIT_NOFILE,
                             (DESCRIPTORS, DESCRIPTORS))
            with contextlib.ExitStack() as stack:
                statuses = await asyncio.to_thread(self.crowd, stack, DESCRIPTORS, True)
                self.assertIn(429, statuses, "sessions leave a reserve")
                # The rest of the descriptors goes to connections that say nothing.
                await asyncio.to_thread(self.crowd, stack, 2 * DESCRIPTORS, False)
                await self.publish_one(publisher, 1)
                ready = await asyncio.to_thread(self.hub.get, "/readyz")
                self.assertEqual(ready.status, 200)
                self.assertEqual(metric(self.hub, "commonwatch_descriptors_max"), DESCRIPTORS)
                self.assertGreater(metric(self.hub, "commonwatch_descriptors"), DESCRIPTORS * 0.7)
                self.assertGreater(metric(self.hub, "commonwatch_accepts_failed_total"), 0)
                await self.publish_one(publisher, 2)
                await viewer.receive("progress")
            await self.publish_one(publisher, 3)
        async with asyncio.timeout(hub_process.DEADLINE_S):
            while metric(self.hub, "commonwatch_connections") > 0:
                await asyncio.sleep(0.05)
        async with JsonSession.connect(self.hub) as session:
            self.assertEqual(await session.open_source(SOURCE, 3), 3)
        self.assertEqual(await asyncio.to_thread(self.hub.terminate), 0)

    async def test_without_memory_nothing_that_was_acknowledged_is_lost(self):
        with open(f"/proc/{self.hub.process.pid}/statm", encoding="ascii") as statm:
            used = int(statm.read().split()[0]) * resource.getpagesize()
        limit = used + SPARE
        resource.prlimit(self.hub.process.pid, resource.RLIMIT_AS, (limit, limit))
        self.hub.ended = True  # it may
        acknowledged = [0] * 6
        await asyncio.gather(*(self.flood(n, acknowledged) for n in range(len(acknowledged))))
        if self.hub.is_alive():
            self.hub.kill()
        print(f"\n{sum(acknowledged)} events were acknowledged with {SPARE >> 20} MiB to spare; status "
              f"{self.hub.process.returncode}", flush=True)
        self.assertGreater(sum(acknowledged), 0)
        self.hub.start()
        self.assertEqual(fault_hub.command(self.hub, "verify")[0], 0)
        async with JsonSession.connect(self.hub) as session:
            for number, count in enumerate(acknowledged):
                last = await session.open_source(f"agency-{number}/cad", count)
                self.assertGreaterEqual(last, count)

    async def flood(self, number, acknowledged):
        """Large batches of one source, until the connection or the number of them ends."""
        with contextlib.suppress(Exception):
            async with JsonSession.connect(self.hub) as session:
                source = f"agency-{number}/cad"
                await session.open_source(source)
                for batch in range(15):
                    events = [fault_hub.event(f"r{batch * 1000 + n}") for n in range(1000)]
                    await session.publish(source, batch * 1000 + 1, events)
                    acknowledged[number] = (batch + 1) * 1000


if __name__ == "__main__":
    hub_process.main()
