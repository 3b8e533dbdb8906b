#!/usr/bin/python3
"""A hub under mixed load with faults for as long as wanted: publishers that drop their connections,
subscribers that resume, replays, reads over HTTP, hostile clients, pauses, reloads, backups, and kills.
In the end everything that was acknowledged is there once, and what the process needed is reported:
resident memory and its slope, descriptors, threads, disk amplification.

soak.py BIN_DIRECTORY [--minutes N] [--lives N] [--seed S]"""

import argparse
import asyncio
import datetime
import pathlib
import random
import re
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "system"))

# pylint: disable=wrong-import-position
import hostile
import hub_process
import kill9
import oracle_source
import sample_events
import wire_format
from session import BinarySession, JsonSession

SOURCES, VIEWERS = 6, 3
EVENTS_PER_SECOND = 15  # of each source
MIB = 1 << 20


class Vitals:
    """What one life of the hub needed, a sample a second."""

    def __init__(self, pid):
        self.pid, self.began, self.samples = pid, time.monotonic(), []

    def sample(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        number = lambda key: int(re.search(rf"{key}:\s+(\d+)", status).group(1))
        descriptors = len(list(pathlib.Path(f"/proc/{self.pid}/fd").iterdir()))
        self.samples.append((time.monotonic() - self.began, number("VmRSS") / 1024, descriptors,
                             number("Threads")))

    def written_bytes(self):
        text = pathlib.Path(f"/proc/{self.pid}/io").read_text(encoding="ascii")
        return int(re.search(r"^write_bytes: (\d+)", text, re.MULTILINE).group(1))

    def slope(self):
        """MiB a minute, by least squares over the second half, when caches are full."""
        half = self.samples[len(self.samples) // 2:]
        seconds = sum(s[0] for s in half) / len(half)
        resident = sum(s[1] for s in half) / len(half)
        spread = sum((s[0] - seconds) ** 2 for s in half)
        return 60 * sum((s[0] - seconds) * (s[1] - resident) for s in half) / (spread or 1)

    def report(self, number):
        resident, descriptors, threads = ([s[n] for s in self.samples] for n in (1, 2, 3))
        print(f"life {number}: {self.samples[-1][0] / 60:.1f} min, resident {resident[0]:.0f} to "
              f"{resident[-1]:.0f} MiB (most {max(resident):.0f}), slope {self.slope():+.1f} MiB/min; "
              f"descriptors {descriptors[0]} to {descriptors[-1]} (most {max(descriptors)}); "
              f"threads {min(threads)} to {max(threads)}", flush=True)


class Soak:
    def __init__(self, hub, seed):
        self.hub, self.dice = hub, random.Random(seed)
        self.sources = [oracle_source.OracleSource(hub, f"agency-{n}/cad", f"{seed}-{n}")
                        for n in range(SOURCES)]
        self.viewers = [kill9.Viewer(hub) for _ in range(VIEWERS)]
        self.counts = dict.fromkeys(("replays", "reads", "attacks", "pauses", "reloads", "backups"), 0)
        self.written = 0
        # Beside cancelling: a cancellation may be lost while a connection is being made.
        self.over = False

    async def allow(self):
        while True:
            for source in self.sources:
                source.allowance = min(source.allowance + EVENTS_PER_SECOND, 200)
            await asyncio.sleep(1)

    async def again(self, name, pause, action):
        while not self.over:
            await asyncio.sleep(self.dice.uniform(0.5, 1.5) * pause)
            try:
                await action()
                self.counts[name] += 1
            except (*kill9.GONE, ConnectionError, EOFError):
                pass  # killed meanwhile

    async def replay(self):
        """Of half a minute: a whole log takes the longer the longer this runs."""
        mode = self.dice.choice(("REPLAY_MODE_EVENTS", "REPLAY_MODE_HOTSPOTS"))
        begin = sample_events.now() - datetime.timedelta(seconds=30)
        async with JsonSession.connect(self.hub) as session:
            await session.send(replay={"replay": 1, "mode": mode,
                                       "fromRecorded": wire_format.rfc3339(begin)})
            await session.receive("replayEnd", 1)

    async def read(self):
        await asyncio.to_thread(self.hub.get, self.dice.choice(
            ("/v1/hotspots", "/v1/alerts", "/metrics", "/readyz", "/v1/hotspots?format=geojson")))

    async def attack(self):
        process = await asyncio.create_subprocess_exec(
            *hostile.command(self.hub.port, 5),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
        try:
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()

    async def pause(self):
        self.hub.process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(self.dice.uniform(0.1, 2))
        finally:
            self.hub.process.send_signal(signal.SIGCONT)

    async def reload(self):
        self.hub.process.send_signal(signal.SIGHUP)

    async def back_up(self):
        process = await asyncio.create_subprocess_exec(
            hub_process.binaries / "commonwatch-hub", "backup", str(self.hub.directory / "backups"),
            "--keep", "2", "--data", str(self.hub.data), stdout=asyncio.subprocess.DEVNULL)
        if await process.wait() != 0:
            raise AssertionError("the backup failed")

    async def live(self, number, seconds):
        """One life; it ends by a kill, but the last, which is drained."""
        await asyncio.to_thread(self.hub.start)
        self.over = False
        vitals = Vitals(self.hub.process.pid)
        end = time.monotonic() + seconds
        work = [asyncio.create_task(self.again(name, pause, action)) for name, pause, action in (
            ("replays", 5, self.replay), ("reads", 0.2, self.read), ("attacks", 30, self.attack),
            ("pauses", 20, self.pause), ("reloads", 15, self.reload),
            ("backups", 25, self.back_up))]
        try:
            while time.monotonic() < end:
                vitals.sample()
                done, _ = await asyncio.wait([*self.clients, *work], timeout=1,
                                             return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
                if not self.hub.is_alive():
                    raise AssertionError(f"the hub ended with {self.hub.process.returncode}")
        finally:
            self.over = True
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
        self.written += vitals.written_bytes()
        vitals.report(number)

    async def run(self, seconds, lives):
        await asyncio.to_thread(self.hub.start)
        for source in self.sources:
            await source.publish_background()
            source.allowance = 0
        self.hub.kill()
        publishing = [asyncio.create_task(source.run()) for source in self.sources]
        viewing = [asyncio.create_task(viewer.run()) for viewer in self.viewers]
        self.clients = [*publishing, *viewing, asyncio.create_task(self.allow())]
        try:
            for number in range(1, lives + 1):
                await self.live(number, seconds / lives)
                self.hub.kill()
        finally:
            for one in (*self.sources, *self.viewers):
                one.stopping = True
            for task in self.clients:
                task.cancel()
            await asyncio.gather(*self.clients, return_exceptions=True)
        await self.settle()

    async def settle(self):
        await asyncio.to_thread(self.hub.start)
        for source in self.sources:
            await source.settle()
        events = await kill9.read_log(self.hub)
        kill9.check_recorded_time(events)
        for source in self.sources:
            own = [event for event in events if event["source"] == source.name]
            if [int(event["sequence"]) for event in own] != list(range(1, len(own) + 1)):
                raise AssertionError(f"{source.name} is not contiguous")
            if not source.acknowledged <= len(own) <= source.sent:
                raise AssertionError(f"{source.name}: {source.acknowledged} acknowledged, "
                                     f"{len(own)} stored, {source.sent} sent")
        payload = await self.stored_bytes()
        if self.hub.terminate() != 0:
            raise AssertionError("the hub did not drain")
        size = sum(path.stat().st_size for path in self.hub.data.rglob("*") if path.is_file())
        print(f"{len(events)} events of {payload / len(events):.0f} bytes: {size / MIB:.1f} MiB on "
              f"disk, {size / payload:.1f} times the events; {self.written / MIB:.1f} MiB were "
              f"written, {self.written / payload:.1f} times; {self.counts}; "
              f"{sum(viewer.held.snapshots for viewer in self.viewers)} snapshots", flush=True)

    async def stored_bytes(self):
        """Of the events alone, in protobuf."""
        total = 0
        async with BinarySession.connect(self.hub) as session:
            await session.send(7, (1, 1), (2, 1))
            while True:
                message = await session.receive_any(("replayPage", "replayEnd"), 1)
                if message.kind == "replayEnd":
                    return total
                total += sum(len(wire_format.get(event, 4, b""))
                             for event in wire_format.get_all(message.body, 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--lives", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    options = parser.parse_args()
    hub_process.binaries = options.binaries.resolve()
    print(f"seed {options.seed}", flush=True)
    hub = hub_process.Hub()
    try:
        asyncio.run(Soak(hub, options.seed).run(60 * options.minutes, options.lives))
    finally:
        hub.__exit__(*sys.exc_info())


if __name__ == "__main__":
    main()
