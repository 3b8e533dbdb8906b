"""Authorities and certificates for tests, by OpenSSL's command line."""

import subprocess


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=True,
                          **options)


class Authority:
    """Writes NAME.pem and NAME.key into `directory`, and likewise what it signs."""

    def __init__(self, directory, name):
        self.directory, self.name = directory, name
        self.certificate = directory / f"{name}.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-days", "2", "-subj", f"/CN={name}",
                "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign",
                "-keyout", directory / f"{name}.key", "-out", self.certificate)

    def sign(self, file, common_name, usage, alternatives="", days=2):
        """(certificate, key). `days` below 0: it has expired."""
        key, request = self.directory / f"{file}.key", self.directory / f"{file}.csr"
        certificate = self.directory / f"{file}.pem"
        extensions = self.directory / f"{file}.ext"
        extensions.write_text(f"extendedKeyUsage={usage}\n" +
                              (f"subjectAltName={alternatives}\n" if alternatives else ""))
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-subj", f"/CN={common_name}", "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate,
                "-CAkey", self.directory / f"{self.name}.key", "-CAcreateserial",
                "-days", days, "-extfile", extensions, "-out", certificate)
        return certificate, key
