"""Certificates made on the spot with the openssl command."""

import pathlib
import subprocess


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """Signs certificates; clients trust `certificate`."""

    def __init__(self, folder, name="limpet test authority"):
        self.folder = pathlib.Path(folder)
        self.name = name
        self.certificate = self.folder / f"{name}.crt"
        self._key = self.folder / f"{name}.key"
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-subj", f"/CN={name}", "-days", "30", "-keyout", self._key, "-out",
                 self.certificate)

    def issue(self, name, *, names="IP:127.0.0.1,DNS:localhost", into=None):
        """(certificate, key) of `name`; `into` are files to overwrite."""
        certificate, key = into or (self.folder / f"{name}.crt", self.folder / f"{name}.key")
        request = self.folder / f"{name}.csr"
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\n", encoding="ascii")
        new_key = self.folder / f"{name}.new-key"
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                 f"/CN={name}", "-keyout", new_key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key,
                 "-days", "20", "-extfile", extensions, "-out", certificate)
        new_key.chmod(0o600)
        new_key.replace(key)
        return certificate, key
