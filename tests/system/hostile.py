"""Hostile clients, one function each: what they do until they are thrown out, and how that looks from
outside. All come from one address, with the rights of one partner where they have any.

hostile.py PORT SECONDS [NAME...]: all of them (or those that are named) at once, each again and again,
until the time is over."""

import contextlib
import json
import sys
import threading
import time

import hub_process
import sample_events
from raw_websocket import (CONTINUATION, PING, TEXT, RawSocket, frame)

ADDRESS = "127.0.0.66"
TOKEN = "the-token-of-the-hostile-partner"
SOURCE = "hostile/cad"
GONE = (OSError, EOFError)


class Hostile:
    """`ended` is set by whoever drives it; `seen` collects what the hub said, for the tests."""

    def __init__(self, port, ended=None):
        self.port, self.ended = port, ended or threading.Event()
        self.seen = []

    @contextlib.contextmanager
    def raw(self, opened=False, receive_buffer=None):
        with RawSocket(self.port, source=ADDRESS, receive_buffer=receive_buffer) as raw:
            yield raw.open(token=TOKEN) if opened else raw

    def wait(self, seconds):
        return not self.ended.wait(seconds)

    def see_end(self, raw):
        """What comes until the hub ends the connection: messages, then the close code."""
        messages = [json.loads(payload) for _, payload in raw.read_end()]
        self.seen += [m["error"]["code"] for m in messages if "error" in m] + [raw.closed[0]]

    def see_answer(self, raw):
        self.seen.append(raw.answer()[0])

    # --- before any word ---------------------------------------------------------------------

    def slow_handshake(self):
        """A byte at a time, for ever."""
        with self.raw() as raw:
            for byte in b"GET /v1/stream HTTP/1.1\r\nX-Slow: " + b"x" * 10_000:
                raw.send(bytes([byte]))
                if not self.wait(0.1):
                    break

    def half_request(self):
        with self.raw() as raw:
            raw.send(b"GET /v1/hotspots HTTP/1.1\r\nHost: x\r\n")
            raw.read_nothing_more()

    def huge_headers(self):
        with self.raw() as raw:
            raw.send(b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"y" * 100_000)
            self.see_answer(raw)

    def huge_body(self):
        with self.raw() as raw:
            raw.send(b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1099511627776\r\n\r\n")
            self.see_answer(raw)

    def half_bodies(self):
        """As much of large bodies as the hub holds, and never the rest."""
        with contextlib.ExitStack() as stack:
            raws = [stack.enter_context(self.raw()) for _ in range(12)]
            for raw in raws:
                raw.send(b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
                raw.send(b"z" * 900_000)
            for raw in raws:
                with contextlib.suppress(*GONE):
                    self.see_answer(raw)

    def silent_connections(self):
        """Connections that never say a word, as many as it gets."""
        with contextlib.ExitStack() as stack:
            for _ in range(150):
                stack.enter_context(self.raw())
            self.wait(0.5)

    def wrong_tokens(self):
        for number in range(20):
            with self.raw() as raw:
                raw.request()
                raw.answer()
                raw.send_json(hello={"token": f"guess-{number}"})
                self.see_end(raw)

    def silent_session(self):
        """Takes a session, and does not say hello."""
        with self.raw() as raw:
            raw.request()
            raw.answer()
            self.see_end(raw)

    # --- frames ------------------------------------------------------------------------------

    def endless_fragments(self):
        with self.raw(opened=True) as raw:
            raw.send(frame(TEXT, b" ", fin=False))
            with contextlib.suppress(*GONE):
                for _ in range(30):
                    raw.send(frame(CONTINUATION, b" ", fin=False) * 500)
            self.see_end(raw)

    def endless_empty_fragments(self):
        """No message, no part of one: as if it said nothing."""
        with self.raw(opened=True) as raw:
            raw.socket.settimeout(0.05)
            raw.send(frame(TEXT, b"", fin=False))
            while self.wait(0.01):
                raw.send(frame(CONTINUATION, b"", fin=False) * 50)
                with contextlib.suppress(TimeoutError):
                    raw._receive()
                if (4002).to_bytes(2, "big") in raw.held:
                    break
            raw.socket.settimeout(hub_process.DEADLINE_S)
            self.see_end(raw)

    def half_messages(self):
        """As much of large messages as the hub holds, and never the rest."""
        with contextlib.ExitStack() as stack:
            raws = [stack.enter_context(self.raw(opened=True)) for _ in range(12)]
            for raw in raws:
                with contextlib.suppress(*GONE):
                    raw.send(frame(TEXT, b" " * 900_000, fin=False))
            self.wait(1)
            for raw in raws:
                raw.socket.settimeout(0.05)
                with contextlib.suppress(*GONE):
                    self.see_end(raw)

    def oversized_message(self):
        with self.raw(opened=True) as raw:
            with contextlib.suppress(*GONE):
                raw.send(frame(TEXT, b" " * 2_000_000))
            self.see_end(raw)

    def empty_message(self):
        with self.raw(opened=True) as raw:
            raw.send(frame(TEXT))
            self.see_end(raw)

    def compressed_bomb(self):
        """Offers to compress, and sends what would be a gigabyte."""
        with self.raw() as raw:
            raw.request(Sec_WebSocket_Extensions="permessage-deflate")
            raw.answer()
            with contextlib.suppress(*GONE):
                raw.send(frame(TEXT, b"\xec\xc1\x01" + bytes(500_000), reserved=4))
            self.see_end(raw)

    def ping_flood(self):
        with self.raw(opened=True) as raw:
            with contextlib.suppress(*GONE):
                for _ in range(50):
                    raw.send(frame(PING, b"p" * 100) * 40)
                    self.wait(0.05)
            self.see_end(raw)

    # --- requests ----------------------------------------------------------------------------

    def subscription_flood(self):
        """The whole world sixteen times, and again, and again."""
        with self.raw(opened=True) as raw:
            for _ in range(8):
                for number in range(1, 20):
                    raw.send_json(subscribe={"subscription": number})
                for number in range(1, 20):
                    raw.send_json(unsubscribe={"subscription": number})
            raw.send_json(unsubscribe={"subscription": 999})
            while raw.read_json()[1].get("subscription") != 999:
                pass
            self.seen.append("over")

    def replay_flood(self):
        with self.raw(opened=True) as raw:
            for number in range(1, 12):
                raw.send_json(replay={"replay": number, "mode": "REPLAY_MODE_EVENTS",
                                      "follow": True})
            errors = 0
            while errors < 5:
                kind, body = raw.read_json()
                errors += kind == "error"
                if kind == "error":
                    self.seen.append(body["code"])
            self.wait(0.5)

    def never_reads(self):
        """Asks for everything, and takes nothing."""
        with self.raw(opened=True, receive_buffer=8192) as raw:
            with contextlib.suppress(*GONE):
                for number in range(10_000):
                    raw.send_json(subscribe={"subscription": 1})
                    raw.send_json(replay={"replay": number + 1, "mode": "REPLAY_MODE_EVENTS"})
                    raw.send_json(unsubscribe={"subscription": 1})
                    if not self.wait(0.01):
                        return
            self.seen.append("cut")

    def never_waits(self):
        """Publishes far beyond its credit, whatever it is told."""
        with self.raw(opened=True) as raw:
            raw.send_json(openSource={"source": SOURCE})
            kind, body = raw.read_json()
            if kind != "sourceOpened":
                return
            last = int(body["lastSequence"])
            events = [sample_events.overdose(f"h{last}-{n}", sample_events.now())
                      for n in range(150)]
            for batch in range(200):
                if self.ended.is_set():
                    return
                # In the end more than its credit at once, however fast the hub is.
                some = events[:100 if batch < 20 else 150]
                raw.send_json(publish={"source": SOURCE, "inlineEvents": some,
                                       "firstSequence": str(last + 1 + batch * 100)})
            while self.seen[-1:] != ["ERROR_CODE_CREDIT_EXCEEDED"] and not self.ended.is_set():
                kind, body = raw.read_json()
                if kind == "error":
                    self.seen.append(body["code"])


NAMES = [name for name in vars(Hostile) if not name.startswith("_")
         and name not in ("raw", "wait", "see_end", "see_answer")]


def command(port, seconds, names=()):
    """What starts this. In life they have machines of their own: here they take of the processors only
    what the hub and its partners leave, from their first instruction on."""
    return ["chrt", "--idle", "0", sys.executable, "-B", __file__, str(port), str(seconds), *names]


def again_and_again(hostile, name, counts):
    while not hostile.ended.is_set():
        try:
            getattr(hostile, name)()
        except (*GONE, AssertionError, TypeError):
            pass  # thrown out, in whatever state
        counts[name] += 1
        hostile.seen.clear()
        hostile.wait(0.05)


def main():
    port, seconds, names = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:] or NAMES
    ended, counts = threading.Event(), dict.fromkeys(names, 0)
    threads = [threading.Thread(target=again_and_again, args=(Hostile(port, ended), name, counts),
                                daemon=True) for name in names]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    ended.set()
    for thread in threads:
        thread.join(5)
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
