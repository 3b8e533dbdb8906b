#!/usr/bin/python3
"""A bit flipped anywhere in a data directory is told, or changes nothing: never silently wrong.

A directory is made by a hub that was restarted, then killed. Of each of its files some bits are
flipped, one at a time, each in a copy. `verify`, `audit verify` or the start says so, or the hub holds
what it held: every event of the log, every source's position, what is a repeat, and the audit log.

bit_flips.py BIN_DIRECTORY [--flips N of each kind of file] [--seed S]"""

import argparse
import asyncio
import collections
import pathlib
import random
import re
import shutil
import sys

import fault_hub
import hub_process
import log_content
from session import Ended, JsonSession

SOURCES = ("county/cad", "police/cad", "hospital/er")
EVENTS = 400
# What it says when it mended something by itself.
TOLD = re.compile(r"\[(warning|error)\](?!.*NO ACCOUNTS)", re.IGNORECASE)


def kind_of(path):
    """events/*.sst, MANIFEST and the like: what the table has a row for."""
    name = re.sub(r"\d{4,}", "N", path.name)
    name = re.sub(r"^[0-9a-f]{16}-[0-9a-f]{16}", "P", name)
    name = re.sub(r"\.old\.N$", ".old", name)
    return str(path.parent / name)


class Case:
    """One copy of the directory with one bit flipped."""

    def __init__(self, original, file, bit):
        self.hub = hub_process.Hub()
        shutil.copytree(original, self.hub.data)
        path = self.hub.data / file
        data = bytearray(path.read_bytes())
        data[bit // 8] ^= 1 << bit % 8
        path.write_bytes(data)

    def judge(self, expected):
        """told, or harmless, or what is silently wrong."""
        try:
            for arguments in (("verify",), ("audit", "verify")):
                status, said = fault_hub.command(self.hub, *arguments)
                if status != 0:
                    return "told", said.strip().splitlines()[-1][:150]
                if TOLD.search(said):
                    return "told", TOLD.search(said).string.strip()[:150]
            try:
                self.hub.start()
            except AssertionError:
                return "told", "refused to start"
            return self.compare(expected)
        finally:
            self.hub.__exit__(None, None, None)

    def compare(self, expected):
        try:
            held = asyncio.run(asyncio.wait_for(content(self.hub), hub_process.DEADLINE_S))
        except (AssertionError, Ended) as failure:
            return "told", f"an answer: {failure}"[:150]
        differing = [name for name, value in expected.items() if held[name] != value]
        if not differing:
            return "harmless", ""
        log = self.hub.log_path.read_text(errors="replace")
        if TOLD.search(log):
            return "told", "the hub's log"
        return "SILENTLY WRONG", f"{differing}"


async def content(hub):
    """What a hub holds. Ends with repeats, which change the log."""
    held = {"log": await log_content.read(hub)}
    async with JsonSession.connect(hub) as session:
        held["positions"] = [await session.open_source(source, EVENTS) for source in SOURCES]
        again = [fault_hub.event(f"r{n}") for n in range(1, EVENTS + 1, 7)]
        said = await session.publish(SOURCES[0], EVENTS + 1, again)
        held["repeats"] = (said["repeated"], said["stored"], said["rejections"])
    return held


def make_directory():
    """A hub's directory with tables, a write-ahead log, checkpoints; killed, not drained."""
    hub = hub_process.Hub()
    hub.start()
    for source in SOURCES:
        asyncio.run(fault_hub.publish(hub, source, EVENTS // 2))
    if hub.terminate() != 0:
        raise AssertionError("the hub did not drain")
    hub.start()
    for source in SOURCES:
        asyncio.run(fault_hub.publish(hub, source, EVENTS // 2, first=EVENTS // 2 + 1))
    asyncio.run(asyncio.sleep(1.5))  # the watermark is synced once a second
    hub.kill()
    (hub.data / "operator.sock").unlink()
    return hub


def flips_of(directory, count, dice):
    """(kind, file, bit), `count` of each kind that holds anything."""
    files = collections.defaultdict(list)
    for path in sorted(p for p in directory.rglob("*") if p.is_file() and p.stat().st_size):
        files[kind_of(path.relative_to(directory))].append(path.relative_to(directory))
    for kind, paths in sorted(files.items()):
        bits = [(path, 8 * (directory / path).stat().st_size) for path in paths]
        for _ in range(min(count, sum(size for _, size in bits))):
            path, size = dice.choices(bits, [size for _, size in bits])[0]
            yield kind, path, dice.randrange(size)


def expected_of(original):
    """What a sound copy holds."""
    hub = hub_process.Hub()
    try:
        shutil.copytree(original, hub.data)
        for arguments in (("verify",), ("audit", "verify")):
            status, said = fault_hub.command(hub, *arguments)
            if status != 0:
                raise AssertionError(f"{arguments} of a sound directory: {said}")
        hub.start()
        held = asyncio.run(content(hub))
    finally:
        hub.__exit__(None, None, None)
    if len(held["log"]) != EVENTS * len(SOURCES) or held["repeats"][1] != 0:
        raise AssertionError(f"the sound directory: {len(held['log'])} events, {held['repeats']}")
    return held


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--flips", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--only", default="", help="kinds of file whose name holds this")
    options = parser.parse_args()
    hub_process.binaries = options.binaries.resolve()
    print(f"seed {options.seed}", flush=True)
    dice = random.Random(options.seed)
    original = make_directory()
    table, wrong, sayings = collections.defaultdict(collections.Counter), [], {}
    try:
        expected = expected_of(original.data)
        for kind, file, bit in flips_of(original.data, options.flips, dice):
            if options.only not in kind:
                continue
            verdict, said = Case(original.data, file, bit).judge(expected)
            table[kind][verdict] += 1
            sayings.setdefault((kind, verdict), said)
            if verdict not in ("told", "harmless"):
                wrong.append(f"{file} bit {bit}: {said}")
    finally:
        original.__exit__(None, None, None)
    print(f"{'kind of file':<44}{'told':>6}{'harmless':>10}{'wrong':>7}  for instance")
    for kind, row in sorted(table.items()):
        rest = sum(row.values()) - row["told"] - row["harmless"]
        print(f"{kind:<44}{row['told']:>6}{row['harmless']:>10}{rest:>7}  "
              f"{sayings.get((kind, 'told'), '')[:90]}")
    total = sum(sum(row.values()) for row in table.values())
    if wrong or not total:
        sys.exit("silently wrong:\n" + "\n".join(wrong))
    print(f"{total} flips, none silently wrong")


if __name__ == "__main__":
    main()
