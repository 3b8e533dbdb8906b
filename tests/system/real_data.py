#!/usr/bin/python3
"""A year of real overdose calls, played through the real hub and the real command line with a
clock that follows the data. Needs the data set, which is not part of the project: the folder that
COMMONWATCH_SHARED names holds data/montgomery-911-2016.csv.gz."""

import collections
import csv
import datetime
import gzip
import json
import os
import pathlib
import sys
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
        cls.hub = cls.enterClassContext(hub_process.Hub("--clock", "events"))
        cls.sent = list(overdoses())
        cls.client = hub_process.CommandLine(cls.hub)
        cls.live_path = cls.hub.directory / "live.ndjson"
        with open(cls.live_path, "wb") as live:
            viewer = hub_process.CommandLine(cls.hub).popen("watch", "--json", stdout=live)
        try:
            cls.wait_for(lambda: cls.live_messages("progress"), "the viewer's first progress")
            cls.publish(cls.client)
            end = max(occurred for occurred, _, _ in cls.sent)
            cls.wait_for(lambda: cls.live_reached() >= end, "the viewer at the end of the data")
            cls.wait_for(lambda: cls.live_position() >= cls.hub_version(), "the viewer to catch up")
        finally:
            viewer.terminate()
            viewer.wait()
        cls.live = cls.live_messages()

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
    def live_messages(cls, kind=None):
        text = cls.live_path.read_bytes()
        lines = text[:text.rfind(b"\n") + 1].decode().splitlines()
        messages = [json.loads(line) for line in lines if kind is None or f'"{kind}"' in line]
        return [m for m in messages if kind is None or kind in m]

    @classmethod
    def live_reached(cls):
        return wire_format.nanoseconds(cls.live_messages("progress")[-1]["progress"]["asOf"])

    @classmethod
    def live_position(cls):
        return int(cls.live_messages("progress")[-1]["progress"]["position"]["version"])

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

    def test_the_known_hot_towns_are_among_the_top_while_the_data_end(self):
        """At the last ticks, over the last two days: each town is in the top ten of some tick."""
        end = max(occurred for occurred, _, _ in self.sent)
        found = collections.Counter()
        shown = {}
        for message in self.live:
            if "tile" in message:
                tile = message["tile"]
                shown[tile.get("tile", "0")] = {h["id"]: h for h in tile.get("hotspots", [])}
            elif "delta" in message:
                delta = message["delta"]
                tile = shown.setdefault(delta.get("tile", "0"), {})
                for ident in delta.get("removed", []):
                    del tile[ident]
                tile.update((h["id"], h) for h in delta.get("changed", []))
            elif "progress" in message:
                as_of = wire_format.nanoseconds(message["progress"]["asOf"])
                if as_of < end - 2 * 86_400 * 10**9:
                    continue
                everything = [h for tile in shown.values() for h in tile.values()]
                top = sorted(everything, key=lambda h: -h["score"])[:10]
                found.update(town for town, place in TOWNS.items() if any(
                    sample_events.distance_km((h["latitude"], h["longitude"]), place) < 3
                    for h in top))
        self.assertEqual(set(found), set(TOWNS))

    def test_a_replay_of_the_hotspots_is_what_the_subscriber_saw_byte_for_byte(self):
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
