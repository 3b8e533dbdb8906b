"""Who may come in, and what they may do: tokens, enrolment, origins, purposes, and a flood."""

import asyncio
import datetime
import hashlib
import http.client
import json
import pathlib
import re
import socket
import subprocess
import tempfile
import threading
import unittest

import websockets

import hub_process
import sample_events
import wire_format
from session import JsonSession

CONFIGURED = "configured-elsewhere-and-long-enough"
RESEARCH = "a-token-of-the-university"
CLINIC = "a-token-of-the-clinic"
CONFIGURATION = f"""
[hotspot]
null_days = 3650

[limits]
# Nobody is cut off for reading slowly.
write_timeout_ms = 3600000
idle_timeout_ms = 3600000

[listen]
origins = ["https://map.example.org"]

[[partner]]
id = "county-ems"
kind = "ems"
token_sha256 = ["{hashlib.sha256(CONFIGURED.encode()).hexdigest()}"]
enrol = true

[[partner]]
id = "police"

[[partner]]
id = "free-clinic"
part2 = true
token_sha256 = ["{hashlib.sha256(CLINIC.encode()).hexdigest()}"]
enrol = true

[[viewer]]
id = "university"
token_sha256 = ["{hashlib.sha256(RESEARCH.encode()).hexdigest()}"]
purposes = ["research"]
grants = ["subscribe", {{operation = "replay_events", sources = ["county-ems/*"]}}]
"""
END = sample_events.now()


