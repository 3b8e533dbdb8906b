#!/usr/bin/python3
"""The operator's socket and reload: commands to the running hub, and without one."""

import asyncio
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import unittest

import hub_process
import picture
import sample_events
from session import JsonSession

NOBODY = "65534"


def run(*arguments, expect=0, cwd=None):
    """Standard output of `commonwatch-hub ARGUMENTS`, and what it says on standard error."""
    done = subprocess.run([hub_process.binaries / "commonwatch-hub", *map(str, arguments)],
                          capture_output=True, text=True, check=False, cwd=cwd,
                          timeout=hub_process.DEADLINE_S)
    if done.returncode != expect:
        raise AssertionError(f"{arguments} ended with {done.returncode}, not {expect}:\n"
                             f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout, done.stderr


class Unix(http.client.HTTPConnection):
    """HTTP over the socket, by a client that is not ours."""

    def __init__(self, path):
        super().__init__("localhost", timeout=hub_process.DEADLINE_S)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def raw_answer(hub, path, body):
    """All that comes back, chunks and trailers as they are."""
    with contextlib.closing(Unix(hub.socket)) as connection:
        connection.request("POST", path, body=body)
        with connection.sock.makefile("rb") as stream:
            return stream.read().decode()


class OperatedHub(hub_process.Hub):
    """A hub whose configuration a test rewrites."""

    @property
    def file(self):
        return self.directory / "hub.toml"

    @property
    def socket(self):
        return self.data / "operator.sock"

    def command(self, *arguments, expect=0):
        return run(*arguments, "--data", self.data, expect=expect)[0]

    def refusal(self, *arguments, expect=1):
        return run(*arguments, "--data", self.data, expect=expect)[1]

    def configure(self, text):
        self.file.write_text(text, encoding="utf-8")

    def status(self):
        return json.loads(self.command("status", "--json"))

    def wait_for_log(self, pattern, times=1):
        deadline = time.monotonic() + hub_process.DEADLINE_S
        while len(re.findall(pattern, self.log_path.read_text(errors="replace"))) < times:
            if time.monotonic() > deadline:
                raise AssertionError(f"the log never said {pattern}")
            time.sleep(0.02)

    def wait_until(self, holds):
        deadline = time.monotonic() + hub_process.DEADLINE_S
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError("it never came to be")
            time.sleep(0.02)


class Socket(unittest.TestCase):
    def setUp(self):
        self.hub = self.enterContext(OperatedHub())

    def test_it_is_for_the_hubs_own_account_alone(self):
        mode = self.hub.socket.stat().st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(stat.S_IMODE(mode), 0o600)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"),
                         "another account is needed, and setpriv to become it")
    def test_another_account_is_refused_even_where_the_file_system_lets_it_in(self):
        for path in (self.hub.directory, self.hub.data):
            path.chmod(0o755)
        self.hub.socket.chmod(0o666)
        client = ("import http.client, socket, sys\n"
                  "c = http.client.HTTPConnection('localhost')\n"
                  "c.sock = socket.socket(socket.AF_UNIX)\n"
                  "c.sock.connect(sys.argv[1])\n"
                  "c.request('POST', '/status', body='{}')\n"
                  "r = c.getresponse()\n"
                  "print(r.status, r.read().decode())\n")
        ask = [sys.executable, "-c", client, str(self.hub.socket)]
        other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *ask]
        refused = subprocess.run(other, capture_output=True, text=True, check=True, timeout=60)
        self.assertIn("403", refused.stdout)
        self.assertIn("only root and the hub's own account", refused.stdout)
        own = subprocess.run(ask, capture_output=True, text=True, check=True, timeout=60)
        self.assertIn("200", own.stdout)

    def test_it_speaks_http_with_the_exit_status_behind_the_body(self):
        answer = raw_answer(self.hub, "/verify", "{}")
        self.assertIn("HTTP/1.1 200", answer)
        self.assertIn(": sound\n", answer)
        self.assertRegex(answer, r"\r\n0\r\nCommonwatch-Status: 0\r\n\r\n$")

    def test_what_is_no_command_is_refused(self):
        with contextlib.closing(Unix(self.hub.socket)) as connection:
            connection.request("GET", "/status")
            self.assertEqual(connection.getresponse().status, 403)
        for path, body, said in (("/statu", "{}", "did you mean status?"),
                                 ("/status", '{"jsn": true}', "there is no argument jsn"),
                                 ("/status", "no json", "a JSON object"),
                                 ("/close-session", "{}", "SESSION is missing")):
            with self.subTest(path=path, body=body):
                answer = raw_answer(self.hub, path, body)
                self.assertIn("Commonwatch-Status: 2", answer)
                self.assertIn(said, answer)

    def test_one_who_says_nothing_keeps_nobody_from_commands(self):
        silent = [socket.socket(socket.AF_UNIX) for _ in range(20)]
        for one in silent:
            one.connect(str(self.hub.socket))
        self.assertTrue(self.hub.status()["ready"])
        for one in silent:
            one.close()

    def test_a_hub_that_drains_takes_its_socket_away(self):
        self.assertEqual(self.hub.terminate(), 0)
        self.assertFalse(self.hub.socket.exists())
        self.assertIn("no hub runs on", self.hub.refusal("status"))

    def test_after_kill_9_commands_work_and_the_next_start_replaces_the_socket(self):
        running = self.hub.command("verify")
        self.hub.kill()
        self.assertTrue(self.hub.socket.exists())
        self.assertEqual(self.hub.command("verify").split(",")[2], running.split(",")[2])
        self.assertIn("no hub runs on", self.hub.refusal("status"))
        self.hub.start()
        self.assertTrue(self.hub.status()["ready"])
        self.assertEqual(stat.S_IMODE(self.hub.socket.stat().st_mode), 0o600)

    def test_a_data_directory_with_a_name_too_long_for_a_socket(self):
        deep = self.hub.directory / ("d" * 100) / ("e" * 100)
        deep.mkdir(parents=True)
        other = self.enterContext(OperatedHub())
        other.terminate()
        other.data = deep / "data"
        other.start()
        self.assertTrue(other.status()["ready"])
        self.assertTrue((other.data / "operator.sock").is_socket())


