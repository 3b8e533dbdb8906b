#!/usr/bin/python3
"""The whole conversation from a client that is not ours: proto3 JSON over WebSocket."""

import asyncio
import datetime
import unittest

import hub_process
import picture
import sample_events
import wire_format
from session import BinarySession, JsonSession

END = sample_events.now() - datetime.timedelta(minutes=30)
# Sixty-eight days ago it began: exposure enough, behind the days that do not count.
QUIET = sample_events.background(seed=7, days=60, per_day=10,
                                 end=END - datetime.timedelta(days=8))
BURST = sample_events.cluster("burst", persons=12, end=END)


def near_burst(hotspot):
    place = hotspot["latitude"], hotspot["longitude"]
    return sample_events.distance_km(place, sample_events.CITY) < 8


def shows_burst(held):
    return any(near_burst(h) and h["count"] >= 12 for h in held.hotspots().values())


async def subscribe(session, resume=None, until=lambda held: True, held=None, number=1):
    request = {"subscription": number}
    if resume:
        request["resume"] = resume
    await session.send(subscribe=request)
    return await picture.follow(session, held or picture.Picture(), until)


async def replay_events(session, number=1, **request):
    """(events, end) of a replay that runs to its end."""
    await session.send(replay={"replay": number, "mode": "REPLAY_MODE_EVENTS", **request})
    return await collect_events(session, number)


async def collect_events(session, number):
    events = []
    while True:
        message = await session.receive_any(("replayPage", "replayEnd"), number)
        if message.kind == "replayEnd":
            return events, message.body
        events += message.body.get("events", [])


