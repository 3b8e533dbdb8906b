"""A publisher that knows what was acknowledged: sends in windows, drops its connection at random,
resumes, and can say for every sequence what the event was."""

import asyncio
import datetime
import random

import websockets

import sample_events
from session import Ended, JsonSession

START = sample_events.now()
BACKGROUND = 200
PAST_HOURS = 30 * 365 * 24
GONE = (Ended, OSError, websockets.WebSocketException, asyncio.TimeoutError)
NOT_NOW = ("ERROR_CODE_SHUTTING_DOWN", "ERROR_CODE_RECOVERING")


class OracleSource:
    def __init__(self, hub, name, seed):
        self.hub, self.name, self.seed = hub, name, seed
        self.dice = random.Random(seed)
        self.acknowledged = 0
        self.sent = 0
        self.drops = 0
        # Events that it may still send; whoever drives it may give it more. What a test asks of a
        # hub is bounded so, however long the hub takes over it.
        self.allowance = float("inf")
        # Beside cancelling the task: a cancellation may be lost while a connection is being made.
        self.stopping = False

    def event(self, sequence):
        """The same event for the same sequence, always. Some correct or retract an earlier one."""
        dice = random.Random(f"{self.seed}/{sequence}")
        if sequence <= BACKGROUND:
            occurred = START - datetime.timedelta(days=80 - 70 * sequence / BACKGROUND)
            return sample_events.overdose(f"b{sequence}", occurred, *self._somewhere(dice, 15))
        # One in twenty is news. The others lie two hours apart, on and on into the past, so that a hub
        # that starts again and again is not busy linking a million events of one day.
        recent = dice.random() < 0.05
        hours = dice.uniform(0.5, 20) if recent else 24 + 2 * sequence % PAST_HOURS
        occurred = START - datetime.timedelta(hours=hours)
        if sequence % 7 == 0:
            return sample_events.overdose(f"r{sequence - 3}", occurred,
                                          *self._somewhere(dice, 1), revision=1)
        if sequence % 11 == 0:
            return {"recordId": f"r{sequence - 5}", "revision": 2,
                    "occurredAt": sample_events.wire_format.rfc3339(occurred),
                    "retraction": {"reason": "RETRACTION_REASON_DUPLICATE"}}
        return sample_events.overdose(f"r{sequence}", occurred, *self._somewhere(dice, 3))

    @staticmethod
    def _somewhere(dice, spread_km):
        return sample_events.offset(sample_events.CITY, dice.uniform(-spread_km, spread_km),
                                    dice.uniform(-spread_km, spread_km))

    async def publish_background(self):
        async with JsonSession.connect(self.hub) as session:
            await self._open(session)
            await self._send(session, 1, BACKGROUND)
            await self._await(session, BACKGROUND)

    async def run(self):
        while not self.stopping:
            try:
                async with JsonSession.connect(self.hub) as session:
                    await self._publish_windows(session)
            except GONE:
                await asyncio.sleep(self.dice.uniform(0.01, 0.1))

    async def _publish_windows(self, session):
        """A few batches in flight at a time; now and then drops the connection in the middle."""
        remembered = self.acknowledged
        following = await self._open(session) + 1
        if self.dice.random() < 0.3:
            following = remembered + 1  # a client that trusts its own memory: repeats
        while True:
            while self.allowance <= 0 and not session.ended and not self.stopping:
                await asyncio.sleep(0.05)
            for _ in range(self.dice.randint(1, 6)):
                count = self.dice.randint(1, 40)
                await self._send(session, following, count)
                following += count
                self.allowance -= count
            if self.dice.random() < 0.05:
                self.drops += 1
                session.abort()
                raise Ended("dropped by the client")
            await self._await(session, following - 1 - self.dice.randint(0, 20))
            await asyncio.sleep(self.dice.uniform(0, 0.02))

    async def _open(self, session):
        await session.send(openSource={"source": self.name,
                                       "acknowledgedSequence": str(self.acknowledged)})
        message = await session.receive_any(("sourceOpened", "error"))
        if message.kind == "error":
            if message.body["code"] in NOT_NOW:
                raise Ended("not now")
            raise AssertionError(f"{self.name}, {self.acknowledged} acknowledged: {message.body}")
        last = int(message.body.get("lastSequence", 0))
        if not self.acknowledged <= last <= self.sent:
            raise AssertionError(f"{self.name}: {self.acknowledged} acknowledged, {self.sent} "
                                 f"sent, the hub opens at {last}")
        self.acknowledged = last
        return last

    async def _send(self, session, first, count):
        self.sent = max(self.sent, first + count - 1)
        await session.send(publish={
            "source": self.name, "firstSequence": str(first),
            "inlineEvents": [self.event(first + n) for n in range(count)]})

    async def _await(self, session, sequence):
        while self.acknowledged < sequence:
            body = await session.receive("published", where=lambda b: b["source"] == self.name)
            if body.get("rejections"):
                raise AssertionError(f"{self.name}: {body['rejections'][:3]}")
            self.acknowledged = max(self.acknowledged, int(body["sequence"]))

    async def settle(self):
        """Says what the hub holds in the end."""
        async with JsonSession.connect(self.hub) as session:
            await self._open(session)

    async def publish_one_more(self):
        async with JsonSession.connect(self.hub) as session:
            last = await self._open(session)
            await self._send(session, last + 1, 1)
            await self._await(session, last + 1)
