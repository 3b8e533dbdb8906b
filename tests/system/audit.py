#!/usr/bin/python3
"""What a hub writes down of everybody, read back from outside, and what a held head finds."""

import base64
import hashlib
import json
import random
import re
import unittest

import hub_process
import sample_events
from session import JsonSession

TOKENS = {"county-ems": "token-of-the-partner", "desk": "token-of-the-viewer"}
CONFIGURATION = hub_process.QUICK + """
[limits]
address_failures_per_minute_max = 1000

[[partner]]
id = "county-ems"
token_sha256 = ["{county-ems}"]

[[viewer]]
id = "desk"
token_sha256 = ["{desk}"]
"""
PLANTED = "planted-record-id"
AREA = {"boundingBox": {"south": 39.9, "west": -75.6, "north": 40.3, "east": -75.1}}


class AuditHub(hub_process.Hub):
    """A hub with accounts."""

    def __init__(self):
        super().__init__()
        text = CONFIGURATION
        for name, token in TOKENS.items():
            text = text.replace("{" + name + "}", hashlib.sha256(token.encode()).hexdigest())
        (self.directory / "hub.toml").write_text(text, encoding="utf-8")

    def records(self, *filters):
        return [json.loads(line) for line in
                self.command("audit", "export", *filters).splitlines()]

    def heads_line(self):
        """The last one that the system log was given."""
        return re.findall(r"chain heads: .*", self.log_path.read_text())[-1]


async def say_hello(session, account, purpose=""):
    await session.send(hello={"token": TOKENS[account], "client": "audit/1", "purpose": purpose})
    await session.receive("welcome")


async def converse(hub):
    """A partner publishes, a viewer watches and replays, somebody has no token. Returns what
    `published` said last."""
    async with JsonSession.connect(hub, hello=False) as partner:
        await say_hello(partner, "county-ems")
        events = sample_events.cluster("audit", persons=5, end=sample_events.now())
        events[0]["recordId"] = PLANTED
        await partner.open_source("county-ems/cad-1")
        published = await partner.publish("county-ems/cad-1", 1, events)
        async with JsonSession.connect(hub, hello=False) as viewer:
            await say_hello(viewer, "desk", "response")
            await viewer.send(subscribe={"subscription": 1, "area": AREA})
            await viewer.receive("snapshot")
            await viewer.send(openSource={"source": "county-ems/cad-1"})
            await viewer.receive("error")
            await viewer.send(replay={"replay": 3, "mode": "REPLAY_MODE_EVENTS",
                                      "fromRecorded": "2020-01-01T00:00:00Z"})
            await viewer.receive("replayEnd", 3)
    for _ in range(50):
        async with JsonSession.connect(hub, hello=False) as nobody:
            await nobody.send(hello={"token": "guessed"})
            await nobody.close_code()
    for path in ("/v1/hotspots", "/v1/alerts"):
        hub.request("GET", path, headers={"Authorization": f"Bearer {TOKENS['desk']}",
                                          "Commonwatch-Purpose": "response"})
        hub.request("GET", path, headers={"Authorization": "Bearer guessed"})
    return published


