#!/usr/bin/python3
"""A year of real overdose calls, played through the real hub and the real command line with a
clock that follows the data. Needs the data set, which is not part of the project: the folder that
COMMONWATCH_SHARED names holds data/montgomery-911-2016.csv.gz."""

import csv
import datetime
import gzip
import json
import os
import pathlib
import sys
import tempfile
import time
import unittest
import zoneinfo

import hub_process
import picture
import sample_events
import wire_format

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("COMMONWATCH_SHARED", ROOT.parent / "shared"))
DATA = SHARED / "data" / "montgomery-911-2016.csv.gz"
MAPPING = ROOT / "clients" / "mappings" / "montgomery-911.toml"
SOURCE = "montgomery/911"
OVERDOSES = 1900
TOWNS = {"Norristown": (40.115, -75.344), "Pottstown": (40.245, -75.650)}
NORRISTOWN_CORNER = (40.12, -75.35)
# What the whole county shares, where no better place was known; and one address of a facility.
PLACEHOLDER = (40.2290075, -75.3878525)
FACILITY = (40.1508958, -75.1274376)
SEVERITIES = ("SEVERITY_NOTE", "SEVERITY_WATCH", "SEVERITY_ALERT")
HOUR = 3_600 * 10**9
CONFIGURATION = """
[hotspot]
null_days = 3650
time_zone = "America/New_York"
"""
SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def overdoses():
    """(time in nanoseconds, latitude, longitude) of each, in the order in which they arrived."""
    zone = zoneinfo.ZoneInfo("America/New_York")
    with gzip.open(DATA, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["title"] == "EMS: OVERDOSE":
                local = datetime.datetime.fromisoformat(row["timeStamp"]).replace(tzinfo=zone)
                yield int(local.timestamp()) * 10**9, float(row["lat"]), float(row["lng"])


class RealData(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="commonwatch-test-"))
        configuration = pathlib.Path(scratch) / "hub.toml"
        configuration.write_text(CONFIGURATION, encoding="utf-8")
        cls.hub = cls.enterClassContext(
            hub_process.Hub("--clock", "events", "--config", str(configuration)))
        cls.sent = list(overdoses())
        cls.client = hub_process.CommandLine(cls.hub)
        cls.live_path = cls.hub.directory / "live.ndjson"
        with open(cls.live_path, "wb") as live:
            viewer = hub_process.CommandLine(cls.hub).popen("watch", "--json", stdout=live)
        try:
            cls.wait_for(cls.last_progress, "the viewer's first progress")
            cls.publish(cls.client)
            end = max(occurred for occurred, _, _ in cls.sent)
            cls.wait_for(lambda: wire_format.nanoseconds(cls.last_progress()["asOf"]) >= end,
                         "the viewer at the end of the data")
            cls.wait_for(lambda: int(cls.last_progress()["position"]["version"])
                         >= cls.hub_version(), "the viewer to catch up")
        finally:
            viewer.terminate()
            viewer.wait()
        cls.live = [json.loads(line) for line in cls.live_path.read_text().splitlines()]

    @staticmethod
    def wait_for(condition, what):
        deadline = time.monotonic() + hub_process.DEADLINE_S * 3
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}")
            time.sleep(0.1)

    @classmethod
    def publish(cls, client):
        client.run("publish", "--source", SOURCE, "--map", MAPPING, DATA)

    @classmethod
    def last_progress(cls):
        """What the viewer printed last of it; nothing before the first."""
        with open(cls.live_path, "rb") as live:
            live.seek(max(0, live.seek(0, os.SEEK_END) - (1 << 20)))
            lines = live.read().split(b"\n")[:-1]
        for line in reversed(lines):
            if line.startswith(b'{"progress"') or b'"progress":' in line[:40]:
                return json.loads(line)["progress"]
        return None

    @classmethod
    def hub_version(cls):
        return int(cls.hub.get_json("/v1/hotspots")["position"]["version"])

    def stored(self):
        lines = self.client.run("replay", "--mode", "events", "--json").splitlines()
        return [event for line in map(json.loads, lines)
                for event in line.get("replayPage", {}).get("events", [])]

    def test_exactly_the_overdoses_are_stored_in_the_order_in_which_they_arrived(self):
        self.assertEqual(len(self.sent), OVERDOSES)
        stored = self.stored()
        self.assertEqual(len(stored), OVERDOSES)
        self.assertEqual([int(e["sequence"]) for e in stored], list(range(1, OVERDOSES + 1)))
        self.assertEqual(
            [(wire_format.nanoseconds(e["event"]["occurredAt"]),
              e["event"]["location"]["latitude"], e["event"]["location"]["longitude"])
             for e in stored], self.sent)

    def test_recorded_time_follows_the_data_and_never_goes_back(self):
        times = [wire_format.nanoseconds(e["recordedAt"]) for e in self.stored()]
        self.assertEqual(times, sorted(times))
        self.assertLess(times[0], self.sent[0][0] + 2 * 86_400 * 10**9)
        self.assertGreaterEqual(times[-1], self.sent[-1][0])

    def alerts_seen(self):
        """(as of, alert) of every version of an alert that the viewer saw."""
        for message in self.live:
            for kind in ("tile", "delta"):
                for alert in message.get(kind, {}).get("alerts", []):
                    yield wire_format.nanoseconds(message[kind]["asOf"]), alert

    def test_the_norristown_cluster_of_march_is_seen_within_hours_of_its_third_case(self):
        zone = zoneinfo.ZoneInfo("America/New_York")
        days = [int(datetime.datetime(2016, 3, day, tzinfo=zone).timestamp()) * 10**9
                for day in (11, 13)]
        cluster = sorted(occurred for occurred, *place in self.sent
                         if days[0] <= occurred < days[1]
                         and sample_events.distance_km(place, NORRISTOWN_CORNER) < 1.5)
        self.assertGreaterEqual(len(cluster), 3)
        seen = [(as_of, alert["hotspot"]) for as_of, alert in self.alerts_seen()
                if cluster[2] <= as_of <= cluster[2] + 6 * HOUR and distance(
                    alert["hotspot"], NORRISTOWN_CORNER) < 3]
        severe = [hotspot for _, hotspot in seen
                  if SEVERITIES.index(hotspot["severity"]) >= SEVERITIES.index("SEVERITY_WATCH")]
        self.assertTrue(severe, [(h["id"], h["severity"], h["count"]) for _, h in seen])
        self.assertTrue(all(hotspot["provisional"] for hotspot in severe))

    def test_nothing_opens_in_the_first_weeks(self):
        first = min(as_of for as_of, _ in self.alerts_seen())
        self.assertGreater(first, self.sent[0][0] + 35 * 24 * HOUR)

    def test_the_known_hot_towns_are_places_of_the_year_in_the_end(self):
        places = [p for p in self.hub.get_json("/v1/hotspots")["places"] if p["days"] == 365]
        for town, where in TOWNS.items():
            self.assertTrue(any(distance(place, where) < 3 for place in places), town)

    def test_what_stands_for_not_known_and_a_facility_are_proposed(self):
        proposals = self.hub.get_json("/v1/hotspots")["proposals"]
        for where, kind in ((PLACEHOLDER, "PROPOSAL_KIND_PLACEHOLDER"),
                            (FACILITY, "PROPOSAL_KIND_FACILITY")):
            found = [p["kind"] for p in proposals if distance(p, where) < 0.02]
            self.assertEqual(found, [kind], where)

    def test_a_replay_of_the_hotspots_is_what_the_subscriber_saw_byte_for_byte(self):
        self.assertTrue(any(True for _ in self.alerts_seen()), "alerts are among it")
        live_lines = self.live_path.read_text().splitlines()
        lines = self.client.run("replay", "--mode", "hotspots", "--json").splitlines()
        live, replayed = delta_bodies(live_lines), delta_bodies(lines)
        self.assertGreater(len(live), 100)
        for key, text in live.items():
            self.assertEqual(replayed.get(key), text, f"tile and version {key}")
        self.assertEqual(list(replayed.items()), list(live.items()))
        self.assertEqual(picture_of(lines).shown(), picture_of(live_lines).shown())

    def test_publishing_again_stores_nothing_new_with_or_without_state(self):
        before = self.stored()
        self.publish(self.client)
        self.publish(hub_process.CommandLine(self.hub))
        self.assertEqual(self.stored(), before)


def distance(item, place):
    return sample_events.distance_km((item["latitude"], item["longitude"]), place)


def delta_bodies(lines):
    """{(tile, version): the text of the body}: live lines carry no replay number around it."""
    bodies = {}
    for line in lines:
        if '"delta"' in line:
            delta = json.loads(line)["delta"]
            at = line.index("{", line.index('"delta"'))
            _, end = json.JSONDecoder().raw_decode(line, at)
            bodies[delta.get("tile", "0"), delta["version"]] = line[at:end]
    return bodies


def picture_of(lines):
    held = picture.Picture()
    for message in map(json.loads, lines):
        for kind in ("snapshot", "tile", "delta", "progress"):
            if kind in message:
                held.apply(kind, message[kind])
    return held


if __name__ == "__main__":
    if not DATA.is_file():
        print(f"SKIPPED: no {DATA}; set COMMONWATCH_SHARED to the folder that holds it",
              file=sys.stderr)
        sys.exit(SKIPPED)
    hub_process.main()
