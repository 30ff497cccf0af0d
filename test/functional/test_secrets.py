"""A planted secret is searched for.

Servers and commands are given recognisable secrets in every place where one can be, are driven into
every kind of error at log level debug, and then everything that they wrote and answered is searched
for the secrets and for parts of them.
"""

import base64
import contextlib
import dataclasses
import json
import os
import pathlib
import resource
import secrets
import signal
import socket
import sqlite3
import ssl
import subprocess

import pytest

from glue_calls import client, fresh_region, make_schema, record, register
from limpet_process import LimpetProcess, limpet_binary
from raw_http import Signer, call, compact, json_headers, send, send_bytes, utc_now
from test_tls import TlsLimpet
from tls_files import Authority

PART = 12  # so many characters of a secret in a row are a find


def planted(prefix="Pl4nt"):
    """40 characters, as secret access keys have."""
    return prefix + secrets.token_hex(20)[len(prefix):]


@dataclasses.dataclass
class Plants:
    """What must not be found, by the place where it was planted."""

    texts: dict = dataclasses.field(default_factory=dict)

    def add(self, place, text=None):
        self.texts[place] = text or planted()
        return self.texts[place]

    def found_in(self, sources):
        """["place in source: part"]: each plant, also as base64 and hex, whole or in part."""
        finds = []
        for place, text in self.texts.items():
            forms = {text, base64.b64encode(text.encode()).decode(), text.encode().hex()}
            for source, content in sources.items():
                parts = {form[at:at + PART] for form in forms
                         for at in range(len(form) - PART + 1)}
                if part := next((part for part in parts if part in content), None):
                    at = content.index(part)
                    finds.append(f"{place} in {source}: …{content[max(0, at - 200):at + 60]}…")
        return finds


class PlantedProcess(LimpetProcess):
    """A server in a folder of its own, which may leave a core file there."""

    def _limit(self):
        super()._limit()
        os.chdir(self.folder)


def written_by(server):
    """All that a server left outside its data: logs, greetings, and whatever else is there."""
    return {str(path.relative_to(server.folder)): path.read_bytes().decode("latin-1")
            for path in server.folder.rglob("*")
            if path.is_file() and server.data not in path.parents and path.suffix != ".yaml"}


def config_file(folder, plants):
    path = folder / "limpet.yaml"
    path.write_text(f"""\
access_key_id: AKIAFILEFILEFILEFILE
secret_access_key: {plants.add("the file's pair")}
access_keys:
  - {{id: AKIALISTLISTLISTLIST, secret: {plants.add("the file's list")}}}
log: {{level: debug}}
""")
    return path


@pytest.fixture(params=["text", "json"])
def server(tmp_path, request):
    """A server with planted secrets; in the end, all that it wrote is searched."""
    plants = Plants()
    limpet = PlantedProcess(tmp_path, "--config", str(config_file(tmp_path, plants)),
                            "--log-level", "debug", "--log-format", request.param)
    # The environment's pair wins over the file's.
    limpet.secret_key = plants.add("the environment")
    limpet.plants, limpet.answers = plants, {}
    limpet.start()
    yield limpet
    if limpet.process.poll() is None:
        assert limpet.stop() == 0
    written = written_by(limpet)
    assert "server_started" in written["limpet.log"]
    assert limpet.plants.found_in(written) == []
    assert limpet.plants.found_in(limpet.answers) == []


def heard(server, name, answer):
    """Keep an answer for the search."""
    server.answers[name] = (f"{answer.status} {answer.headers}\n".encode() + answer.body).decode(
        "latin-1")
    return answer


