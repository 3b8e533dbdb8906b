"""A conversation with the hub over WebSocket, by Debian's python3-websockets.

JsonSession speaks commonwatch.v1.json, BinarySession commonwatch.v1. Both keep what they received
until it is asked for, so that no message is lost to a test that waits for another one."""

import asyncio
import contextlib
import json

import websockets

import wire_format
from hub_process import DEADLINE_S

KINDS = {2: "welcome", 3: "sourceOpened", 4: "published", 5: "snapshot", 6: "tile", 7: "delta",
         8: "progress", 9: "replayPage", 10: "replayEnd", 11: "goingAway", 12: "error",
         13: "recorded"}


class Ended(Exception):
    """The connection is closed, and what was asked for did not come."""


class Message:
    """`kind` as in proto3 JSON; `body` a dictionary (JSON) or bytes (binary)."""

    def __init__(self, kind, replay, body):
        self.kind, self.replay, self.body = kind, replay, body

    def __repr__(self):
        text = repr(self.body)
        return f"{self.kind}/{self.replay} {text[:200]}{'...' if len(text) > 200 else ''}"


class Session:
    subprotocol = ""

    def __init__(self, socket):
        self.socket = socket
        self.inbox = []
        self.history = []  # every kind received, in order
        self.arrived = asyncio.Event()
        self.ended = False
        self.reader = asyncio.create_task(self._read())

    @classmethod
    @contextlib.asynccontextmanager
    async def connect(cls, hub, hello=True):
        async with websockets.connect(hub.stream, subprotocols=[cls.subprotocol], max_size=None,
                                      max_queue=None, ping_interval=None, compression=None,
                                      open_timeout=DEADLINE_S, close_timeout=5) as socket:
            session = cls(socket)
            try:
                if socket.subprotocol != cls.subprotocol:
                    raise AssertionError(f"the hub chose subprotocol {socket.subprotocol!r}")
                if hello:
                    await session.hello()
                yield session
            finally:
                session.reader.cancel()

    async def _read(self):
        try:
            async for frame in self.socket:
                message = self.decode(frame)
                self.history.append(message.kind)
                self.inbox.append(message)
                self.arrived.set()
        except websockets.ConnectionClosed:
            pass
        finally:
            self.ended = True
            self.arrived.set()

    async def receive(self, kind, replay=0, where=lambda body: True, errors_pass=False):
        """Takes the oldest matching body out of what came, or waits for it. An error that nobody
        asked for fails the test."""
        return (await self.receive_any((kind,), replay, where, errors_pass)).body

    async def receive_any(self, kinds, replay=0, where=lambda body: True, errors_pass=False):
        deadline = asyncio.get_running_loop().time() + DEADLINE_S
        while True:
            for index, message in enumerate(self.inbox):
                if message.kind in kinds and message.replay == replay and where(message.body):
                    return self.inbox.pop(index)
                if message.kind == "error" and "error" not in kinds and not errors_pass:
                    raise AssertionError(f"waited for {kinds}, got {message}")
            if self.ended:
                raise Ended(f"closed with {self.socket.close_code} {self.socket.close_reason!r} "
                            f"before {kinds}; had {self.inbox[-5:]}")
            self.arrived.clear()
            left = deadline - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(self.arrived.wait(), left)
            except asyncio.TimeoutError:
                raise AssertionError(f"no {kinds} within {DEADLINE_S} s; had {self.inbox[-5:]}, "
                                     f"history {self.history[-20:]}") from None

    async def close_code(self):
        """Waits until the hub has closed the connection."""
        await asyncio.wait_for(self.socket.wait_closed(), DEADLINE_S)
        return self.socket.close_code

    def abort(self):
        """Drops the connection without a word, as a client that was killed."""
        self.socket.transport.abort()


class JsonSession(Session):
    subprotocol = "commonwatch.v1.json"

    @staticmethod
    def decode(frame):
        if not isinstance(frame, str):
            raise AssertionError("a binary frame on the JSON subprotocol")
        message = json.loads(frame)
        replay = message.pop("replay", 0)
        if len(message) != 1:
            raise AssertionError(f"not one message: {frame[:300]}")
        (kind, body), = message.items()
        return Message(kind, replay, body)

    async def send(self, **message):
        """send(openSource={...})"""
        await self.socket.send(json.dumps(message))

    async def hello(self):
        await self.send(hello={"client": "system-test/1"})
        self.welcome = await self.receive("welcome")
        return self.welcome

    async def open_source(self, source, acknowledged=0):
        await self.send(openSource={"source": source, "acknowledgedSequence": str(acknowledged)})
        opened = await self.receive("sourceOpened", where=lambda b: b["source"] == source)
        return int(opened.get("lastSequence", 0))

    async def publish(self, source, first, events):
        """Sends, and waits for the acknowledgement of the last one. Returns all that was said."""
        await self.send(publish={"source": source, "firstSequence": str(first),
                                 "inlineEvents": events})
        return await self.acknowledged(source, first + len(events) - 1)

    async def acknowledged(self, source, last):
        said = {"stored": 0, "repeated": 0, "rejections": []}
        while True:
            body = await self.receive("published", where=lambda b: b["source"] == source)
            said["stored"] += body.get("stored", 0)
            said["repeated"] += body.get("repeated", 0)
            said["rejections"] += body.get("rejections", [])
            said["credit"] = int(body.get("credit", 0))
            said["chainHead"] = body.get("chainHead")
            if int(body.get("sequence", 0)) >= last:
                return said

    async def publish_all(self, source, events, batch=500):
        """A whole list into a source that holds nothing yet."""
        first = await self.open_source(source) + 1
        stored = 0
        for start in range(0, len(events), batch):
            part = events[start:start + batch]
            stored += (await self.publish(source, first + start, part))["stored"]
        return stored


class BinarySession(Session):
    subprotocol = "commonwatch.v1"

    @staticmethod
    def decode(frame):
        if not isinstance(frame, bytes):
            raise AssertionError("a text frame on the binary subprotocol")
        replay, kind, body = 0, None, b""
        for number, value in wire_format.fields(frame):
            if number == 1:
                replay = value
            else:
                kind, body = KINDS[number], value
        if kind is None:
            raise AssertionError(f"an empty message: {frame!r}")
        return Message(kind, replay, body)

    async def send(self, number, *pairs):
        """send(2, (1, "a/b")): field `number` of ClientMessage."""
        await self.socket.send(wire_format.message((number, wire_format.message(*pairs))))

    async def hello(self):
        await self.send(1, (2, "system-test/1"))
        return await self.receive("welcome")
