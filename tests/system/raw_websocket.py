"""RFC 6455 by hand over a plain socket: frames as wrong as a test wants them on the way to the hub,
and the strictest reader there is for what comes back. Shares no code with any WebSocket library."""

import base64
import hashlib
import json
import os
import socket
import struct

from hub_process import DEADLINE_S

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
JSON_PROTOCOL, BINARY_PROTOCOL = "commonwatch.v1.json", "commonwatch.v1"


class ProtocolFault(AssertionError):
    """The hub broke RFC 6455."""


def frame(opcode, payload=b"", *, fin=True, masked=True, reserved=0, length_bytes=None,
          length=None):
    """One frame. `reserved`: RSV1 to RSV3 as 4, 2, 1. `length_bytes`: 0, 2 or 8, for a length
    that is written longer than it need be. `length`: what the header says, whatever there is."""
    length = len(payload) if length is None else length
    if length_bytes is None:
        length_bytes = 0 if length < 126 else 2 if length < 65536 else 8
    head = bytearray([fin << 7 | reserved << 4 | opcode])
    if length_bytes == 0:
        head += bytes([masked << 7 | length])
    else:
        head += bytes([masked << 7 | (126 if length_bytes == 2 else 127)])
        head += length.to_bytes(length_bytes, "big")
    if not masked:
        return bytes(head) + payload
    key = os.urandom(4)
    return bytes(head) + key + mask(payload, key)


def mask(payload, key):
    """Exclusive or, as one long number: quick enough for a megabyte."""
    if not payload:
        return b""
    row = (key * (len(payload) // 4 + 1))[:len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(row, "big")).to_bytes(
        len(payload), "big")


def close_payload(code, reason=b""):
    return struct.pack(">H", code) + reason


class RawSocket:
    """with RawSocket(port) as raw: ...; every wait ends after DEADLINE_S."""

    def __init__(self, port, receive_buffer=None, source=None):
        self.socket = socket.socket()
        if source:
            self.socket.bind((source, 0))
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            # Otherwise a segment of the loopback is larger than that window, and TCP waits.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1000)
        self.socket.settimeout(DEADLINE_S)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = port
        self.held = b""
        self.pongs = []
        self.closed = None  # (code, reason) of the hub's close frame; code None: it had none

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    # --- the handshake -----------------------------------------------------------------------

    def request(self, method="GET", path="/v1/stream", version="1.1", without=(), **headers):
        """Sends an upgrade; `headers` replace (Sec_WebSocket_Key="...") or add, `without` leaves
        out. Returns the key."""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = {"Host": f"127.0.0.1:{self.port}", "Connection": "Upgrade",
                 "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key,
                 "Sec-WebSocket-Protocol": JSON_PROTOCOL}
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        text = f"{method} {path} HTTP/{version}\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in lines.items() if name not in without)
        self.send(text.encode() + b"\r\n")
        return lines["Sec-WebSocket-Key"]

    def answer(self):
        """(status, headers by lower-case name, body as far as its length says)"""
        while b"\r\n\r\n" not in self.held:
            self._receive()
        head, self.held = self.held.split(b"\r\n\r\n", 1)
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, value in
                   (line.split(":", 1) for line in lines)}
        body = self._take(int(headers.get("content-length", 0)))
        return int(status.split()[1]), headers, body

    def open(self, protocol=JSON_PROTOCOL, token=""):
        """The handshake as it should be, up to the welcome."""
        key = self.request(Sec_WebSocket_Protocol=protocol)
        status, headers, _ = self.answer()
        digest = hashlib.sha1((key + GUID).encode()).digest()
        if status != 101 or headers["sec-websocket-accept"] != base64.b64encode(digest).decode():
            raise ProtocolFault(f"the handshake was answered {status} {headers}")
        if protocol == JSON_PROTOCOL:
            self.send_json(hello={"token": token})
        else:
            self.send(frame(BINARY, b"\x0a\x00"))
        self.read_message()
        return self

    # --- sending and receiving ---------------------------------------------------------------

    def send(self, data):
        self.socket.sendall(data)

    def send_json(self, fin=True, **message):
        self.send(frame(TEXT, json.dumps(message).encode(), fin=fin))

    def _receive(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"the hub closed the connection; {len(self.held)} bytes are left")
        self.held += data

    def _take(self, count):
        while len(self.held) < count:
            self._receive()
        taken, self.held = self.held[:count], self.held[count:]
        return taken

    def read_frame(self):
        """(fin, opcode, payload) of the next frame, if it is one that a server may send."""
        first, second = self._take(2)
        opcode, length = first & 0x0F, second & 0x7F
        if first & 0x70:
            raise ProtocolFault(f"reserved bits in a frame's first byte {first:#x}")
        if second & 0x80:
            raise ProtocolFault("a server's frame is masked")
        if opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise ProtocolFault(f"opcode {opcode}")
        if opcode >= CLOSE and (length > 125 or not first & 0x80):
            raise ProtocolFault(f"a control frame with first bytes {first:#x} {second:#x}")
        if length >= 126:
            size = 2 if length == 126 else 8
            length = int.from_bytes(self._take(size), "big")
            if length < (126 if size == 2 else 65536) or length >> 63:
                raise ProtocolFault(f"a length of {length} in {size} bytes")
        return bool(first & 0x80), opcode, self._take(length)

    def read_message(self):
        """(opcode, payload) of the next whole message. Answers pings, keeps pongs in `pongs`; None
        once the hub has closed, with what it said in `closed`."""
        kind, parts = None, []
        while True:
            fin, opcode, payload = self.read_frame()
            if opcode == CLOSE:
                self.closed = read_close(payload)
                return None
            if opcode == PING:
                self.send(frame(PONG, payload))
            elif opcode == PONG:
                self.pongs.append(payload)
            else:
                if (opcode == CONTINUATION) != bool(parts):
                    raise ProtocolFault(f"opcode {opcode} after {len(parts)} fragments")
                kind = kind or opcode
                parts.append(payload)
                if fin:
                    whole = b"".join(parts)
                    if kind == TEXT:
                        whole.decode("utf-8")
                    return kind, whole

    def read_json(self):
        """The next message as (kind, body); None once the hub has closed."""
        message = self.read_message()
        if message is None:
            return None
        if message[0] != TEXT:
            raise ProtocolFault("a binary frame on the JSON subprotocol")
        fields = json.loads(message[1])
        fields.pop("replay", None)
        (kind, body), = fields.items()
        return kind, body

    def read_end(self):
        """Whatever comes before the hub's close frame, as messages; answers the close as RFC 6455
        has it, and sees the hub close the connection."""
        messages = []
        while (message := self.read_message()) is not None:
            messages.append(message)
        try:
            self.send(frame(CLOSE, close_payload(self.closed[0]) if self.closed[0] else b""))
        except OSError:
            pass  # the hub need not wait for it
        self.read_nothing_more()
        return messages

    def read_nothing_more(self):
        """The connection ends, and nothing came behind the close frame."""
        try:
            while True:
                self._receive()
        except (EOFError, ConnectionResetError):
            if self.held:
                raise ProtocolFault(f"behind the close frame came {self.held[:100]!r}") from None
        self.socket.close()


def read_close(payload):
    if not payload:
        return None, ""
    if len(payload) == 1:
        raise ProtocolFault("a close frame of one byte")
    return int.from_bytes(payload[:2], "big"), payload[2:].decode("utf-8")
