#!/usr/bin/python3
"""A log that a power cut tore starts by itself and says so; one that is damaged otherwise refuses, and
`repair` says what would be lost before anything is, and does it when told to."""

import asyncio
import hashlib
import json
import unittest

import fault_hub
import hub_process
import log_content
from session import JsonSession

SOURCES = ("county/cad", "police/cad")
EVENTS = 1500


def digest(directory):
    """Of every file, but of those that any command may touch."""
    return {path.relative_to(directory): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(directory.rglob("*"))
            if path.is_file() and path.name != "lock" and "audit" not in path.parts}


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 4
    path.write_bytes(data)


class DamagedLog(unittest.TestCase):
    def setUp(self):
        self.hub = self.enterContext(hub_process.Hub())

    @property
    def events(self):
        return self.hub.data / "events"

    def publish(self, count, first=1):
        for source in SOURCES:
            asyncio.run(fault_hub.publish(self.hub, source, count, first=first, batch=500))

    def newest(self, pattern):
        return max(self.events.glob(pattern), key=lambda path: path.name)

    def records(self):
        found = {source: [] for source in SOURCES}
        for text in log_content.of(self.hub):
            event = json.loads(text)
            found[event["source"]].append(event["event"]["recordId"])
        return found

    def repair(self, *arguments, expect):
        status, said = fault_hub.command(self.hub, "repair", *arguments)
        self.assertEqual(status, expect, said)
        return said

    # --- power cuts --------------------------------------------------------------------------

    def assert_starts_by_itself(self, damage):
        self.publish(200)
        asyncio.run(asyncio.sleep(2.5))  # the watermark is synced once a second
        self.publish(50, first=201)
        self.hub.kill()
        damage(self.newest("*.log"))
        self.forget_boot()
        self.hub.start()
        log = self.hub.log_path.read_text()
        self.assertIn("the last record was torn", log)
        self.assertIn("the log has a new epoch", log)
        self.assertTrue(list((self.hub.data / "cut").iterdir()), "what was cut off is kept")
        self.assertEqual(fault_hub.command(self.hub, "verify")[0], 0)
        held = self.records()
        self.assertEqual(held[SOURCES[0]], [f"r{n}" for n in range(1, 251)])
        self.assertEqual(held[SOURCES[1]], [f"r{n}" for n in range(1, 201)])
        # Who was told of more is told so, and sends it again.
        self.assert_regressed(SOURCES[1], 250)
        asyncio.run(fault_hub.publish(self.hub, SOURCES[1], 50, first=201))
        self.assertEqual(len(self.records()[SOURCES[1]]), 250)

    def forget_boot(self):
        """As if the machine had been booted since: what was answered last is not known for sure."""
        with (self.hub.data / "watermark").open("r+b") as watermark:
            watermark.truncate(2 * 512)

    def assert_regressed(self, source, acknowledged):
        async def ask():
            async with JsonSession.connect(self.hub) as session:
                await session.send(openSource={"source": source,
                                               "acknowledgedSequence": str(acknowledged)})
                return await session.receive_any(("sourceOpened", "error"))

        answer = asyncio.run(ask())
        self.assertEqual(answer.body.get("code"), "ERROR_CODE_LOG_REGRESSED", answer)

    @staticmethod
    def end_of(path):
        """Behind the last byte that is not zero: RocksDB reserves room ahead."""
        return len(path.read_bytes().rstrip(b"\0"))

    def test_a_torn_last_record(self):
        def tear(path):
            path.write_bytes(path.read_bytes()[:self.end_of(path) - 700])

        self.assert_starts_by_itself(tear)

    def test_a_last_record_with_a_zeroed_page_in_it(self):
        def zero(path):
            data = bytearray(path.read_bytes())
            end = self.end_of(path)
            data[end - 3000:end - 1500] = bytes(1500)
            path.write_bytes(data)

        self.assert_starts_by_itself(zero)

    # --- any other damage --------------------------------------------------------------------

    def assert_is_repaired(self, damage, *told):
        """`told`: beside what is kept, what is said of it."""
        self.publish(EVENTS)
        self.assertEqual(self.hub.terminate(), 0)
        self.hub.start()  # moves them into a table
        self.publish(EVENTS, first=EVENTS + 1)
        before = self.records()
        self.hub.kill()
        damage()
        (self.hub.data / "operator.sock").unlink()
        status, said = fault_hub.command(self.hub, "verify")
        self.assertEqual(status, 1, said)

        untouched = digest(self.hub.data)
        said = self.repair(expect=1)
        self.assertIn("nothing was changed", said)
        for expected in told:
            self.assertRegex(said, expected)
        self.assertEqual(digest(self.hub.data), untouched)
        self.assertRegex(said, r"kept: every event below offset \d+\n")
        self.assertRegex(said, r"dropped: [1-9]\d* events that are known to have been acknowledged")

        self.assertIn("repaired", self.repair("--drop", expect=0))
        self.assertTrue(list((self.hub.data / "cut").glob("events-from-*")))
        self.hub.start()
        after = self.records()
        for source in SOURCES:
            self.assertEqual(after[source], before[source][:len(after[source])])
        self.assertLess(len(after[SOURCES[1]]), 2 * EVENTS)
        self.assert_regressed(SOURCES[1], 2 * EVENTS)
        for source in SOURCES:
            held = len(after[source])
            asyncio.run(fault_hub.publish(self.hub, source, 2 * EVENTS - held, first=held + 1))
        self.assertEqual(self.records(), before)
        # What was set aside holds everybody who is erased later.
        erased = fault_hub.command(self.hub, "erase", SOURCES[0], before[SOURCES[0]][0])
        self.assertEqual(erased[0], 0, erased[1])
        self.assertEqual(list((self.hub.data / "cut").iterdir()), [])
        self.assertEqual(fault_hub.command(self.hub, "verify")[0], 0)

    def test_a_table_that_is_damaged_in_the_middle(self):
        def damage():
            table = max(self.events.glob("*.sst"), key=lambda path: path.stat().st_size)
            flip(table, table.stat().st_size // 2)

        self.assert_is_repaired(damage, r"block checksum mismatch.*\.sst offset \d+",
                                rf"{SOURCES[1]}: sequences \d+ to {2 * EVENTS}\n")

    def test_a_write_ahead_log_that_is_damaged_in_the_middle(self):
        def damage():
            path = self.newest("*.log")
            flip(path, self.end_of(path) // 2)

        self.assert_is_repaired(damage, r"ends at offset \d+, and was durable up to \d+",
                                "of which sources cannot be told")

    def test_a_sound_log_is_left_alone_and_one_in_use_too(self):
        self.publish(10)
        self.assertIn("in use", self.repair(expect=1))
        self.assertEqual(self.hub.terminate(), 0)
        untouched = digest(self.hub.data)
        self.assertIn("sound", self.repair("--drop", expect=0))
        self.assertEqual(digest(self.hub.data), untouched)

    def test_where_nothing_can_be_read_it_says_so(self):
        self.publish(10)
        self.hub.kill()
        (self.events / "CURRENT").write_text("MANIFEST-nonsense\n")
        self.assertIn("restore it from a backup", self.repair(expect=1))


if __name__ == "__main__":
    hub_process.main()
