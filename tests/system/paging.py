#!/usr/bin/python3
"""Whoever is to be woken is, although the hub is killed in between.

Checked: a hub that is killed with -9 between opening an alert and knowing that its page arrived
sends it again after the restart, under the same page id, marked as possibly repeated; a webhook
that was down gets its page, signed; over many kills at random moments every outbreak is told, and
nothing comes twice without the mark.

paging.py BIN_DIRECTORY [--rounds N] [--seed S]"""

import argparse
import collections
import datetime
import hashlib
import hmac
import http.server
import json
import math
import pathlib
import random
import sys
import threading
import time

import hub_process
import sample_events

HISTORY_DAYS = 60
PER_DAY = 8
# From outbreak to outbreak, so that the one before has left every window.
GAP_DAYS = 10
# All within one tick: the alert opens with all of them, and asks for nothing more later.
PERSONS = 12
OUTBREAK_HOURS = 0.5
HUB = """
[hub]
tick_ms = 3600000
"""
SECRET = "a secret that only the two of us know"

# Notes what came before it does anything else; then it blocks while it is told to.
SCRIPT = """#!/bin/sh
cd {directory} || exit 1
body=$(cat)
printf '%s\\n' "$body" >> told
while [ -e blocked ]; do sleep 0.05; done
"""

PAGES = """
[[page]]
name = "desk"
command = ["{directory}/page.sh"]
level = "watch"
timeout_s = 600

[[page]]
name = "hook"
webhook = "http://127.0.0.1:{port}/page"
secret_file = "{directory}/secret"
level = "watch"
attempts_max = 1000
"""