def test_keys_are_told_once(server, region):
    """Every kind of key works, and only CreateAccessKey ever tells a secret."""
    heard(server, "env", call(server, "ListRegistries", {}, region=region))
    listed = {"access_key": "AKIALISTLISTLISTLIST",
              "secret_key": server.plants.texts["the file's list"]}
    assert heard(server, "list", call(server, "ListRegistries", {}, **listed)).status == 200
    made = call(server, "Limpet.CreateAccessKey", {"Description": "d"}).json
    pair = {"access_key": made["AccessKeyId"],
            "secret_key": server.plants.add("the store", made["SecretAccessKey"])}
    assert heard(server, "made", call(server, "ListRegistries", {}, **pair)).status == 200
    heard(server, "ListAccessKeys", call(server, "Limpet.ListAccessKeys", {}))
    heard(server, "wrong", call(server, "ListRegistries", {}, **{**pair, "secret_key": "x" * 40}))
    heard(server, "RevokeAccessKey",
          call(server, "Limpet.RevokeAccessKey", {"AccessKeyId": made["AccessKeyId"]}))
    assert heard(server, "revoked", call(server, "ListRegistries", {}, **pair)).status == 400
    for target in ("/metrics", "/info", "/healthz", "/readyz", "/"):
        heard(server, target, send(server, {"Host": server.host}, method="GET", target=target))
    assert server.stop() == 0
    # Nor is it in the history of changes.
    with contextlib.closing(sqlite3.connect(server.data / "limpet.db")) as database:
        history = "".join(value for value, in database.execute(
            "SELECT value FROM kv WHERE key LIKE 'log!%'"))
    assert made["AccessKeyId"] in history
    assert server.plants.found_in({"the change log": history}) == []


def test_credentials_of_bad_requests(server, region):
    """Signatures, tokens and passwords of requests that are refused, in each place they can be."""
    body = b'{"RegistryName":"r"}'
    unsigned = json_headers(server, "CreateRegistry")

    def refused(name, headers, data=body, target="/", statuses=(400, 403)):
        answer = heard(server, name, send(server, {**unsigned, **headers}, data, target=target))
        assert answer.status in statuses, (name, answer)

    def plant(name):
        return server.plants.add(name, secrets.token_hex(32))

    good = Signer.of(server, region).headers(unsigned, body)
    scope = f"{server.access_key}/{compact(utc_now())[:8]}/{region}/glue/aws4_request"
    for name, text in {
            "wrong signature": f"Credential={scope}, SignedHeaders=host;x-amz-date, Signature=%s",
            "signature of an unknown key": "Credential=AKIAUNKNOWNUNKNOWN00/20260101/us-east-1/"
                                           "glue/aws4_request, SignedHeaders=host, Signature=%s",
            "no credential": "SignedHeaders=host, Signature=%s",
            "broken scope": "Credential=AKIA/x, SignedHeaders=host, Signature=%s",
            "signature twice": f"Credential={scope}, Signature=%s, Signature=1",
            "secret as credential": "Credential=%s/20260101/us-east-1/glue/aws4_request, "
                                    "SignedHeaders=host, Signature=1",
            "unknown member": f"Credential={scope}, Secret=%s"}.items():
        refused(name, {"X-Amz-Date": good["X-Amz-Date"],
                       "Authorization": "AWS4-HMAC-SHA256 " + text % plant(name)})
    refused("bearer", {"Authorization": "Bearer " + plant("bearer")})
    refused("basic", {"Authorization": "Basic " + base64.b64encode(
        b"user:" + plant("basic").encode()).decode()})
    refused("other scheme", {"Authorization": plant("other scheme")})
    refused("token", Signer.of(server, region, secret_key="wrong",
                               session_token=plant("token")).headers(unsigned, body))
    refused("cookie", {"Cookie": "session=" + plant("cookie"), "X-Api-Key": plant("api key")})
    refused("hash", {**good, "X-Amz-Content-Sha256": plant("hash")}, statuses=(200, 400))
    refused("content type", {**good, "Content-Type": plant("content type")},
            statuses=(400, 404, 415))
    signer = Signer.of(server, region)
    query = signer.presigned_target({"Host": server.host}, body)
    refused("presigned", {}, target=query[:query.index("X-Amz-Signature")]
            + "X-Amz-Signature=" + plant("presigned") + "&X-Amz-Security-Token="
            + plant("presigned token"), statuses=(400, 403, 404))
    refused("path", {}, target="/" + plant("path") + "?Signature=" + plant("query"),
            statuses=(404,))