class Audit(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.hub = self.enterContext(AuditHub())
        self.published = await converse(self.hub)
        self.assertEqual(self.hub.terminate(), 0)

    def one(self, records, **wanted):
        found = [r for r in records if all(r.get(k) == v for k, v in wanted.items())]
        self.assertEqual(len(found), 1, f"{wanted} in {json.dumps(records, indent=1)}")
        return found[0]

    async def test_everything_that_was_done_is_recorded_and_nothing_of_what_events_say(self):
        records = self.hub.records()
        self.assertEqual([r["sequence"] for r in records], list(range(1, len(records) + 1)))
        begin = self.one(records, kind="connection", action="begin", principal="desk")
        self.assertEqual(begin["purpose"], "response")
        self.assertTrue(begin["address"].startswith("127.0.0.1:"))
        session = begin["session"]
        subscribed = self.one(records, kind="subscription", session=session)
        self.assertEqual((subscribed["outcome"], subscribed["action"]), ("granted", "subscribe"))
        self.assertGreater(len(subscribed["object"]["cells"]), 0)
        self.assertEqual(self.one(records, kind="publishing", principal="desk")["outcome"],
                         "FORBIDDEN")
        opened = self.one(records, kind="publishing", principal="county-ems")
        self.assertEqual((opened["object"]["name"], opened["outcome"]),
                         ("county-ems/cad-1", "granted"))
        begun = self.one(records, kind="replay", action="begin", session=session)
        self.assertEqual(begun["object"]["from"], "2020-01-01T00:00:00Z")
        ended = self.one(records, kind="replay", action="end", session=session)
        self.assertEqual(ended["object"]["count"], 5)
        self.one(records, kind="connection", action="end", session=session)
        for name in ("hotspots", "alerts"):
            read = [r for r in records if r["kind"] == "read" and r["object"]["name"] == name]
            self.assertEqual([(r["principal"], r["purpose"]) for r in read], [("desk", "response")])
        self.one(records, kind="configuration")
        self.one(records, kind="operation", action="start")
        self.one(records, kind="operation", action="stop")
        self.assertEqual(len({r["agreement"] for r in records}), 1)
        text = json.dumps(records) + self.hub.log_path.read_text()
        for secret in (PLANTED, *TOKENS.values(), "guessed"):
            self.assertNotIn(secret, text)

    async def test_refusals_before_anybody_is_known_are_folded(self):
        refusals = self.hub.records("--kind", "refusal")
        # Two, if the minute ended meanwhile.
        self.assertLessEqual(len(refusals), 2)
        self.assertEqual(sum(r["object"]["count"] for r in refusals), 52)
        self.assertEqual({r["address"] for r in refusals}, {"127.0.0.1"})
        self.assertEqual({r["outcome"] for r in refusals}, {"UNAUTHENTICATED"})

    async def test_the_records_can_be_asked_for_by_who_what_and_when(self):
        everything = self.hub.records()
        self.assertEqual({r["principal"] for r in self.hub.records("--principal", "desk")}, {"desk"})
        self.assertEqual({r["kind"] for r in self.hub.records("--kind", "replay")}, {"replay"})
        at = everything[3]["at"]
        before, behind = self.hub.records("--to", at), self.hub.records("--from", at)
        self.assertEqual([r["sequence"] for r in before if r["sequence"] <= len(everything)] +
                         [r["sequence"] for r in behind if r["sequence"] <= len(everything)],
                         [r["sequence"] for r in everything])
        self.assertIn("subscribe", self.hub.command("audit", "show", "--kind", "subscription"))
        self.assertIn("there are operation, connection",
                      self.hub.command("audit", "show", "--kind", "nonsense", expect=1))
        self.assertIn("--from is a time", self.hub.command("audit", "show", "--from", "noon",
                                                           expect=1))

    async def test_no_request_makes_the_records_unreadable(self):
        self.hub.start()
        desk = {"Authorization": f"Bearer {TOKENS['desk']}", "Commonwatch-Purpose": "response"}
        for path in ("/v1/sources/%ff", "/v1/sources/county-ems/%c3", "/v1/%ff?%ff=%ff",
                     "/v1/alerts?from=0000-01-01T00:00:00Z",
                     "/v1/alerts?to=9999-12-31T23:59:59-12:00"):
            self.assertIn(self.hub.request("GET", path, headers=desk).status, (400, 403, 404), path)
        self.hub.request("GET", "/v1/hotspots",
                         headers={**desk, "Commonwatch-Purpose": "r\xe9sponse"})
        self.hub.request("GET", "/v1/hotspots", headers=desk)
        self.assertEqual(self.hub.records("--kind", "read")[-1]["object"]["name"], "hotspots")
        self.assertIn("hotspots", self.hub.command("audit", "show", "--kind", "read"))

    async def test_who_reads_the_audit_log_is_recorded_in_it(self):
        self.hub.records()
        self.hub.command("audit", "show")
        kinds = [(r["kind"], r.get("action")) for r in self.hub.records()]
        self.assertEqual(kinds[-2:], [("export", "audit-export"), ("operation", "audit-show")])

    async def test_a_running_hub_answers_too_and_records_what_operators_ask(self):
        self.hub.start()
        self.assertIn(": sound", self.hub.command("audit", "verify"))
        self.assertIn("audit-verify", self.hub.command("audit", "show").replace(" ", "-"))

    async def test_the_heads_of_the_system_log_and_of_a_partner_stand_on_the_chains(self):
        said = self.hub.command("audit", "verify")
        self.assertIn(": sound", said)
        line = self.hub.heads_line()
        kept = self.hub.directory / "system.log"
        kept.write_text(f"# kept elsewhere\nNov 25 hub: {line}\n")
        said = self.hub.command("audit", "verify", "--heads", kept)
        self.assertRegex(said, r"head [0-9a-f]{64} stands at audit record \d+")
        said = self.hub.command("verify", "--heads", kept)
        self.assertRegex(said, r"head [0-9a-f]{64} stands at offset \d+")
        head = self.published["chainHead"]
        said = self.hub.command("verify", "--head", f"county-ems/cad-1:5:{head}")
        self.assertIn(f"head {base64.b64decode(head).hex()} stands at offset", said)
        self.assertIn("everything up to there is as it was", said)

    async def test_a_head_that_is_on_neither_chain_is_a_fault(self):
        foreign = "ab" * 32
        said = self.hub.command("audit", "verify", "--head", foreign, expect=1)
        self.assertIn("is nowhere on the chain", said)
        self.assertIn("DAMAGED", said)
        said = self.hub.command("verify", "--head", f"county-ems/cad-1:5:{foreign}", expect=1)
        self.assertIn("handed out to county-ems/cad-1 at sequence 5, is not on the chain", said)
        self.assertIn("is no head", self.hub.command("verify", "--head", "nonsense", expect=1))

    async def test_a_flipped_byte_in_the_audit_log_is_found(self):
        # Written into a file whose blocks are read, by a command that opens the directory.
        self.hub.command("audit", "verify")
        files = sorted((self.hub.data / "audit" / "records").glob("*.sst"),
                       key=lambda file: file.stat().st_size)
        content = bytearray(files[-1].read_bytes())
        seed = random.SystemRandom().randrange(2**32)
        # Within the records: behind them lie what RocksDB says of the file.
        at = random.Random(seed).randrange(len(content) // 3)
        content[at] ^= 0x10
        files[-1].write_bytes(content)
        said = self.hub.command("audit", "verify", expect=1)
        self.assertRegex(said, r"checksum|[Cc]orrupt", f"seed {seed}, byte {at} of {files[-1]}")
        status = self.restart_status()
        self.assertEqual(status, 1, "a hub does not go on behind a damaged audit log")

    def restart_status(self):
        self.hub.start(wait=False)
        self.hub.ended = True
        return self.hub.process.wait(hub_process.DEADLINE_S)

    async def test_an_audit_log_that_was_cut_off_is_found_and_no_hub_starts_on_it(self):
        self.hub.command("audit", "verify")
        line = self.hub.heads_line()
        records = self.hub.data / "audit" / "records"
        for file in records.iterdir():
            file.unlink()
        kept = self.hub.directory / "system.log"
        kept.write_text(line + "\n")
        said = self.hub.command("audit", "verify", "--heads", kept, expect=1)
        self.assertRegex(said, r"ends with record 0, it was durable up to audit record \d+")
        self.assertRegex(said, r"was handed out at audit record \d+, the log ends at 0")
        self.assertEqual(self.restart_status(), 1)
        self.assertIn("no power cut does that", self.hub.log_path.read_text())

    async def test_a_hub_that_was_killed_keeps_what_it_recorded(self):
        self.hub.start()
        async with JsonSession.connect(self.hub, hello=False) as viewer:
            await say_hello(viewer, "desk", "killed")
            # What follows on the disk is synced behind it: wait until a later record is there.
            await self.wait_until_grown(viewer)
            self.hub.kill()
        records = self.hub.records()
        self.one(records, kind="connection", action="begin", purpose="killed")
        self.assertIn(": sound", self.hub.command("audit", "verify"))

    async def wait_until_grown(self, session):
        """Until the write-ahead log of the audit log holds a record of `session`."""
        records = self.hub.data / "audit" / "records"
        await session.send(unsubscribe={"subscription": 77})
        await session.receive("error")
        for _ in range(hub_process.DEADLINE_S * 10):
            if any(b"hotspots/77" in file.read_bytes() for file in records.glob("*.log")):
                return
            hub_process.time.sleep(0.1)
        raise AssertionError("the record was not written")


if __name__ == "__main__":
    hub_process.main()
