"""The listener over TLS: who is let in, and a certificate that changes under load."""

import concurrent.futures
import contextlib
import http.client
import itertools
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import threading

import pytest

from glue_calls import client, make_schema, record, register, schema_id
from limpet_process import LimpetProcess, limpet_binary, wait_for
from raw_http import Signer, json_headers
from tls_files import Authority


class TlsLimpet(LimpetProcess):
    """A server that speaks TLS; `trust` is the context of who asks whether it is ready."""

    def __init__(self, folder, trust, *options):
        super().__init__(folder, *options)
        self.trust = trust

    @property
    def endpoint(self):
        return f"https://127.0.0.1:{self.port}"

    def connect(self, trust=None):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        return (trust or self.trust).wrap_socket(plain, server_hostname="127.0.0.1")

    def is_ready(self):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=5,
                                                 context=self.trust)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def events(self, name):
        return [line for line in self.words().splitlines() if f" event={name}" in line]

    def reload(self, event):
        """SIGHUP; returns once one more such event is in the log."""
        before = len(self.events(event))
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(self.events(event)) > before, why=lambda: self.words()[-4000:])


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def start(tmp_path, authority):
    """start(*options): a server with a certificate of the authority's."""
    started = []

    def run(*options):
        certificate, key = authority.issue("server")
        trust = ssl.create_default_context(cafile=authority.certificate)
        limpet = TlsLimpet(tmp_path, trust, "--tls-certificate", str(certificate), "--tls-key",
                           str(key), *options)
        limpet.files = (certificate, key)
        started.append(limpet)
        return limpet.start()

    with contextlib.ExitStack() as ends:
        yield run
        for limpet in started:
            if limpet.process.poll() is None:
                ends.callback(limpet.kill)


def ask(connection):
    """GET /healthz on an open connection; its answer."""
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    received = b""
    while not received.endswith(b"\r\n\r\nok\n"):
        piece = connection.recv(65536)
        assert piece, received
        received += piece
    return received


def serial_of(limpet, trust):
    with limpet.connect(trust) as connection:
        return connection.getpeercert()["serialNumber"]


def test_boto3_and_the_commands(start, authority, region):
    limpet = start()
    glue = client(limpet, region, verify=str(authority.certificate))
    made = make_schema(glue)
    assert glue.get_schema_version(SchemaVersionId=made["SchemaVersionId"])["Status"] == "AVAILABLE"
    banner = (limpet.folder / "limpet.out").read_text(encoding="utf-8")
    assert f"AWS_ENDPOINT_URL_GLUE={limpet.endpoint}" in banner

    env = {"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": limpet.access_key,
           "AWS_SECRET_ACCESS_KEY": limpet.secret_key, "AWS_REGION": region, "HOME": "/nonexistent"}
    command = [limpet_binary(), "registry", "list", "--endpoint", limpet.endpoint]
    listed = [subprocess.run([*command, "--ca-file", authority.certificate], env=env, check=True,
                             capture_output=True, text=True).stdout,
              subprocess.run(command, env={**env, "AWS_CA_BUNDLE": str(authority.certificate)},
                             check=True, capture_output=True, text=True).stdout]
    assert listed[0] == listed[1] != ""
    unknown = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert unknown.returncode == 1
    assert "certificate verify failed" in unknown.stderr
    assert limpet.stop() == 0


def test_a_plain_client_is_told(start):
    limpet = start()
    with socket.create_connection(("127.0.0.1", limpet.port), timeout=60) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"this port speaks HTTPS, not plain HTTP" in received
    assert limpet.is_ready()


def test_a_tls_client_of_a_plain_port_is_refused(server):
    context = ssl.create_default_context()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as plain:
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_old_versions_are_refused(start):
    limpet = start()
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        limpet.connect(old)
    with limpet.connect() as connection:
        assert connection.version() == "TLSv1.3"


@pytest.mark.parametrize("mode", ["optional", "required"])
def test_client_certificates(start, authority, tmp_path, mode):
    mine = authority.issue("client")
    stranger = Authority(tmp_path, "stranger").issue("strange-client")

    def trust(shown):
        context = ssl.create_default_context(cafile=authority.certificate)
        if shown:
            context.load_cert_chain(*shown)
        return context

    def let_in(shown):
        try:
            with limpet.connect(trust(shown)) as connection:
                return b" 200 " in ask(connection)
        except (ssl.SSLError, ConnectionError):
            return False

    clients = tmp_path / "server"
    clients.mkdir()
    certificate, key = authority.issue("server")
    limpet = TlsLimpet(clients, trust(mine), "--tls-certificate", str(certificate), "--tls-key",
                       str(key), "--tls-client-ca", str(authority.certificate),
                       "--tls-client-auth", mode).start()
    try:
        assert let_in(mine)
        assert not let_in(stranger)
        assert let_in(None) == (mode == "optional")
        assert limpet.stop() == 0
    finally:
        if limpet.process.poll() is None:
            limpet.kill()