def test_bytes_that_are_no_request(server):
    """What cannot be read is not repeated either."""
    def plant(name):
        return server.plants.add(name).encode()

    for name, data in {
            "authority": b"POST http://user:%b@host/ HTTP/1.1\r\nHost: host\r\n\r\n",
            "bad header": b"POST / HTTP/1.1\r\nHost: a\r\nAuthorization: %b\0\r\n\r\n",
            "no colon": b"POST / HTTP/1.1\r\nHost: a\r\nAuthorization %b\r\n\r\n",
            "long header": b"POST / HTTP/1.1\r\nHost: a\r\nAuthorization: %b" + b"x" * 100_000,
            "method": b"%b / HTTP/1.1\r\nHost: a\r\n\r\n",
            "version": b"POST / HTTP/%b\r\nHost: a\r\n\r\n",
            "length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %b\r\n\r\n",
            "chunk": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%b\r\n",
            "coding": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: %b\r\n\r\n",
            "no line": b"%b\r\n\r\n"}.items():
        received = send_bytes(server, data.replace(b"%b", plant(name)))
        server.answers[name] = received.decode("latin-1")
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nAuthorization: " + plant("half a request"))


def test_payloads_stay_out_of_the_log(server, region):
    """What a request says may be told to its sender, and is no business of the log's readers."""
    payload = Plants()
    where = {"RegistryName": "default-registry", "SchemaName": "s"}
    glue = client(server, region)
    make_schema(glue, record(("f", "int"), doc=payload.add("first definition")))
    register(glue, record(("g", "int"), doc=payload.add("a definition that is refused")))
    heard(server, "wrong signature over a body", call(
        server, "CreateRegistry", {"RegistryName": server.plants.add("body, wrong signature")},
        secret_key="wrong"))
    for name, operation, body in (
            ("no JSON", "CreateRegistry", b'{"RegistryName": %s'),
            ("no UTF-8", "CreateRegistry", b'{"RegistryName": "%s\xff"}'),
            ("wrong type", "CreateRegistry", b'{"RegistryName": {"SecretAccessKey": "%s"}}'),
            ("unknown member", "CreateRegistry", b'{"RegistryName": "u", "Secret": "%s"}'),
            ("description", "CreateRegistry", b'{"RegistryName": "v", "Description": "%s"}'),
            ("tag", "CreateRegistry", b'{"RegistryName": "w", "Tags": {"password": "%s"}}'),
            ("unknown operation", "GetConnection", b'{"Name": "%s"}'),
            ("broken definition", "RegisterSchemaVersion", json.dumps({
                "SchemaId": where, "SchemaDefinition": '{"type": "record", "doc": "%s", }'})),
            ("metadata", "PutSchemaVersionMetadata", json.dumps({
                "SchemaId": where, "SchemaVersionNumber": {"LatestVersion": True},
                "MetadataKeyValue": {"MetadataKey": "password", "MetadataValue": "%s"}})),
            ("page token", "ListRegistries", b'{"NextToken": "%s"}')):
        body = body if isinstance(body, bytes) else body.encode()
        call(server, operation, body.replace(b"%s", payload.add(name).encode()), region=region)
    assert server.stop() == 0
    assert payload.found_in(written_by(server)) == []


def test_a_reload_that_fails(server, tmp_path):
    """A file that cannot be read any more is complained of without its text."""
    path = tmp_path / "limpet.yaml"
    good = path.read_text()
    for name, text in {"no YAML": "secret_access_key: [%s", "twice": "log: {level: %s}",
                       "a map": "secret_access_key: {a: %s}"}.items():
        path.write_text(good + "\n" + text.replace("%s", server.plants.add("reload, " + name)))
        before = server.words().count("reload_failed")
        server.process.send_signal(signal.SIGHUP)
        while server.words().count("reload_failed") == before:
            assert server.is_ready()
    path.write_text(good)


def run(arguments, folder, **environment):
    """What a command says."""
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith(("AWS_", "LIMPET_"))}
    done = subprocess.run([limpet_binary(), *map(str, arguments)], cwd=folder, text=True,
                          capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
                          env={**clean, "HOME": str(folder), **environment})
    return done.returncode, done.stdout + done.stderr


