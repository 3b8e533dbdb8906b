#!/usr/bin/python3
"""Hostile clients: alone, each meets a limit that has a name, gets its answer, and is counted; all at
once, beside eight publishers and four subscribers, they cost those nothing but time, and the hub no
more memory than the limits say.

hostile_clients.py BIN_DIRECTORY [unittest arguments]; HOSTILE_SECONDS=60 makes the last ones longer."""

import asyncio
import contextlib
import hashlib
import json
import os
import pathlib
import re
import statistics
import sys
import time
import unittest

import hostile
import hub_process
import picture
import sample_events
from session import JsonSession

SECONDS = float(os.environ.get("HOSTILE_SECONDS", "5"))
PUBLISHERS, SUBSCRIBERS, BATCH = 8, 4, 20
KIB, MIB = 1 << 10, 1 << 20
# What one more event costs while it is in RocksDB's write buffers, the indexes' and the engine.
EVENT_BYTES = 3 * KIB
# What a replay works with: chunks taken apart, a page in both encodings, what malloc keeps of them.
REPLAY_BYTES = 24 * MIB
LIMITS = {
    "hello_timeout_ms": 1500, "http_timeout_ms": 1500, "write_timeout_ms": 1500,
    "idle_timeout_ms": 4000, "http_connections_max": 64, "address_connections_max": 300,
    "inbound_bytes_max": 8 * MIB, "session_requests_per_second_max": 20,
    "session_control_frames_per_second_max": 50, "hub_replays_max": 6, "replays_max": 4,
    "address_requests_per_second_max": 400, "credit_events": 100,
}


def token_of(name):
    return hostile.TOKEN if name == "hostile" else f"the-token-of-{name}-which-is-long"


def configuration():
    partners = ["hostile", *(f"agency-{n}" for n in range(PUBLISHERS))]
    text = "[hotspot]\nnull_days = 3650\n\n[limits]\n"
    text += "".join(f"{key} = {value}\n" for key, value in LIMITS.items())
    for kind, names in (("partner", partners), ("viewer", ["desk"])):
        for name in names:
            digest = hashlib.sha256(token_of(name).encode()).hexdigest()
            text += f'\n[[{kind}]]\nid = "{name}"\ntoken_sha256 = ["{digest}"]\n'
            text += 'grants = ["subscribe", "replay_events"]\n' if kind == "viewer" else ""
    return text


class Hub(hub_process.Hub):
    def __init__(self):
        super().__init__()
        pathlib.Path(self.options[-1]).write_text(configuration(), encoding="utf-8")

    def peak_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * KIB


@contextlib.asynccontextmanager
async def greet(hub, name):
    async with JsonSession.connect(hub, hello=False) as session:
        await session.send(hello={"token": token_of(name), "client": "hostile-test/1"})
        await session.receive("welcome")
        yield session


