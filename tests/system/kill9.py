#!/usr/bin/python3
"""kill -9 of the hub and of its clients at random moments, with an oracle.

Checked: every acknowledged event is stored exactly once; a source's sequences are contiguous; a
source never opens below what was acknowledged; recorded time rises from chunk to chunk; no version
that a subscriber saw goes back or changes; the live state is the fold of the whole log.

kill9.py BIN_DIRECTORY [--rounds N] [--events M] [--seed S]"""

import argparse
import asyncio
import collections
import datetime
import itertools
import json
import pathlib
import random
import signal
import subprocess
import sys
import time

import websockets

import hub_process
import oracle_source
import picture
import sample_events
import wire_format
from session import Ended, JsonSession

CLI_SOURCE = "cli/file"
GONE = (Ended, OSError, websockets.WebSocketException, asyncio.TimeoutError)


class Viewer:
    """One subscriber that resumes for ever, and remembers every delta it ever saw."""

    def __init__(self, hub):
        self.hub, self.held = hub, picture.Picture()
        self.seen = {}  # (tile, version): delta
        self.highest = 0  # of every version that was delivered whole
        self.snapshots_refused = 0
        self.stopping = False

    async def run(self):
        while not self.stopping:
            try:
                async with JsonSession.connect(self.hub) as session:
                    await self.follow(session)
            except GONE:
                await asyncio.sleep(0.05)
            self.held.drop_unsettled()

    async def follow(self, session):
        request = {"subscription": 1}
        if self.held.epoch is not None:
            request["resume"] = self.held.position
        await session.send(subscribe=request)
        while True:
            message = await session.receive_any(("snapshot", "tile", "delta", "progress", "error"))
            body = message.body
            if message.kind == "error":
                if body["code"] in ("ERROR_CODE_RECOVERING", "ERROR_CODE_SHUTTING_DOWN"):
                    raise Ended("not ready yet")
                raise AssertionError(f"the subscriber got {body}")
            if message.kind == "delta":
                key = body.get("tile", "0"), body["version"]
                if self.seen.setdefault(key, body) != body:
                    raise AssertionError(f"delta {key} was shown as {self.seen[key]}, is {body}")
            if message.kind == "snapshot":
                if int(body["position"]["version"]) < self.highest:
                    raise AssertionError(f"snapshot {body} after version {self.highest}")
                self.snapshots_refused += body.get("resumeRefused", False)
            self.held.apply(message.kind, body)
            if message.kind == "progress":
                self.highest = max(self.highest, self.held.version)


