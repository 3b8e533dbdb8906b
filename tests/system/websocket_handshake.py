#!/usr/bin/python3
"""The opening handshake of RFC 6455, section 4, against the real hub: what is right gets 101 and the
proof, what is wrong gets the one status and header that the RFC or docs/PROTOCOL.md names."""

import base64
import json
import os
import unittest

import hub_process
import raw_websocket
from raw_websocket import BINARY, BINARY_PROTOCOL, JSON_PROTOCOL, TEXT, frame

HELLO = frame(TEXT, b'{"hello":{}}')


class Handshake(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hub = cls.enterClassContext(hub_process.Hub())

    def tearDown(self):
        self.assertTrue(self.hub.is_alive())

    def raw(self):
        return self.enterContext(raw_websocket.RawSocket(self.hub.port))

    def upgrade(self, **changes):
        raw = self.raw()
        raw.request(**changes)
        return raw, *raw.answer()

    def assert_refused(self, status, code, header=None, **changes):
        raw, found, headers, body = self.upgrade(**changes)
        self.assertEqual(found, status, body)
        error = json.loads(body)
        self.assertEqual(error["code"], "ERROR_CODE_" + code, error)
        self.assertGreater(len(error["message"].split()), 3, error)
        if header is not None:
            self.assertEqual(headers.get(header[0].lower()), header[1])
        return raw

    # --- right -------------------------------------------------------------------------------

    def test_the_answer_proves_that_the_request_was_understood(self):
        # The example of RFC 6455, 1.3.
        _, status, headers, _ = self.upgrade(Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==")
        self.assertEqual(status, 101)
        self.assertEqual(headers["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        self.assertEqual(headers["upgrade"].lower(), "websocket")
        self.assertEqual(headers["connection"].lower(), "upgrade")
        self.assertEqual(headers["sec-websocket-protocol"], JSON_PROTOCOL)

    def test_names_and_lists_are_read_as_http_has_them(self):
        for changes in ({"Connection": "keep-alive, Upgrade"}, {"Connection": "UPGRADE"},
                        {"Upgrade": "WebSocket"}, {"Upgrade": "h2c, websocket"},
                        {"path": "/v1/stream?view=city"}, {"X_Extra": "x" * 1000}):
            with self.subTest(changes):
                raw, status, _, _ = self.upgrade(**changes)
                self.assertEqual(status, 101)
                raw.send(HELLO)
                self.assertEqual(raw.read_json()[0], "welcome")

    def test_the_first_subprotocol_that_the_hub_speaks_is_taken(self):
        for offered, taken in ((JSON_PROTOCOL, JSON_PROTOCOL), (BINARY_PROTOCOL, BINARY_PROTOCOL),
                               (f"{JSON_PROTOCOL}, {BINARY_PROTOCOL}", JSON_PROTOCOL),
                               (f"{BINARY_PROTOCOL},{JSON_PROTOCOL}", BINARY_PROTOCOL),
                               (f"chat, {JSON_PROTOCOL}", JSON_PROTOCOL)):
            with self.subTest(offered):
                _, status, headers, _ = self.upgrade(Sec_WebSocket_Protocol=offered)
                self.assertEqual((status, headers["sec-websocket-protocol"]), (101, taken))

    def test_without_an_offer_binary_is_spoken_and_none_is_named(self):
        raw, status, headers, _ = self.upgrade(without=["Sec-WebSocket-Protocol"])
        self.assertEqual(status, 101)
        self.assertNotIn("sec-websocket-protocol", headers)
        raw.send(frame(BINARY, b"\x0a\x00"))
        self.assertEqual(raw.read_message()[0], BINARY)

    def test_an_extension_that_is_offered_is_not_taken(self):
        raw, status, headers, _ = self.upgrade(
            Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits")
        self.assertEqual(status, 101)
        self.assertNotIn("sec-websocket-extensions", headers)
        raw.send(frame(TEXT, b'{"hello":{}}', reserved=4))  # as if it had been
        raw.read_end()
        self.assertEqual(raw.closed[0], 1002)

    def test_a_request_that_comes_byte_by_byte_is_answered(self):
        raw = self.raw()
        whole = []
        raw.send, send = whole.append, raw.send
        raw.request()
        for byte in whole[0]:
            send(bytes([byte]))
        self.assertEqual(raw.answer()[0], 101)

    # --- wrong -------------------------------------------------------------------------------

    def test_another_version_is_426_and_names_ours(self):
        for version in ("0", "8", "12", "14", "13, 8", "thirteen", ""):
            with self.subTest(version):
                self.assert_refused(426, "UNSUPPORTED", ("Sec-WebSocket-Version", "13"),
                                    Sec_WebSocket_Version=version)
        self.assert_refused(426, "UNSUPPORTED", ("Sec-WebSocket-Version", "13"),
                            without=["Sec-WebSocket-Version"])

    def test_a_key_that_is_not_sixteen_bytes_in_base64_is_400(self):
        keys = [base64.b64encode(os.urandom(n)).decode() for n in (0, 1, 15, 17, 18, 24, 300)]
        keys += ["x" * 24, "!" * 22 + "==", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=*"]
        for key in keys:
            with self.subTest(key):
                self.assert_refused(400, "INVALID_REQUEST", Sec_WebSocket_Key=key)
        self.assert_refused(400, "INVALID_REQUEST", without=["Sec-WebSocket-Key"])

    def test_no_upgrade_is_426_and_says_to_what(self):
        for changes in ({"without": ["Upgrade"]}, {"without": ["Connection"]},
                        {"Connection": "close"}, {"Upgrade": "h2c"}, {"version": "1.0"}):
            with self.subTest(changes):
                self.assert_refused(426, "UNSUPPORTED", ("Upgrade", "websocket"), **changes)

    def test_another_method_is_405(self):
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            with self.subTest(method):
                self.assert_refused(405, "INVALID_REQUEST", ("Allow", "GET"), method=method)

    def test_no_host_is_400(self):
        self.assert_refused(400, "INVALID_REQUEST", without=["Host"])

    def test_another_path_is_404(self):
        for path in ("/", "/v1/stream/", "/v1/streams", "/v1/hotspots"):
            with self.subTest(path):
                self.assert_refused(404, "NOT_FOUND", path=path)

    def test_only_unknown_subprotocols_are_400(self):
        for offered in ("chat", "commonwatch.v2", "commonwatch.v1.xml", "COMMONWATCH.V1"):
            with self.subTest(offered):
                self.assert_refused(400, "UNSUPPORTED", Sec_WebSocket_Protocol=offered)

    def test_frames_that_come_with_the_request_are_read(self):
        raw = self.raw()
        whole = bytearray()
        raw.send, send = whole.extend, raw.send
        raw.request()
        send(bytes(whole) + HELLO)
        status, _, _ = raw.answer()
        self.assertEqual(status, 101)
        self.assertIn("welcome", raw.read_json())

    def test_a_refused_upgrade_is_counted(self):
        self.assert_refused(426, "UNSUPPORTED", Sec_WebSocket_Version="8")
        self.assertIn('commonwatch_http_requests_total{route="/v1/stream",status="426"}',
                      self.hub.get("/metrics").body.decode())


if __name__ == "__main__":
    hub_process.main()
