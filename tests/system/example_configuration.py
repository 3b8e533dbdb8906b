"""deploy/hub.example.toml states every key with its default, and the hub refuses what is dangerous."""

import pathlib
import subprocess
import tempfile
import unittest

import hub_process

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "hub.example.toml"


def hub(*arguments):
    return subprocess.run([hub_process.binaries / "commonwatch-hub", *arguments],
                          capture_output=True, text=True, check=False, timeout=60)


NORRISTOWN = """{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates":
[[[-75.37, 40.10], [-75.32, 40.10], [-75.32, 40.14], [-75.37, 40.14], [-75.37, 40.10]]]}}"""


def check(text):
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "hub.toml"
        file.write_text(text)
        (file.parent / "norristown.geojson").write_text(NORRISTOWN)
        return hub("check-config", "--config", file)


class ExampleConfiguration(unittest.TestCase):
    def test_it_is_what_print_config_prints(self):
        lines = EXAMPLE.read_text().splitlines()
        stated = "\n".join(line for line in lines if not line.startswith("##")).strip()
        self.assertEqual(stated, hub("print-config").stdout.strip())

    def test_it_is_sound_with_its_accounts_pages_and_areas(self):
        text = EXAMPLE.read_text()
        at = text.index("## [[partner]]")
        accounts = text[at:].replace("## ", "").replace("##", "")
        done = check(text[:at] + accounts)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_unknown_key_is_named_with_its_line_and_a_suggestion(self):
        done = check('[hub]\ntick_m = 100\n')
        self.assertEqual(done.returncode, 1)
        self.assertIn(":2: there is no key hub.tick_m; did you mean hub.tick_ms?", done.stderr)

    def test_an_area_whose_polygon_is_not_there_is_named(self):
        done = check('[[area]]\nname = "a"\njurisdiction = "b"\ngeojson = "nowhere.geojson"\n')
        self.assertEqual(done.returncode, 1)
        self.assertIn("nowhere.geojson cannot be read", done.stderr)

    def test_a_value_out_of_range_is_named_with_its_line(self):
        done = check('[hub]\n\ntick_ms = 1\n')
        self.assertEqual(done.returncode, 1)
        self.assertIn(":3: hub.tick_ms is", done.stderr)

    def test_an_open_address_needs_tls_and_accounts(self):
        done = check('[listen]\naddress = "0.0.0.0:8710"\n')
        self.assertEqual(done.returncode, 1)
        self.assertIn("without TLS", done.stderr)


if __name__ == "__main__":
    hub_process.main()