class Webhook:
    """Takes pages over HTTP, or is down."""

    def __init__(self):
        self.port = hub_process.free_port()
        self.requests = []  # headers and body
        self.server = None

    def start(self):
        requests = self.requests

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                requests.append((dict(self.headers), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()

    def bodies(self):
        return [json.loads(body) for _, body in self.requests]

    def check_signatures(self):
        for headers, body in self.requests:
            parts = dict(part.split("=", 1) for part in headers["Commonwatch-Signature"].split(","))
            expected = hmac.new(SECRET.encode(), parts["t"].encode() + b"." + body,
                                hashlib.sha256).hexdigest()
            if not hmac.compare_digest(expected, parts["v1"]):
                raise AssertionError(f"a page with a wrong signature: {headers}")
            if abs(int(parts["t"]) - time.time()) > 3600:
                raise AssertionError(f"a page signed at another time: {headers}")
            if headers["Commonwatch-Page-Id"] != json.loads(body)["page_id"]:
                raise AssertionError(f"the header names another page: {headers}, {body}")


class City:
    """A quiet city with an outbreak every now and then, told by one source."""

    def __init__(self, hub, seed):
        self.hub, self.seed = hub, seed
        self.command = hub_process.CommandLine(hub)
        long_ago = sample_events.now() - datetime.timedelta(days=3650)
        self.end = long_ago.replace(minute=0, second=0, microsecond=0)
        self.outbreaks = []  # place, end

    def pass_days(self, days, *more):
        self.end += datetime.timedelta(days=days)
        events = sample_events.background(f"{self.seed}-{self.end}", days, PER_DAY, self.end)
        self.publish(events + list(more))

    def publish(self, events):
        events.sort(key=lambda event: event["occurredAt"])
        path = self.hub.directory / "events.ndjson"
        path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
        self.command.run("publish", "--source", "county-ems/cad", path)

    def break_out(self):
        """Days go by, then many persons on one corner; the number of the outbreak."""
        number = len(self.outbreaks)
        turn = 2.4 * number  # the golden angle: none comes near the one before
        place = sample_events.offset(sample_events.CITY, 9 * math.cos(turn), 9 * math.sin(turn))
        end = self.end + datetime.timedelta(days=GAP_DAYS, minutes=-10)
        self.outbreaks.append((place, end))
        self.pass_days(GAP_DAYS, *sample_events.cluster(f"{self.seed}-outbreak-{number}", PERSONS,
                                                        end, place, OUTBREAK_HOURS))
        return number

    def is_about(self, body, number):
        place, end = self.outbreaks[number]
        center = body["place"]["center"]["latitude"], body["place"]["center"]["longitude"]
        window = body["window"]
        stamp = (end - datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (sample_events.distance_km(place, center) < 8
                and window["start"] <= stamp <= window["end"])


class Desk:
    """What the command was told."""

    def __init__(self, directory):
        self.directory = directory
        script = directory / "page.sh"
        script.write_text(SCRIPT.format(directory=directory), encoding="utf-8")
        script.chmod(0o700)

    def block(self):
        (self.directory / "blocked").touch()

    def release(self):
        (self.directory / "blocked").unlink(missing_ok=True)

    def bodies(self):
        try:
            lines = (self.directory / "told").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines if line.endswith("}")]


def wait_for(what, find):
    deadline = time.monotonic() + hub_process.DEADLINE_S
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} never came")


def told_about(receiver, city, number, after=0):
    return [body for body in receiver.bodies()[after:] if city.is_about(body, number)]


def check_no_silent_repeat(name, bodies):
    """An attempt is made once; from the second one on a page says that it may be a repeat."""
    seen = collections.Counter((body["page_id"], body["attempt"]) for body in bodies)
    twice = [page for page, count in seen.items() if count > 1]
    if twice:
        raise AssertionError(f"{name}: came twice under one number: {twice}")
    for body in bodies:
        if body["possibly_repeated"] != (body["attempt"] > 1):
            raise AssertionError(f"{name}: not marked as possibly repeated: {body}")


def kill_while_the_command_runs(hub, city, desk):
    desk.block()
    number = city.break_out()
    first = wait_for("the page", lambda: told_about(desk, city, number))[0]
    hub.kill()
    desk.release()
    told = len(desk.bodies())
    hub.start()
    again = wait_for("the page after the kill", lambda: told_about(desk, city, number, told))[0]
    if again["page_id"] != first["page_id"] or again["id"] != first["id"]:
        raise AssertionError(f"another page after the restart: {first}, then {again}")
    if not again["possibly_repeated"] or first["possibly_repeated"]:
        raise AssertionError(f"wrong marks: {first}, then {again}")
    # What was sent is not sent again, once that is in the log: the next event is behind it.
    sent = f"page {again['page_id']}, attempt {again['attempt']}: sent"
    wait_for("the outcome", lambda: sent in hub.log_path.read_text(errors="replace"))
    city.pass_days(1)
    hub.kill()
    told = len(desk.bodies())
    hub.start()
    city.pass_days(1)
    repeats = [body for body in desk.bodies()[told:] if body["page_id"] == first["page_id"]]
    if repeats:
        raise AssertionError(f"sent, and sent again after a restart: {repeats}")
    print(f"killed while the command ran: {first['page_id']} came again, marked, and once")


def kill_while_the_webhook_is_down(hub, city, webhook):
    """Since the hub began nobody has listened there."""
    number = len(city.outbreaks) - 1
    if webhook.requests:
        raise AssertionError("the webhook was to be down until now")
    hub.kill()
    webhook.start()
    hub.start()
    body = wait_for("the page of the webhook", lambda: told_about(webhook, city, number))[0]
    print(f"webhook down, hub killed: {body['page_id']} came with attempt {body['attempt']}")


def kill_at_random(hub, city, desk, webhook, rounds, dice):
    first = len(city.outbreaks)
    for _ in range(rounds):
        city.break_out()
        time.sleep(dice.uniform(0, 0.4))
        hub.kill()
        hub.start()
    for number in range(first, len(city.outbreaks)):
        for name, receiver in (("desk", desk), ("webhook", webhook)):
            wait_for(f"the page of outbreak {number} at the {name}",
                     lambda receiver=receiver, number=number: told_about(receiver, city, number))
    print(f"{rounds} kills at random moments: every outbreak was told")


def run_all(hub, webhook, rounds, seed):
    dice = random.Random(seed)
    hub.directory.joinpath("secret").write_text(SECRET + "\n", encoding="utf-8")
    desk, city = Desk(hub.directory), City(hub, seed)
    # The past wakes nobody: it is taken in before there is anybody to wake.
    path = hub.directory / "hub.toml"
    path.write_text(HUB, encoding="utf-8")
    hub.options = ("--clock", "events", "--config", str(path))
    hub.start()
    city.pass_days(HISTORY_DAYS)
    if hub.terminate() != 0:
        raise AssertionError("the hub did not drain cleanly")
    pages = PAGES.format(directory=hub.directory, port=webhook.port)
    path.write_text(HUB + pages, encoding="utf-8")
    hub.start()
    kill_while_the_command_runs(hub, city, desk)
    kill_while_the_webhook_is_down(hub, city, webhook)
    kill_at_random(hub, city, desk, webhook, rounds, dice)
    if hub.terminate() != 0:
        raise AssertionError("the hub did not drain cleanly in the end")
    check_no_silent_repeat("desk", desk.bodies())
    check_no_silent_repeat("webhook", webhook.bodies())
    webhook.check_signatures()
    print(f"{len(desk.bodies())} pages at the desk, {len(webhook.requests)} at the webhook")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    options = parser.parse_args()
    hub_process.binaries = options.binaries.resolve()
    print(f"seed {options.seed}: repeat with --seed {options.seed} --rounds {options.rounds}",
          flush=True)
    hub, webhook = hub_process.Hub(), Webhook()
    try:
        run_all(hub, webhook, options.rounds, options.seed)
    finally:
        (hub.directory / "blocked").unlink(missing_ok=True)
        webhook.stop()
        hub.__exit__(*sys.exc_info())


if __name__ == "__main__":
    main()