class Hub(hub_process.Hub):
    def __init__(self, configuration=CONFIGURATION):
        self.files = tempfile.TemporaryDirectory(prefix="commonwatch-identity-")
        self.configuration = pathlib.Path(self.files.name) / "hub.toml"
        self.configuration.write_text(configuration)
        super().__init__("--config", str(self.configuration))

    def __exit__(self, *exception):
        super().__exit__(*exception)
        self.files.cleanup()

    def run(self, *arguments, expect=0):
        """(stdout, stderr) of a command of `commonwatch-hub` on this hub."""
        done = subprocess.run([hub_process.binaries / "commonwatch-hub", *arguments,
                               "--config", self.configuration, "--data", self.data],
                              capture_output=True, text=True, check=False,
                              timeout=hub_process.DEADLINE_S)
        if done.returncode != expect:
            raise AssertionError(f"{arguments} ended with {done.returncode}: {done.stderr}")
        return done.stdout, done.stderr

    def token(self, *arguments, expect=0):
        return self.run("token", *arguments, expect=expect)

    def command(self, *arguments):
        return self.run(*arguments)[0]

    def create(self, account):
        """(token, id)"""
        said, _ = self.token("create", account)
        return said.split()[-1], re.search(r"token ([0-9a-f]{8}) ", said).group(1)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def ask(self, method, path, token=None, body=None, **headers):
        """(status, body); headers with _ for -."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            names["Authorization"] = f"Bearer {token}"
        response = self.request(method, path, body, names)
        return response.status, response.body.decode()


class Identity(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.hub = self.enterContext(Hub())

    async def greet(self, token, purpose=""):
        """A session after `welcome`, or the refusal's (code, message, close code)."""
        session = await self.enterAsyncContext(JsonSession.connect(self.hub, hello=False))
        await session.send(hello={"token": token, "client": "identity-test/1", "purpose": purpose})
        answer = await session.receive_any(("welcome", "error"))
        if answer.kind == "error":
            return answer.body["code"], answer.body["message"], await session.close_code()
        session.welcome = answer.body
        return session

    async def test_a_created_token_comes_in_and_its_revocation_ends_all_that_runs(self):
        token, identity = self.hub.create("county-ems")
        await self.wait_until_known(token)
        publisher, viewer, replayer = [await self.greet(token) for _ in range(3)]
        other = await self.greet(CONFIGURED)
        self.assertEqual(publisher.welcome["principal"], "county-ems")
        await publisher.open_source("county-ems/cad-1")
        await publisher.publish("county-ems/cad-1", 1,
                                sample_events.cluster("a", persons=2, end=END))
        await viewer.send(subscribe={"subscription": 1})
        await viewer.receive("progress")
        await replayer.send(replay={"replay": 1, "mode": "REPLAY_MODE_EVENTS", "follow": True})
        await replayer.receive_any(("replayPage",), 1)

        self.hub.token("revoke", identity)
        for session in (publisher, viewer, replayer):
            error = await session.receive("error")
            self.assertEqual(error["code"], "ERROR_CODE_UNAUTHENTICATED")
            self.assertIn("revoked", error["message"])
            self.assertEqual(await session.close_code(), 4500)
        self.assertTrue(self.hub.is_alive())
        # Who came in by another token of the same account stays.
        self.assertEqual(await other.open_source("county-ems/cad-1"), 2)
        code, message, closed = await self.greet(token)
        self.assertEqual((code, closed), ("ERROR_CODE_UNAUTHENTICATED", 4500))
        self.assertIn("revoked", message)
        self.assertEqual(self.hub.ask("GET", "/v1/hotspots", token)[0], 401)

    async def test_a_revoked_token_ends_a_connection_that_reads_nothing(self):
        publisher = await self.greet(CONFIGURED)
        events = sample_events.background(seed=1, days=10, per_day=2500, end=END)
        self.assertEqual(await publisher.publish_all("county-ems/cad-1", events), len(events))
        token, identity = self.hub.create("police")
        await self.wait_until_known(token)
        before = self.connections()
        writer = await self.open_and_read_nothing(token)
        while self.connections() != before + 1 or self.replays() != 1:
            await asyncio.sleep(0.05)
        self.hub.token("revoke", identity)
        while self.connections() != before:
            await asyncio.sleep(0.05)
        self.assertTrue(self.hub.is_alive())
        writer.transport.abort()

    async def open_and_read_nothing(self, token):
        """A raw WebSocket that asks for the whole log, and whose buffer is small."""
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.connect(("127.0.0.1", self.hub.port))
        plain.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=plain, limit=4096)
        writer.write(b"GET /v1/stream HTTP/1.1\r\nHost: hub\r\nConnection: Upgrade\r\n"
                     b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                     b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                     b"Sec-WebSocket-Protocol: commonwatch.v1.json\r\n\r\n")
        self.assertIn(b" 101 ", await reader.readline())
        for message in ({"hello": {"token": token}},
                        {"replay": {"replay": 1, "mode": "REPLAY_MODE_EVENTS"}}):
            text = json.dumps(message).encode()
            mask = b"\0\0\0\0"  # a key like any other: it leaves the text as it is
            length = bytes([0x80 | len(text)]) if len(text) < 126 else \
                b"\xfe" + len(text).to_bytes(2, "big")
            writer.write(b"\x81" + length + mask + text)
        return writer

    def gauge(self, name):
        text = self.hub.get("/metrics").body.decode()
        return int(float(re.search(rf"^{name} (\S+)$", text, re.MULTILINE).group(1)))

    def connections(self):
        return self.gauge("commonwatch_connections")

    def replays(self):
        return self.gauge("commonwatch_replays")

    async def wait_until_known(self, token):
        while self.hub.ask("GET", "/v1/hotspots", token)[0] == 401:
            await asyncio.sleep(0.05)

    async def test_tokens_are_listed_without_their_secret_and_survive_a_restart(self):
        token, identity = self.hub.create("police")
        listed, _ = self.hub.token("list")
        self.assertIn(identity, listed)
        self.assertIn("police", listed)
        self.assertNotIn(token, listed)
        tokens = self.hub.data / "tokens"
        self.assertEqual(tokens.stat().st_mode & 0o777, 0o600)
        self.assertNotIn(token, tokens.read_text())
        self.hub.kill()
        self.hub.start()
        self.assertEqual(self.hub.ask("GET", "/v1/hotspots", token)[0], 200)
        self.assertNotIn(token, self.hub.log())

    async def test_a_token_for_nobody_and_an_unknown_id_are_refused(self):
        _, talk = self.hub.token("create", "nobody", expect=1)
        self.assertIn("no account nobody", talk)
        _, talk = self.hub.token("revoke", "00000000", expect=1)
        self.assertIn("no token 00000000", talk)

    async def test_a_mistyped_token_is_told_from_a_wrong_one(self):
        token, _ = self.hub.create("police")
        mistyped = token[:10] + ("0" if token[10] != "0" else "1") + token[11:]
        self.assertIn("mistyped", (await self.greet(mistyped))[1])
        self.assertIn("unknown", (await self.greet("something-else"))[1])
        self.assertIn("no token", (await self.greet(""))[1])

    async def test_a_damaged_file_of_tokens_stops_the_start_with_a_sentence(self):
        self.hub.create("police")
        self.hub.kill()
        file = self.hub.data / "tokens"
        file.write_text(file.read_text().replace("police", "county"))
        self.hub.start(wait=False)
        self.assertEqual(self.hub.process.wait(hub_process.DEADLINE_S), 1)
        self.hub.ended = True
        self.assertIn("the sum does not fit", self.hub.log())

    async def test_a_phone_is_enrolled_by_a_code_and_publishes_to_its_own_source_only(self):
        status, body = self.hub.ask("POST", "/v1/enrolment-codes", CONFIGURED)
        self.assertEqual(status, 201, body)
        code = json.loads(body)["code"]
        typed = json.dumps({"code": code.lower().replace("-", " ")})
        status, body = self.hub.ask("POST", "/v1/enrol", body=typed)
        self.assertEqual(status, 201, body)
        device = json.loads(body)
        self.assertRegex(device["source"], r"^county-ems/phone-[0-9a-z]{10}$")
        phone = await self.greet(device["token"])
        self.assertEqual(phone.welcome["principal"], device["source"])
        await phone.open_source(device["source"])
        said = await phone.publish(device["source"], 1,
                                   sample_events.cluster("p", persons=1, end=END))
        self.assertEqual(said["stored"], 1)
        for refused in ({"openSource": {"source": "county-ems/cad-1"}},
                        {"subscribe": {"subscription": 1}}):
            await phone.send(**refused)
            self.assertEqual((await phone.receive("error"))["code"], "ERROR_CODE_FORBIDDEN")
        self.assertEqual(self.hub.ask("GET", "/v1/hotspots", device["token"])[0], 403)
        # Used up.
        self.assertEqual(self.hub.ask("POST", "/v1/enrol", body=typed)[0], 401)
        listed, _ = self.hub.token("list")
        self.assertIn(device["source"], listed)
        audited = self.hub.command("audit", "show", "--kind", "enrolment")
        for action in ("code", "redeem"):
            self.assertRegex(audited, rf"enrolment\s+{action}\b")
        self.assertIn(device["source"], audited)
        for secret in (code, device["token"]):
            self.assertNotIn(secret, self.hub.log() + audited)

    async def test_who_may_not_enrol_gets_no_code_and_who_guesses_is_stopped(self):
        police, _ = self.hub.create("police")
        await self.wait_until_known(police)
        status, body = self.hub.ask("POST", "/v1/enrolment-codes", police)
        self.assertEqual(status, 403)
        self.assertIn("may not enrol", body)
        foreign = json.dumps({"partner": "police"})
        self.assertEqual(self.hub.ask("POST", "/v1/enrolment-codes", CONFIGURED, foreign)[0], 403)
        self.assertEqual(self.hub.ask("POST", "/v1/enrolment-codes", RESEARCH)[0], 403)
        statuses = [self.hub.ask("POST", "/v1/enrol", body='{"code":"AAAA-AAAA"}')[0]
                    for _ in range(12)]
        self.assertEqual(statuses[:10], [401] * 10)
        self.assertEqual(statuses[-1], 429)
        # A code that is right is not tried any more either.
        code = json.loads(self.hub.ask("POST", "/v1/enrolment-codes", CONFIGURED)[1])["code"]
        self.assertEqual(self.hub.ask("POST", "/v1/enrol", body=json.dumps({"code": code}))[0], 429)

    async def publish_to_clinic(self, session, source, first, *events):
        await session.send(publish={"source": source, "firstSequence": first,
                                    "inlineEvents": events})
        return await session.receive("published")

    async def test_a_partner_under_part_2_gives_no_event_about_a_person(self):
        person = sample_events.overdose("planted-person-4f1d", END)
        span = END - datetime.timedelta(days=1)
        count = {"recordId": "day-1", "occurredAt": wire_format.rfc3339(END),
                 "location": {"areaCode": "42091"},
                 "areaCount": {"incidents": 4, "spanStart": wire_format.rfc3339(span)}}
        clinic = await self.greet(CLINIC)
        source = "free-clinic/emr"
        await clinic.open_source(source)
        said = await self.publish_to_clinic(clinic, source, 1, person, count)
        self.assertEqual(said["stored"], 1, said)
        self.assertEqual(said["rejections"][0]["sequence"], "1")
        self.assertEqual(said["rejections"][0]["code"], "ERROR_CODE_FORBIDDEN")
        self.assertIn("Part 2", said["rejections"][0]["message"])
        # Nor does a phone of it, nor a request.
        _, body = self.hub.ask("POST", "/v1/enrolment-codes", CLINIC)
        _, body = self.hub.ask("POST", "/v1/enrol", body=json.dumps(
            {"code": json.loads(body)["code"]}))
        device = json.loads(body)
        phone = await self.greet(device["token"])
        await phone.open_source(device["source"])
        said = await self.publish_to_clinic(phone, device["source"], 1, person)
        self.assertEqual(said["rejections"][0]["code"], "ERROR_CODE_FORBIDDEN")
        status, body = self.hub.ask("POST", "/v1/events?source=free-clinic/web", CLINIC,
                                    json.dumps(person), Content_Type="application/x-ndjson")
        self.assertEqual(status, 200, body)
        self.assertEqual(json.loads(body)["rejections"][0]["code"], "ERROR_CODE_FORBIDDEN")
        kept = [str(path) for path in self.hub.data.rglob("*")
                if path.is_file() and b"planted-person" in path.read_bytes()]
        self.assertEqual(kept, [])
        # Another partner, and this one when it is not under it any more, on the same connection.
        ems = await self.greet(CONFIGURED)
        await ems.open_source("county-ems/cad")
        said = await self.publish_to_clinic(ems, "county-ems/cad", 1, person)
        self.assertEqual(said["stored"], 1, said)
        self.hub.configuration.write_text(CONFIGURATION.replace("part2 = true", "part2 = false"))
        self.hub.command("reload")
        for sequence in range(3, 3 + hub_process.DEADLINE_S):
            said = await self.publish_to_clinic(clinic, source, sequence, person)
            if said.get("stored"):
                break
            await asyncio.sleep(1)
        self.assertEqual(said["stored"], 1, said)

    async def test_a_grant_for_a_purpose_needs_that_purpose(self):
        self.assertEqual(self.hub.ask("GET", "/v1/hotspots", RESEARCH)[0], 403)
        self.assertEqual(self.hub.ask("GET", "/v1/hotspots", RESEARCH,
                                      Commonwatch_Purpose="research")[0], 200)
        session = await self.greet(RESEARCH, "response")
        await session.send(subscribe={"subscription": 1})
        error = await session.receive("error")
        self.assertIn("purpose research", error["message"])
        session = await self.greet(RESEARCH, "research")
        await session.send(subscribe={"subscription": 1})
        await session.receive("progress")
        replay = {"mode": "REPLAY_MODE_EVENTS", "replay": 1}
        await session.send(replay=replay)
        error = await session.receive("error", 1)
        self.assertIn("county-ems/*", error["message"])
        await session.send(replay={**replay, "filter": {"partners": ["county-ems"]}})
        await session.receive("replayEnd", 1)
        code, _, closed = await self.greet(RESEARCH, "No Code")
        self.assertEqual((code, closed), ("ERROR_CODE_INVALID_REQUEST", 4502))

    async def upgrade(self, origin, path="/v1/stream"):
        """The status that answers an upgrade."""
        try:
            async with websockets.connect(f"ws://{self.hub.address}{path}", origin=origin,
                                          subprotocols=["commonwatch.v1.json"]):
                return 101
        except websockets.InvalidStatusCode as refused:
            return refused.status_code

    async def test_a_page_of_another_origin_reaches_neither_the_stream_nor_a_post(self):
        own = f"http://{self.hub.address}"
        self.assertEqual(await self.upgrade(None), 101)
        self.assertEqual(await self.upgrade(own), 101)
        self.assertEqual(await self.upgrade("https://map.example.org"), 101)
        for foreign in ("https://evil.example.org", "null", "http://127.0.0.1:1"):
            self.assertEqual(await self.upgrade(foreign), 403)
        path = "/v1/events?source=county-ems/cad-1"
        event = json.dumps(sample_events.cluster("o", persons=1, end=END)[0])
        kind = {"Content_Type": "application/x-ndjson"}
        status, body = self.hub.ask("POST", path, CONFIGURED, event,
                                    Origin="https://evil.example.org", **kind)
        self.assertEqual(status, 403)
        self.assertIn("listen.origins", body)
        self.assertEqual(self.hub.ask("POST", path, CONFIGURED, event, Origin=own, **kind)[0], 200)

    async def test_a_token_in_a_url_is_refused_and_not_logged(self):
        token, _ = self.hub.create("police")
        for query in (f"token={token}", f"access_token={token}", f"q={token}"):
            status, body = self.hub.ask("GET", f"/v1/hotspots?{query}")
            self.assertEqual(status, 400)
            self.assertIn("does not belong in a URL", body)
            self.assertNotIn(token, body)
            self.assertEqual(await self.upgrade(None, f"/v1/stream?{query}"), 400)
        self.assertNotIn(token, self.hub.log())

    async def test_who_may_not_post_is_told_so_before_the_body_is_read(self):
        for token, path in ((RESEARCH, "/v1/events"), (RESEARCH, "/v1/events?source=county-ems/cad"),
                            (CONFIGURED, "/v1/events?source=police/cad"),
                            (RESEARCH, "/v1/enrolment-codes")):
            status, body = self.hub.ask("POST", path, token, body="no event, nor JSON")
            self.assertEqual((status, json.loads(body)["code"]), (403, "ERROR_CODE_FORBIDDEN"), path)
        self.assertEqual(self.hub.ask("POST", "/v1/events?source=county-ems/cad", CONFIGURED,
                                      body="no event, nor JSON")[0], 415)

    async def test_a_flood_of_wrong_tokens_costs_a_publishing_partner_nothing(self):
        publisher = await self.greet(CONFIGURED)
        await publisher.open_source("county-ems/cad-1")
        stop = threading.Event()
        answers = {}

        def flood_http():
            while not stop.is_set():
                connection = http.client.HTTPConnection("127.0.0.1", self.hub.port,
                                                        timeout=hub_process.DEADLINE_S)
                try:
                    for _ in range(50):
                        connection.request("GET", "/v1/hotspots",
                                           headers={"Authorization": "Bearer wrong"})
                        response = connection.getresponse()
                        response.read()
                        answers[response.status] = answers.get(response.status, 0) + 1
                        if stop.is_set():
                            break
                except (OSError, http.client.HTTPException):
                    answers["closed"] = answers.get("closed", 0) + 1
                finally:
                    connection.close()

        threads = [threading.Thread(target=flood_http) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            sent = 0
            for number in range(100):
                events = sample_events.cluster(f"f{number}-", persons=20, end=END)
                said = await publisher.publish("county-ems/cad-1", sent + 1, events)
                self.assertEqual(said["stored"], len(events))
                sent += len(events)
            # The same address, the right token: slowed down, perhaps, and let in.
            again = await self.come_back()
            self.assertEqual(again.welcome["principal"], "county-ems")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertGreater(answers.get(401, 0), 0)
        self.assertGreater(answers.get(429, 0) + answers.get("closed", 0), 0, answers)
        self.assertNotIn(200, answers)
        refusals = [line for line in self.hub.log().splitlines() if "refused" in line]
        self.assertGreater(len(refusals), 0)
        self.assertLess(len(refusals), 100)
        self.assertLess(self.hub.log_path.stat().st_size, 64 << 10)

    async def come_back(self):
        while True:
            try:
                return await self.greet(CONFIGURED)
            except (OSError, websockets.WebSocketException):
                await asyncio.sleep(0.02)


if __name__ == "__main__":
    hub_process.main()
