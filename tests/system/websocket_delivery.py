#!/usr/bin/python3
"""RFC 6455 on the way to the client: whatever the hub sends at once (snapshot, deltas, pages of a
replay, acknowledgements, pongs, a close), every frame is whole, unmasked, and nothing stands inside
another, also to readers so slow that most writes are interrupted."""

import datetime
import json
import pathlib
import signal
import threading
import time
import unittest

import hub_process
import picture
import raw_websocket
import sample_events
import wire_format
from raw_websocket import (BINARY, BINARY_PROTOCOL, CLOSE, JSON_PROTOCOL, PING, PONG, TEXT,
                           close_payload, frame)

SOURCES = 8
END = sample_events.now() - datetime.timedelta(minutes=30)
ARCHIVE = [
    *sample_events.background(seed=7, days=60, per_day=10, end=END - datetime.timedelta(days=8)),
    *sample_events.cluster("burst", persons=12, end=END)]
RECEIVE_BUFFER = 8192
ROUNDS = 10
REPLAYS = 4  # as many as a connection may have
# What the hub lets the kernel take ahead of the network, and a page, which may stand across that.
UNSENT_BYTES_MAX = 256 << 10
PAGE_BYTES_MAX = 256 << 10


class SlowReader(raw_websocket.RawSocket):
    """Takes a little at a time, with a pause before every hundredth part, and a ping before
    every fiftieth, so that pongs are due in the middle of large frames."""

    def __init__(self, port):
        super().__init__(port, receive_buffer=RECEIVE_BUFFER)
        self.parts, self.pings = 0, 0

    def _receive(self):
        self.parts += 1
        if self.parts % 100 == 0:
            time.sleep(0.01)
        if self.parts % 50 == 0 and self.closed is None:
            self.ping()
        data = self.socket.recv(1500)
        if not data:
            raise EOFError(f"the hub closed the connection; {len(self.held)} bytes are left")
        self.held += data

    def ping(self):
        self.send(frame(PING, f"ping-{self.pings}".encode()))
        self.pings += 1


class Publisher(threading.Thread):
    """One event of each source in turn, until it is told to stop: tile 0 changes at every tick."""

    def __init__(self, hub):
        super().__init__()
        self.hub, self.stopping, self.failure, self.sent = hub, False, None, 0

    def run(self):
        try:
            with raw_websocket.RawSocket(self.hub.port) as raw:
                raw.open()
                for number in range(SOURCES):
                    self.ask(raw, "sourceOpened", openSource={"source": f"agency-{number}/cad"})
                while not self.stopping:
                    self.publish(raw)
        except BaseException as failure:  # pylint: disable=broad-except
            self.failure = failure

    def publish(self, raw):
        number, sequence = self.sent % SOURCES, self.sent // SOURCES + 1
        event = sample_events.overdose(f"event-{self.sent}", sample_events.now())
        self.ask(raw, "published", publish={"source": f"agency-{number}/cad",
                                            "firstSequence": sequence, "inlineEvents": [event]})
        self.sent += 1

    @staticmethod
    def ask(raw, kind, **message):
        raw.send_json(**message)
        found, body = raw.read_json()
        if found != kind:
            raise AssertionError(f"asked {message}, got {found} {body}")