class Commands(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.hub = self.enterContext(OperatedHub())

    async def publish(self, events=5):
        session = await self.enterAsyncContext(JsonSession.connect(self.hub))
        await session.open_source("county-ems/cad-1")
        now = sample_events.now()
        await session.publish("county-ems/cad-1", 1,
                              [sample_events.overdose(f"r{i}", now) for i in range(events)])
        return session

    async def test_verify_says_the_same_of_the_running_hub_and_of_a_closed_directory(self):
        await self.publish()
        running = await asyncio.to_thread(self.hub.command, "verify")
        self.assertRegex(running, r"^\d+ chunks, \d+ events, chain head [0-9a-f]{64}: sound\n$")
        await asyncio.to_thread(self.hub.kill)
        self.assertEqual(self.hub.command("verify"), running)

    async def test_status_states_what_the_hub_holds_and_does(self):
        await self.publish()
        await asyncio.to_thread(self.hub.wait_until,
                                lambda: self.hub.status()["log"]["folded_events"] == 6)
        status = await asyncio.to_thread(self.hub.status)
        self.assertTrue(status["ready"])
        self.assertEqual(status["sessions"], 1)
        self.assertEqual(status["log"]["durable_events"], 6)  # with the configuration
        self.assertEqual(status["configuration"]["offset"], 0)
        self.assertEqual([(s["source"], s["last_sequence"], s["open"]) for s in status["sources"]],
                         [("county-ems/cad-1", 5, True)])
        self.assertGreater(status["log"]["disk_free_bytes"], 0)
        text = await asyncio.to_thread(self.hub.command, "status")
        self.assertIn("ready: yes\n", text)
        self.assertIn("  county-ems/cad-1: sequence 5, open", text)

    async def test_sessions_say_who_and_what_and_one_can_be_closed(self):
        session = await self.publish()
        await session.send(subscribe={"subscription": 1})
        await picture.follow(session, picture.Picture(), lambda held: True)
        listed = json.loads(await asyncio.to_thread(self.hub.command, "sessions", "--json"))
        self.assertEqual(listed["session"], session.welcome["session"])
        self.assertEqual(listed["principal"], "anyone")
        self.assertTrue(listed["address"].startswith("127.0.0.1:"))
        self.assertEqual((listed["sources"], listed["subscriptions"]), (["county-ems/cad-1"], 1))
        text = await asyncio.to_thread(self.hub.command, "sessions")
        self.assertIn("publishes county-ems/cad-1, 1 subscriptions", text)
        await asyncio.to_thread(self.hub.command, "close-session", listed["session"])
        self.assertEqual(await session.close_code(), 4001)
        said = await asyncio.to_thread(self.hub.refusal, "close-session", "999")
        self.assertIn("there is no session 999", said)
        await asyncio.to_thread(self.hub.wait_until, lambda: self.hub.command("sessions") ==
                                "nobody is connected\n")

    def test_every_command_explains_itself(self):
        for words in (["serve"], ["check-config"], ["print-config"], ["verify"], ["status"],
                      ["sessions"], ["close-session"], ["reload"], ["backup"], ["list-backups"],
                      ["restore"]):
            with self.subTest(command=words):
                text = run(*words, "--help")[0]
                self.assertIn("Usage: commonwatch-hub " + " ".join(words), text)
        self.assertIn("close-session", run("--help")[0])

    def test_a_misspelt_command_is_told_the_nearest(self):
        self.assertIn("there is no command verfy; did you mean verify?", run("verfy", expect=2)[1])
        self.assertIn("did you mean check-config?", run("chek-config", expect=2)[1])

    def test_a_directory_that_holds_no_log_is_not_made_one(self):
        empty = self.hub.directory / "empty"
        empty.mkdir()
        self.assertIn("there is no log in", run("verify", "--data", empty, expect=1)[1])
        self.assertEqual(list(empty.iterdir()), [])


class Reload(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.hub = self.enterContext(OperatedHub())

    def reload(self):
        return json.loads(self.hub.command("reload", "--json"))

    async def test_it_keeps_a_subscription_and_a_publishing_connection_also_over_a_new_epoch(self):
        publisher = await self.enterAsyncContext(JsonSession.connect(self.hub))
        watcher = await self.enterAsyncContext(JsonSession.connect(self.hub))
        await publisher.open_source("county-ems/cad-1")
        now = sample_events.now()
        await publisher.publish("county-ems/cad-1", 1, [sample_events.overdose("r1", now)])
        await watcher.send(subscribe={"subscription": 1})
        held = await picture.follow(watcher, picture.Picture(), lambda held: True)
        before = held.epoch
        self.hub.configure(hub_process.QUICK + "count_min = 4\n[limits]\nbatch_events_max = 2\n")
        report = await asyncio.to_thread(self.reload)
        self.assertEqual(report, {"applied": ["limits.batch_events_max", "hotspot.count_min"],
                                  "needs_restart": [], "new_epoch": True})
        # The same connection: told by a snapshot of the new epoch.
        held = await picture.follow(watcher, held, lambda held: held.epoch != before)
        self.assertNotEqual(held.epoch, before)
        said = await publisher.publish("county-ems/cad-1", 2, [sample_events.overdose("r2", now)])
        self.assertEqual(said["stored"], 1)
        # Limits hold for who is connected.
        await publisher.send(publish={"source": "county-ems/cad-1", "firstSequence": "3",
                                      "inlineEvents": [sample_events.overdose(f"r{i}", now)
                                                       for i in range(3, 6)]})
        refused = await publisher.receive("error")
        self.assertEqual(refused["code"], "ERROR_CODE_BATCH_TOO_LARGE")
        status = await asyncio.to_thread(self.hub.status)
        self.assertEqual(str(status["configuration"]["engine_epoch"]), str(held.epoch))
        self.assertGreater(status["configuration"]["offset"], 0)
        # The next start finds the epoch, and begins no other.
        await asyncio.to_thread(self.hub.terminate)
        await asyncio.to_thread(self.hub.start)
        again = await asyncio.to_thread(self.hub.status)
        self.assertEqual(again["configuration"], status["configuration"])

    def test_what_needs_a_restart_is_named_and_the_rest_applied(self):
        self.hub.configure(hub_process.QUICK + '[hub]\ntick_ms = 500\nlog_level = "warning"\n')
        report = self.reload()
        self.assertEqual(report, {"applied": ["hub.log_level"], "needs_restart": ["hub.tick_ms"],
                                  "new_epoch": False})
        text = self.hub.command("reload")
        self.assertEqual(text, "needs a restart: hub.tick_ms\n")
        running = self.hub.command("print-config", "--running")
        self.assertIn("tick_ms = 250\n", running)
        self.assertIn('log_level = "warning"\n', running)
        self.hub.wait_for_log("hub.tick_ms is in force from the next start on", times=2)

    def test_an_unsound_file_changes_nothing_and_is_told_with_its_line(self):
        before = self.hub.command("print-config", "--running")
        for text, said in (("[limits]\nbatch_events_max = 2\nnonsense = 1\n", ":3: there is no key"),
                           ("[limits]\nbatch_events_max = 0\n", ":2: limits.batch_events_max is"),
                           ("[limits\n", "hub.toml:1"),
                           ('[limits]\nbatch_events_max = 2\n[[page]]\nname = "a"\n'
                            'command = ["/no/such/program"]\n', "there is no program")):
            with self.subTest(text=text):
                self.hub.configure(text)
                self.assertIn(said, self.hub.refusal("reload"))
                self.assertEqual(self.hub.command("print-config", "--running"), before)
        self.assertTrue(self.hub.status()["ready"])
        self.hub.wait_for_log("nothing was changed", times=4)

    def test_a_target_that_cannot_be_set_up_changes_nothing_else_either(self):
        before = self.hub.status()["configuration"]
        for name, text in (("ca.pem", "no certificate\n"), ("secret", "s" * 40 + "\n")):
            (self.hub.directory / name).write_text(text, encoding="utf-8")
        self.hub.configure(hub_process.QUICK.replace("3650", "4000") + '[[page]]\nname = "a"\n'
                           'webhook = "https://pages.example.org/"\n'
                           f'secret_file = "{self.hub.directory}/secret"\n'
                           f'ca_file = "{self.hub.directory}/ca.pem"\n')
        self.assertIn("ca.pem", self.hub.refusal("reload"))
        self.hub.wait_for_log("nothing was changed")
        self.assertEqual(self.hub.status()["configuration"], before)

    def test_sighup_reads_the_file_again(self):
        self.hub.configure(hub_process.QUICK + "[limits]\nsources_max = 3\n")
        self.hub.process.send_signal(signal.SIGHUP)
        self.hub.wait_for_log(r"asked for by SIGHUP: 1 applied, 0 need a restart")
        self.assertIn("sources_max = 3\n", self.hub.command("print-config", "--running"))

    def test_sighup_while_the_hub_starts_is_heeded_once_it_has(self):
        self.assertEqual(self.hub.terminate(), 0)
        lock = self.hub.data / "lock"
        lock.unlink()
        self.hub.start(wait=False)
        # Not before it runs its own program; from there on no moment may be the wrong one.
        self.hub.wait_until(lock.exists)
        for _ in range(40):
            os.kill(self.hub.process.pid, signal.SIGHUP)
            time.sleep(0.005)
        self.hub.wait_ready()
        self.hub.wait_for_log("reload, asked for by SIGHUP")

    def test_accounts_count_for_those_who_come_after(self):
        self.assertEqual(self.hub.get("/v1/hotspots").status, 200)
        # The SHA-256 of "secret".
        self.hub.configure(hub_process.QUICK + '[[viewer]]\nid = "desk"\ntoken_sha256 = ["2bb80d537'
                           'b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"]\n')
        self.assertEqual(self.reload()["applied"], ["[[partner]], [[viewer]]"])
        self.assertEqual(self.hub.get("/v1/hotspots").status, 401)
        known = self.hub.request("GET", "/v1/hotspots", headers={"Authorization": "Bearer secret"})
        self.assertEqual(known.status, 200)

    def test_print_config_of_the_running_hub_checks_and_prints_the_same(self):
        printed = self.hub.command("print-config", "--running")
        copy = self.hub.directory / "copy.toml"
        copy.write_text(printed)
        self.assertEqual(run("check-config", "--config", copy)[0], "the configuration is sound\n")
        self.assertEqual(run("print-config", "--config", copy)[0], printed)


if __name__ == "__main__":
    hub_process.main()