class Conversation(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.hub = self.enterContext(hub_process.Hub())

    async def session(self, kind=JsonSession):
        return await self.enterAsyncContext(kind.connect(self.hub))

    async def test_hello_is_answered_with_who_where_and_limits(self):
        session = await self.session()
        welcome = session.welcome
        for key in ("hub", "session", "hubTime", "principal", "audience", "heartbeatMs", "tickMs",
                    "tileLevel"):
            self.assertTrue(welcome.get(key), key)
        for key in ("frameBytesMax", "eventBytesMax", "batchEventsMax", "subscriptionsMax",
                    "replaysMax", "sourcesMax", "helloTimeoutMs", "futureMsMax"):
            self.assertGreater(int(welcome["limits"][key]), 0, key)

    async def test_a_published_batch_is_acknowledged_and_its_repeat_stores_nothing(self):
        session = await self.session()
        self.assertEqual(await session.open_source("county-ems/cad-1"), 0)
        said = await session.publish("county-ems/cad-1", 1, BURST)
        self.assertEqual((said["stored"], said["repeated"], said["rejections"]), (12, 0, []))
        self.assertGreater(said["credit"], 12)
        self.assertEqual(len(said["chainHead"]), 44)  # 32 bytes in base64
        said = await session.publish("county-ems/cad-1", 1, BURST)
        self.assertEqual((said["stored"], said["repeated"], said["rejections"]), (0, 12, []))
        again = await self.session()
        self.assertEqual(await again.open_source("county-ems/cad-1", acknowledged=12), 12)

    async def test_a_burst_against_a_quiet_city_arrives_as_a_hotspot(self):
        publisher, viewer = await self.session(), await self.session()
        self.assertEqual(await publisher.publish_all("county-ems/cad-1", QUIET), len(QUIET))
        held = await subscribe(viewer)
        self.assertEqual(held.snapshots, 1)
        self.assertFalse(held.resume_refused)
        self.assertFalse(shows_burst(held))
        await publisher.publish_all("county-ems/cad-2", BURST)
        await picture.follow(viewer, held, shows_burst)
        self.assertEqual(held.snapshots, 1, "the burst came by delta")
        hotspot = max((h for h in held.hotspots().values() if near_burst(h)),
                      key=lambda h: h["scoreNats"])
        self.assertEqual(hotspot["severity"], "SEVERITY_ALERT")
        self.assertGreaterEqual(hotspot["intervalDays"], 365)
        self.assertTrue(hotspot["provisional"], "it rests on less than a year")
        alert, = held.all("alerts").values()
        self.assertEqual((alert["state"], alert["asks"]), ("ALERT_STATE_OPEN", True))
        self.assertEqual(alert["hotspot"]["id"], hotspot["id"])
        self.assertGreater(hotspot["count"], hotspot["expected"])
        self.assertIn(hotspot["zone"]["kind"], ("ZONE_KIND_CELL", "ZONE_KIND_BLOCK"))
        self.assertEqual(wire_format.nanoseconds(hotspot["lastOccurredAt"]) % 10**9, 0)
        await self.assert_snapshot_equals(held, viewer)

    async def assert_snapshot_equals(self, held, viewer):
        """A fresh subscriber's snapshot is what the deltas led to."""
        for _ in range(20):
            fresh = await subscribe(await self.session())
            await picture.follow(viewer, held, lambda h: h.version >= fresh.version)
            versions = {tile: version for tile, (version, _) in fresh.shown().items()}
            if versions == {tile: version for tile, (version, _) in held.shown().items()}:
                break  # otherwise something changed between the two
        self.assertEqual(fresh.shown(), held.shown())

    async def test_a_resumed_subscription_gets_what_it_missed_and_no_snapshot(self):
        publisher = await self.session()
        await publisher.publish_all("county-ems/cad-1", QUIET)
        held = picture.Picture()
        async with JsonSession.connect(self.hub) as first:
            await subscribe(first, held=held)
        left_at = held.version
        await publisher.publish_all("county-ems/cad-2", BURST)
        second = await self.session()
        await subscribe(second, resume=held.position, until=shows_burst, held=held)
        self.assertEqual(held.snapshots, 1, "resumed without a snapshot")
        self.assertNotIn("snapshot", second.history)
        self.assertGreater(held.version, left_at)
        await self.assert_snapshot_equals(held, second)

    async def test_a_position_of_an_unknown_epoch_gets_a_snapshot_that_says_so(self):
        session = await self.session()
        held = await subscribe(session, resume={"engineEpoch": "12345", "version": "1"})
        self.assertEqual(held.snapshots, 1)
        self.assertTrue(held.resume_refused)
        self.assertNotEqual(held.epoch, "12345")

    async def test_a_moved_subscription_adds_tiles_and_a_cancelled_one_goes_quiet(self):
        publisher, viewer = await self.session(), await self.session()
        await publisher.publish_all("county-ems/cad-1", QUIET + BURST)
        everywhere = await subscribe(await self.session(), until=shows_burst)
        self.assertTrue(shows_burst(everywhere))
        elsewhere = {"boundingBox": {"south": -34, "west": 18, "north": -33, "east": 19}}
        await viewer.send(subscribe={"subscription": 4, "area": elsewhere})
        held = await picture.follow(viewer, picture.Picture(), lambda h: True)
        self.assertFalse(held.hotspots())
        here = {"boundingBox": {"south": 39.9, "west": -75.6, "north": 40.3, "east": -75.1}}
        await viewer.send(updateSubscription={"subscription": 4, "area": here})
        tile = await viewer.receive("tile", where=lambda b: any(
            near_burst(h) for h in b.get("hotspots", [])))
        self.assertEqual({h["id"]: h for h in tile["hotspots"]},
                         everywhere.tiles[tile["tile"]][1]["hotspots"])
        await viewer.send(unsubscribe={"subscription": 4})
        await viewer.send(unsubscribe={"subscription": 4})
        error = await viewer.receive("error")
        self.assertEqual(error["code"], "ERROR_CODE_SUBSCRIPTION_INVALID")

    async def test_the_events_come_back_as_they_were_sent_and_the_end_proves_it(self):
        session = await self.session()
        await session.publish_all("county-ems/cad-1", QUIET)
        await session.publish_all("police/cad", BURST)
        events, end = await replay_events(session)
        self.assertEqual(
            as_stored([e["event"] for e in events if e["source"] == "county-ems/cad-1"]),
            as_stored(QUIET))
        self.assertEqual([int(e["sequence"]) for e in events if e["source"] == "police/cad"],
                         list(range(1, 13)))
        self.assertEqual((end["reason"], int(end["count"])),
                         ("REPLAY_END_REASON_END_OF_RANGE", len(QUIET) + 12))
        times = [wire_format.nanoseconds(e["recordedAt"]) for e in events]
        self.assertEqual(times, sorted(times))
        # The checksum, over the bytes of the events as the binary subprotocol has them.
        binary = await self.session(BinarySession)
        await binary.send(7, (1, 1), (2, 1))
        crc = count = 0
        while True:
            message = await binary.receive_any(("replayPage", "replayEnd"), 1)
            if message.kind == "replayEnd":
                break
            for replayed in wire_format.get_all(message.body, 1):
                crc = wire_format.crc32c(wire_format.get(replayed, 4), crc)
                count += 1
        self.assertEqual(wire_format.get(message.body, 2), count)
        self.assertEqual(wire_format.get(message.body, 3), crc)
        self.assertEqual(end["checksum"], crc)

    async def test_filters_and_ranges_select_events(self):
        session = await self.session()
        await session.publish_all("county-ems/cad-1", QUIET)
        await session.publish_all("police/cad", BURST)
        retraction = {"recordId": BURST[3]["recordId"], "revision": 1,
                      "occurredAt": BURST[3]["occurredAt"],
                      "retraction": {"reason": "RETRACTION_REASON_NOT_AN_OVERDOSE"}}
        await session.publish("police/cad", 13, [retraction])

        async def records(number, **request):
            events, end = await replay_events(session, number, **request)
            self.assertEqual(int(end.get("count", 0)), len(events))
            return [e["event"]["recordId"] for e in events]

        burst = [e["recordId"] for e in BURST]
        everything = await records(1)
        self.assertEqual(len(everything), len(QUIET) + 13)
        self.assertEqual(await records(2, filter={"partners": ["police"]}),
                         burst + [burst[3]])
        self.assertEqual(await records(3, filter={"sources": ["county-ems/cad-1"]}),
                         [e["recordId"] for e in QUIET])
        self.assertEqual(await records(4, filter={"kinds": ["EVENT_KIND_RETRACTION"]}),
                         [burst[3]])
        self.assertEqual(
            await records(5, filter={"partners": ["police"], "kinds": ["EVENT_KIND_OVERDOSE"]},
                          knowledge="KNOWLEDGE_NOW"), burst[:3] + burst[4:])
        box = {"south": 40.11, "west": -75.35, "north": 40.12, "east": -75.33}
        inside = {e["recordId"] for e in QUIET + BURST
                  if box["south"] <= e["location"]["latitude"] <= box["north"]
                  and box["west"] <= e["location"]["longitude"] <= box["east"]}
        self.assertEqual(set(await records(6, filter={
            "area": {"boundingBox": box}, "kinds": ["EVENT_KIND_OVERDOSE"]})), inside)
        self.assertEqual(
            sorted(await records(7, fromOccurred=QUIET[100]["occurredAt"],
                                 toOccurred=QUIET[120]["occurredAt"])),
            sorted(e["recordId"] for e in QUIET[100:120]))
        self.assertEqual(await records(8, toRecorded="2001-01-01T00:00:00Z",
                                       fromRecorded="2000-01-01T00:00:00Z"), [])

    async def test_a_cursor_continues_behind_its_page(self):
        session = await self.session()
        # More than one page.
        many = sample_events.background(seed=3, days=80, per_day=100,
                                        end=END - datetime.timedelta(days=8))
        await session.publish_all("county-ems/cad-1", many)
        await session.send(replay={"replay": 1, "mode": "REPLAY_MODE_EVENTS"})
        page = await session.receive("replayPage", 1)
        first = len(page["events"])
        rest, _ = await collect_events(session, 1)
        self.assertEqual(first + len(rest), len(many))
        self.assertGreater(len(rest), 0)
        again, end = await replay_events(session, 2, fromCursor=page["cursor"])
        self.assertEqual(again, rest)
        more, _ = await replay_events(session, 3, fromCursor=end["cursor"])
        self.assertEqual(more, [])

    async def test_a_replay_of_hotspots_gives_the_bodies_that_a_subscriber_saw(self):
        live = await self.session(BinarySession)
        await live.send(4, (1, 1))
        deltas = []
        publisher = await self.session()
        await publisher.publish_all("county-ems/cad-1", QUIET)
        await publisher.publish_all("county-ems/cad-2", BURST)
        target = (await subscribe(await self.session(), until=shows_burst)).version
        while True:
            message = await live.receive_any(("delta", "progress", "snapshot", "tile"))
            if message.kind == "delta":
                deltas.append(message.body)
            elif (message.kind == "progress"
                  and wire_format.get(wire_format.get(message.body, 1), 2, 0) >= target):
                break
        await live.send(5 + 2, (1, 9), (2, 2))
        replayed = []
        while True:
            message = await live.receive_any(
                ("delta", "progress", "snapshot", "tile", "replayEnd"), 9)
            if message.kind == "delta":
                replayed.append(message.body)
            elif message.kind == "replayEnd":
                break
        self.assertGreater(len(deltas), 0)
        self.assertEqual(replayed[:len(deltas)], deltas)
        crc = 0
        for body in replayed:
            crc = wire_format.crc32c(body, crc)
        self.assertEqual((wire_format.get(message.body, 2), wire_format.get(message.body, 3)),
                         (len(replayed), crc))


class ReplayControl(unittest.IsolatedAsyncioTestCase):
    SLOW = 0.000001

    async def asyncSetUp(self):
        self.hub = self.enterContext(hub_process.Hub())
        self.session = await self.enterAsyncContext(JsonSession.connect(self.hub))
        await self.session.open_source("a/b")
        # One chunk each, so that the recorded times differ.
        for number in range(6):
            await self.session.publish("a/b", number * 2 + 1, BURST[number * 2:number * 2 + 2])
        self.events, _ = await replay_events(self.session, 1)
        self.assertEqual(len(self.events), 12)

    async def control(self, number, **control):
        await self.session.send(replayControl={"replay": number, **control})

    async def start(self, number, **request):
        await self.session.send(replay={"replay": number, "mode": "REPLAY_MODE_EVENTS", **request})

    async def test_a_cancelled_replay_ends_and_says_what_it_sent(self):
        await self.start(2, speed=self.SLOW)
        await self.control(2, cancel=True)
        events, end = await collect_events(self.session, 2)
        self.assertEqual(end["reason"], "REPLAY_END_REASON_CANCELLED")
        self.assertEqual(int(end.get("count", 0)), len(events))
        self.assertLess(len(events), 12)

    async def test_a_slow_replay_that_is_sped_up_reaches_its_end(self):
        await self.start(2, speed=self.SLOW)
        await self.control(2, speed=0)
        events, end = await collect_events(self.session, 2)
        self.assertEqual(end["reason"], "REPLAY_END_REASON_END_OF_RANGE")
        self.assertEqual(events, self.events)

    async def test_a_paused_replay_sends_nothing_until_it_is_resumed(self):
        await self.start(2, speed=self.SLOW)
        await self.control(2, pause=True)
        await self.control(2, speed=0)
        # An answer to a later request: what came before the pause has arrived by now.
        await replay_events(self.session, 3)
        before = len([m for m in self.session.inbox if m.replay == 2])
        await asyncio.sleep(0.5)
        await replay_events(self.session, 4)
        self.assertEqual(len([m for m in self.session.inbox if m.replay == 2]), before)
        await self.control(2, pause=False)
        events, end = await collect_events(self.session, 2)
        self.assertEqual(events, self.events)
        self.assertEqual(int(end["count"]), 12)

    async def test_a_seek_goes_on_from_there_and_counts_anew(self):
        for target in (8, 2):  # forward, and back
            await self.start(target, speed=self.SLOW)
            await self.control(target, seekRecorded=self.events[target]["recordedAt"])
            await self.control(target, speed=0)
            events, end = await collect_events(self.session, target)
            expected = [e for e in self.events
                        if e["recordedAt"] >= self.events[target]["recordedAt"]]
            self.assertEqual(int(end["count"]), len(expected))
            self.assertEqual(events[-len(expected):], expected)

    async def test_a_followed_replay_goes_on_live_until_it_is_cancelled(self):
        await self.start(2, follow=True)
        events = []
        while len(events) < 12:
            events += (await self.session.receive("replayPage", 2)).get("events", [])
        fresh = sample_events.cluster("fresh", 3, END)
        await self.session.publish("a/b", 13, fresh)
        while len(events) < 15:
            events += (await self.session.receive("replayPage", 2)).get("events", [])
        self.assertEqual([e["event"]["recordId"] for e in events[12:]],
                         [e["recordId"] for e in fresh])
        await self.control(2, cancel=True)
        rest, end = await collect_events(self.session, 2)
        self.assertEqual((rest, int(end["count"]), end["reason"]),
                         ([], 15, "REPLAY_END_REASON_CANCELLED"))


def as_stored(value):
    """What proto3 JSON may write in more than one way, in one: default values are left out, and a
    time is nanoseconds."""
    if isinstance(value, list):
        return [as_stored(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {key: as_stored(item) for key, item in value.items()
             if item not in (0, "", []) and not str(item).endswith("_UNSPECIFIED")}
    if "occurredAt" in plain:
        plain["occurredAt"] = wire_format.nanoseconds(plain["occurredAt"])
    return plain


if __name__ == "__main__":
    hub_process.main()
