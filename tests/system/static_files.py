#!/usr/bin/python3
"""The dashboard's files over HTTP: validators, codings, ranges, headers, and no way out of the
directory. Raw sockets, where a client would tidy the path before it sends it."""

import gzip
import hashlib
import http.client
import json
import os
import pathlib
import random
import tempfile
import unittest

import hub_process
import tls

PAGE = b"<!doctype html><title>page</title>" + b"x" * 2000
SCRIPT = b"console.log('hello');\n" * 100
TILES = random.Random(7).randbytes(1_000_003)
SECRET = b"nobody may read this"
HASHED = "/assets/main-Bx3_9aQz.js"


def make_site(root):
    for name, content in {"site/index.html": PAGE, f"site{HASHED}": SCRIPT,
                          f"site{HASHED}.gz": gzip.compress(SCRIPT),
                          f"site{HASHED}.br": b"stands for brotli",
                          "tiles/county.pmtiles": TILES, "tiles/county.pmtiles.gz": b"never",
                          "tiles/readme.txt": SECRET, "secret.txt": SECRET,
                          "site/.env": SECRET}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    os.symlink(root / "secret.txt", root / "site" / "link.txt")
    os.symlink(root, root / "site" / "up")
    (root / "hub.toml").write_text(
        f'[dashboard]\ndir = "{root}/site"\ntiles_dir = "{root}/tiles"\n')


class StaticFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        root = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="site-")))
        make_site(root)
        cls.root = root
        cls.hub = cls.enterClassContext(hub_process.Hub("--config", str(root / "hub.toml")))

    def ask(self, target, method="GET", **headers):
        """The answer with its body as it came; underscores of header names are hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=60)
        self.addCleanup(connection.close)
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        answer.body = answer.read()
        return answer

    def test_the_page_comes_with_headers_that_keep_it_to_this_site(self):
        answer = self.ask("/")
        self.assertEqual((answer.status, answer.body), (200, PAGE))
        self.assertEqual(answer.getheader("Content-Type"), "text/html; charset=utf-8")
        self.assertEqual(answer.getheader("Cache-Control"), "no-cache")
        policy = answer.getheader("Content-Security-Policy")
        self.assertTrue(policy.startswith("default-src 'none';"))
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(answer.getheader("X-Content-Type-Options"), "nosniff")
        self.assertEqual(answer.getheader("Referrer-Policy"), "no-referrer")
        self.assertIn("geolocation=(self)", answer.getheader("Permissions-Policy"))

    def test_a_hashed_name_is_kept_for_ever_and_comes_in_the_best_coding_that_is_taken(self):
        for accepted, coding, body in (
                ("gzip, deflate, br", "br", b"stands for brotli"),
                ("gzip, br;q=0", "gzip", gzip.compress(SCRIPT)),
                ("identity", None, SCRIPT)):
            answer = self.ask(HASHED, Accept_Encoding=accepted)
            self.assertEqual(answer.getheader("Content-Encoding"), coding)
            self.assertEqual(answer.getheader("Vary"), "Accept-Encoding")
            self.assertIn("immutable", answer.getheader("Cache-Control"))
            self.assertEqual(len(answer.body), len(body))
        plain, packed = self.ask(HASHED), self.ask(HASHED, Accept_Encoding="gzip")
        self.assertEqual(gzip.decompress(packed.body), plain.body)
        self.assertNotEqual(plain.getheader("ETag"), packed.getheader("ETag"))

    def test_what_the_client_holds_is_not_sent_again_until_it_changes(self):
        tag = self.ask("/").getheader("ETag")
        answer = self.ask("/", If_None_Match=tag)
        self.assertEqual((answer.status, answer.body), (304, b""))
        self.assertEqual(answer.getheader("ETag"), tag)
        (self.root / "site" / "note.txt").write_bytes(b"one")
        first = self.ask("/note.txt").getheader("ETag")
        (self.root / "site" / "note.txt").write_bytes(b"two")
        answer = self.ask("/note.txt", If_None_Match=first)
        self.assertEqual((answer.status, answer.body), (200, b"two"))

    def test_head_says_what_get_would_without_a_body(self):
        head, get = self.ask("/tiles/county.pmtiles", "HEAD"), self.ask("/tiles/county.pmtiles")
        self.assertEqual((head.status, head.body), (200, b""))
        for name in ("Content-Length", "Content-Type", "ETag", "Accept-Ranges"):
            self.assertEqual(head.getheader(name), get.getheader(name), name)

    def test_tiles_come_whole_and_in_ranges_and_never_in_a_coding(self):
        whole = self.ask("/tiles/county.pmtiles", Accept_Encoding="gzip, br")
        self.assertEqual(hashlib.sha256(whole.body).digest(), hashlib.sha256(TILES).digest())
        self.assertIsNone(whole.getheader("Content-Encoding"))
        size = len(TILES)
        for asked, first, last in (("bytes=0-16383", 0, 16383), ("bytes=500000-", 500000, size - 1),
                                   ("bytes=-127", size - 127, size - 1),
                                   ("bytes=65530-200000", 65530, 200000)):
            answer = self.ask("/tiles/county.pmtiles", Range=asked)
            self.assertEqual(answer.status, 206)
            self.assertEqual(answer.getheader("Content-Range"), f"bytes {first}-{last}/{size}")
            self.assertEqual(answer.body, TILES[first:last + 1])

    def test_a_range_behind_the_end_is_refused_with_the_size(self):
        answer = self.ask("/tiles/county.pmtiles", Range=f"bytes={len(TILES)}-")
        self.assertEqual((answer.status, answer.body), (416, b""))
        self.assertEqual(answer.getheader("Content-Range"), f"bytes */{len(TILES)}")

    def test_a_range_of_another_version_or_several_ranges_get_the_whole_file(self):
        tag = self.ask("/tiles/county.pmtiles", "HEAD").getheader("ETag")
        self.assertFalse(tag.startswith("W/"))
        for headers, status in (({"If_Range": tag}, 206), ({"If_Range": '"other"'}, 200),
                                ({"If_Range": "W/" + tag}, 200)):
            answer = self.ask("/tiles/county.pmtiles", Range="bytes=0-9", **headers)
            self.assertEqual(answer.status, status, headers)
        self.assertEqual(self.ask("/tiles/county.pmtiles", Range="bytes=0-1,4-5").status, 200)

    def test_tiles_are_listed_by_name_and_nothing_else_of_their_directory_is_served(self):
        self.assertEqual(json.loads(self.ask("/tiles/").body), ["county.pmtiles"])
        self.assertEqual(self.ask("/tiles/readme.txt").status, 404)

    def test_no_target_leads_out_of_the_directory(self):
        outside = str(self.root / "secret.txt")
        for target in ("/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt",
                       "/assets/..%2f..%2fsecret.txt", "/assets/../../secret.txt",
                       "/..\\secret.txt", "/..%5csecret.txt", "/%00", "/index.html%00.js",
                       "//" + outside, "/" + outside, "/%2f" + outside, "/link.txt",
                       "/up/secret.txt", "/.env", "/tiles/../secret.txt",
                       "/tiles/..%2fsite%2findex.html", "/%252e%252e/secret.txt", "/.",
                       "/assets", "/assets/", "/index.html/"):
            answer = self.ask(target)
            self.assertEqual(answer.status, 404, target)
            self.assertNotIn(SECRET, answer.body, target)

    def test_a_slow_reader_of_a_large_file_gets_all_of_it(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", "/tiles/county.pmtiles")
        answer = connection.getresponse()
        parts = []
        while part := answer.read(3000):
            parts.append(part)
        self.assertEqual(b"".join(parts), TILES)
        # The connection goes on.
        connection.request("GET", "/healthz")
        self.assertEqual(connection.getresponse().read(), b"alive\n")

    def test_a_file_is_read_only_and_an_unknown_one_is_named(self):
        self.assertEqual(self.ask("/", "POST", Content_Length="0").status, 404)
        answer = self.ask("/nowhere")
        self.assertEqual(answer.status, 404)
        self.assertEqual(json.loads(answer.body)["code"], "ERROR_CODE_NOT_FOUND")


class Accounts(unittest.TestCase):
    def test_the_page_needs_no_token_and_its_data_do(self):
        with tempfile.TemporaryDirectory(prefix="site-") as directory:
            root = pathlib.Path(directory)
            make_site(root)
            with open(root / "hub.toml", "a", encoding="utf-8") as file:
                file.write('[[viewer]]\nid = "desk"\n')
            with hub_process.Hub("--config", str(root / "hub.toml")) as hub:
                self.assertEqual(hub.get("/").body, PAGE)
                self.assertEqual(hub.get("/v1/hotspots").status, 401)


class Tls(unittest.TestCase):
    def test_a_large_file_comes_whole_over_tls(self):
        with tempfile.TemporaryDirectory(prefix="site-") as directory:
            root = pathlib.Path(directory)
            make_site(root)
            tls.make_certificate(root)
            with open(root / "hub.toml", "a", encoding="utf-8") as file:
                file.write(f'[listen]\ntls_certificate = "{root}/certificate.pem"\n'
                           f'tls_key = "{root}/key.pem"\n')
            hub = tls.TlsHub("--config", str(root / "hub.toml"))
            hub.certificate = root / "certificate.pem"
            with hub:
                status, _ = hub.curl("/tiles/county.pmtiles", "--output", str(root / "copy"))
                self.assertEqual(status, "200")
                self.assertEqual((root / "copy").read_bytes(), TILES)


class Configuration(unittest.TestCase):
    def test_a_directory_without_a_page_is_refused_at_the_start(self):
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "hub.toml"
            file.write_text(f'[dashboard]\ndir = "{directory}"\n')
            done = hub_process.subprocess.run(
                [hub_process.binaries / "commonwatch-hub", "check-config", "--config", file],
                capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("index.html", done.stderr)


if __name__ == "__main__":
    hub_process.main()