BAD_STARTS = {
    "no YAML": "secret_access_key: [%s",
    "a tab": "secret_access_key:\n\t%s",
    "a map": "secret_access_key: {a: %s}",
    "a list": "secret_access_key: [%s]",
    "no id": "secret_access_key: %s",
    "bad id": "access_key_id: '%s'\nsecret_access_key: %s",
    "blank": "access_key_id: AKIAFILEFILEFILEFILE\nsecret_access_key: '%s with blanks'",
    "list of texts": "access_keys: [%s]",
    "text as list": "access_keys: %s",
    "bad id in list": "access_keys: [{id: 'no id', secret: %s}]",
    "no id in list": "access_keys: [{secret: %s}]",
    "unknown in list": "access_keys: [{id: AKIAFILEFILEFILEFILE, secret: %s, token: %s}]",
    "two of one id": "access_keys: [{id: AKIAFILEFILEFILEFILE, secret: %s}, "
                     "{id: AKIAFILEFILEFILEFILE, secret: other}]",
    "bad account": "access_keys: [{id: AKIAFILEFILEFILEFILE, secret: %s, account: x}]",
    "misspelt": "secret_acess_key: %s",
    "unknown nested": "keys: {secret: %s}",
}


@pytest.mark.parametrize("name", BAD_STARTS)
def test_a_bad_configuration_file(name, tmp_path):
    plants = Plants()
    (tmp_path / "limpet.yaml").write_text(BAD_STARTS[name].replace("%s", plants.add(name))
                                          + "\nlisten: nowhere\n")  # it must not start
    status, words = run(["serve", "--config", "limpet.yaml", "--data", "data"], tmp_path)
    assert status != 0 and words
    assert plants.found_in({"words": words}) == []


@pytest.mark.parametrize("secret", ["%s", "%s\n", "%s with blanks", "%s" + "x" * 5000],
                         ids=["without id", "line", "blanks", "long"])
def test_a_bad_environment(secret, tmp_path):
    plants = Plants()
    secret = secret.replace("%s", plants.add("environment"))
    for environment in ({}, {"LIMPET_ACCESS_KEY_ID": "no id"}, {"LIMPET_LISTEN": "nowhere"}):
        status, words = run(["serve", "--data", "data", "--listen", "nowhere"], tmp_path,
                            LIMPET_SECRET_ACCESS_KEY=secret, **environment)
        assert status != 0 and words
        assert plants.found_in({"words": words}) == []


@pytest.mark.parametrize("form", [["--secret-access-key", "%s"], ["--secret-access-key=%s"], ["%s"],
                                  ["--tls-passphrase", "%s"], ["--port", "%s"]], ids=" ".join)
def test_an_option_that_is_not_there(form, tmp_path):
    plants = Plants()
    secret = plants.add("command line")
    for command in (["serve"], ["dev"], ["keys", "create"], []):
        status, words = run([*command, *(part.replace("%s", secret) for part in form)], tmp_path)
        assert status == 2 and words
        assert plants.found_in({"words": words}) == []


def test_commands(tmp_path, start_limpet):
    """Commands use secrets, and tell none but the one that makes a key."""
    limpet = start_limpet()
    plants, said = Plants(), {}
    good = {"AWS_ACCESS_KEY_ID": limpet.access_key,
            "AWS_SECRET_ACCESS_KEY": plants.add("good key", limpet.secret_key),
            "AWS_REGION": fresh_region()}
    bad = {**good, "AWS_SECRET_ACCESS_KEY": plants.add("wrong key"),
           "AWS_SESSION_TOKEN": plants.add("session token")}
    endpoint = ["--endpoint", limpet.endpoint]
    for name, arguments, environment in (
            ("list", ["registry", "list", *endpoint], good),
            ("refused", ["registry", "list", *endpoint], bad),
            ("refused keys", ["keys", "create", *endpoint], bad),
            ("nobody there", ["registry", "list", "--endpoint", "http://127.0.0.1:1"], bad),
            ("no url", ["registry", "list", "--endpoint", "http://u:"
                        + plants.add("password of a URL") + "@127.0.0.1:1"], bad),
            ("keys list", ["keys", "list", *endpoint], good)):
        said[name] = run(arguments, tmp_path, **environment)[1]
    status, words = run(["keys", "create", "--data", "data"], tmp_path)
    assert status == 0
    secret = next(line.partition("=")[2] for line in words.splitlines()
                  if line.startswith("export AWS_SECRET_ACCESS_KEY="))
    assert len(secret) == 40
    plants.add("made in a folder", secret)
    said["keys list of a folder"] = run(["keys", "list", "--data", "data"], tmp_path)[1]
    said["the server's log"] = limpet.words()
    assert plants.found_in(said) == []


