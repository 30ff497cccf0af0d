"""Load for a server that was built with a sanitizer; scripts/sanitized-load says what and why."""

import argparse
import collections
import http.client
import itertools
import json
import multiprocessing
import os
import pathlib
import random
import signal
import socket
import ssl
import struct
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/functional"))

from limpet_process import LimpetProcess  # noqa: E402
from raw_http import Signer, encoded, json_headers  # noqa: E402
from tls_files import Authority  # noqa: E402

REGISTRIES = ("r0", "r0", "r0", "r1", "none")
SCHEMAS = ("s0", "s1", "s2", "s3")
MODES = ("NONE", "NONE", "BACKWARD", "FULL_ALL", "DISABLED", "FORWARD_ALL")
NO_KEY = "AKIA0000000000000000"


def signed(server, operation, body, region="us-east-1", **parts):
    """A whole request."""
    body = encoded(body)
    headers = Signer.of(server, region, **parts).headers(json_headers(server, operation), body)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode(), body


def plain_request(server, operation, body, **parts):
    head, body = signed(server, operation, body, **parts)
    return b"POST / HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


# ---- calls --------------------------------------------------------------------------------------


class Calls:
    """Random calls of every served operation. Names are few, so callers meet; some are wrong."""

    def __init__(self, rng):
        self.rng = rng
        self.ids = collections.deque(["00000000-0000-4000-8000-000000000000"], maxlen=50)
        self.arns = collections.deque(["arn:aws:glue:us-east-1:123456789012:registry/r0"],
                                      maxlen=20)
        self.keys = collections.deque([NO_KEY], maxlen=5)
        self.makers = [getattr(self, name) for name in dir(self) if name.startswith("call_")]

    def next(self):
        operation, body = self.rng.choice(self.makers)()
        if self.rng.random() < 0.03:
            body = self.rng.choice(({}, [], {**body, "Unknown": 1}, b"{", b"\xff\xfe", b"null",
                                    {key: [] for key in body}, {key: "" for key in body}))
        return operation, body

    def learn(self, answer):
        """Ids and ARNs of an answer are what later calls ask for."""
        if id_ := answer.get("SchemaVersionId"):
            self.ids.append(id_)
        for name in ("SchemaArn", "RegistryArn"):
            if arn := answer.get(name):
                self.arns.append(arn)
        if id_ := answer.get("AccessKeyId"):
            self.keys.append(id_)

    def definition(self):
        rng = self.rng
        if rng.random() < 0.05:
            return rng.choice(("", "{", '"nothing"', "[" * 500, "x" * 200_000))
        fields = [{"name": f"f{n}", "type": rng.choice(("int", "long", ["null", "string"]))}
                  for n in range(rng.randrange(1, rng.choice((4, 4, 4, 300))))]
        return json.dumps({"type": "record", "name": "R", "fields": fields})

    def registry_id(self):
        return {"RegistryName": self.rng.choice(REGISTRIES)}

    def schema_id(self):
        if self.rng.random() < 0.2:
            return {"SchemaArn": self.rng.choice(self.arns)}
        return {"RegistryName": self.rng.choice(REGISTRIES), "SchemaName": self.rng.choice(SCHEMAS)}

    def number(self):
        return self.rng.choice(({"LatestVersion": True}, {"VersionNumber": 10 ** 5},
                                {"VersionNumber": self.rng.randrange(1, 9)}))

    def version(self):
        return (self.rng.choice(({"SchemaVersionId": self.rng.choice(self.ids)},
                                 {"SchemaId": self.schema_id(),
                                  "SchemaVersionNumber": self.number()})))

    def pair(self):
        return {"MetadataKeyValue": {"MetadataKey": f"k{self.rng.randrange(4)}",
                                     "MetadataValue": f"v{self.rng.randrange(4)}"}}

    def call_check(self):
        return "CheckSchemaVersionValidity", {"DataFormat": "AVRO",
                                              "SchemaDefinition": self.definition()}

    def call_create_registry(self):
        return "CreateRegistry", {**self.registry_id(), "Tags": {"a": "b"}}

    def call_create_schema(self):
        return "CreateSchema", {
            "RegistryId": self.registry_id(), "SchemaName": self.rng.choice(SCHEMAS),
            "DataFormat": "AVRO", "Compatibility": self.rng.choice(MODES),
            "SchemaDefinition": self.definition()}

    def call_delete_registry(self):
        if self.rng.random() < 0.9:
            return self.call_create_registry()
        return "DeleteRegistry", {"RegistryId": self.registry_id()}

    def call_delete_schema(self):
        if self.rng.random() < 0.7:
            return self.call_register()
        return "DeleteSchema", {"SchemaId": self.schema_id()}

    def call_delete_versions(self):
        first = self.rng.randrange(1, 9)
        return "DeleteSchemaVersions", {"SchemaId": self.schema_id(), "Versions": self.rng.choice(
            (f"{first}", f"{first}-{first + 3}", "9-1", "1-99999", "x"))}

    def call_get_registry(self):
        return "GetRegistry", {"RegistryId": self.registry_id()}

    def call_get_schema(self):
        return "GetSchema", {"SchemaId": self.schema_id()}

    def call_get_by_definition(self):
        return "GetSchemaByDefinition", {"SchemaId": self.schema_id(),
                                         "SchemaDefinition": self.definition()}

    def call_get_version(self):
        return "GetSchemaVersion", self.version()

    call_get_version_again = call_get_version_still = call_get_version

    def call_diff(self):
        return "GetSchemaVersionsDiff", {
            "SchemaId": self.schema_id(), "FirstSchemaVersionNumber": self.number(),
            "SecondSchemaVersionNumber": self.number(), "SchemaDiffType": "SYNTAX_DIFF"}

    def call_get_tags(self):
        return "GetTags", {"ResourceArn": self.rng.choice(self.arns)}

    def call_list_registries(self):
        return "ListRegistries", {"MaxResults": self.rng.choice((1, 100, 0))}

    def call_list_versions(self):
        return "ListSchemaVersions", {"SchemaId": self.schema_id(), "MaxResults": 3}

    def call_list_schemas(self):
        return "ListSchemas", self.rng.choice(({}, {"RegistryId": self.registry_id()},
                                               {"NextToken": "nonsense"}))

    def call_put_metadata(self):
        return "PutSchemaVersionMetadata", {**self.version(), **self.pair()}

    def call_query_metadata(self):
        return "QuerySchemaVersionMetadata", self.version()

    def call_register(self):
        return "RegisterSchemaVersion", {"SchemaId": self.schema_id(),
                                         "SchemaDefinition": self.definition()}

    call_register_again = call_register

    def call_remove_metadata(self):
        return "RemoveSchemaVersionMetadata", {**self.version(), **self.pair()}

    def call_tag(self):
        return "TagResource", {"ResourceArn": self.rng.choice(self.arns),
                               "TagsToAdd": {f"t{self.rng.randrange(60)}": "v"}}

    def call_untag(self):
        return "UntagResource", {"ResourceArn": self.rng.choice(self.arns),
                                 "TagsToRemove": [f"t{self.rng.randrange(60)}"]}

    def call_update_registry(self):
        return "UpdateRegistry", {"RegistryId": self.registry_id(), "Description": "changed"}

    def call_update_schema(self):
        return "UpdateSchema", {"SchemaId": self.schema_id(), "SchemaVersionNumber": self.number(),
                                "Compatibility": self.rng.choice(MODES)}

    def call_explain(self):
        return "Limpet.ExplainSchemaVersion", self.version()

    def call_references(self):
        return "Limpet.GetSchemaVersionReferences", self.version()

    def call_referrers(self):
        return "Limpet.ListReferencingSchemaVersions", {**self.version(), "MaxResults": 5}

    def call_register_referencing(self):
        text = {"type": "record", "name": "W", "fields": [{"name": "r", "type": "R"}]}
        reference = {"Name": "R", "SchemaId": self.schema_id()}
        if self.rng.random() < 0.3:
            reference["SchemaVersionNumber"] = {"VersionNumber": self.rng.randrange(1, 5)}
        return "Limpet.RegisterSchemaVersion", {
            "SchemaId": self.schema_id(), "SchemaDefinition": json.dumps(text),
            "References": [reference]}

    def call_import(self):
        number = self.rng.randrange(1, 40)
        return "Limpet.ImportSchemaVersion", {
            "SchemaId": self.schema_id(), "VersionNumber": number,
            "SchemaVersionId": f"00000000-0000-4000-9000-{self.rng.randrange(200):012}",
            "Status": self.rng.choice(("AVAILABLE", "FAILURE")),
            "SchemaDefinition": self.definition()}

    def call_create_key(self):
        return "Limpet.CreateAccessKey", {"Description": "load"}

    def call_list_keys(self):
        return "Limpet.ListAccessKeys", {"MaxResults": 5}

    def call_revoke_key(self):
        return "Limpet.RevokeAccessKey", {"AccessKeyId": self.rng.choice(self.keys)}

    def call_unknown(self):
        return self.rng.choice(("GetTable", "Nonsense", "Limpet.Nothing", "." * 300)), {}


