#!/usr/bin/python3
"""Silence on a WebSocket: the hub asks, keeps who answers, and lets go of who does not. A client of
plain sockets, that answers only what a test wants."""

import base64
import json
import pathlib
import socket
import struct
import tempfile
import time
import unittest

import hub_process

IDLE_S = 4
CONFIGURATION = f"[limits]\nidle_timeout_ms = {IDLE_S * 1000}\n"
PING, PONG, CLOSE, TEXT = 9, 10, 8, 1


class Client:
    """`said`: what goes out in one piece with the upgrade request."""

    def __init__(self, hub, said=b""):
        self.socket = socket.create_connection(("127.0.0.1", hub.port))
        self.socket.settimeout(hub_process.DEADLINE_S)
        key = base64.b64encode(b"sixteen bytes...").decode()
        request = (f"GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                   f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                   f"Sec-WebSocket-Protocol: commonwatch.v1.json\r\n\r\n")
        self.socket.sendall(request.encode() + said)
        self.received = b""
        while b"\r\n\r\n" not in self.received:
            self.fill()
        self.answer, self.received = self.received.split(b"\r\n\r\n", 1)

    def fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self.received += data

    def take(self, size):
        while len(self.received) < size:
            self.fill()
        taken, self.received = self.received[:size], self.received[size:]
        return taken

    def frame(self):
        """(opcode, payload) of the next one; EOFError when the hub has closed."""
        first, length = self.take(2)
        if length == 126:
            length, = struct.unpack(">H", self.take(2))
        return first & 15, self.take(length)

    def send(self, opcode, payload=b""):
        self.socket.sendall(masked(opcode, payload))


def masked(opcode, payload):
    assert len(payload) < 126
    return bytes([0x80 | opcode, 0x80 | len(payload), 0, 0, 0, 0]) + payload


HELLO = masked(TEXT, json.dumps({"hello": {"client": "keep_alive"}}).encode())


class KeepAlive(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        configuration = pathlib.Path(directory.name) / "hub.toml"
        configuration.write_text(CONFIGURATION, encoding="utf-8")
        self.hub = self.enterContext(hub_process.Hub("--config", str(configuration)))

    def connect(self):
        client = Client(self.hub, said=HELLO)
        self.addCleanup(client.socket.close)
        return client

    def test_what_comes_with_the_upgrade_request_is_read(self):
        client = self.connect()
        opcode, payload = client.frame()
        self.assertEqual(opcode, TEXT)
        self.assertIn("welcome", json.loads(payload))

    def test_who_answers_pings_stays(self):
        client = self.connect()
        pings, until = 0, time.monotonic() + 3 * IDLE_S
        while time.monotonic() < until:
            opcode, payload = client.frame()
            if opcode == PING:
                pings += 1
                client.send(PONG, payload)
        self.assertGreaterEqual(pings, 2)
        client.send(CLOSE, struct.pack(">H", 1000))
        while (frame := client.frame())[0] != CLOSE:
            pass
        self.assertEqual(frame[1], struct.pack(">H", 1000))

    def test_who_answers_nothing_is_let_go(self):
        client = self.connect()
        with self.assertRaises((EOFError, ConnectionResetError)):
            while True:
                client.frame()

    def test_a_ping_is_answered_with_what_it_says(self):
        client = self.connect()
        client.frame()
        client.send(PING, b"still there?")
        while (frame := client.frame())[0] != PONG:
            pass
        self.assertEqual(frame[1], b"still there?")


if __name__ == "__main__":
    hub_process.main()
