#!/usr/bin/python3
"""What makes a record in the audit log is done only within what a principal may have recorded, and while
the disk has room for the record."""

import contextlib
import hashlib
import json
import math
import pathlib
import unittest

import websockets

import hub_process
from session import JsonSession

TOKEN = "token-of-the-viewer"
RATE = 5
MORE_THAN_ANY_DISK = 1 << 50


class Hub(hub_process.Hub):
    def __init__(self, limits, accounts=True):
        super().__init__()
        text = hub_process.QUICK + f"\n[limits]\n{limits}\n"
        if accounts:
            digest = hashlib.sha256(TOKEN.encode()).hexdigest()
            text += f'\n[[viewer]]\nid = "desk"\ntoken_sha256 = ["{digest}"]\n'
        pathlib.Path(self.options[-1]).write_text(text, encoding="utf-8")

    def read(self):
        return self.request("GET", "/v1/hotspots", headers={"Authorization": f"Bearer {TOKEN}"})

    def errors(self, code):
        return self.metric(f'commonwatch_errors_total{{code="{code}"}}')


def ring(vertices):
    """A circle around Philadelphia, counter-clockwise."""
    angles = (2 * math.pi * n / vertices for n in range(vertices))
    return [{"latitude": 40 + math.sin(a), "longitude": -75 + math.cos(a)} for a in angles]


@contextlib.asynccontextmanager
async def greet(hub):
    async with JsonSession.connect(hub, hello=False) as session:
        await session.send(hello={"token": TOKEN, "client": "recorded/1"})
        yield session


class Rate(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.hub = self.enterContext(Hub(f"principal_requests_per_second_max = {RATE}"))

    async def test_sessions_and_requests_of_a_principal_share_what_is_recorded(self):
        async with greet(self.hub) as session:
            await session.receive("welcome")
            before = self.hub.errors("RATE_LIMITED")
            for _ in range(10 * RATE):
                await session.send(unsubscribe={"subscription": 7})
            refused = await session.receive(
                "error", where=lambda body: body["code"] == "ERROR_CODE_RATE_LIMITED",
                errors_pass=True)
            self.assertEqual((refused["subscription"], refused["retryable"]), (7, True))
            self.assertGreater(refused["retryAfterMs"], 0)
            self.assertGreater(self.hub.errors("RATE_LIMITED"), before)
            self.assertEqual(self.hub.read().status, 429)
            async with greet(self.hub) as another:
                self.assertEqual(await another.close_code(), 4003)
        self.assertEqual(self.hub.terminate(), 0)
        said = self.hub.command("audit", "export", "--kind", "subscription").splitlines()
        self.assertLess(len(said), 5 * RATE)

    async def test_a_large_polygon_counts_as_many_requests(self):
        async with greet(self.hub) as session:
            await session.receive("welcome")
            large = {"polygon": {"vertices": ring(1000)}}
            await session.send(updateSubscription={"subscription": 7, "area": large})
            for number in range(RATE):
                await session.send(updateSubscription={"subscription": 10 + number, "area": large})
            refused = await session.receive(
                "error", where=lambda body: body["code"] == "ERROR_CODE_RATE_LIMITED",
                errors_pass=True)
            self.assertGreaterEqual(refused["subscription"], 10)

    async def test_the_end_of_a_subscription_is_never_refused(self):
        async with greet(self.hub) as session:
            await session.receive("welcome")
            await session.send(subscribe={"subscription": 1})
            await session.receive("snapshot")
            for _ in range(10 * RATE):
                await session.send(unsubscribe={"subscription": 7})
            await session.send(unsubscribe={"subscription": 1})
            await session.receive("error", where=lambda body: "RATE_LIMITED" in body["code"],
                                  errors_pass=True)
        self.assertEqual(self.hub.terminate(), 0)
        said = self.hub.command("audit", "export", "--kind", "subscription")
        ended = [record for record in map(json.loads, said.splitlines())
                 if record["action"] == "unsubscribe" and record["outcome"] == "granted"]
        self.assertEqual([record["object"]["name"] for record in ended], ["hotspots/1"])


class Room(unittest.IsolatedAsyncioTestCase):
    async def test_without_room_for_the_record_nobody_is_served(self):
        hub = self.enterContext(Hub(f"disk_free_bytes_min = {MORE_THAN_ANY_DISK}"))
        response = hub.read()
        self.assertEqual(response.status, 503)
        self.assertIn(b"NO_SPACE", response.body)
        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            async with greet(hub):
                pass
        self.assertEqual(refused.exception.status_code, 503)
        self.assertEqual(hub.request("POST", "/v1/enrol", b'{"code": "ABCD-EFGH"}').status, 503)
        self.assertEqual(hub.get("/healthz").status, 200)
        self.assertEqual(hub.terminate(), 0)
        kinds = hub.command("audit", "export")
        self.assertNotIn('"read"', kinds)
        self.assertIn('"operation"', kinds)


if __name__ == "__main__":
    hub_process.main()
