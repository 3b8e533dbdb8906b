#!/usr/bin/python3
"""Nothing that identifies a person leaves by a side door: values planted in events, sound and
broken, are in no log line, metric, answer to an operator, audit record, or word of a crash."""

import json
import re
import signal
import subprocess
import unittest

import hub_process
import sample_events
from session import JsonSession

SOURCE = "county-ems/cad"
RECORD = "planted-record-zq81"
AREA = "planted-area-zq82"
NAME = "Planted Zq83"
TOKEN = "planted-token-zq84"
LATITUDE, LONGITUDE = 40.1180173, -75.3440191
# As they stand in events, and with fewer digits, which would still name a house.
PLANTED = (RECORD, AREA, NAME, "Zq83", TOKEN, "zq8", "40.1180173", "75.3440191", "40.11801",
           "75.34401")


def sound():
    event = sample_events.overdose(RECORD, sample_events.now(), LATITUDE, LONGITUDE)
    event["location"]["areaCode"] = AREA
    return event


def broken():
    """Each refused for another reason."""
    late = sound() | {"recordId": RECORD + "-late", "occurredAt": "2099-01-01T00:00:00Z"}
    named = sound() | {"recordId": RECORD + "-named", "patientName": NAME}
    nested = sound() | {"recordId": RECORD + "-nested"}
    nested["overdose"] = nested["overdose"] | {"remark": NAME}
    wrong = sound() | {"recordId": RECORD + "-wrong"}
    wrong["overdose"] = {"certainty": NAME}
    outside = sound() | {"recordId": RECORD + "-outside"}
    outside["location"] = outside["location"] | {"latitude": 140.1180173}
    return [late, named, nested, wrong, outside, {"recordId": RECORD}, {NAME: RECORD}]


class Planted(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.hub = self.enterContext(hub_process.Hub())

    def command(self, *arguments):
        """What an operator is told, whatever the exit status."""
        done = subprocess.run(
            [hub_process.binaries / "commonwatch-hub", *arguments, "--data", self.hub.data],
            capture_output=True, text=True, check=False, timeout=hub_process.DEADLINE_S)
        return done.stdout + done.stderr

    async def converse(self):
        async with JsonSession.connect(self.hub) as session:
            await session.send(openSource={"source": SOURCE})
            await session.receive("sourceOpened")
            events = [sound(), *broken()]
            await session.send(publish={"source": SOURCE, "firstSequence": 1,
                                        "inlineEvents": events})
            published = await session.receive("published")
            self.assertEqual(int(published["sequence"]), len(events))
            self.assertEqual(len(published["rejections"]), len(events) - 1)
            # The same record and revision with other content.
            await session.send(publish={
                "source": SOURCE, "firstSequence": len(events) + 1,
                "inlineEvents": [sound() | {"occurredAt": "2024-01-01T00:00:00Z"}]})
            published = await session.receive("published")
            self.assertEqual(published["rejections"][0]["code"], "ERROR_CODE_REVISION_CONFLICT")
            await session.send(replay={"replay": 1, "mode": "REPLAY_MODE_EVENTS"})
            await session.receive("replayEnd", 1)
        async with JsonSession.connect(self.hub, hello=False) as session:
            await session.socket.send('{"hello": {"token": "' + TOKEN + '", "x": "' + NAME + '"')
            await session.close_code()

    def post(self):
        lines = "\n".join(json.dumps(event) for event in [sound(), *broken()])
        for body in (lines, lines + "\n{" + NAME, '{"events": "' + RECORD):
            self.hub.request("POST", f"/v1/events?source={SOURCE}-2", body.encode(),
                             {"Content-Type": "application/x-ndjson",
                              "Authorization": f"Bearer {TOKEN}"})
        self.hub.request("GET", f"/v1/{RECORD}?token={TOKEN}")
        self.hub.request("GET", f"/v1/alerts?from={NAME.replace(' ', '')}")

    def check_clean(self, what, text):
        for value in PLANTED:
            self.assertNotIn(value.lower(), text.lower(), f"{value!r} is in {what}")

    async def test_planted_values_are_in_no_log_metric_operators_answer_or_audit_record(self):
        await self.converse()
        self.post()
        metrics = self.hub.get("/metrics").body.decode()
        self.assertGreater(len(re.findall(r"^commonwatch_", metrics, re.MULTILINE)), 10)
        self.check_clean("the metrics", metrics)
        for arguments in (("status",), ("status", "--json"), ("sessions",), ("audit", "show"),
                          ("audit", "export"), ("audit", "verify"), ("verify",),
                          ("print-config", "--running"), ("token", "list")):
            said = self.command(*arguments)
            self.assertTrue(said or arguments[0] in ("sessions", "token"), arguments)
            self.check_clean("the answer to " + " ".join(arguments), said)
        log = self.hub.log_path.read_text()
        self.assertIn("listens on", log)
        self.check_clean("the hub's log", log)
        for path in sorted((self.hub.data / "audit").rglob("*")):
            if path.is_file():
                self.check_clean(path.name, path.read_bytes().decode("latin-1"))

    async def test_the_last_words_of_a_crash_hold_no_planted_value(self):
        await self.converse()
        self.hub.ended = True
        self.hub.process.send_signal(signal.SIGABRT)
        self.assertEqual(self.hub.process.wait(hub_process.DEADLINE_S), -signal.SIGABRT)
        self.check_clean("the hub's log", self.hub.log_path.read_text(errors="replace"))

    async def test_an_event_that_cannot_be_folded_is_not_told_in_the_log(self):
        await self.converse()
        self.assertEqual(self.hub.terminate(), 0)
        # A chunk with a flipped byte, as a failing disk leaves it.
        for path in sorted((self.hub.data / "events").glob("*.log")):
            content = bytearray(path.read_bytes())
            at = content.find(RECORD.encode())
            if at < 0:
                continue
            content[at] ^= 1
            path.write_bytes(content)
        self.hub.start(wait=False)
        self.hub.ended = True
        try:
            self.hub.process.wait(5)
        except subprocess.TimeoutExpired:
            self.hub.terminate()
        self.check_clean("the hub's log", self.hub.log_path.read_text(errors="replace"))


if __name__ == "__main__":
    hub_process.main()