class Stopping(Exception):
    """The time is over."""


class Caller:
    """One kept connection, one call after another."""

    def __init__(self, server, seed, until, counts):
        self.server, self.until, self.counts = server, until, counts
        self.rng = random.Random(seed)
        self.connection = server.http()

    def run(self):
        calls = Calls(self.rng)
        while time.monotonic() < self.until:
            operation, body = calls.next()
            status, answer = self.call(operation, body)
            self.counts[operation, status] += 1
            if status == 200:
                calls.learn(answer)

    def call(self, operation, body, **parts):
        head, body = signed(self.server, operation, body, **(parts or self.parts()))
        self.connection.putrequest("POST", "/", skip_host=True, skip_accept_encoding=True)
        for line in head.decode().splitlines():
            name, _, value = line.partition(": ")
            self.connection.putheader(name, value)
        self.connection.putheader("Content-Length", str(len(body)))
        self.connection.endheaders(body)
        answer = self.connection.getresponse()
        document = answer.read()
        return answer.status, json.loads(document) if document else {}

    def parts(self):
        """Mostly a good signature."""
        return self.rng.choice(({},) * 40 + (
            {"secret_key": "wrong"}, {"access_key": NO_KEY}, {"service": "s3"},
            {"scope_date": "20000101"}, {"payload_hash": "0" * 64}, {"session_token": "t" * 99}))


