#!/usr/bin/python3
"""Whatever is sent, the hub says what is wrong, in which field, and goes on: each mistake gets its
code and sentence, while a good publisher beside it loses nothing."""

import asyncio
import contextlib
import datetime
import json
import unittest

import hub_process
import sample_events
import wire_format
from session import BinarySession, Ended, JsonSession

NOW = sample_events.now()
GOOD = "good/witness"
PROTOCOL_VIOLATION = 4502


def event(record, **more):
    return sample_events.overdose(record, NOW - datetime.timedelta(hours=1), **more)


class BadInput(unittest.IsolatedAsyncioTestCase):
    """One hub for all; the witness publishes while every test runs."""

    @classmethod
    def setUpClass(cls):
        cls.hub = cls.enterClassContext(hub_process.Hub())
        cls.pid = cls.hub.process.pid
        cls.consumed = 0

    async def asyncSetUp(self):
        self.stop = asyncio.Event()
        self.witness = asyncio.create_task(self._witness())

    async def asyncTearDown(self):
        self.stop.set()
        await self.witness
        self.assertTrue(self.hub.is_alive(), "the hub is up")
        self.assertEqual(self.hub.process.pid, self.pid)
        self.assertEqual(self.hub.get("/healthz").status, 200)
        await self._assert_witness_is_whole()

    async def _witness(self):
        """Publishes a few events at a time until the test is over, at least once."""
        cls = type(self)
        async with JsonSession.connect(self.hub) as session:
            self.assertEqual(await session.open_source(GOOD, cls.consumed), cls.consumed)
            while True:
                batch = [event(f"good-{cls.consumed + 1 + n}") for n in range(5)]
                said = await session.publish(GOOD, cls.consumed + 1, batch)
                self.assertEqual((said["stored"], said["rejections"]), (5, []))
                cls.consumed += 5
                if self.stop.is_set():
                    return
                await asyncio.sleep(0.02)

    async def _assert_witness_is_whole(self):
        async with JsonSession.connect(self.hub) as session:
            await session.send(replay={"replay": 1, "mode": "REPLAY_MODE_EVENTS",
                                       "filter": {"sources": [GOOD]}})
            sequences = []
            while True:
                message = await session.receive_any(("replayPage", "replayEnd"), 1)
                if message.kind == "replayEnd":
                    break
                sequences += [int(e["sequence"]) for e in message.body["events"]]
        self.assertEqual(sequences, list(range(1, type(self).consumed + 1)))

    async def json(self, **options):
        return await self.enterAsyncContext(JsonSession.connect(self.hub, **options))

    async def binary(self, **options):
        return await self.enterAsyncContext(BinarySession.connect(self.hub, **options))

    def assert_sentence(self, error):
        self.assertGreater(len(error["message"].split()), 3, error)

    async def assert_error(self, session, code, field=None, **more):
        error = await session.receive("error", where=lambda b: True)
        self.assertEqual(error["code"], "ERROR_CODE_" + code, error)
        self.assert_sentence(error)
        if field is not None:
            self.assertEqual(error.get("field", ""), field, error)
        for key, value in more.items():
            self.assertEqual(error.get(key), value, error)
        return error

    async def assert_violation(self, session, code):
        """The error comes, then the close code that says: do not come back like this."""
        error = await self.assert_error(session, code)
        self.assertTrue(error.get("closes"), error)
        self.assertEqual(await session.close_code(), PROTOCOL_VIOLATION)

    async def assert_binary_violation(self, session, code):
        error = await session.receive("error")
        self.assertEqual(wire_format.get(error, 1), code, error)
        self.assertGreater(len(wire_format.get(error, 2, b"").split()), 3)
        self.assertEqual(await session.close_code(), PROTOCOL_VIOLATION)

    # --- frames ------------------------------------------------------------------------------

    async def test_text_that_is_no_message_is_a_violation(self):
        for text in ("", "{", "[]", "null", '"hello"', '{"hello": 7}', '{"nonsense": {}}', "{}",
                     '{"hello":{},"subscribe":{"subscription":1}}', "\x00", "[" * 10_000,
                     '{"publish": {"firstSequence": "minus one"}}'):
            with self.subTest(text=text[:40]):
                session = await self.json()
                await session.socket.send(text)
                error = await session.receive("error")
                self.assertIn(error["code"],
                              ("ERROR_CODE_MALFORMED_MESSAGE", "ERROR_CODE_UNSUPPORTED",
                               "ERROR_CODE_INVALID_REQUEST"))
                self.assert_sentence(error)

    async def test_bytes_that_are_no_message_are_a_violation(self):
        for data in (b"\xff\xff\xff", b"\x1a\xff\xff\xff\xff\x0f", b"\x0b\x0b", b"\x00" * 64,
                     wire_format.message((3, b"\x0a\x05ab"))):
            with self.subTest(data=data[:8]):
                session = await self.binary()
                await session.socket.send(data)
                await self.assert_binary_violation(session, 100)

    async def test_a_text_frame_on_the_binary_subprotocol_is_a_violation(self):
        session = await self.binary()
        await session.socket.send("hello")
        await self.assert_binary_violation(session, 100)

    async def test_a_binary_frame_on_the_json_subprotocol_is_a_violation(self):
        session = await self.json()
        await session.socket.send(b"\x0a\x00")
        await self.assert_violation(session, "MALFORMED_MESSAGE")

    async def test_a_frame_of_ten_megabytes_is_named_too_large(self):
        session = await self.json()
        await session.open_source("bad/large")
        with contextlib.suppress(Exception):  # the hub may close while this is still being sent
            await session.send(publish={"source": "bad/large", "firstSequence": "1",
                                        "inlineEvents": [event("x" * 10_000_000)]})
        error = await session.receive("error")
        self.assertEqual(error["code"], "ERROR_CODE_MESSAGE_TOO_LARGE")
        self.assert_sentence(error)
        self.assertEqual(await session.close_code(), PROTOCOL_VIOLATION)

    # --- order -------------------------------------------------------------------------------

    async def test_anything_before_hello_is_a_violation(self):
        for name, body in (("publish", {"source": "bad/order", "firstSequence": "1",
                                        "inlineEvents": [event("early")]}),
                           ("openSource", {"source": "bad/order"}),
                           ("subscribe", {"subscription": 1}),
                           ("replay", {"replay": 1, "mode": "REPLAY_MODE_EVENTS"})):
            with self.subTest(name=name):
                session = await self.json(hello=False)
                await session.send(**{name: body})
                await self.assert_violation(session, "HELLO_EXPECTED")

    async def test_a_second_hello_is_a_violation(self):
        session = await self.json()
        await session.send(hello={})
        await self.assert_violation(session, "HELLO_EXPECTED")

    async def test_publish_before_open_source_is_refused_and_consumes_nothing(self):
        session = await self.json()
        await session.send(publish={"source": "bad/unopened", "firstSequence": "1",
                                    "inlineEvents": [event("a")]})
        error = await self.assert_error(session, "SOURCE_NOT_OPEN")
        self.assertEqual(error["source"], "bad/unopened")
        other = await self.json()
        self.assertEqual(await other.open_source("bad/unopened"), 0)

    async def test_a_source_name_that_breaks_the_rules_is_refused(self):
        for source in ("", "one", "UPPER/case", "a/b/c", "a/", "/b", "sp ace/x", "x" * 65 + "/y",
                       "a/\u00fc"):
            with self.subTest(source=source):
                session = await self.json()
                await session.send(openSource={"source": source})
                await self.assert_error(session, "SOURCE_INVALID")

    async def test_a_client_that_remembers_more_than_the_hub_is_told(self):
        session = await self.json()
        await session.send(openSource={"source": "bad/regressed", "acknowledgedSequence": "99"})
        error = await self.assert_error(session, "LOG_REGRESSED")
        self.assertEqual(error["source"], "bad/regressed")

    # --- sequences ---------------------------------------------------------------------------

    async def test_a_gap_names_what_is_expected_and_consumes_nothing(self):
        session = await self.json()
        await session.open_source("bad/gap")
        await session.publish("bad/gap", 1, [event("g1"), event("g2")])
        await session.send(publish={"source": "bad/gap", "firstSequence": "5",
                                    "inlineEvents": [event("g5")]})
        error = await self.assert_error(session, "SEQUENCE_GAP", source="bad/gap",
                                        expectedSequence="3")
        self.assertIn("3", error["message"])
        said = await session.publish("bad/gap", 3, [event("g3")])
        self.assertEqual(said["stored"], 1)

    async def test_a_sequence_with_other_content_is_a_conflict(self):
        session = await self.json()
        await session.open_source("bad/conflict")
        await session.publish("bad/conflict", 1, [event("c1"), event("c2")])
        said = await session.publish("bad/conflict", 1,
                                     [event("c1"), event("other"), event("c3")])
        self.assertEqual((said["stored"], said["repeated"]), (1, 1))
        self.assert_rejections(said, [("2", "CONFLICT", None)])

    async def test_a_revision_with_other_content_is_a_revision_conflict(self):
        session = await self.json()
        await session.open_source("bad/revision")
        said = await session.publish("bad/revision", 1, [
            event("r"), event("r", revision=1, latitude=40.2),
            event("r", revision=1, latitude=40.3), event("r", revision=1, latitude=40.2)])
        self.assertEqual((said["stored"], said["repeated"]), (2, 1))
        self.assert_rejections(said, [("3", "REVISION_CONFLICT", None)])

    async def test_a_batch_above_the_limit_is_refused_and_consumes_nothing(self):
        session = await self.json()
        await session.open_source("bad/batch")
        limit = session.welcome["limits"]["batchEventsMax"]
        await session.send(publish={"source": "bad/batch", "firstSequence": "1",
                                    "inlineEvents": [event(f"b{n}") for n in range(limit + 1)]})
        await self.assert_error(session, "BATCH_TOO_LARGE")
        said = await session.publish("bad/batch", 1, [event("b0")])
        self.assertEqual(said["stored"], 1)

    async def test_a_second_client_fences_the_first_whose_connection_stays(self):
        first, second = await self.json(), await self.json()
        await first.open_source("bad/shared")
        await first.publish("bad/shared", 1, [event("s1")])
        self.assertEqual(await second.open_source("bad/shared"), 1)
        error = await self.assert_error(first, "FENCED", source="bad/shared")
        self.assertFalse(error.get("closes", False))
        self.assertEqual((await second.publish("bad/shared", 2, [event("s2")]))["stored"], 1)
        await first.send(publish={"source": "bad/shared", "firstSequence": "3",
                                  "inlineEvents": [event("s3")]})
        error = await first.receive("error")
        self.assertIn(error["code"], ("ERROR_CODE_FENCED", "ERROR_CODE_SOURCE_NOT_OPEN"))
        await first.open_source("bad/elsewhere")
        self.assertEqual((await first.publish("bad/elsewhere", 1, [event("e1")]))["stored"], 1)
        answer = self.hub.request(
            "POST", "/v1/events?source=bad/shared", json.dumps(event("s4")) + "\n",
            {"Content-Type": "application/x-ndjson"})
        self.assertEqual(answer.status, 409)
        self.assertEqual(json.loads(answer.body)["code"], "ERROR_CODE_SOURCE_BUSY")

    async def test_a_body_of_countless_small_events_is_too_large(self):
        answer = self.hub.request("POST", "/v1/events?source=bad/lines", "0\n" * 20_001,
                                  {"Content-Type": "application/x-ndjson"})
        self.assertEqual(answer.status, 413)
        self.assertEqual(json.loads(answer.body)["code"], "ERROR_CODE_BATCH_TOO_LARGE")
        self.assert_sentence(json.loads(answer.body))

    # --- events ------------------------------------------------------------------------------

    def assert_rejections(self, said, expected):
        found = [(r["sequence"], r["code"].removeprefix("ERROR_CODE_"),
                  r.get("field", "") if field is not None else None)
                 for r, (_, _, field) in zip(said["rejections"], expected)]
        self.assertEqual(found, expected, said["rejections"])
        self.assertEqual(len(said["rejections"]), len(expected), said["rejections"])
        for rejection in said["rejections"]:
            self.assert_sentence(rejection)

    async def test_each_bad_event_is_rejected_with_its_code_and_field_and_the_good_are_kept(self):
        nowhere = event("nowhere")
        del nowhere["location"]
        timeless = event("timeless")
        del timeless["occurredAt"]
        nothing = event("nothing")
        del nothing["overdose"]
        future = sample_events.overdose("future", datetime.datetime(2099, 1, 1, tzinfo=NOW.tzinfo))
        cases = [
            (event("ok-1"), None, None),
            (event("nan", latitude="NaN"), "OUT_OF_RANGE", "location.latitude"),
            (event("infinite", longitude="Infinity"), "OUT_OF_RANGE", "location.longitude"),
            (event("north", latitude=90.5), "OUT_OF_RANGE", "location.latitude"),
            (future, "TIME_IN_FUTURE", "occurred_at"),
            (nowhere, "FIELD_MISSING", "location"),
            (timeless, "FIELD_MISSING", "occurred_at"),
            (nothing, "FIELD_MISSING", "report"),
            (event(""), "FIELD_MISSING", "record_id"),
            (event("x" * 129), "OUT_OF_RANGE", "record_id"),
            (event("x" * 40_000), "EVENT_TOO_LARGE", None),
            (event("maybe", overdose={"certainty": "CERTAINTY_MAYBE"}), "UNKNOWN_VALUE",
             "overdose.certainty"),
            (event("named", overdose={"patientName": "nobody"}), "UNKNOWN_FIELD", None),
            (event("crowd", overdose={"persons": [{}] * 65}), "OUT_OF_RANGE",
             "overdose.persons"),
            (event("wrong-type", overdose="yes"), "EVENT_MALFORMED", None),
            (event("ok-2"), None, None),
        ]
        session = await self.json()
        await session.open_source("bad/events")
        said = await session.publish("bad/events", 1, [e for e, _, _ in cases])
        self.assertEqual(said["stored"], 2)
        self.assert_rejections(said, [(str(n), code, field)
                                      for n, (_, code, field) in enumerate(cases, 1) if code])

    async def test_an_all_bad_batch_is_consumed_and_stores_nothing(self):
        session = await self.json()
        await session.open_source("bad/all")
        said = await session.publish("bad/all", 1,
                                     [event(f"n{n}", latitude="NaN") for n in range(3)])
        self.assertEqual(said["stored"], 0)
        self.assertEqual([r["sequence"] for r in said["rejections"]], ["1", "2", "3"])
        other = await self.json()
        self.assertEqual(await other.open_source("bad/all", acknowledged=3), 3)

    async def test_each_bad_event_in_protobuf_is_rejected_alone(self):
        hour_ago = NOW - datetime.timedelta(hours=1)
        good = sample_events.overdose_bytes("binary-good", hour_ago)
        cases = [
            (good, None),
            (b"\xff\xff\xff", 300),
            (b"", 304),
            (good[:-1], 300),
            (good + wire_format.message((99, "secret")), 302),
            (sample_events.overdose_bytes("enum", hour_ago, certainty=77), 303),
            (sample_events.overdose_bytes("nan", hour_ago, latitude=float("nan")), 305),
            (sample_events.overdose_bytes("y" * 20_000, hour_ago), 301),
            (sample_events.overdose_bytes("last", hour_ago), None),
        ]
        session = await self.binary()
        await session.send(2, (1, "bad/binary"))
        await session.receive("sourceOpened")
        await session.send(3, (1, "bad/binary"), (2, 1), *((3, data) for data, _ in cases))
        rejections, stored, reached = [], 0, 0
        while reached < len(cases):
            body = await session.receive("published")
            reached = wire_format.get(body, 2)
            stored += wire_format.get(body, 6, 0)
            rejections += [(wire_format.get(r, 1), wire_format.get(r, 2))
                           for r in wire_format.get_all(body, 3)]
        self.assertEqual(stored, 2)
        self.assertEqual(rejections, [(n, code) for n, (_, code) in enumerate(cases, 1) if code])

    # --- subscriptions and replays -----------------------------------------------------------

    async def test_misused_subscriptions_are_refused(self):
        session = await self.json()

        async def refused(code, **message):
            await session.send(**message)
            await self.assert_error(session, code)

        await refused("SUBSCRIPTION_INVALID", subscribe={})
        box = {"south": 10, "north": 5, "west": 0, "east": 1}
        await refused("AREA_INVALID", subscribe={"subscription": 1, "area": {"boundingBox": box}})
        line = {"vertices": [{"latitude": 1, "longitude": 1}, {"latitude": 2, "longitude": 2}]}
        await refused("AREA_INVALID", subscribe={"subscription": 1, "area": {"polygon": line}})
        await refused("AREA_INVALID", subscribe={"subscription": 1, "area": {"cells": ["2"]}})
        nan = {"south": "NaN", "north": 5, "west": 0, "east": 1}
        await refused("AREA_INVALID", subscribe={"subscription": 1, "area": {"boundingBox": nan}})
        await refused("SUBSCRIPTION_INVALID", updateSubscription={"subscription": 5})
        await refused("SUBSCRIPTION_INVALID", unsubscribe={"subscription": 5})
        limit = session.welcome["limits"]["subscriptionsMax"]
        for number in range(1, limit + 1):
            await session.send(subscribe={"subscription": number})
        await refused("SUBSCRIPTION_INVALID", subscribe={"subscription": 1})
        await refused("TOO_MANY_SUBSCRIPTIONS", subscribe={"subscription": limit + 1})

    async def test_misused_replays_are_refused(self):
        session = await self.json()

        async def refused(code, **message):
            await session.send(**message)
            (request,) = message.values()
            number = request.get("replay", 0)
            while True:  # whichever number the error carries
                found = [m for m in session.inbox if m.kind == "error"]
                if found:
                    session.inbox.remove(found[0])
                    break
                if session.ended:
                    raise Ended(str(message))
                session.arrived.clear()
                await asyncio.wait_for(session.arrived.wait(), hub_process.DEADLINE_S)
            self.assertEqual(found[0].body["code"], "ERROR_CODE_" + code, message)
            self.assertIn(found[0].replay, (0, number))
            self.assert_sentence(found[0].body)

        events = {"mode": "REPLAY_MODE_EVENTS"}
        await refused("REPLAY_INVALID", replay={**events})
        await refused("INVALID_REQUEST", replay={"replay": 1})
        await refused("RANGE_INVALID", replay={
            "replay": 1, **events, "fromRecorded": "2024-01-02T00:00:00Z",
            "toRecorded": "2024-01-01T00:00:00Z"})
        await refused("CURSOR_INVALID", replay={"replay": 1, **events, "fromCursor": "forged"})
        await refused("INVALID_REQUEST", replay={"replay": 1, **events, "speed": -1})
        await refused("REPLAY_INVALID", replayControl={"replay": 8, "pause": True})
        limit = session.welcome["limits"]["replaysMax"]
        for number in range(1, limit + 1):
            await session.send(replay={"replay": number, **events, "follow": True})
        await refused("REPLAY_INVALID", replay={"replay": 1, **events})
        await refused("TOO_MANY_REPLAYS", replay={"replay": limit + 1, **events})

    async def test_garbage_that_is_not_even_http_is_cut_off(self):
        for data in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 50_000,
                     b"GET /v1/stream HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"):
            with contextlib.suppress(OSError):  # cut off while this is still being sent
                reader, writer = await asyncio.open_connection("127.0.0.1", self.hub.port)
                writer.write(data)
                await writer.drain()
                writer.write_eof()
                await asyncio.wait_for(reader.read(), hub_process.DEADLINE_S)
                writer.close()


if __name__ == "__main__":
    hub_process.main()
