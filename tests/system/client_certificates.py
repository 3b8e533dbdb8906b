"""Agencies that come with a client certificate, and what OpenSSL's s_client may negotiate."""

import pathlib
import shutil
import ssl
import subprocess
import tempfile
import unittest

import websockets

import hub_process
from certificates import Authority
from session import JsonSession
from tls import TlsHub

CONFIGURATION = """
[listen]
tls_certificate = "{directory}/server.pem"
tls_key = "{directory}/server.key"
client_ca = "{directory}/coalition.pem"

[[partner]]
id = "county-ems"
certificate = ["cad.ems.example.org"]

[[partner]]
id = "police"
certificate = ["rms.police.example.org"]
"""
STRONG = ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305")
# No forward secrecy; no authenticated encryption; no encryption; no authentication.
WEAK = ("AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384",
        "ECDHE-ECDSA-NULL-SHA", "AECDH-AES128-SHA", "PSK-AES128-GCM-SHA256")


class ClientCertificates(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = directory = pathlib.Path(tempfile.mkdtemp(prefix="commonwatch-ca-"))
        cls.addClassCleanup(shutil.rmtree, directory, ignore_errors=True)
        coalition, stranger = Authority(directory, "coalition"), Authority(directory, "stranger")
        coalition.sign("server", "localhost", "serverAuth", "DNS:localhost,IP:127.0.0.1")
        coalition.sign("ems", "cad.ems.example.org", "clientAuth")
        coalition.sign("alternative", "some name", "clientAuth", "DNS:rms.police.example.org")
        coalition.sign("expired", "cad.ems.example.org", "clientAuth", days=-1)
        coalition.sign("unknown", "nobody.example.org", "clientAuth")
        coalition.sign("misused", "cad.ems.example.org", "serverAuth")
        stranger.sign("forged", "cad.ems.example.org", "clientAuth")
        configuration = directory / "hub.toml"
        configuration.write_text(CONFIGURATION.format(directory=directory))
        cls.hub = TlsHub("--config", str(configuration))
        cls.hub.certificate = coalition.certificate
        cls.hub.__enter__()
        cls.addClassCleanup(cls.hub.__exit__, None, None, None)

    def ask(self, name, path="/v1/sources/county-ems/cad"):
        shown = ("--cert", self.directory / f"{name}.pem", "--key", self.directory / f"{name}.key")
        return self.hub.curl(path, *shown)

    def test_a_partner_is_known_by_the_common_name_of_its_certificate(self):
        self.assertEqual(self.ask("ems")[0], "200")
        self.assertEqual(self.ask("ems", "/v1/sources/police/rms")[0], "403")

    def test_a_partner_is_known_by_an_alternative_name_of_its_certificate(self):
        self.assertEqual(self.ask("alternative", "/v1/sources/police/rms")[0], "200")

    def refused(self, name, sentence):
        status, body = self.ask(name)
        self.assertEqual(status, "401", body)
        self.assertIn(sentence, body)
        self.assertIn("ERROR_CODE_UNAUTHENTICATED", body)

    def test_an_expired_certificate_is_refused_with_a_sentence_here_and_in_the_log(self):
        self.refused("expired", "the client certificate of cad.ems.example.org expired on")
        self.assertIn("refused 127.0.0.1: ", self.hub.log_path.read_text())

    def test_a_certificate_of_another_authority_is_refused_with_a_sentence(self):
        self.refused("forged", "was not signed by an authority that this hub trusts")

    def test_a_certificate_that_is_not_for_clients_is_refused(self):
        self.refused("misused", "cannot be trusted")

    def test_a_certificate_of_nobody_and_none_at_all_are_refused(self):
        self.refused("unknown", "nobody.example.org is no account's")
        self.assertEqual(self.hub.curl("/v1/sources/county-ems/cad")[0], "401")
        self.assertEqual(self.hub.curl("/readyz")[0], "200")

    async def session(self, name):
        context = ssl.create_default_context(cafile=str(self.hub.certificate))
        context.load_cert_chain(self.directory / f"{name}.pem", self.directory / f"{name}.key")
        socket = await websockets.connect(f"wss://localhost:{self.hub.port}/v1/stream", ssl=context,
                                          subprotocols=["commonwatch.v1.json"], compression=None)
        self.addAsyncCleanup(socket.close)
        session = JsonSession(socket)
        self.addCleanup(session.reader.cancel)
        await session.send(hello={"client": "certificate-test/1"})
        return session

    async def test_hello_without_a_token_is_the_certificate_s_partner(self):
        session = await self.session("ems")
        self.assertEqual((await session.receive("welcome"))["principal"], "county-ems")
        self.assertEqual(await session.open_source("county-ems/cad-1"), 0)

    async def test_hello_with_an_expired_certificate_is_told_why_and_closed(self):
        session = await self.session("expired")
        error = await session.receive("error")
        self.assertIn("expired on", error["message"])
        self.assertEqual(await session.close_code(), 4500)

    def s_client(self, *options):
        """What was negotiated, as s_client prints it; empty: nothing."""
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.hub.port}", "-CAfile",
             self.hub.certificate, "-verify_return_error", "-brief", *options],
            input="", capture_output=True, text=True, check=False, timeout=hub_process.DEADLINE_S)
        told = done.stdout + done.stderr
        return told if done.returncode == 0 and "CONNECTION ESTABLISHED" in told else ""

    def test_s_client_is_given_versions_1_2_and_1_3_and_no_older_one(self):
        self.assertIn("Protocol version: TLSv1.2", self.s_client("-tls1_2"))
        self.assertIn("Protocol version: TLSv1.3", self.s_client("-tls1_3"))
        for old in ("-tls1", "-tls1_1"):
            self.assertEqual(self.s_client(old, "-cipher", "ALL:@SECLEVEL=0"), "")

    def test_s_client_is_given_strong_ciphers_and_no_weak_one(self):
        for cipher in STRONG:
            told = self.s_client("-tls1_2", "-cipher", cipher)
            self.assertIn(f"Ciphersuite: {cipher}", told)
        for cipher in WEAK:
            self.assertEqual(self.s_client("-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0"), "",
                             cipher)


if __name__ == "__main__":
    hub_process.main()