class KeyKeeper(Caller):
    """Makes keys, uses each from a connection of its own, revokes it; then it must be refused."""

    def run(self):
        while time.monotonic() < self.until:
            status, key = self.call("Limpet.CreateAccessKey", {}, region="us-east-1")
            self.expect(status == 200, key)
            pair = {"access_key": key["AccessKeyId"], "secret_key": key["SecretAccessKey"]}
            status, answer = self.call("ListRegistries", {}, **pair)
            self.expect(status == 200, answer)
            status, answer = self.call("Limpet.RevokeAccessKey",
                                       {"AccessKeyId": key["AccessKeyId"]}, region="us-east-1")
            self.expect(status == 200, answer)
            status, answer = self.call("ListRegistries", {}, **pair)
            self.expect(status == 400, f"a revoked key was answered {status}: {answer}")
            self.counts["keys made, used and revoked", 200] += 1

    @staticmethod
    def expect(holds, what):
        if not holds:
            raise AssertionError(what)


class Tour(Caller):
    """Every operation of the registry once, in an order in which each must succeed; then again."""

    def run(self):
        for number in itertools.count():
            if time.monotonic() > self.until:
                return
            self.go_round({"RegistryName": f"tour{number}"})

    def go_round(self, registry):
        schema = {**registry, "SchemaName": "s"}
        made = self.must("CreateRegistry", **registry)
        self.must("GetRegistry", RegistryId=registry)
        self.must("UpdateRegistry", RegistryId=registry, Description="toured")
        first = self.must("CreateSchema", RegistryId=registry, SchemaName="s", DataFormat="AVRO",
                          Compatibility="BACKWARD", SchemaDefinition='"int"')["SchemaVersionId"]
        self.must("RegisterSchemaVersion", SchemaId=schema, SchemaDefinition='"long"')
        failed = self.must("RegisterSchemaVersion", SchemaId=schema, SchemaDefinition='"bytes"')
        self.must("Limpet.ExplainSchemaVersion", SchemaVersionId=failed["SchemaVersionId"])
        self.must("CheckSchemaVersionValidity", DataFormat="AVRO", SchemaDefinition='"int"')
        pair = {"MetadataKeyValue": {"MetadataKey": "k", "MetadataValue": "v"}}
        self.must("PutSchemaVersionMetadata", SchemaVersionId=first, **pair)
        self.must("QuerySchemaVersionMetadata", SchemaVersionId=first)
        self.must("RemoveSchemaVersionMetadata", SchemaVersionId=first, **pair)
        self.must("TagResource", ResourceArn=made["RegistryArn"], TagsToAdd={"k": "v"})
        self.must("GetTags", ResourceArn=made["RegistryArn"])
        self.must("UntagResource", ResourceArn=made["RegistryArn"], TagsToRemove=["k"])
        self.must("UpdateSchema", SchemaId=schema, SchemaVersionNumber={"VersionNumber": 1},
                  Compatibility="NONE")
        for operation in ("GetSchema", "ListSchemaVersions"):
            self.must(operation, SchemaId=schema)
        self.must("ListSchemas", RegistryId=registry)
        self.must("ListRegistries")
        for _ in range(3):  # from the cache, too
            self.must("GetSchemaVersion", SchemaVersionId=first)
        self.must("GetSchemaByDefinition", SchemaId=schema, SchemaDefinition='"int"')
        self.must("GetSchemaVersionsDiff", SchemaId=schema, SchemaDiffType="SYNTAX_DIFF",
                  FirstSchemaVersionNumber={"VersionNumber": 1},
                  SecondSchemaVersionNumber={"VersionNumber": 2})
        self.must("DeleteSchemaVersions", SchemaId=schema, Versions="2-3")
        self.must("DeleteSchema", SchemaId=schema)
        self.must("DeleteRegistry", RegistryId=registry)

    def must(self, operation, **body):
        status, answer = self.call(operation, body, region="eu-west-1")
        if status != 200:
            raise AssertionError(f"{operation} {body} was answered {status}: {answer}")
        self.counts[operation, status] += 1
        return answer


