"""A hub with TLS and accounts: who comes in, who does not, and which protocol versions are spoken."""

import hashlib
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

import hub_process

TOKEN = "a-token-for-the-test"
CONFIGURATION = """
[listen]
tls_certificate = "{directory}/certificate.pem"
tls_key = "{directory}/key.pem"

[[partner]]
id = "county-ems"
token_sha256 = ["{hash}"]
"""


def make_certificate(directory):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", directory / "key.pem", "-out", directory / "certificate.pem"],
                   check=True, capture_output=True)


class TlsHub(hub_process.Hub):
    def wait_ready(self):
        deadline = time.monotonic() + hub_process.DEADLINE_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the hub ended with status {self.process.returncode}")
            if self.curl("/readyz")[0] == "200":
                return
            time.sleep(0.02)
        raise AssertionError("the hub was not ready in time")

    def curl(self, path, *options):
        """Status and body, the certificate checked."""
        done = subprocess.run(
            ["curl", "--silent", "--cacert", self.certificate, "--write-out", "\n%{http_code}",
             *options, f"https://127.0.0.1:{self.port}{path}"],
            capture_output=True, text=True, check=False, timeout=hub_process.DEADLINE_S)
        body, _, status = done.stdout.rpartition("\n")
        return status, body


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="commonwatch-tls-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        make_certificate(cls.directory)
        (cls.directory / "token").write_text(TOKEN)
        (cls.directory / "token").chmod(0o600)
        configuration = cls.directory / "hub.toml"
        configuration.write_text(CONFIGURATION.format(
            directory=cls.directory, hash=hashlib.sha256(TOKEN.encode()).hexdigest()))
        cls.hub = TlsHub("--config", str(configuration))
        cls.hub.certificate = cls.directory / "certificate.pem"
        cls.hub.__enter__()
        cls.addClassCleanup(cls.hub.__exit__, None, None, None)

    def commonwatch(self, *arguments):
        return subprocess.run([hub_process.binaries / "commonwatch", *arguments,
                               "--server", f"wss://127.0.0.1:{self.hub.port}"],
                              capture_output=True, text=True, check=False,
                              timeout=hub_process.DEADLINE_S)

    def test_a_token_opens_what_it_may_and_nothing_else_opens_anything(self):
        self.assertEqual(self.hub.curl("/v1/hotspots")[0], "401")
        self.assertEqual(self.hub.curl("/v1/hotspots", "-H", "Authorization: Bearer no")[0], "401")
        bearer = ("-H", f"Authorization: Bearer {TOKEN}")
        self.assertEqual(self.hub.curl("/v1/hotspots", *bearer)[0], "200")
        self.assertEqual(self.hub.curl("/v1/sources/county-ems/cad", *bearer)[0], "200")
        status, body = self.hub.curl("/v1/sources/police/rms", *bearer)
        self.assertEqual(status, "403")
        self.assertIn("ERROR_CODE_FORBIDDEN", body)

    def test_our_client_speaks_it_and_says_who_it_is(self):
        done = self.commonwatch("status", "--ca", str(self.hub.certificate),
                                "--token-file", str(self.directory / "token"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("county-ems", done.stdout)

    def test_our_client_without_a_token_has_no_right(self):
        done = self.commonwatch("status", "--ca", str(self.hub.certificate))
        self.assertEqual(done.returncode, 4, done.stderr)

    def test_our_client_refuses_a_certificate_that_it_cannot_check(self):
        done = self.commonwatch("status", "--token-file", str(self.directory / "token"))
        self.assertNotEqual(done.returncode, 0)

    def test_versions_1_2_and_1_3_are_spoken_and_no_older_one(self):
        def speaks(version):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(self.hub.certificate)
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
            with socket.create_connection(("127.0.0.1", self.hub.port)) as plain:
                try:
                    with context.wrap_socket(plain, server_hostname="127.0.0.1"):
                        return True
                except (ssl.SSLError, OSError):
                    return False

        self.assertTrue(speaks(ssl.TLSVersion.TLSv1_2))
        self.assertTrue(speaks(ssl.TLSVersion.TLSv1_3))
        self.assertFalse(speaks(ssl.TLSVersion.TLSv1_1))


if __name__ == "__main__":
    hub_process.main()
