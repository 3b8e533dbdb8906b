#!/usr/bin/python3
"""The rules for Prometheus ask for what the hub tells, and each alarm has its page to read."""

import http.client
import pathlib
import re
import shutil
import subprocess
import unittest

import hub_process

ROOT = pathlib.Path(__file__).parents[2]
RULES = ROOT / "deploy/prometheus/commonwatch.rules.yml"


class Alarms(unittest.TestCase):
    def setUp(self):
        self.rules = RULES.read_text(encoding="utf-8")
        self.alerts = re.findall(r"^      - alert: (\w+)$", self.rules, re.MULTILINE)
        self.assertGreater(len(self.alerts), 10)

    def test_every_metric_that_a_rule_names_is_one_of_the_hubs(self):
        named = set(re.findall(r"commonwatch_\w+", "\n".join(
            re.findall(r"^        expr: (.*)$", self.rules, re.MULTILINE))))
        self.assertGreater(len(named), 10)
        with hub_process.Hub() as hub:
            connection = http.client.HTTPConnection("127.0.0.1", hub.port)
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        # A family without a label yet is not in the text.
        source = (ROOT / "hub/telemetry/metrics.cc").read_text(encoding="utf-8")
        told = set(re.findall(r"^(commonwatch_\w+)", text, re.MULTILINE))
        told |= set(re.findall(r"(?:counters|gauges)\(\*?\w+, \"(commonwatch_\w+)\"", source))
        self.assertEqual(named - told, set())
        free = float(re.search(r"^commonwatch_disk_free_bytes (\S+)$", text, re.MULTILINE)[1])
        self.assertGreater(free, 0)
        started = float(re.search(r"^commonwatch_start_timestamp_seconds (\S+)$", text,
                                  re.MULTILINE)[1])
        self.assertGreater(started, 1_600_000_000)

    def test_every_alarm_has_a_row_in_the_operators_manual(self):
        manual = (ROOT / "docs/OPERATIONS.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| `(Commonwatch\w+)` \|", manual, re.MULTILINE)
        self.assertEqual(rows, self.alerts)

    def test_promtool_agrees(self):
        taken_out = ROOT / "build/promtool/usr/bin"
        promtool = shutil.which("promtool") or shutil.which("promtool", path=taken_out)
        if not promtool:
            self.skipTest("no promtool on this machine; deploy/install-deps brings it")
        for arguments in (["check", "rules", RULES.name],
                          ["test", "rules", "commonwatch.rules_test.yml"]):
            done = subprocess.run([promtool, *arguments], cwd=RULES.parent, capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    hub_process.main()