# ---- hostile bytes ------------------------------------------------------------------------------


class Hostile:
    """Connections that do what no proper client does; the server may answer or close."""

    def __init__(self, server, seed, until, counts):
        self.server, self.until, self.counts = server, until, counts
        self.rng = random.Random(seed)
        self.calls = Calls(self.rng)
        self.idle = []

    def run(self):
        tricks = [name for name in dir(self) if name.startswith("trick_")]
        while time.monotonic() < self.until:
            name = self.rng.choice(tricks)
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as plain:
                try:
                    # To a server that speaks TLS, sometimes the plain bytes, too.
                    wrapped = self.server.trust and self.rng.random() < 0.8
                    getattr(self, name)(self.server.wrap(plain) if wrapped else plain)
                except OSError:
                    pass
            self.counts[name, 0] += 1
        for peer in self.idle:
            peer.close()

    def request(self):
        operation, body = self.calls.next()
        return plain_request(self.server, operation, body)

    @staticmethod
    def drain(peer, limit=1 << 22):
        peer.settimeout(2)
        while limit > 0 and (data := peer.recv(65536)):
            limit -= len(data)

    @staticmethod
    def reset(peer):
        """End the connection with a reset."""
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def in_pieces(self, peer, data):
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        at = 0
        while at < len(data):
            size = self.rng.choice((1, 2, 3, 7, 50, 1000, 40_000))
            peer.sendall(data[at:at + size])
            at += size

    def trick_pieces(self, peer):
        self.in_pieces(peer, self.request())
        peer.shutdown(socket.SHUT_WR)
        self.drain(peer)

    def trick_odd_chunks(self, peer):
        head, body = signed(self.server, *self.calls.next())
        at = 0
        data = bytearray(b"POST / HTTP/1.1\r\n" + head + b"Transfer-Encoding: chunked\r\n\r\n")
        while at < len(body):
            piece = body[at:at + self.rng.choice((1, 2, 10, 5000))]
            data += b"%x%b\r\n%b\r\n" % (len(piece), self.rng.choice((b"", b";x=y")), piece)
            at += len(piece)
        data += self.rng.choice((b"0\r\n\r\n", b"0\r\nTrailer: x\r\n\r\n", b"0\r", b"zz\r\n"))
        self.in_pieces(peer, bytes(data[:20_000]))
        peer.shutdown(socket.SHUT_WR)
        self.drain(peer)

    def trick_pipeline(self, peer):
        peer.sendall(b"".join(self.request() for _ in range(self.rng.randrange(2, 30))))
        peer.shutdown(socket.SHUT_WR)
        self.drain(peer)

    def trick_pipeline_and_go(self, peer):
        peer.sendall(b"".join(self.request() for _ in range(self.rng.randrange(2, 30))))
        self.reset(peer)

    def trick_half_close_at_once(self, peer):
        peer.shutdown(socket.SHUT_WR)
        self.drain(peer)

    def trick_abort_in_the_answer(self, peer):
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.sendall(plain_request(self.server, "ListSchemas", {}) * 20)
        peer.recv(10)
        self.reset(peer)

    def trick_part_of_a_request(self, peer):
        data = self.request()
        peer.sendall(data[:self.rng.randrange(len(data))])
        if self.rng.random() < 0.5:
            self.reset(peer)

    def trick_idle(self, peer):
        self.idle.append(socket.socket(fileno=os.dup(peer.fileno())))
        if len(self.idle) > 100:
            self.idle.pop(0).close()

    def trick_bytes(self, peer):
        peer.sendall(self.rng.choice((
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"GET / HTTP/0.9\r\n\r\n", b"\r\n" * 5000, b"A" * 100_000, b"POST / HTTP/1.1\r\n",
            b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 30_000,
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
            self.rng.randbytes(3000), b"GET /metrics HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n")))
        peer.shutdown(socket.SHUT_WR)
        self.drain(peer)


