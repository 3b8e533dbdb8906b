#!/usr/bin/python3
"""RFC 6455 against the real hub, byte by byte: what a client may send is taken whole, what it may
not send is answered with the one close code that the RFC or docs/PROTOCOL.md names."""

import json
import unittest

import hub_process
import raw_websocket
from raw_websocket import (BINARY, BINARY_PROTOCOL, CLOSE, CONTINUATION, JSON_PROTOCOL, PING, PONG,
                           TEXT, close_payload, frame)

NORMAL, PROTOCOL_ERROR, BAD_PAYLOAD = 1000, 1002, 1007  # RFC 6455, 7.4.1
PROTOCOL_VIOLATION = 4502  # docs/PROTOCOL.md
# A request whose answer shows that it came whole.
QUESTION = b'{"unsubscribe":{"subscription":77}}'
ANSWER = ("error", "ERROR_CODE_SUBSCRIPTION_INVALID")


def padded(length):
    """The question as a message of so many bytes: JSON takes blanks."""
    return QUESTION + b" " * (length - len(QUESTION))


class Conformance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hub = cls.enterClassContext(hub_process.Hub())

    def tearDown(self):
        self.assertTrue(self.hub.is_alive())

    def open(self, protocol=JSON_PROTOCOL):
        return self.enterContext(raw_websocket.RawSocket(self.hub.port)).open(protocol)

    def assert_answer(self, raw, expected=ANSWER):
        kind, body = raw.read_json()
        self.assertEqual((kind, body.get("code")), expected)

    def assert_taken(self, raw, *frames):
        raw.send(b"".join(frames))
        self.assert_answer(raw)

    def assert_still_good(self, raw):
        self.assert_taken(raw, frame(TEXT, QUESTION))

    def assert_closed(self, code, *frames, raw=None):
        """The hub closes with this code, says nothing else before or after, and hangs up."""
        raw = raw or self.open()
        raw.send(b"".join(frames))
        self.assertEqual(raw.read_end(), [])
        self.assertEqual(raw.closed[0], code)

    def each(self, cases):
        for name, *case in cases:
            with self.subTest(name):
                yield case

    # --- frames that are right ---------------------------------------------------------------

    def test_a_message_of_every_length_encoding_is_taken(self):
        raw = self.open()
        limit = 1 << 20  # frame_bytes_max
        for length in (len(QUESTION), 124, 125, 126, 127, 128, 65535, 65536, 65537, limit):
            with self.subTest(length=length):
                self.assert_taken(raw, frame(TEXT, padded(length)))

    def test_a_binary_message_of_every_length_encoding_is_taken(self):
        raw = self.open(BINARY_PROTOCOL)
        for length in (0, 1, 125, 126, 65535, 65536):
            with self.subTest(length=length):
                # Field 15 is none that the hub knows: passed over; unsubscribe (6) of 77 is.
                message = b"\x32\x02\x08\x4d" + b"\x7a" + varint(length) + b"x" * length
                raw.send(frame(BINARY, message))
                opcode, answer = raw.read_message()
                self.assertEqual((opcode, answer[0]), (BINARY, 12 << 3 | 2), "an error")

    def test_a_frame_that_comes_byte_by_byte_is_taken(self):
        raw = self.open()
        for byte in frame(TEXT, padded(140)):
            raw.send(bytes([byte]))
        self.assert_answer(raw)

    def test_many_frames_in_one_segment_are_taken_in_order(self):
        raw = self.open()
        raw.send(frame(TEXT, QUESTION) * 50 + frame(PING, b"last"))
        for _ in range(50):
            self.assert_answer(raw)
        self.assert_still_good(raw)
        self.assertEqual(raw.pongs, [b"last"])

    def test_a_key_of_zeros_masks_nothing_and_is_a_mask(self):
        raw = self.open()
        raw.send(frame(TEXT, b"")[:1] + bytes([0x80 | len(QUESTION)]) + bytes(4) + QUESTION)
        self.assert_answer(raw)

    def test_fragments_of_every_shape_are_one_message(self):
        half = len(QUESTION) // 2
        one, two = QUESTION[:half], QUESTION[half:]
        cases = [
            ("two", frame(TEXT, one, fin=False), frame(CONTINUATION, two)),
            ("an empty first one", frame(TEXT, fin=False), frame(CONTINUATION, QUESTION)),
            ("an empty last one", frame(TEXT, QUESTION, fin=False), frame(CONTINUATION)),
            ("empty ones between", frame(TEXT, one, fin=False),
             frame(CONTINUATION, fin=False) * 20, frame(CONTINUATION, two)),
            ("a byte each", frame(TEXT, QUESTION[:1], fin=False),
             *(frame(CONTINUATION, bytes([b]), fin=False) for b in QUESTION[1:]),
             frame(CONTINUATION)),
            ("large ones", frame(TEXT, padded(70_000), fin=False),
             frame(CONTINUATION, b" " * 70_000, fin=False), frame(CONTINUATION, b" ")),
        ]
        raw = self.open()
        for frames in self.each(cases):
            self.assert_taken(raw, *frames)
            self.assert_still_good(raw)

    def test_control_frames_between_fragments_are_answered_and_the_message_stays_whole(self):
        raw = self.open()
        self.assert_taken(raw, frame(TEXT, QUESTION[:9], fin=False), frame(PING, b"one"),
                          frame(CONTINUATION, QUESTION[9:20], fin=False), frame(PONG, b"unasked"),
                          frame(PING, b"two"), frame(CONTINUATION, QUESTION[20:]))
        self.assertEqual(raw.pongs, [b"one", b"two"])
        # The answer comes before the message is complete.
        raw.send(frame(TEXT, QUESTION[:9], fin=False) + frame(PING, b"now"))
        self.assertEqual(raw.read_frame(), (True, PONG, b"now"))
        self.assert_taken(raw, frame(CONTINUATION, QUESTION[9:]))

    def test_a_ping_is_answered_with_its_payload(self):
        raw = self.open()
        for payload in (b"", b"x", bytes(range(125)), b"\xff\xfe\x00", b"y" * 125):
            raw.send(frame(PING, payload))
            self.assertEqual(raw.read_frame(), (True, PONG, payload))
        self.assert_still_good(raw)

    def test_of_many_pings_the_last_is_answered_and_none_out_of_order(self):
        raw = self.open()
        payloads = [f"{n}".encode() for n in range(100)]
        self.assert_taken(raw, *(frame(PING, p) for p in payloads), frame(TEXT, QUESTION))
        numbers = [int(p) for p in raw.pongs]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual(numbers[-1:], [99])

    def test_a_pong_that_nobody_asked_for_changes_nothing(self):
        raw = self.open()
        self.assert_taken(raw, frame(PONG), frame(PONG, b"z" * 125), frame(TEXT, QUESTION))
        self.assertEqual(raw.pongs, [])

    # --- frames that are wrong ---------------------------------------------------------------

    def test_a_frame_that_breaks_the_rfc_is_1002(self):
        start = frame(TEXT, QUESTION[:9], fin=False)
        cases = [(f"RSV {bits:03b} on {name}", *before, frame(opcode, payload, reserved=bits))
                 for bits in (1, 2, 4, 7)
                 for name, before, opcode, payload in (
                     ("text", (), TEXT, QUESTION), ("ping", (), PING, b"p"),
                     ("pong", (), PONG, b"p"), ("close", (), CLOSE, close_payload(NORMAL)),
                     ("a continuation", (start,), CONTINUATION, QUESTION[9:]))]
        cases += [(f"opcode {opcode}", frame(opcode, b"payload"))
                  for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)]
        cases += [
            ("no mask on text", frame(TEXT, QUESTION, masked=False)),
            ("no mask on a ping", frame(PING, b"p", masked=False)),
            ("no mask on a close", frame(CLOSE, close_payload(NORMAL), masked=False)),
            ("a ping of 126 bytes", frame(PING, b"p" * 126)),
            ("a pong of 126 bytes", frame(PONG, b"p" * 126)),
            ("a close of 126 bytes", frame(CLOSE, close_payload(NORMAL, b"r" * 124))),
            ("a ping of 65536 bytes", frame(PING, b"p" * 65536)),
            ("a ping in fragments", frame(PING, b"p", fin=False)),
            ("a close in fragments", frame(CLOSE, close_payload(NORMAL), fin=False)),
            ("a continuation of nothing", frame(CONTINUATION, QUESTION)),
            ("a last continuation of nothing", frame(CONTINUATION)),
            ("a message inside a message", start, frame(TEXT, QUESTION)),
            ("a binary message inside a text", start, frame(BINARY, QUESTION)),
            ("a message instead of the last part", start, frame(CONTINUATION, b" ", fin=False),
             frame(TEXT, b"")),
            ("125 bytes in two bytes of length", frame(TEXT, padded(125), length_bytes=2)),
            ("125 bytes in eight bytes of length", frame(TEXT, padded(125), length_bytes=8)),
            ("65535 bytes in eight bytes of length", frame(TEXT, padded(65535), length_bytes=8)),
        ]
        for frames in self.each(cases):
            self.assert_closed(PROTOCOL_ERROR, *frames)

    def test_a_wrong_frame_before_hello_is_1002_as_well(self):
        raw = self.enterContext(raw_websocket.RawSocket(self.hub.port))
        raw.request()
        self.assertEqual(raw.answer()[0], 101)
        self.assert_closed(PROTOCOL_ERROR, frame(3, b"payload"), raw=raw)

    # --- text --------------------------------------------------------------------------------

    INVALID = (b"\x80", b"\xbf", b"\xc0\xaf", b"\xc1\xbf", b"\xc3", b"\xc3\x28", b"\xe0\x80\xaf",
               b"\xe2\x82", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf0\x80\x80\xaf", b"\xf0\x90\x80",
               b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff")
    VALID = ("\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd", "\uffff",
             "\U00010000", "\U0010ffff", "κόσμε", "日本語")

    @staticmethod
    def named(text):
        return b'{"openSource":{"source":"' + text + b'"}}'

    def test_text_that_is_no_utf_8_is_1007(self):
        for bad in self.INVALID:
            message = self.named(bad)
            at = message.index(bad)
            for frames in self.each([
                    (f"{bad!r} whole", frame(TEXT, message)),
                    (f"{bad!r} at the end", frame(TEXT, QUESTION + bad)),
                    (f"{bad!r} across fragments", frame(TEXT, message[:at + 1], fin=False),
                     frame(CONTINUATION, message[at + 1:]))]):
                self.assert_closed(BAD_PAYLOAD, *frames)

    def test_text_that_ends_inside_a_character_is_1007_with_the_last_fragment_only(self):
        raw = self.open()
        raw.send(frame(TEXT, QUESTION + b"\xe2\x82", fin=False) + frame(PING, b"so far so good"))
        self.assertEqual(raw.read_frame(), (True, PONG, b"so far so good"))
        self.assert_closed(BAD_PAYLOAD, frame(CONTINUATION, b" "), raw=raw)

    def test_every_utf_8_is_taken_wherever_it_is_cut(self):
        raw = self.open()
        invalid = ("error", "ERROR_CODE_SOURCE_INVALID")
        for text in self.VALID:
            message = self.named(text.encode())
            at = message.index(text.encode())
            for cut in range(at, at + len(text.encode()) + 1):
                with self.subTest(f"{text!r} cut at {cut - at}"):
                    raw.send(frame(TEXT, message[:cut], fin=False)
                             + frame(CONTINUATION, message[cut:]))
                    self.assert_answer(raw, invalid)

    def test_binary_is_never_looked_at_as_text(self):
        raw = self.open(BINARY_PROTOCOL)
        raw.send(frame(BINARY, b"\x32\x02\x08\x4d\x7a\x02\xff\xfe"))
        self.assertEqual(raw.read_message()[0], BINARY)

    # --- what the subprotocol says -----------------------------------------------------------

    def assert_violation(self, protocol, code, *frames):
        raw = self.open(protocol)
        raw.send(b"".join(frames))
        (opcode, answer), = raw.read_end()
        self.assertEqual(opcode, TEXT if protocol == JSON_PROTOCOL else BINARY)
        self.assertIn(code, answer)
        self.assertEqual(raw.closed, (PROTOCOL_VIOLATION, "protocol_violation"))

    def test_the_other_kind_of_frame_is_a_violation(self):
        self.assert_violation(JSON_PROTOCOL, b"MALFORMED_MESSAGE", frame(BINARY, QUESTION))
        self.assert_violation(BINARY_PROTOCOL, b"\x08\x64", frame(TEXT, b"text"))
        self.assert_violation(JSON_PROTOCOL, b"MALFORMED_MESSAGE",
                              frame(BINARY, QUESTION[:9], fin=False),
                              frame(CONTINUATION, QUESTION[9:]))

    def test_a_message_above_the_limit_is_a_violation_however_it_is_cut(self):
        limit = 1 << 20
        self.assert_violation(JSON_PROTOCOL, b"MESSAGE_TOO_LARGE", frame(TEXT, padded(limit + 1)))
        self.assert_violation(JSON_PROTOCOL, b"MESSAGE_TOO_LARGE",
                              frame(TEXT, padded(limit), fin=False), frame(CONTINUATION, b" "))
        self.assert_violation(BINARY_PROTOCOL, b"\x08\x65", frame(BINARY, bytes(limit + 1)))
        # It says so as soon as it knows, not when all has come.
        self.assert_violation(JSON_PROTOCOL, b"MESSAGE_TOO_LARGE",
                              frame(TEXT, padded(limit + 1), length=1 << 40))

    # --- closing -----------------------------------------------------------------------------

    def test_a_close_is_answered_with_its_code(self):
        codes = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
        for code in codes:
            for reason in (b"", b"bye", "r\u00e9".encode(), b"x" * 123):
                with self.subTest(code=code, reason=reason):
                    self.assert_closed(code, frame(CLOSE, close_payload(code, reason)))

    def test_a_close_without_a_code_is_answered(self):
        self.assert_closed(NORMAL, frame(CLOSE))

    def test_a_close_with_a_code_that_none_may_send_is_1002(self):
        for code in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999):
            with self.subTest(code=code):
                self.assert_closed(PROTOCOL_ERROR, frame(CLOSE, close_payload(code)))

    def test_a_close_of_one_byte_is_1002(self):
        self.assert_closed(PROTOCOL_ERROR, frame(CLOSE, b"\x03"))

    def test_a_close_whose_reason_is_no_utf_8_is_1002(self):
        # RFC 6455, 8.1, names no code for it.
        for bad in self.INVALID:
            with self.subTest(bad=bad):
                self.assert_closed(PROTOCOL_ERROR, frame(CLOSE, close_payload(NORMAL, bad)))

    def test_nothing_behind_a_close_is_looked_at(self):
        close = frame(CLOSE, close_payload(NORMAL))
        for frames in self.each([("a message", close, frame(TEXT, QUESTION)),
                                 ("a ping", close, frame(PING, b"p")),
                                 ("a second close", close, close), ("nonsense", close, b"\xff" * 99)]):
            self.assert_closed(NORMAL, *frames)

    def test_a_close_inside_a_message_is_answered(self):
        self.assert_closed(NORMAL, frame(TEXT, QUESTION[:9], fin=False),
                           frame(CLOSE, close_payload(NORMAL)))

    def test_a_client_that_does_not_answer_a_close_is_hung_up_on(self):
        raw = self.open()
        raw.send(frame(TEXT, b"no message"))
        self.assertIn("MALFORMED_MESSAGE", json.dumps(raw.read_json()))
        self.assertIsNone(raw.read_message())
        self.assertEqual(raw.closed, (PROTOCOL_VIOLATION, "protocol_violation"))
        raw.send(frame(TEXT, QUESTION) + frame(PING, b"ignored"))
        raw.read_nothing_more()

    def test_every_wrong_frame_is_counted_by_its_reason(self):
        def counted():
            text = self.hub.get("/metrics").body.decode()
            return sum(float(line.split()[1]) for line in text.splitlines()
                       if line.startswith('commonwatch_closes_total{reason="bad_frame"}'))

        before = counted()
        self.assert_closed(PROTOCOL_ERROR, frame(3, b"payload"))
        self.assert_closed(BAD_PAYLOAD, frame(TEXT, b"\xff"))
        self.assert_closed(NORMAL, frame(CLOSE, close_payload(NORMAL)))
        self.assertEqual(counted(), before + 2)


def varint(value):
    return bytes([value]) if value < 128 else bytes([value & 0x7F | 0x80]) + varint(value >> 7)


if __name__ == "__main__":
    hub_process.main()
