#!/usr/bin/python3
"""Two audiences of one hub see different things, each what was agreed; and the hub says what that is."""

import contextlib
import datetime
import hashlib
import json
import pathlib
import tempfile
import unittest

import hub_process
import picture
import sample_events
from session import JsonSession

PURPOSE = "outbreak-response"
TOKENS = {name: f"a-token-of-{name}-that-is-long-enough"
          for name in ("county-ems", "outreach", "clinic", "officer", "desk", "analyst")}
SHA256 = {name: hashlib.sha256(token.encode()).hexdigest() for name, token in TOKENS.items()}
BASE = '"occurred_at", "location", "overdose.persons"'


def share(partner, audience, fields=BASE, more=""):
    return (f'[[share]]\npartner = "{partner}"\naudience = "{audience}"\nfields = [{fields}]\n'
            f'purposes = ["{PURPOSE}"]\n{more}\n')


def account(table, name, audience, more=""):
    return (f'[[{table}]]\nid = "{name}"\naudience = "{audience}"\n'
            f'token_sha256 = ["{SHA256[name]}"]\n{more}\n')


AUDIENCES = """
[hotspot]
null_days = 3650

[publication]
population = "blocks.csv"
settle_s = 0
coarsest_level = 9

[[audience]]
id = "police"
k = 2
population_floor = 1000
cell_level = 11
period_days = 1

[[audience]]
id = "responders"
content = "hotspots"

[[audience]]
id = "analysts"
content = "events"
persons = true
"""
AGREEMENTS = "".join(
    f'[[agreement]]\npartner = "{partner}"\nversion = 2\nsince = "2026-01-01T00:00:00Z"\n'
    f'legal_basis = "mou-7"\n' for partner in ("county-ems", "outreach"))
OF_EMS = (share("county-ems", "police") + share("county-ems", "responders") +
          share("county-ems", "analysts", BASE + ', "overdose.certainty"'))
OF_OUTREACH = share("outreach", "responders", more="cell_level = 16\n") + share(
    "outreach", "analysts", more="cell_level = 16\n")
ACCOUNTS = (
    account("partner", "county-ems", "responders") + account("partner", "outreach", "responders") +
    account("partner", "clinic", "responders") + account("viewer", "officer", "police",
                                                         f'purpose = "{PURPOSE}"') +
    account("viewer", "desk", "responders", f'purpose = "{PURPOSE}"\noperate = true') +
    account("viewer", "analyst", "analysts",
            'grants = ["subscribe", "replay_events", "replay_hotspots", "replay_as"]'))
CONFIGURATION = AUDIENCES + AGREEMENTS + OF_EMS + OF_OUTREACH + ACCOUNTS

END = datetime.datetime(2026, 5, 20, 15, 30, tzinfo=sample_events.UTC)
ELSEWHERE = sample_events.offset(sample_events.CITY, 14, 9)


class Session(JsonSession):
    async def hello(self):
        """Whoever it is says so itself."""


@contextlib.asynccontextmanager
async def connect(hub, who, purpose=""):
    async with Session.connect(hub) as session:
        await session.send(hello={"client": "system-test/1", "token": TOKENS[who],
                                  "purpose": purpose})
        session.welcome = await session.receive("welcome")
        yield session


async def publish(hub, who, events):
    source = f"{who}/cad"
    async with connect(hub, who) as session:
        first = await session.open_source(source) + 1
        for at in range(0, len(events), 500):
            await session.publish(source, first + at, events[at:at + 500])