class Watcher:
    """Scrapes, and asks for a reload of the settings, again and again."""

    def __init__(self, server, seed, until, counts):
        self.server, self.until, self.counts = server, until, counts

    def run(self):
        for target in itertools.cycle(("/metrics", "/info", "/healthz", "/readyz", "/nothing")):
            if time.monotonic() > self.until:
                return
            connection = self.server.http()
            connection.request("GET", target)
            self.counts[target, connection.getresponse().status] += 1
            connection.close()
            os.kill(self.server.pid, signal.SIGHUP)
            time.sleep(0.1)


# ---- all of it ----------------------------------------------------------------------------------


class Target:
    """What callers know of the server; unlike the process it can go to other processes."""

    def __init__(self, limpet, trust):
        self.port, self.host, self.pid = limpet.port, limpet.host, limpet.process.pid
        self.access_key, self.secret_key = limpet.access_key, limpet.secret_key
        self.trust = trust

    def http(self):
        if self.trust:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60,
                                               context=self.trust)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def wrap(self, plain):
        return self.trust.wrap_socket(plain, server_hostname="127.0.0.1",
                                      suppress_ragged_eofs=True)


class TlsLimpet(LimpetProcess):
    """A server that speaks TLS."""

    def __init__(self, folder, trust, *options):
        super().__init__(folder, *options)
        self.trust = trust

    def is_ready(self):
        try:
            connection = Target.http(self)
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False


