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


SHARING = "## Who is shown what"


def uncommented(text):
    return text.replace("## ", "").replace("##", "")


def check(text):
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "hub.toml"
        file.write_text(text)
        (file.parent / "norristown.geojson").write_text(NORRISTOWN)
        (file.parent / "blocks.csv").write_text(
            "latitude,longitude,persons\n40.12,-75.34,30000\n40.30,-75.50,40000\n")
        return hub("check-config", "--config", file)


class ExampleConfiguration(unittest.TestCase):
    def test_it_is_what_print_config_prints(self):
        lines = EXAMPLE.read_text().splitlines()
        stated = "\n".join(line for line in lines if not line.startswith("##")).strip()
        self.assertEqual(stated, hub("print-config").stdout.strip())

    def test_it_is_sound_with_its_accounts_pages_and_areas(self):
        text = EXAMPLE.read_text()
        at = text.index("## [[partner]]")
        done = check(text[:at] + uncommented(text[at:text.index(SHARING)]))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_it_is_sound_with_its_agreements(self):
        text = EXAMPLE.read_text()
        keys = text[:text.index("## [[partner]]")].replace('population = ""',
                                                          'population = "blocks.csv"')
        agreements = uncommented(text[text.index(SHARING):].partition("##\n")[2])
        account = '[[viewer]]\nid = "desk"\naudience = "responders"\n'
        done = check(keys + agreements + account)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("warning", done.stderr)
        self.assertIn("partner county-jail shares with nobody", check(
            keys + agreements + account + '[[partner]]\nid = "county-jail"\naudience = "responders"\n').stderr)
        self.assertIn("needs accounts", check(keys + agreements).stderr)
        self.assertIn("desk is of no audience that there is",
                      check(keys + agreements + account.replace("responders", "all")).stderr)
        self.assertIn("blocks.csv:1: cannot be read", check(
            keys.replace("blocks", "no/blocks") + agreements + account).stderr)
        narrower = agreements.replace('"occurred_at", "location", "location.*"', '"occurred_at"')
        self.assertIn("lets police see more than responders", check(
            keys + narrower + account).stderr)

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

    def test_what_is_wrong_with_an_account_is_named_with_its_line(self):
        for line, sentence in (
                ('tokens = []', "a partner has the keys id, audience"),
                ('token_sha = []', "did you mean token_sha256?"),
                ('kind = "navy"', "kind is ems, health"),
                ('certificate = []', "certificate is a list of names"),
                ('token_sha256 = ["abc"]', "token_sha256 is a list of SHA-256 sums"),
                ('sources = ["county-ems"]', "sources is a list of names"),
                ('grants = ["everything"]', "an operation is publish, subscribe"),
                ('grants = [{operation = "publish", places = ["x"]}]', "there is no places"),
                ('grants = [{sources = ["a/*"]}]', "which operation it is for"),
                ('purposes = ["No Code"]', "purposes is a list of names"),
                ('operate = "yes"', "operate is true or false")):
            done = check(f'[[partner]]\nid = "a"\n{line}\n')
            self.assertEqual(done.returncode, 1, line)
            self.assertRegex(done.stderr, r"hub.toml:[123]: ", line)
            self.assertIn(sentence, done.stderr)

    def test_a_partner_is_given_no_sources_but_its_own_and_a_viewer_none(self):
        done = check('[[partner]]\nid = "a"\nsources = ["b/*"]\n')
        self.assertIn("the sources of partner a begin with a/", done.stderr)
        done = check('[[partner]]\nid = "a"\ngrants = [{operation = "publish", sources = ["*"]}]\n')
        self.assertIn("the sources of partner a begin with a/", done.stderr)
        done = check('[[viewer]]\nid = "a"\ngrants = ["publish"]\n')
        self.assertIn("a viewer does not publish", done.stderr)

    def test_two_accounts_share_neither_id_nor_token_nor_certificate(self):
        for line in ('id = "b"', f'token_sha256 = ["{"0" * 64}"]', 'certificate = ["x"]'):
            one, two = ("", "") if line.startswith("id") else ('id = "a"\n', 'id = "b"\n')
            done = check(f"[[partner]]\n{one}{line}\n[[viewer]]\n{two}{line}\n")
            self.assertEqual(done.returncode, 1, line)
            self.assertIn("stands with two accounts", done.stderr)

    def test_printed_accounts_are_read_again_as_they_are(self):
        text = EXAMPLE.read_text()
        accounts = text[text.index("## [[partner]]"):text.index("## # Whom the hub wakes")]
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "hub.toml"
            file.write_text(accounts.replace("## ", "").replace("##", ""))
            once = hub("print-config", "--config", file)
            self.assertEqual(once.returncode, 0, once.stderr)
            self.assertIn('operation = "replay_events", sources = ["county-ems/*"], '
                          'purposes = ["research"]', once.stdout)
            file.write_text(once.stdout)
            self.assertEqual(hub("print-config", "--config", file).stdout, once.stdout)

    def test_an_open_address_needs_tls_and_accounts(self):
        done = check('[listen]\naddress = "0.0.0.0:8710"\n')
        self.assertEqual(done.returncode, 1)
        self.assertIn("without TLS", done.stderr)


if __name__ == "__main__":
    hub_process.main()
