#!/usr/bin/python3
"""The hub with curl alone: publish, position, hotspots, health, metrics, and every refusal."""

import concurrent.futures
import datetime
import json
import re
import subprocess
import time
import unittest

import hub_process
import sample_events
import wire_format

END = sample_events.now() - datetime.timedelta(minutes=30)
QUIET = sample_events.background(seed=11, days=60, per_day=10,
                                 end=END - datetime.timedelta(days=8))
BURST = sample_events.cluster("burst", persons=12, end=END)


class Answer:
    def __init__(self, status, kind, headers, body):
        self.status, self.kind, self.headers, self.body = status, kind, headers, body

    def json(self):
        return json.loads(self.body)


def curl(hub, path, *options, body=None):
    """One request by /usr/bin/curl."""
    command = ["curl", "--silent", "--show-error", "--include", "--http1.1", "--max-time", "120",
               "--header", "Expect:", *options, f"http://{hub.address}{path}"]
    if body is not None:
        command += ["--data-binary", "@-"]
        body = body if isinstance(body, bytes) else body.encode()
    done = subprocess.run(command, input=body or b"", capture_output=True, check=False)
    if done.returncode:
        raise AssertionError(f"curl {path} ended with {done.returncode}: {done.stderr.decode()}")
    head, _, rest = done.stdout.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.strip().lower(): value.strip()
               for name, _, value in (line.partition(":") for line in lines[1:])}
    return Answer(int(lines[0].split()[1]), headers.get("content-type", ""), headers, rest)


def post(hub, path, kind, body, *options):
    return curl(hub, path, "--request", "POST", "--header", f"Content-Type: {kind}", *options,
                body=body)