def run_all(roles, server, seed, until, results):
    """The threads of one process, one for each role."""
    counts, failures = collections.Counter(), []

    def run(role, number):
        try:
            role(server, f"{seed}/{number}", until, counts).run()
        except Exception as failure:  # pylint: disable=broad-except
            failures.append(f"{role.__name__}: {type(failure).__name__}: {failure}")

    threads = [threading.Thread(target=run, args=(role, n)) for n, role in enumerate(roles)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((counts, failures))


def drive(server, seed, seconds):
    """(counts, failures)"""
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    until = time.monotonic() + seconds
    groups = [[Caller] * 20 + [KeyKeeper, Tour, Watcher], [Caller] * 12 + [Hostile] * 4]
    processes = [context.Process(target=run_all, args=(roles, server, f"{seed}/{n}", until,
                                                       results))
                 for n, roles in enumerate(groups)]
    for process in processes:
        process.start()
    # Clients that die: their connections end wherever they are.
    rng = random.Random(seed)
    while time.monotonic() < until:
        doomed = context.Process(target=run_all, args=([Caller] * 6 + [Hostile], server,
                                                       rng.random(), until + 60, context.Queue()))
        doomed.start()
        time.sleep(rng.uniform(0.1, 1))
        doomed.kill()
        doomed.join()
    counts, failures = collections.Counter(), []
    for _ in processes:
        more, wrong = results.get(timeout=120)
        counts.update(more)
        failures += wrong
    for process in processes:
        process.join()
    return counts, failures


def judge(counts):
    """What is wrong with the answers."""
    served = json.loads((ROOT / "model/limpet.json").read_text())["operations"].keys()
    wrong = [f"{operation} was answered {status} {count} times"
             for (operation, status), count in counts.items() if status >= 500]
    for name in [name for name in dir(Calls) if name.startswith("call_")]:
        operation, _ = getattr(Calls(random.Random(0)), name)()
        if name != "call_unknown" and not counts[operation, 200]:
            wrong.append(f"{operation} never succeeded")
    called = {operation for operation, status in counts}
    wrong += [f"{operation} was not called" for operation in served
              if f"Limpet.{operation}" not in called]
    return wrong


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", default=str(random.SystemRandom().randrange(10 ** 9)))
    options = parser.parse_args(arguments)
    options.work.mkdir(parents=True)
    reports = options.work / "sanitizer"
    common = f"log_path={reports}:exitcode=66"
    os.environ["ASAN_OPTIONS"] = f"{common}:detect_leaks=1:detect_stack_use_after_return=1"
    os.environ["UBSAN_OPTIONS"] = f"{common}:print_stacktrace=1"
    os.environ["TSAN_OPTIONS"] = f"{common}:second_deadlock_stack=1:history_size=4"

    settings = ["--log-level", "debug", "--log-file", str(options.work / "requests.log")]
    trust = None
    if options.tls:
        authority = Authority(options.work)
        certificate, key = authority.issue("server")
        trust = ssl.create_default_context(cafile=authority.certificate)
        settings += ["--tls-certificate", str(certificate), "--tls-key", str(key)]
        limpet = TlsLimpet(options.work, trust, *settings).start()
    else:
        limpet = LimpetProcess(options.work, *settings).start()
    failures = []
    try:
        target = Target(limpet, trust)
        counts, failures = drive(target, options.seed, options.seconds)
        failures += judge(counts)
        # Stop it under load, too.
        last = threading.Thread(target=drive, args=(target, options.seed + "/end", 2))
        last.start()
        time.sleep(1)
        status = limpet.stop(120)
        last.join()
        if status != 0:
            failures.append(f"the server ended with {status}")
    finally:
        if limpet.process.poll() is None:
            limpet.kill()
    for report in options.work.glob("sanitizer*"):
        failures.append(f"{report}:\n{report.read_text(errors='replace')[:6000]}")
    if "runtime error" in limpet.words() or "Sanitizer" in limpet.words():
        failures.append(limpet.words()[-6000:])

    calls = sum(count for (_, status), count in counts.items() if status)
    statuses = collections.Counter()
    for (_, status), count in counts.items():
        statuses[status] += count
    tricks = sum(count for (name, _), count in counts.items() if name.startswith("trick_"))
    print(f"{options.name}, seed {options.seed}: {calls} calls ("
          + ", ".join(f"{count} answered {status}" for status, count in sorted(statuses.items())
                      if status)
          + f"), {tricks} hostile connections, "
          f"{counts['keys made, used and revoked', 200]} keys made, used and revoked")
    for failure in failures:
        print(f"FAILED: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main(sys.argv[1:]))
