"""What a hub's log holds, as one value that can be compared."""

import asyncio
import json

from session import JsonSession


async def read(hub):
    """Every stored event, as text, in order."""
    events = []
    async with JsonSession.connect(hub) as session:
        await session.send(replay={"replay": 1, "mode": "REPLAY_MODE_EVENTS"})
        while True:
            message = await session.receive_any(("replayPage", "replayEnd", "error"), 1)
            if message.kind != "replayPage":
                reason = message.body.get("reason")
                if reason != "REPLAY_END_REASON_END_OF_RANGE":
                    raise AssertionError(f"the log cannot be read: {message.body}")
                return events
            events += [json.dumps(e, sort_keys=True) for e in message.body.get("events", [])]


def of(hub):
    return asyncio.run(read(hub))