def lines_of(events):
    return "".join(json.dumps(event) + "\n" for event in events)


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hub = cls.enterClassContext(hub_process.Hub())

    def assert_error(self, answer, status, code, field=None):
        self.assertEqual(answer.status, status, answer.body)
        self.assertTrue(answer.kind.startswith("application/json"), answer.kind)
        error = answer.json()
        self.assertEqual(error["code"], "ERROR_CODE_" + code)
        self.assertGreater(len(error["message"].split()), 3, "a sentence")
        if field is not None:
            self.assertEqual(error.get("field", ""), field)
        return error

    def test_ndjson_is_stored_and_the_position_moves(self):
        answer = post(self.hub, "/v1/events?source=ems/ndjson", "application/x-ndjson",
                      lines_of(BURST))
        self.assertEqual(answer.status, 200, answer.body)
        published = answer.json()
        self.assertEqual((published["source"], published["sequence"], published["stored"]),
                         ("ems/ndjson", "12", 12))
        position = curl(self.hub, "/v1/sources/ems/ndjson")
        self.assertEqual(position.status, 200)
        self.assertEqual(position.json()["lastSequence"], "12")

    def test_without_a_first_sequence_the_hub_numbers_and_a_record_counts_once(self):
        for stored, repeated in ((12, 0), (0, 12)):
            published = post(self.hub, "/v1/events?source=ems/unnumbered", "application/x-ndjson",
                             lines_of(BURST)).json()
            self.assertEqual((published.get("stored", 0), published.get("repeated", 0)),
                             (stored, repeated))
        self.assertEqual(
            curl(self.hub, "/v1/sources/ems/unnumbered").json()["lastSequence"], "24")

    def test_a_publish_message_in_json_is_stored_and_its_repeat_is_not(self):
        body = json.dumps({"source": "ems/json", "firstSequence": "1", "inlineEvents": BURST})
        published = post(self.hub, "/v1/events", "application/json", body).json()
        self.assertEqual((published["sequence"], published["stored"]), ("12", 12))
        published = post(self.hub, "/v1/events", "application/json", body).json()
        self.assertEqual((published["sequence"], published["repeated"]), ("12", 12))

    def test_the_body_may_be_protobuf_in_both_directions(self):
        events = [sample_events.overdose_bytes(f"binary-{n}", END) for n in range(3)]
        body = wire_format.message((1, "ems/protobuf"), (2, 1), *((3, e) for e in events))
        answer = post(self.hub, "/v1/events", "application/x-protobuf", body,
                      "--header", "Accept: application/x-protobuf")
        self.assertEqual(answer.status, 200, answer.body)
        self.assertTrue(answer.kind.startswith("application/x-protobuf"))
        self.assertEqual((wire_format.get(answer.body, 2), wire_format.get(answer.body, 6)), (3, 3))

    def test_a_bad_line_is_rejected_alone(self):
        bad = dict(BURST[1], recordId="bad")
        bad["location"] = {"latitude": 133.2, "longitude": 1}
        answer = post(self.hub, "/v1/events?source=ems/mixed", "application/x-ndjson",
                      lines_of([BURST[0], bad, BURST[2]]) + "{broken\n")
        self.assertEqual(answer.status, 200, answer.body)
        published = answer.json()
        self.assertEqual((published["sequence"], published["stored"]), ("4", 2))
        rejections = [(r["sequence"], r["code"]) for r in published["rejections"]]
        self.assertEqual(rejections, [("2", "ERROR_CODE_OUT_OF_RANGE"),
                                      ("4", "ERROR_CODE_EVENT_MALFORMED")])
        self.assertEqual(published["rejections"][0]["field"], "location.latitude")

    def test_a_body_that_takes_longer_than_it_may_take_to_come_is_answered(self):
        with hub_process.Hub() as hub:
            (hub.directory / "hub.toml").write_text(
                "[limits]\nhttp_timeout_ms = 500\nhttp_body_bytes_max = 8388608\n", encoding="utf-8")
            self.assertEqual(hub.terminate(), 0)
            hub.start()
            events = [dict(BURST[n % len(BURST)], recordId=f"many-{n}") for n in range(20_000)]
            for _ in range(20):
                try:
                    answer = post(hub, "/v1/events?source=ems/many", "application/x-ndjson",
                                  lines_of(events))
                    break
                except AssertionError:
                    # On a busy machine the body itself may have come too late: nothing was taken.
                    self.assertEqual(curl(hub, "/v1/sources/ems/many").json()["lastSequence"], "0")
            self.assertEqual(answer.status, 200, answer.body)
            self.assertEqual(answer.json()["stored"], 20_000)
            position = curl(hub, "/v1/sources/ems/many")
            self.assertEqual(position.json()["lastSequence"], "20000")

    def test_a_gap_is_a_conflict_that_names_what_is_expected(self):
        path = "/v1/events?source=ems/gap&first_sequence=5"
        error = self.assert_error(
            post(self.hub, path, "application/x-ndjson", lines_of(BURST[:1])), 409,
            "SEQUENCE_GAP")
        self.assertEqual(error["expectedSequence"], "1")

    def test_posts_at_once_to_one_source_are_stored_or_find_it_busy(self):
        def post_one(number):
            event = dict(BURST[0], recordId=f"at-once-{number}")
            answer = self.hub.request("POST", "/v1/events?source=ems/at-once", lines_of([event]),
                                      {"Content-Type": "application/x-ndjson"})
            return answer.status, json.loads(answer.body).get("code")

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(post_one, range(200)))
        stored = answers.count((200, None))
        self.assertGreater(stored, 0)
        self.assertEqual(stored + answers.count((409, "ERROR_CODE_SOURCE_BUSY")), len(answers),
                         answers)
        position = curl(self.hub, "/v1/sources/ems/at-once").json()
        self.assertEqual(position["lastSequence"], str(stored))

    def test_hotspots_come_as_json_and_as_geojson(self):
        for source, events in (("ems/quiet", QUIET), ("ems/burst", BURST)):
            self.assertEqual(post(self.hub, f"/v1/events?source={source}", "application/x-ndjson",
                                  lines_of(events)).status, 200)
        hotspots = self.wait_for_hotspots()
        around = self.near(hotspots)
        self.assertGreater(len(around), 0)
        for hotspot in hotspots:
            self.assertGreater(hotspot["scoreNats"], 0)
            self.assertGreaterEqual(hotspot["intervalDays"], 30)
        geo = curl(self.hub, "/v1/hotspots?format=geojson")
        self.assertEqual(geo.status, 200)
        self.assertTrue(geo.kind.startswith("application/geo+json"), geo.kind)
        self.check_geojson(geo.json(), around)
        elsewhere = curl(self.hub, "/v1/hotspots?bbox=18,-34,19,-33").json()
        self.assertEqual(elsewhere.get("hotspots", []), [])
        here = curl(self.hub, "/v1/hotspots?bbox=-75.6,39.9,-75.1,40.3").json()["hotspots"]
        self.assertEqual({h["id"] for h in self.near(here)}, {h["id"] for h in around})

    def wait_for_hotspots(self):
        """The first calibration takes seconds; nothing opens before."""
        deadline = time.monotonic() + hub_process.DEADLINE_S
        while time.monotonic() < deadline:
            time.sleep(0.1)
            body = curl(self.hub, "/v1/hotspots").json()
            self.assertTrue(body["position"]["engineEpoch"])
            self.assertTrue(body["asOf"].endswith("Z"))
            if any(h["count"] >= 12 for h in self.near(body.get("hotspots", []))):
                return body["hotspots"]
        raise AssertionError("the burst never became a hotspot")

    @staticmethod
    def near(hotspots):
        return [h for h in hotspots if sample_events.distance_km(
            (h["latitude"], h["longitude"]), sample_events.CITY) < 8]

    def check_geojson(self, collection, around):
        """RFC 7946: types, lon before lat, closed rings, outer rings counter-clockwise."""
        self.assertEqual(collection["type"], "FeatureCollection")
        self.assertNotIn("crs", collection)
        centres = {}
        for feature in collection["features"]:
            self.assertEqual(feature["type"], "Feature")
            self.assertIsInstance(feature["properties"], dict)
            geometry = feature["geometry"]
            self.assertIn(geometry["type"], ("Polygon", "MultiPolygon"))
            polygons = (geometry["coordinates"] if geometry["type"] == "MultiPolygon"
                        else [geometry["coordinates"]])
            for polygon in polygons:
                ring = polygon[0]
                self.assertGreaterEqual(len(ring), 4)
                self.assertEqual(ring[0], ring[-1], "closed")
                for longitude, latitude in ring:
                    self.assertTrue(-180 <= longitude <= 180 and -90 <= latitude <= 90)
                twice_area = sum(x1 * y2 - x2 * y1
                                 for (x1, y1), (x2, y2) in zip(ring, ring[1:]))
                self.assertGreater(twice_area, 0, "counter-clockwise")
                ident = feature.get("id", feature["properties"].get("id"))
                corners = ring[:-1]
                centres[ident] = (sum(c[1] for c in corners) / len(corners),
                                  sum(c[0] for c in corners) / len(corners))
        for hotspot in around:
            self.assertIn(hotspot["id"], centres)
            self.assertLess(sample_events.distance_km(
                centres[hotspot["id"]], (hotspot["latitude"], hotspot["longitude"])), 1)

    def test_health_and_readiness(self):
        self.assertEqual(curl(self.hub, "/healthz").status, 200)
        self.assertEqual(curl(self.hub, "/readyz").status, 200)

    def test_metrics_are_prometheus_text_with_help_type_and_units(self):
        post(self.hub, "/v1/events?source=ems/metrics", "application/x-ndjson", lines_of(BURST))
        answer = curl(self.hub, "/metrics")
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.kind.startswith("text/plain"), answer.kind)
        helps, types, samples = {}, {}, {}
        for line in answer.body.decode().splitlines():
            if match := re.fullmatch(r"# HELP (\S+) (.+)", line):
                helps[match[1]] = match[2]
            elif match := re.fullmatch(r"# TYPE (\S+) (counter|gauge|histogram|summary)", line):
                types[match[1]] = match[2]
            elif line and not line.startswith("#"):
                match = re.fullmatch(r"([a-zA-Z_:][\w:]*)(\{.*\})? ([-+.\dEeInfNa]+)( \d+)?", line)
                self.assertIsNotNone(match, line)
                samples.setdefault(match[1], 0)
                samples[match[1]] += float(match[3])
        self.assertGreater(len(samples), 5)
        for name in samples:
            family = name
            if family not in types:
                family = re.sub(r"_(bucket|sum|count)$", "", name)
            self.assertIn(family, types, name)
            self.assertIn(family, helps, name)
            self.assertRegex(family, r"^(commonwatch|process)_[a-z0-9_]+$")
            self.assertNotRegex(family, r"_(ms|milliseconds|micros|kb|mb|minutes)(_total)?$",
                                "base units")
            if types[family] == "counter":
                self.assertTrue(family.endswith("_total"), family)
            else:
                self.assertFalse(family.endswith("_total"), family)
            if types[family] == "histogram":
                self.assertRegex(family, r"_(seconds|bytes|events|ratio)$")
        stored = [value for name, value in samples.items()
                  if name.startswith("commonwatch") and "events" in name and value >= 12]
        self.assertTrue(stored, "some metric counts the stored events")

    def test_an_unknown_path_is_not_found(self):
        self.assert_error(curl(self.hub, "/v1/nothing"), 404, "NOT_FOUND")
        self.assert_error(curl(self.hub, "/v1/sources"), 404, "NOT_FOUND")

    def test_a_source_that_never_published_stands_at_zero(self):
        position = curl(self.hub, "/v1/sources/ems/unheard-of")
        self.assertEqual(position.status, 200)
        self.assertEqual(position.json()["lastSequence"], "0")

    def test_a_method_that_a_path_does_not_know_is_refused_with_allow(self):
        answer = curl(self.hub, "/v1/events?source=a/b", "--request", "DELETE")
        self.assertEqual(answer.status, 405)
        self.assertIn("POST", answer.headers.get("allow", ""))
        self.assertIn("message", answer.json())
        self.assertEqual(post(self.hub, "/healthz", "text/plain", "x").status, 405)

    def test_another_content_type_is_refused(self):
        answer = post(self.hub, "/v1/events?source=a/b", "text/csv", "a,b\n")
        self.assertEqual(answer.status, 415)
        self.assertIn("message", answer.json())

    def test_a_body_above_the_limit_is_refused_and_the_hub_goes_on(self):
        answer = post(self.hub, "/v1/events?source=a/b", "application/x-ndjson",
                      b"x" * 10_000_000)
        self.assert_error(answer, 413, "MESSAGE_TOO_LARGE")
        self.assertEqual(curl(self.hub, "/healthz").status, 200)

    def test_a_missing_or_bad_source_is_refused(self):
        for path in ("/v1/events", "/v1/events?source=NoSlash", "/v1/events?source=A/B"):
            answer = post(self.hub, path, "application/x-ndjson", lines_of(BURST[:1]))
            self.assertEqual(answer.status, 400, path)
            self.assertIn(answer.json()["code"],
                          ("ERROR_CODE_SOURCE_INVALID", "ERROR_CODE_INVALID_REQUEST"))

    def test_bad_parameters_are_refused(self):
        for path in ("/v1/hotspots?bbox=1,2,3", "/v1/hotspots?bbox=a,b,c,d",
                     "/v1/hotspots?bbox=0,10,1,5"):
            self.assertEqual(curl(self.hub, path).status, 400, path)
        for first in ("0", "-1", "x"):
            answer = post(self.hub, f"/v1/events?source=a/b&first_sequence={first}",
                          "application/x-ndjson", lines_of(BURST[:1]))
            self.assertEqual(answer.status, 400, first)

    def test_a_body_that_is_no_message_is_refused(self):
        for kind, body in (("application/json", "{"), ("application/json", "[1]"),
                           ("application/x-protobuf", b"\xff\xff\xff")):
            answer = post(self.hub, "/v1/events?source=a/b", kind, body)
            self.assertEqual(answer.status, 400)
            self.assertIn(answer.json()["code"], ("ERROR_CODE_MALFORMED_MESSAGE",
                                                  "ERROR_CODE_INVALID_REQUEST"))


if __name__ == "__main__":
    hub_process.main()
