#!/usr/bin/python3
"""The units of systemd: sound, and what they start is there and does what it says."""

import getpass
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import hub_process

UNITS = pathlib.Path(__file__).parents[2] / "deploy/systemd"


def started_by(unit):
    """The arguments of its ExecStart, without the program."""
    text = (UNITS / unit).read_text(encoding="utf-8")
    program, *arguments = re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)[1].split()
    if program != "/usr/bin/commonwatch-hub":
        raise AssertionError(f"{unit} starts {program}")
    return arguments


class Units(unittest.TestCase):
    def command(self, *arguments):
        done = subprocess.run([hub_process.binaries / "commonwatch-hub", *map(str, arguments)],
                              capture_output=True, text=True, check=False,
                              timeout=hub_process.DEADLINE_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def at(self, arguments, places):
        return [places.get(argument, argument) for argument in arguments]

    def test_systemd_finds_nothing_wrong(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze on this machine")
        with tempfile.TemporaryDirectory(prefix="commonwatch-units-") as scratch:
            units = []
            for unit in sorted(UNITS.glob("commonwatch-*.*")):
                if unit.suffix not in (".service", ".timer"):
                    continue
                text = unit.read_text(encoding="utf-8")
                text = text.replace("/usr/bin/commonwatch-hub",
                                    str(hub_process.binaries / "commonwatch-hub"))
                # The account is made when the units are installed.
                text = re.sub(r"^(User|Group)=commonwatch$", rf"\1={getpass.getuser()}", text,
                              flags=re.MULTILINE)
                units.append(pathlib.Path(scratch) / unit.name)
                units[-1].write_text(text, encoding="utf-8")
            self.assertEqual(len(units), 3)
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units],
                                  capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_backup_unit_backs_the_running_hub_up(self):
        with hub_process.Hub() as hub:
            backups = hub.directory / "backups"
            arguments = self.at(started_by("commonwatch-backup.service"), {
                "/var/lib/commonwatch-backup": backups,
                "/var/lib/commonwatch": hub.data,
                "/etc/commonwatch/hub.toml": hub.directory / "hub.toml"})
            self.assertIn("backup 1 of", self.command(*arguments))
            self.assertIn("backup 1 of", self.command("list-backups", backups))

    def test_the_hub_unit_starts_what_the_program_knows(self):
        with tempfile.TemporaryDirectory(prefix="commonwatch-units-") as scratch:
            configuration = pathlib.Path(scratch) / "hub.toml"
            configuration.write_text("", encoding="utf-8")
            arguments = self.at(started_by("commonwatch-hub.service"), {
                "serve": "check-config", "/var/lib/commonwatch": pathlib.Path(scratch) / "data",
                "/etc/commonwatch/hub.toml": configuration})
            self.assertIn("sound", self.command(*arguments))


if __name__ == "__main__":
    hub_process.main()