def test_a_renewed_certificate_drops_no_connection(start, authority, region):
    """Clients register version after version while the certificate is renewed, several times."""
    limpet = start("--log-level", "info")
    kept = limpet.connect()
    first = serial_of(limpet, limpet.trust)
    ask(kept)
    enough, count = threading.Event(), itertools.count()

    def write(worker):
        glue = client(limpet, region, verify=str(authority.certificate))
        schema, acknowledged = f"s{worker}", 0
        make_schema(glue, record(("f", "int")), schema=schema, compatibility="NONE")
        while not enough.is_set():
            register(glue, record((f"f{acknowledged}", "int")), schema_id(schema))
            acknowledged += 1
            next(count)
        return acknowledged

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        workers = [pool.submit(write, number) for number in range(4)]
        serials = {first}
        try:
            for _ in range(3):
                authority.issue("server", into=limpet.files)
                limpet.reload("log_reopened")
                serials.add(serial_of(limpet, limpet.trust))
                ask(kept)
        finally:
            enough.set()
        for worker in workers:
            assert worker.result() > 0
    assert len(serials) == 4
    kept.close()
    assert not limpet.events("reload_failed")
    assert limpet.stop() == 0


def test_a_bad_certificate_changes_nothing(start, authority):
    limpet = start()
    certificate, key = limpet.files
    serial = serial_of(limpet, limpet.trust)
    good = certificate.read_bytes(), key.read_bytes()
    authority.issue("other")
    for broken, message in [(b"", "cannot use the certificate"),
                            (b"garbage", "cannot use the certificate"),
                            ((authority.folder / "other.crt").read_bytes(), "cannot use the key")]:
        certificate.write_bytes(broken)
        limpet.reload("reload_failed")
        assert message in limpet.events("reload_failed")[-1]
        assert serial_of(limpet, limpet.trust) == serial
    certificate.unlink()
    limpet.reload("reload_failed")
    assert serial_of(limpet, limpet.trust) == serial
    certificate.write_bytes(good[0])
    limpet.reload("log_reopened")
    assert serial_of(limpet, limpet.trust) == serial
    # Nothing of a key is ever in the log, whatever is wrong with it.
    for line in good[1].splitlines()[1:-1]:
        assert line.decode() not in limpet.words()
    assert limpet.stop() == 0


def test_a_key_that_everybody_can_read_is_warned_about(start):
    limpet = start()
    assert limpet.events("certificate_loaded")
    assert not limpet.events("tls_key_exposed")
    limpet.files[1].chmod(0o644)
    limpet.reload("tls_key_exposed")
    assert " level=warning " in limpet.events("tls_key_exposed")[0]


def test_idle_connections_cost_memory_only(start):
    limpet = start()

    def resident():
        status = pathlib.Path(f"/proc/{limpet.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) * 1024

    with contextlib.ExitStack() as stack:
        def crowd(count):
            for _ in range(count):
                ask(stack.enter_context(limpet.connect()))

        crowd(50)  # what the first ones cost is the library's
        before = resident()
        crowd(200)
        each = (resident() - before) / 200
        print(f"{each / 1024:.1f} KiB for each idle connection")
        assert each < 48 * 1024
    assert limpet.stop() == 0


def test_options_that_need_each_other(tmp_path, authority):
    certificate, key = map(str, authority.issue("server"))
    for options, message in [
            (["--tls-certificate", certificate], "need each other"),
            (["--tls-certificate", certificate, "--tls-key", "/nonexistent"],
             "cannot use the key /nonexistent"),
            (["--tls-certificate", certificate, "--tls-key", key, "--tls-client-auth", "required"],
             "need each other"),
            (["--tls-client-ca", certificate, "--tls-client-auth", "optional"],
             "--tls-client-auth needs --tls-certificate")]:
        ended = subprocess.run([limpet_binary(), "serve", "--listen", "127.0.0.1:0", "--data",
                                tmp_path / "data", "--auth", "off", *options],
                               capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == 2, ended.stderr
        assert message in ended.stderr


def test_the_commands_of_openssl_agree(start, authority):
    """A second implementation's view: version, protocol, chain, and a resumed session."""
    limpet = start()
    seen = subprocess.run(
        ["openssl", "s_client", "-connect", limpet.host, "-CAfile", authority.certificate,
         "-verify_return_error", "-alpn", "h2,http/1.1", "-tls1_2", "-reconnect"],
        input="", capture_output=True, text=True, timeout=60, check=False).stdout
    assert "ALPN protocol: http/1.1" in seen
    assert "Verify return code: 0 (ok)" in seen
    assert "Reused, TLSv1.2" in seen
    assert "Secure Renegotiation IS supported" in seen