class Alone(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hub = cls.enterClassContext(Hub())

    def tearDown(self):
        self.assertTrue(self.hub.is_alive())
        self.assertEqual(self.hub.get("/healthz").status, 200)

    def assert_meets(self, name, seen, counter):
        """What the hostile one is told, in whatever order, and what grows by it."""
        before = self.hub.metric(counter)
        one = hostile.Hostile(self.hub.port)
        with contextlib.suppress(EOFError, ConnectionError):
            getattr(one, name)()
        self.assertLessEqual(set(seen), set(one.seen), f"{name} saw {one.seen}")
        deadline = time.monotonic() + hub_process.DEADLINE_S
        while self.hub.metric(counter) <= before:
            self.assertLess(time.monotonic(), deadline, f"{counter} counts no {name}")
            time.sleep(0.05)

    @staticmethod
    def closes(reason):
        return f'commonwatch_closes_total{{reason="{reason}"}}'

    @staticmethod
    def http(status):
        return f'commonwatch_http_requests_total{{route="other",status="{status}"}}'

    def test_before_any_word(self):
        for name, seen, counter in (
                ("slow_handshake", [], self.closes("http_timeout")),
                ("half_request", [], self.closes("http_timeout")),
                ("huge_headers", [413], self.http(413)),
                ("huge_body", [413], self.http(413)),
                ("half_bodies", [429], self.http(429)),
                ("silent_connections", [], self.closes("crowded_out")),
                ("silent_session", [4503], self.closes("hello_timeout")),
                ("wrong_tokens", [4500], self.closes("bad_token"))):
            with self.subTest(name):
                self.assert_meets(name, seen, counter)

    def test_frames(self):
        violation = self.closes("protocol_violation")
        for name, seen, counter in (
                ("endless_fragments", ["ERROR_CODE_MESSAGE_TOO_LARGE", 4502], violation),
                ("endless_empty_fragments", [4002], self.closes("idle")),
                ("half_messages", ["ERROR_CODE_RATE_LIMITED", 4003], self.closes("over_rate")),
                ("oversized_message", ["ERROR_CODE_MESSAGE_TOO_LARGE", 4502], violation),
                ("empty_message", ["ERROR_CODE_MALFORMED_MESSAGE", 4502], violation),
                ("compressed_bomb", [1002], self.closes("bad_frame")),
                ("ping_flood", ["ERROR_CODE_RATE_LIMITED", 4003], self.closes("over_rate"))):
            with self.subTest(name):
                self.assert_meets(name, seen, counter)

    def test_requests(self):
        for name, seen, counter in (
                ("subscription_flood", ["over"], "commonwatch_requests_paused_total"),
                ("replay_flood", ["ERROR_CODE_TOO_MANY_REPLAYS"],
                 'commonwatch_errors_total{code="TOO_MANY_REPLAYS"}'),
                ("never_waits", ["ERROR_CODE_CREDIT_EXCEEDED"],
                 'commonwatch_errors_total{code="CREDIT_EXCEEDED"}'),
                ("never_reads", ["cut"], self.closes("slow_reader"))):
            with self.subTest(name):
                self.assert_meets(name, seen, counter)

    def test_there_is_a_case_for_each(self):
        text = pathlib.Path(__file__).read_text(encoding="utf-8")
        for name in hostile.NAMES:
            self.assertIn(f'("{name}", [', text)


class Load:
    """Eight publishers and four subscribers, who must notice nothing."""

    def __init__(self, hub):
        self.hub, self.stopping = hub, False
        self.seconds, self.consumed = [], dict.fromkeys(range(PUBLISHERS), 0)
        self.held = [picture.Picture() for _ in range(SUBSCRIBERS)]

    async def publish(self, number):
        source = f"agency-{number}/cad"
        async with greet(self.hub, f"agency-{number}") as session:
            first = await session.open_source(source, self.consumed[number]) + 1
            while not self.stopping:
                now = sample_events.now()
                events = [sample_events.overdose(f"r{first + n}", now) for n in range(BATCH)]
                began = time.monotonic()
                said = await session.publish(source, first, events)
                self.seconds.append(time.monotonic() - began)
                if (said["stored"], said["rejections"]) != (BATCH, []):
                    raise AssertionError(f"{source} at {first}: {said}")
                first += BATCH
                self.consumed[number] = first - 1
                await asyncio.sleep(0.02)

    async def subscribe(self, held):
        async with greet(self.hub, "desk") as session:
            await session.send(subscribe={"subscription": 1})
            # Not a message is lost: the picture checks that each follows the one before.
            await picture.follow(session, held, lambda _: self.stopping)

    async def run(self, seconds):
        self.stopping, self.seconds = False, []
        tasks = [asyncio.create_task(self.publish(n)) for n in self.consumed]
        tasks += [asyncio.create_task(self.subscribe(held)) for held in self.held]
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
        self.stopping = True
        await asyncio.gather(*tasks)
        return sorted(self.seconds)


def p50(seconds):
    return statistics.median(seconds) * 1000


def p99(seconds):
    return statistics.quantiles(seconds, n=100)[98] * 1000


class Beside(unittest.IsolatedAsyncioTestCase):
    @staticmethod
    def bound_of_hostile_bytes():
        """What the limits let the hostile ones hold: unfinished messages and bodies, what a
        connection that is no session may have sent, the replays, and of each session its first part of
        a message and 256 answers that wait."""
        threads = os.cpu_count()
        connection = (8 + 64) * KIB  # http_header_bytes_max, one read
        session = 64 * KIB + 256 * KIB
        sessions = 3 * len(hostile.NAMES)
        return (LIMITS["inbound_bytes_max"] + threads * LIMITS["http_connections_max"] * connection
                + LIMITS["hub_replays_max"] * REPLAY_BYTES + sessions * session)

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # it takes longer than what is measured

    async def attack(self, hub, load, names):
        """How often each attacked while the others worked; prints what those noticed."""
        await load.run(1)
        alone = await load.run(SECONDS)
        attackers = await asyncio.create_subprocess_exec(
            *hostile.command(hub.port, SECONDS + 1, names), stdout=asyncio.subprocess.PIPE)
        beside = await load.run(SECONDS)
        told, _ = await attackers.communicate()
        counts = json.loads(told)
        self.assertTrue(hub.is_alive())
        self.assertTrue(all(counts.values()), counts)
        print(f"\nacknowledgement p50 {p50(alone):.1f} ms, p99 {p99(alone):.1f} ms alone "
              f"({len(alone)}); {p50(beside):.1f} ms, {p99(beside):.1f} ms beside "
              f"{len(counts)} kinds of hostile clients ({len(beside)}): "
              f"{p50(beside) / p50(alone):.1f} and {p99(beside) / p99(alone):.1f} times; "
              f"attacks {counts}", flush=True)
        return counts

    async def test_all_at_once_the_others_lose_nothing_and_memory_stays_in_bounds(self):
        hub = self.enterContext(Hub())
        load = Load(hub)
        before, events = hub.peak_bytes(), hub.metric("commonwatch_log_events")
        await self.attack(hub, load, hostile.NAMES)
        events = hub.metric("commonwatch_log_events") - events
        grown = hub.peak_bytes() - before
        bound = self.bound_of_hostile_bytes() + int(events) * EVENT_BYTES
        print(f"memory grew by {grown / MIB:.1f} MiB, bound {bound / MIB:.1f} MiB with "
              f"{events:.0f} more events", flush=True)
        if "COMMONWATCH_SANITIZED" in os.environ:
            print("the memory of a sanitizer is not the hub's: not compared")
        else:
            self.assertLess(grown, bound)
        await self.assert_nothing_was_lost(hub, load)

    async def test_a_flood_of_wrong_tokens_fills_no_disk(self):
        hub = self.enterContext(Hub())
        load = Load(hub)
        counts = await self.attack(hub, load, ["wrong_tokens"] * 16)
        await self.assert_nothing_was_lost(hub, load)
        hub.terminate()  # so that the minute's refusals are written
        said = hub.command("audit", "export", "--kind", "refusal")
        records = [json.loads(line) for line in said.splitlines()]
        logged = hub.log_path.read_text(errors="replace").count("\n")
        print(f"{counts['wrong_tokens']} rounds of twenty: {len(records)} audit records, {logged} "
              "lines in the system log", flush=True)
        self.assertGreater(counts["wrong_tokens"], 20)
        self.assertTrue(1 <= len(records) <= 10, records)
        self.assertLess(logged, 100)

    async def assert_nothing_was_lost(self, hub, load):
        stored = {f"agency-{n}/cad": [] for n in load.consumed}
        async with greet(hub, "desk") as session:
            await session.send(replay={"replay": 1, "mode": "REPLAY_MODE_EVENTS",
                                       "filter": {"sources": list(stored)}})
            while True:
                message = await session.receive_any(("replayPage", "replayEnd"), 1)
                if message.kind == "replayEnd":
                    break
                for event in message.body["events"]:
                    stored[event["source"]].append(int(event["sequence"]))
        for number, consumed in load.consumed.items():
            self.assertEqual(stored[f"agency-{number}/cad"], list(range(1, consumed + 1)))
        # And those who did all this are gone.
        deadline = time.monotonic() + hub_process.DEADLINE_S
        while hub.metric("commonwatch_connections") > 0:
            self.assertLess(time.monotonic(), deadline, "sessions stay")
            await asyncio.sleep(0.1)
        self.assertEqual(hub.metric("commonwatch_inbound_bytes"), 0)


if __name__ == "__main__":
    hub_process.main()