class FileClient:
    """`commonwatch publish --follow` of a file that grows all the time, killed again and again: there
    is always something under way."""

    def __init__(self, hub, dice):
        self.command = hub_process.CommandLine(hub)
        self.dice, self.kills = dice, 0
        self.path = hub.directory / "events.ndjson"
        self.path.touch()
        self.end = sample_events.now() - datetime.timedelta(days=1)
        self.records = []
        self.allowance = 0  # lines that may be written; whoever drives it gives it more

    def grow(self, count):
        with open(self.path, "a", encoding="utf-8") as out:
            for number in range(len(self.records), len(self.records) + count):
                # Some seventy a day: a calibration simulates thousands of days like those.
                occurred = self.end - datetime.timedelta(minutes=20 * number)
                place = sample_events.offset(sample_events.CITY, number % 37 - 18, number % 41 - 20)
                event = sample_events.overdose(f"file-{number}", occurred, *place)
                out.write(json.dumps(event) + "\n")
                self.records.append(event["recordId"])

    async def run(self):
        while True:
            process = self.command.popen("publish", "--follow", "--source", CLI_SOURCE, self.path,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                life = time.monotonic() + self.dice.uniform(0.05, 0.8)
                while time.monotonic() < life:
                    count = min(self.allowance, self.dice.randint(1, 40))
                    self.allowance -= count
                    self.grow(count)
                    await asyncio.sleep(self.dice.uniform(0, 0.03))
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                    self.kills += 1
                process.wait()

    def finish(self):
        self.command.run("publish", "--source", CLI_SOURCE, self.path)


async def run_rounds(hub, clients, rounds, events, dice):
    """Starts and kills the hub; what it does in between is up to the clients, publishers first."""
    sources = clients[:-1]
    for number in range(1, rounds + 1):
        for one in clients:
            one.allowance = events
        await asyncio.to_thread(hub.start)
        await asyncio.sleep(dice.uniform(0.0, 0.6))
        hub.kill()
        if number % 10 == 0:
            acknowledged = sum(source.acknowledged for source in sources)
            print(f"round {number}: {acknowledged} acknowledged", flush=True)


async def read_log(hub):
    """Every stored event."""
    async with JsonSession.connect(hub) as session:
        await session.send(replay={"replay": 1, "mode": "REPLAY_MODE_EVENTS"})
        events = []
        while True:
            message = await session.receive_any(("replayPage", "replayEnd"), 1)
            if message.kind == "replayEnd":
                if int(message.body.get("count", 0)) != len(events):
                    raise AssertionError(f"{len(events)} events came, the end says {message.body}")
                return events
            events += message.body.get("events", [])


def check_log(events, sources, client):
    by_source = collections.defaultdict(list)
    for event in events:
        by_source[event["source"]].append(event)
    for source in sources:
        stored = by_source.pop(source.name)
        sequences = [int(event["sequence"]) for event in stored]
        if sequences != list(range(1, len(sequences) + 1)):
            gap = next(n for n, (a, b) in enumerate(zip(sequences, itertools.count(1))) if a != b)
            raise AssertionError(f"{source.name}: not contiguous at {sequences[gap - 2:gap + 3]}")
        if not source.acknowledged <= len(stored) <= source.sent:
            raise AssertionError(f"{source.name}: {source.acknowledged} acknowledged, "
                                 f"{len(stored)} stored, {source.sent} sent")
        for sequence, event in enumerate(stored, 1):
            sent = source.event(sequence)
            found = event["event"]
            if (found["recordId"], found.get("revision", 0)) != (
                    sent["recordId"], sent.get("revision", 0)):
                raise AssertionError(f"{source.name} {sequence}: sent {sent}, stored {found}")
    records = collections.Counter(e["event"]["recordId"] for e in by_source.pop(CLI_SOURCE))
    if records != collections.Counter(client.records):
        missing = set(client.records) - set(records)
        twice = [record for record, count in records.items() if count > 1]
        raise AssertionError(f"file: {len(missing)} missing {sorted(missing)[:5]}, "
                             f"{len(twice)} twice {twice[:5]}")
    if by_source:
        raise AssertionError(f"events of sources that nobody sent: {sorted(by_source)}")


def check_recorded_time(events):
    """Rises from chunk to chunk; within a chunk (one source, sequences on end) it is the same."""
    previous, chunks = None, 0
    for event in events:
        recorded = wire_format.nanoseconds(event["recordedAt"])
        here = event["source"], int(event["sequence"]), recorded
        if previous is not None and recorded <= previous[2]:
            same_chunk = here[0] == previous[0] and here[1] > previous[1]
            if recorded < previous[2] or not same_chunk:
                raise AssertionError(f"recorded time does not rise: {previous} then {here}")
        else:
            chunks += 1
        previous = here
    return chunks


def shown_version(hub):
    return int(hub.get_json("/v1/hotspots")["position"]["version"])


async def wait_for_calibration(hub):
    """No life was long enough for one; from then on something is shown."""
    deadline = time.monotonic() + 5 * hub_process.DEADLINE_S
    while not (await asyncio.to_thread(hub.get_json, "/v1/hotspots"))["alerts"]:
        if time.monotonic() > deadline:
            raise AssertionError("no alert was opened: this run proves nothing about the fold")
        await asyncio.sleep(0.2)


async def check_fold(hub, viewer, last):
    """What the viewer holds is a fresh snapshot, and what a replay of the whole log ends in."""
    for attempt in range(10):
        await last.publish_one_more()
        # Until its tick, and a few more, have been given out, so that all three see the same.
        target = await asyncio.to_thread(shown_version, hub) + 4
        while await asyncio.to_thread(shown_version, hub) < target:
            await asyncio.sleep(0.1)
        async with JsonSession.connect(hub) as session:
            await session.send(subscribe={"subscription": 1})
            fresh = await picture.follow(session, picture.Picture(), lambda held: True)
            await session.send(replay={"replay": 1, "mode": "REPLAY_MODE_HOTSPOTS"})
            folded = picture.Picture()
            while True:
                message = await session.receive_any(
                    ("snapshot", "tile", "delta", "progress", "replayEnd"), 1)
                if message.kind == "replayEnd":
                    break
                folded.apply(message.kind, message.body)
        deadline = time.monotonic() + hub_process.DEADLINE_S
        while viewer.held.version < max(fresh.version, folded.version):
            if time.monotonic() > deadline:
                raise AssertionError(f"the viewer stays at {viewer.held.version}, "
                                     f"behind {fresh.version} and {folded.version}")
            await asyncio.sleep(0.05)
        if fresh.shown() == folded.shown() == viewer.held.shown():
            if not fresh.hotspots():
                raise AssertionError("nothing is shown: this run proves nothing about the fold")
            return folded
        print(f"the three pictures were taken at different versions, attempt {attempt}")
        await asyncio.sleep(0.5)
    raise AssertionError("snapshot, replay and live differ:\n" + "\n".join(
        f"{name}: {json.dumps(held.shown(), sort_keys=True)[:1500]}"
        for name, held in (("snapshot", fresh), ("replay", folded), ("live", viewer.held))))


async def run_all(hub, rounds, round_events, seed):
    dice = random.Random(seed)
    sources = [oracle_source.OracleSource(hub, f"agency-{n}/cad", f"{seed}-{n}") for n in range(4)]
    viewer, client = Viewer(hub), FileClient(hub, random.Random(f"{seed}-file"))
    await asyncio.to_thread(hub.start)
    for source in sources:
        await source.publish_background()
    hub.kill()

    publishing = [asyncio.create_task(source.run()) for source in sources]
    killing = asyncio.create_task(client.run())
    viewing = asyncio.create_task(viewer.run())
    rounds_task = asyncio.create_task(run_rounds(hub, [*sources, client], rounds, round_events, dice))

    async def stop(*tasks):
        for source in sources:
            source.stopping = True
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    try:
        # A client that fails ends everything at once, with its reason.
        done, _ = await asyncio.wait([rounds_task, viewing, killing, *publishing],
                                     return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        await stop(killing, *publishing)

        await asyncio.to_thread(hub.start)
        for source in sources:
            await source.settle()
        await asyncio.to_thread(client.finish)
        events = await read_log(hub)
        check_log(events, sources, client)
        chunks = check_recorded_time(events)
        await wait_for_calibration(hub)
        folded = await check_fold(hub, viewer, sources[0])
        if viewing.done():
            viewing.result()
    finally:
        viewer.stopping = True
        await stop(rounds_task, viewing, killing, *publishing)
    if hub.terminate() != 0:
        raise AssertionError("the hub did not drain cleanly in the end")
    if client.kills < rounds // 2:
        raise AssertionError(f"{client.kills} kills caught the client: this run proves little of it")
    print(f"{rounds} kills of the hub, {sum(s.drops for s in sources)} dropped connections, "
          f"{client.kills} kills of the client: {len(events)} events in {chunks} chunks, "
          f"{len(folded.hotspots())} hotspots, {len(folded.all('alerts'))} alerts, "
          f"{len(viewer.seen)} deltas seen, "
          f"{viewer.held.snapshots} snapshots ({viewer.snapshots_refused} refused resumes)")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--events", type=int, default=600,
                        help="of each source, and of the file, in each round")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    options = parser.parse_args()
    hub_process.binaries = options.binaries.resolve()
    print(f"seed {options.seed}: repeat with --seed {options.seed} --rounds {options.rounds} "
          f"--events {options.events}",
          flush=True)
    hub = hub_process.Hub()
    try:
        asyncio.run(run_all(hub, options.rounds, options.events, options.seed))
    finally:
        hub.__exit__(*sys.exc_info())


if __name__ == "__main__":
    main()