class Delivery(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hub = cls.enterClassContext(hub_process.Hub())
        with raw_websocket.RawSocket(cls.hub.port) as raw:
            raw.open()
            Publisher.ask(raw, "sourceOpened", openSource={"source": "county/archive"})
            for first in range(0, len(ARCHIVE), 500):
                Publisher.ask(raw, "published", publish={
                    "source": "county/archive", "firstSequence": first + 1,
                    "inlineEvents": ARCHIVE[first:first + 500]})
        # From then on every event at the same place changes what is shown.
        while not cls.hub.get_json("/v1/hotspots")["alerts"]:
            time.sleep(0.1)

    def setUp(self):
        self.publisher = Publisher(self.hub)
        self.publisher.start()
        self.addCleanup(self.stop)
        while self.publisher.sent < SOURCES and self.publisher.failure is None:
            time.sleep(0.01)

    def stop(self):
        self.publisher.stopping = True
        self.publisher.join()
        self.assertIsNone(self.publisher.failure)
        self.assertTrue(self.hub.is_alive())

    def open(self, protocol=JSON_PROTOCOL):
        raw = SlowReader(self.hub.port)
        self.addCleanup(raw.socket.close)
        return raw.open(protocol)

    def assert_every_ping_was_answered(self, raw):
        self.assertEqual(raw.pongs, [f"ping-{n}".encode() for n in range(len(raw.pongs))])
        self.assertEqual(len(raw.pongs), raw.pings)
        self.assertGreater(raw.pings, 0)

    def test_a_slow_reader_that_pings_gets_every_frame_whole(self):
        raw = self.open()
        held, events, largest, seen = picture.Picture(), 0, 0, set()
        raw.send_json(subscribe={"subscription": 1})
        raw.send_json(replay={"replay": 7, "mode": "REPLAY_MODE_EVENTS"})
        while held.snapshots < ROUNDS or not {"delta", "replayEnd"} <= seen or raw.pings <= 3:
            opcode, payload = raw.read_message()
            self.assertEqual(opcode, TEXT)
            largest = max(largest, len(payload))
            fields = json.loads(payload)
            replay = fields.pop("replay")
            (kind, body), = fields.items()
            seen.add(kind)
            if replay == 7:
                events += len(body.get("events", []))
                continue
            held.apply(kind, body)
            if kind == "progress" and held.snapshots < ROUNDS:
                raw.send_json(unsubscribe={"subscription": 1})
                raw.send_json(subscribe={"subscription": 1})
        self.assertEqual(seen, {"snapshot", "tile", "delta", "progress", "replayPage", "replayEnd"})
        self.assertGreaterEqual(events, len(ARCHIVE))
        self.assertGreater(largest, 65536, "a frame with its length in eight bytes")
        self.settle(raw)

    def settle(self, raw):
        """Reads until every ping so far is answered."""
        raw.parts = -10**9  # no more of them
        while len(raw.pongs) < raw.pings:
            raw.read_message()
        self.assert_every_ping_was_answered(raw)

    def test_replays_beside_a_subscription_keep_their_frames_apart(self):
        raw = self.open(BINARY_PROTOCOL)
        message = wire_format.message
        counts, ends, kinds = {1: 0, 2: 0, 3: 0, 4: 0}, {}, set()
        raw.send(frame(BINARY, message((4, message((1, 1))))))  # subscribe
        for number in counts:
            raw.send(frame(BINARY, message((7, message((1, number), (2, 1))))))
        while len(ends) < len(counts):
            opcode, payload = raw.read_message()
            self.assertEqual(opcode, BINARY)
            replay, kind, body = 0, None, None
            for field, value in wire_format.fields(payload):
                if field == 1:
                    replay = value
                else:
                    kind, body = field, value
            kinds.add(kind)
            if kind == 9:  # replay_page
                counts[replay] += len(wire_format.get_all(body, 1))
            elif kind == 10:  # replay_end
                ends[replay] = wire_format.get(body, 2)
        self.assertEqual(ends, counts)
        self.assertGreaterEqual(min(counts.values()), len(ARCHIVE) + SOURCES)
        self.assertTrue({5, 6, 7, 8} & kinds, "the subscription was served beside")
        self.settle(raw)

    def queued_bytes(self, raw):
        """What the kernel has of the hub's for that client, and the network has not."""
        ends = [f":{port:04X}" for port in (self.hub.port, raw.socket.getsockname()[1])]
        for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
            _, hub, client, _, queues = line.split()[:5]
            if hub.endswith(ends[0]) and client.endswith(ends[1]):
                return int(queues.split(":")[0], 16)
        self.fail("the connection is gone")

    def test_little_waits_in_the_kernel_for_who_reads_nothing(self):
        raw = raw_websocket.RawSocket(self.hub.port)
        self.addCleanup(raw.socket.close)
        raw.open()
        for number in range(1, REPLAYS + 1):
            raw.send_json(replay={"replay": number, "mode": "REPLAY_MODE_EVENTS"})
        queued, last = 0, -1
        while queued != last or queued == 0:
            time.sleep(0.5)
            queued, last = self.queued_bytes(raw), queued
        self.assertLess(queued, UNSENT_BYTES_MAX + PAGE_BYTES_MAX)
        whole, ended = 0, set()
        while len(ended) < REPLAYS:
            _, payload = raw.read_message()
            whole += len(payload)
            fields = json.loads(payload)
            if "replayEnd" in fields:
                ended.add(fields["replay"])
        self.assertGreater(whole, 2 * (UNSENT_BYTES_MAX + PAGE_BYTES_MAX))

    def test_a_close_never_stands_inside_a_message(self):
        for _ in range(5):
            raw = self.open()
            raw.send_json(replay={"replay": 1, "mode": "REPLAY_MODE_EVENTS"})
            raw.send_json(subscribe={"subscription": 1})
            for _ in range(3):
                raw.read_message()
            raw.send(frame(CLOSE, close_payload(1000)))
            while raw.read_message() is not None:
                pass
            self.assertEqual(raw.closed[0], 1000)
            raw.read_nothing_more()

    def test_a_violation_amid_deltas_is_told_whole_and_then_closed(self):
        raw = self.open()
        raw.send_json(subscribe={"subscription": 1})
        raw.read_message()
        raw.send(frame(TEXT, b"no message"))
        messages = [json.loads(payload) for _, payload in raw.read_end()]
        self.assertEqual(messages[-1]["error"]["code"], "ERROR_CODE_MALFORMED_MESSAGE")
        self.assertEqual(raw.closed, (4502, "protocol_violation"))

    def test_a_drain_ends_every_stream_between_two_frames(self):
        hub = self.enterContext(hub_process.Hub())
        readers = []
        for protocol, request in ((JSON_PROTOCOL, b'{"subscribe":{"subscription":1}}'),
                                  (BINARY_PROTOCOL, b"\x22\x02\x08\x01")):
            raw = self.enterContext(raw_websocket.RawSocket(hub.port)).open(protocol)
            raw.send(frame(TEXT if protocol == JSON_PROTOCOL else BINARY, request))
            raw.read_message()
            readers.append(raw)
        ended = threading.Thread(target=hub.terminate)
        ended.start()
        for raw in readers:
            self.assertTrue(raw.read_end(), "going_away came before the close")
            self.assertEqual(raw.closed, (4001, "restarting"))
        ended.join()
        self.assertEqual(hub.process.returncode, 0)

    def test_a_second_signal_ends_a_drain_that_waits_for_a_client(self):
        hub = self.enterContext(hub_process.Hub())
        # It never answers the close.
        self.enterContext(raw_websocket.RawSocket(hub.port)).open(JSON_PROTOCOL)
        hub.ended = True
        hub.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + hub_process.DEADLINE_S
        while "draining" not in hub.log_text():
            self.assertLess(time.monotonic(), deadline, "it does not drain")
            time.sleep(0.01)
        self.assertEqual(hub.terminate(), 1)
        self.assertIn("second signal", hub.log_text())


if __name__ == "__main__":
    hub_process.main()