def key_lines(path, plants):
    """Plant what a PEM file of a key holds."""
    for number, line in enumerate(path.read_text().splitlines()):
        if not line.startswith("-----") and len(line) >= PART:
            plants.add(f"line {number} of {path.name}", line)


def test_keys_of_tls(tmp_path):
    """A key of TLS that is misplaced or damaged is complained of without its text."""
    plants, authority = Plants(), Authority(tmp_path)
    certificate, key = authority.issue("server")
    other_certificate, other_key = authority.issue("other")
    for path in (key, other_key):
        key_lines(path, plants)
    damaged = tmp_path / "damaged.key"
    damaged.write_text(key.read_text().replace("\n-----END", "A\n-----END"))
    words = tmp_path / "words.key"
    words.write_text(plants.add("words instead of a key"))
    for pair in ((key, certificate), (key, key), (certificate, other_key), (certificate, damaged),
                 (certificate, words), (words, key), (certificate, plants.add("no such file"))):
        status, said = run(["serve", "--data", "data", "--listen", "127.0.0.1:0",
                            "--tls-certificate", pair[0], "--tls-key", pair[1]], tmp_path,
                           LIMPET_ACCESS_KEY_ID="AKIAKEYKEYKEYKEYKEYK",
                           LIMPET_SECRET_ACCESS_KEY=plants.add("environment"))
        assert status != 0 and said
        # A path is no secret, even one that looks like it.
        assert plants.found_in({"words": said.replace(str(pair[1]), "")}) == []

    trust = ssl.create_default_context(cafile=authority.certificate)
    limpet = TlsLimpet(tmp_path, trust, "--tls-certificate", str(certificate), "--tls-key",
                       str(key), "--log-level", "debug").start()
    try:
        good = key.read_text()
        for text in (damaged.read_text(), words.read_text(), other_key.read_text(), ""):
            key.write_text(text)
            limpet.reload("reload_failed")
        key.write_text(good)
        limpet.reload("certificate_loaded")
        with socket.create_connection(("127.0.0.1", limpet.port)) as plain:
            plain.sendall(b"POST / HTTP/1.1\r\nAuthorization: " + plants.add("plain text").encode()
                          + b"\r\n\r\n")
            plain.shutdown(socket.SHUT_WR)
            plain.recv(1000)
        assert limpet.stop() == 0
    finally:
        if limpet.process.poll() is None:
            limpet.kill()
    assert plants.found_in({"the log": limpet.words()}) == []


def test_a_crash_leaves_no_core(tmp_path):
    """Secrets are in the server's memory, so that must not be written to disk."""
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    left = {}
    for core_dumps in ("on", "off"):
        folder = tmp_path / core_dumps
        folder.mkdir()
        before = core_files(folder)
        limpet = PlantedProcess(folder, "--core-dumps", core_dumps,
                                limits={resource.RLIMIT_CORE: most})
        limpet.secret_key = planted()
        limpet.start()
        assert call(limpet, "ListRegistries", {}).status == 200
        limpet.process.send_signal(signal.SIGABRT)
        assert limpet.process.wait(60) == -signal.SIGABRT
        left[core_dumps] = core_files(folder) - before
        assert Plants({"the environment": limpet.secret_key}).found_in(
            {"limpet.log": limpet.words()}) == []
        if core_dumps == "on":
            # Where this machine writes cores at all, they hold what is looked for.
            assert all(limpet.secret_key.encode() in core.read_bytes() for core in left["on"])
    assert left["off"] == set()


def core_files(folder):
    """Core files in a folder, and where the kernel was told to put them."""
    pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text(encoding="ascii").strip()
    places = {folder, *([pathlib.Path(pattern).parent] if pattern.startswith("/") else [])}
    return {path for place in places for path in place.glob("*core*") if path.is_file()}