class Audiences(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        files = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.configuration = files / "hub.toml"
        self.configuration.write_text(CONFIGURATION)
        (files / "blocks.csv").write_text("latitude,longitude,persons\n" + "".join(
            f"{latitude},{longitude},5000\n" for north in range(-16, 17, 2)
            for east in range(-16, 17, 2)
            for latitude, longitude in [sample_events.offset(sample_events.CITY, north, east)]))
        self.hub = self.enterContext(hub_process.Hub("--config", str(self.configuration),
                                                     "--clock", "events"))

    def get(self, who, path, purpose=""):
        headers = {"Authorization": f"Bearer {TOKENS[who]}"}
        if purpose:
            headers["Commonwatch-Purpose"] = purpose
        return self.hub.request("GET", path, headers=headers)

    async def report(self):
        """A quiet city, then a cluster of each partner; and a day more, so that its figures come."""
        quiet = sample_events.background(1, 45, 4, END)
        await publish(self.hub, "county-ems",
                      quiet + sample_events.cluster("ems", 9, END))
        await publish(self.hub, "outreach", sample_events.cluster("van", 8, END, ELSEWHERE))
        await publish(self.hub, "clinic", sample_events.cluster("clinic", 7, END, ELSEWHERE))
        later = [sample_events.overdose(f"later-{day}", END + datetime.timedelta(days=day),
                                        *ELSEWHERE) for day in (1, 2)]
        await publish(self.hub, "county-ems", later)

    async def held(self, who, until):
        async with connect(self.hub, who) as session:
            await session.send(subscribe={"subscription": 1})
            return await picture.follow(session, picture.Picture(), until)

    async def replay(self, who, purpose="", **request):
        async with connect(self.hub, who, purpose) as session:
            await session.send(replay={"replay": 1, **request})
            events = []
            while True:
                message = await session.receive_any(("replayPage", "replayEnd", "error", "tile",
                                                     "delta", "snapshot", "progress"), replay=1)
                if message.kind == "error":
                    return message.body
                if message.kind == "replayEnd":
                    return events
                events.append((message.kind, message.body))

    async def test_each_sees_what_was_agreed_and_nothing_else(self):
        await self.report()
        figures = await self.held("officer", lambda p: any(
            f["persons"] >= 9 for f in p.all("publishedCounts").values()))
        self.assertEqual(set(figures.hotspots()) | set(figures.all("alerts")) |
                         set(figures.all("places")) | set(figures.all("sources")), set())
        shown = [f for f in figures.all("publishedCounts").values()
                 if f["state"] == "FIGURE_STATE_SHOWN"]
        # The cluster of the police's own partner counts, that of the other two does not.
        self.assertTrue(any(f["persons"] >= 9 for f in shown), shown)
        there = [f for f in shown if sample_events.distance_km(
            (f["latitude"], f["longitude"]), ELSEWHERE) < 3]
        self.assertEqual([f["persons"] for f in there if f["persons"] > 4], [])
        self.assertNotIn("outreach", json.dumps(figures.tiles))
        self.assertTrue(all(f["sharedWith"] == "police" for f in shown))

        live = await self.held("desk", lambda p: len(p.all("sources")) == 2)
        self.assertEqual({source["name"] for source in live.all("sources").values()},
                         {"county-ems/cad", "outreach/cad"})
        self.assertEqual(live.all("publishedCounts"), {})
        self.assertNotIn("clinic", json.dumps(live.tiles))

        by_http = json.loads(self.get("officer", "/v1/hotspots").body)
        self.assertEqual(by_http["hotspots"] + by_http["sources"] + by_http["places"], [])
        # As many as live, and perhaps those of another day.
        self.assertTrue(set(figures.all("publishedCounts")) <=
                        {f["id"] for f in by_http["publishedCounts"]})
        self.assertEqual(json.loads(self.get("officer", "/v1/alerts").body)["alerts"], [])
        geojson = json.loads(self.get("officer", "/v1/hotspots?format=geojson").body)
        self.assertEqual({f["properties"]["kind"] for f in geojson["features"]},
                         {"publishedCount"})

    async def test_events_leave_as_they_were_agreed(self):
        await self.report()
        refused = await self.replay("officer", mode="REPLAY_MODE_EVENTS")
        self.assertEqual(refused["code"], "ERROR_CODE_FORBIDDEN")
        unstated = await self.replay("analyst", mode="REPLAY_MODE_EVENTS")
        self.assertEqual(unstated["code"], "ERROR_CODE_FORBIDDEN")
        self.assertIn("hello.purpose", unstated["message"])
        pages = await self.replay("analyst", PURPOSE, mode="REPLAY_MODE_EVENTS")
        events = [event for kind, page in pages for event in page["events"]]
        self.assertEqual({e["source"] for e in events}, {"county-ems/cad", "outreach/cad"})
        for replayed in events:
            self.assertEqual(replayed["sequence"], "0")
            event = replayed["event"]
            # Not agreed: the record's own id, the kind of place; of outreach, the certainty.
            self.assertRegex(event["recordId"], "^[0-9a-f]{32}$")
            self.assertIn(event["location"].get("kind", "LOCATION_KIND_UNSPECIFIED"),
                          ("", "LOCATION_KIND_UNSPECIFIED"))
            certain = event["overdose"].get("certainty", "CERTAINTY_UNSPECIFIED")
            self.assertEqual(certain != "CERTAINTY_UNSPECIFIED",
                             replayed["source"] == "county-ems/cad")
        self.assertEqual(len({e["event"]["recordId"] for e in events}), len(events))

    async def test_another_audience_is_replayed_where_that_is_granted_and_narrower(self):
        await self.report()
        frames = await self.replay("analyst", PURPOSE, mode="REPLAY_MODE_HOTSPOTS",
                                   audience="police")
        text = json.dumps(frames)
        self.assertIn("FIGURE_STATE_SHOWN", text)
        self.assertNotIn("SEVERITY_NOTE", text)
        for who, wanted in (("officer", "responders"), ("analyst", "nobody")):
            refused = await self.replay(who, PURPOSE, mode="REPLAY_MODE_HOTSPOTS", audience=wanted)
            self.assertEqual(refused["code"], "ERROR_CODE_FORBIDDEN")

    async def test_a_changed_agreement_concerns_those_whose_view_it_changes(self):
        await self.report()
        before = await self.held("officer", lambda p: p.all("publishedCounts"))
        async with connect(self.hub, "officer") as officer, connect(self.hub, "desk") as desk:
            for session in (officer, desk):
                await session.send(subscribe={"subscription": 1})
            held = await picture.follow(desk, picture.Picture(),
                                        lambda p: len(p.all("sources")) == 2)
            epoch = held.epoch
            self.configuration.write_text(CONFIGURATION.replace(OF_OUTREACH, ""))
            self.assertIn("new engine epoch", self.hub.command("reload"))
            await publish(self.hub, "county-ems", [sample_events.overdose(
                "next", END + datetime.timedelta(days=3))])
            await picture.follow(desk, held, lambda p: p.epoch != epoch)
            self.assertEqual({s["name"] for s in held.all("sources").values()},
                             {"county-ems/cad"})
            after = await picture.follow(officer, picture.Picture(), lambda p: True)
            self.assertEqual(after.epoch, before.epoch)
        refused = self.configuration.read_text().replace('id = "analysts"', 'id = "scholars"')
        self.configuration.write_text(refused.replace('"analysts"', '"scholars"'))
        self.assertIn("restart the hub", self.hub.command("reload", expect=1))

    async def test_the_hub_says_who_can_see_what_and_who_did(self):
        await self.report()
        await self.held("desk", lambda p: True)
        self.get("officer", "/v1/hotspots")
        said = self.hub.command("explain-access", "--audience", "police")
        self.assertIn("published figures alone", said)
        self.assertIn("from county-ems, agreement version 2 (mou-7) since 2026-01-01", said)
        self.assertIn("outreach", said.partition("nothing")[2])
        said = self.hub.command("explain-access", "--source", "outreach/cad", "--record", "van-3")
        self.assertIn("police: not shared", said)
        self.assertIn("responders: in the live picture, place to S2 level 16", said)
        self.assertIn("desk (responders)", said)
        self.assertNotIn("officer", said)
        said = self.hub.command("explain-access", "--source", "county-ems/cad", "--record", "ems-3")
        self.assertIn("officer (police)", said)
        said = self.hub.command("explain-access", "--principal", "officer")
        self.assertIn("audience police", said)
        self.assertIn("on=hotspots", said)
        self.assertIn("give one of", self.hub.command("explain-access", expect=1))
        self.assertIn("holds nothing", self.hub.command(
            "explain-access", "--source", "outreach/cad", "--record", "nowhere", expect=1))


if __name__ == "__main__":
    hub_process.main()
