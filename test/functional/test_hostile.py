"""The hostile corpus: what costs a server time, memory or certainty about where a message ends. For
each the exact answer; together: no growth, and nobody else waits.

test_bad_input.py, test_framework.py and test_authentication.py have the rest of what is malformed.
"""

import concurrent.futures
import http.client
import json
import re
import threading

import pytest

from corpus import definitions, http_messages, json_bodies
from glue_calls import INVALID, LATEST, LIMIT, numbered, schema_id, too_long
from limpet_process import LimpetProcess
from raw_http import Signer, call, encoded, json_headers, send, send_bytes

MIB = 1 << 20
UNKNOWN = "UnknownOperationException"

# The most that the server may ever hold while it takes this corpus: its caches (parsed definitions
# 64 MiB, finished answers 64 MiB) and the largest calls of a few clients at once.
RESIDENT_MAX = 512 * MIB
# How much more it may hold after the corpus has come again and again.
GROWTH_MAX = 48 * MIB


@pytest.fixture(scope="module")
def victim(tmp_path_factory):
    """A server of this file's own, so that what it holds can be told. It must outlive everything,
    and nothing here may be called its fault."""
    limpet = LimpetProcess(tmp_path_factory.mktemp("victim"), "--log-level", "warning").start()
    yield limpet
    assert limpet.process.poll() is None, limpet.words()[-4000:]
    assert memory(limpet, "VmHWM") < RESIDENT_MAX
    text = send(limpet, {"Host": limpet.host}, method="GET", target="/metrics").body.decode()
    assert not re.search(r'code="Internal|limpet_http_refusals_total\{status="5[^0]', text), text
    assert limpet.stop() == 0


def memory(limpet, what):
    """VmRSS or VmHWM of /proc/PID/status, in bytes."""
    with open(f"/proc/{limpet.process.pid}/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith(what + ":"))
    return int(line.split()[1]) * 1024


class Neighbour:
    """Another client of the same server, with small calls of its own, one after the other, while
    something else goes on."""

    def __init__(self, limpet):
        self.limpet = limpet
        self.answered = 0
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        body = encoded({"RegistryId": {"RegistryName": "neighbour"}})
        headers = json_headers(self.limpet, "GetRegistry")
        connection = http.client.HTTPConnection("127.0.0.1", self.limpet.port, timeout=60)
        while not self._enough.is_set():
            signed = Signer.of(self.limpet, "eu-west-1").headers(headers, body)
            connection.request("POST", "/", body, signed)
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 200, text
            self.answered += 1
        connection.close()

    def __enter__(self):
        call(self.limpet, "CreateRegistry", {"RegistryName": "neighbour"}, region="eu-west-1")
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._enough.set()
        self._thread.join()


def statuses(received):
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d\d\d) ", received)]


def names(rows):
    return [row[0] for row in rows]


@pytest.mark.parametrize("message, expected", [row[1:] for row in http_messages.AMBIGUOUS],
                         ids=names(http_messages.AMBIGUOUS))
def test_ambiguous_messages_end_their_connection(victim, message, expected):
    assert statuses(send_bytes(victim, message)) == expected


@pytest.mark.parametrize("message, expected", [row[1:] for row in http_messages.CHUNKS],
                         ids=names(http_messages.CHUNKS))
def test_bad_chunks_end_their_connection(victim, message, expected):
    assert statuses(send_bytes(victim, message)) == expected


@pytest.mark.parametrize("message, expected", [row[1:] for row in http_messages.UNUSUAL],
                         ids=names(http_messages.UNUSUAL))
def test_unusual_messages_are_read_as_they_are_meant(victim, message, expected):
    assert statuses(send_bytes(victim, message)) == expected


@pytest.mark.parametrize("message", [row[1] for row in http_messages.NEVER],
                         ids=names(http_messages.NEVER))
def test_messages_that_never_come_are_not_answered_as_if_they_had(victim, message):
    assert all(status >= 400 for status in statuses(send_bytes(victim, message)))


@pytest.mark.parametrize("body, status, kind", [row[1:] for row in json_bodies.BODIES],
                         ids=names(json_bodies.BODIES))
def test_bodies(victim, region, body, status, kind):
    headers = Signer.of(victim, region).headers(json_headers(victim, "CreateRegistry"), body)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    received = send_bytes(victim, f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n"
                          .encode() + body)
    document = json.loads(received.partition(b"\r\n\r\n")[2])
    assert (statuses(received), document.get("__type")) == ([status], kind), received[:500]
    assert len(received) < 2000  # an answer does not repeat what was sent


def targets(*values):
    return "".join(f"X-Amz-Target: {value}\r\n" for value in values)


@pytest.mark.parametrize("lines", [
    targets("AWSGlue.ListRegistries, AWSGlue.CreateRegistry"),
    targets("AWSGlue.ListRegistries#x"), targets("AWSGlue.ListRegistries%00"),
    targets("AWSGlue.ListRegistries\x01"), targets("AWSGlue..ListRegistries"),
    targets("awsglue.ListRegistries"), targets("AWSGlue.List\u0420egistries"),
    targets("AWSGlue.__proto__"), targets("AWSGlue.../../ListRegistries"),
    targets("AWSGlue.${jndi:ldap://x}"), targets("AWSGlue." + "A" * 30_000),
], ids=lambda lines: repr(lines[:60]))
def test_targets(victim, region, lines):
    """An operation is named exactly, or not at all."""
    head = f"POST / HTTP/1.1\r\nHost: {victim.host}\r\n{lines}Content-Length: 2\r\n"
    received = send_bytes(victim, head.encode() + b"Connection: close\r\n\r\n{}")
    document = json.loads(received.partition(b"\r\n\r\n")[2] or b"{}")
    assert statuses(received) == [400], received[:300]
    assert document.get("__type") in (UNKNOWN, "BadRequestException"), received[:300]


@pytest.mark.parametrize("first, second", [("ListRegistries", "CreateRegistry"),
                                           ("CreateRegistry", "ListRegistries")])
def test_a_second_target_is_not_smuggled_in(victim, region, first, second):
    """A signature over one target does not vouch for a request with two."""
    headers = Signer.of(victim, region).headers(json_headers(victim, first), b"{}")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    for lines in (head + targets(f"AWSGlue.{second}"), targets(f"AWSGlue.{second}") + head):
        received = send_bytes(victim, f"POST / HTTP/1.1\r\n{lines}Content-Length: 2\r\n"
                              "Connection: close\r\n\r\n{}".encode())
        assert statuses(received) == [400]
        assert json.loads(received.partition(b"\r\n\r\n")[2])["__type"] == (
            "InvalidSignatureException")


def two_versions(victim, region, make, mode):
    """The first definition as a schema, the second registered after it; that answer."""
    first, second = make(0), make(1)
    for text in (first, second):
        assert len(text) <= definitions.CHARACTERS
    made = call(victim, "CreateSchema", {
        "SchemaName": "s", "DataFormat": "AVRO", "Compatibility": mode,
        "SchemaDefinition": first}, region=region)
    assert made.status == 200, made.body
    return call(victim, "RegisterSchemaVersion",
                {"SchemaId": schema_id(), "SchemaDefinition": second}, region=region)


DIFF = {"SchemaId": schema_id(), "FirstSchemaVersionNumber": numbered(1),
        "SecondSchemaVersionNumber": LATEST, "SchemaDiffType": "SYNTAX_DIFF"}


@pytest.mark.parametrize("make", definitions.DIFFS, ids=lambda make: make.__name__)
def test_diffs(victim, region, make):
    """Whatever differs: an answer within the bound that AWS documents."""
    assert two_versions(victim, region, make, "NONE").status == 200
    answer = call(victim, "GetSchemaVersionsDiff", DIFF, region=region)
    assert answer.status == 200, answer.body[:300]
    patch = answer.json["Diff"]
    assert len(patch) <= 340_000
    assert json.loads(patch)[0].keys() <= {"op", "path", "value"}


@pytest.mark.parametrize("make, status, outcome", [
    (definitions.union_of_records, 400, LIMIT), (definitions.late_clashes, 200, "FAILURE"),
    (definitions.enum_everywhere, 200, "AVAILABLE"), (definitions.nested_unions, 200, "AVAILABLE"),
    (definitions.aliases, 200, "AVAILABLE"), (definitions.long_names, 200, "FAILURE")],
    ids=lambda value: getattr(value, "__name__", None))
@pytest.mark.parametrize("mode", ["FULL_ALL", "FULL"])
def test_judgements(victim, region, mode, make, status, outcome):
    answer = two_versions(victim, region, make, mode)
    assert (answer.status, answer.json.get("Status") or answer.type) == (status, outcome)
    assert len(answer.body) < 4000


def test_many_comparisons_together_are_bounded(victim, region):
    """Under an _ALL mode each comparison may be within its bound and all together not: refused
    with what to do, and nothing is kept."""
    made = call(victim, "CreateSchema", {
        "SchemaName": "s", "DataFormat": "AVRO", "Compatibility": "NONE",
        "SchemaDefinition": definitions.small_union(0)}, region=region)
    assert made.status == 200, made.body
    count = 40
    for seed in range(1, count):
        answer = call(victim, "RegisterSchemaVersion", {
            "SchemaId": schema_id(), "SchemaDefinition": definitions.small_union(seed)},
            region=region)
        assert answer.json.get("Status") == "AVAILABLE", answer.body
    update = {"SchemaId": schema_id(), "Compatibility": "BACKWARD_ALL",
              "SchemaVersionNumber": numbered(1)}
    assert call(victim, "UpdateSchema", update, region=region).status == 200
    last = {"SchemaId": schema_id(), "SchemaDefinition": definitions.small_union(count)}
    refused = call(victim, "RegisterSchemaVersion", last, region=region)
    assert (refused.status, refused.type) == (400, LIMIT)
    assert "checkpoint (UpdateSchema)" in refused.message
    update["SchemaVersionNumber"] = numbered(count)
    assert call(victim, "UpdateSchema", update, region=region).status == 200
    assert call(victim, "RegisterSchemaVersion", last, region=region).json["VersionNumber"] == \
        count + 1


def test_nobody_waits_for_clients_that_ask_for_much(victim, region):
    """Eight clients keep the server at its dearest calls; a ninth is answered meanwhile, far more
    often than they are."""
    assert two_versions(victim, region, definitions.numbers, "NONE").status == 200
    heavy = 0
    lock = threading.Lock()

    def ask(worker):
        nonlocal heavy
        for turn in range(4):
            if (worker + turn) % 2:
                answer = call(victim, "GetSchemaVersionsDiff", DIFF, region=region)
                assert answer.status == 200, answer.body[:300]
            else:
                text = definitions.bits(100 + worker * 10 + turn)
                answer = call(victim, "CheckSchemaVersionValidity",
                              {"DataFormat": "AVRO", "SchemaDefinition": text}, region=region)
                assert answer.json == {"Valid": True}
            with lock:
                heavy += 1

    with Neighbour(victim) as neighbour, concurrent.futures.ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(ask, worker) for worker in range(8)]:
            future.result()
    assert heavy == 32
    assert neighbour.answered > heavy


def test_the_corpus_leaves_nothing_behind(victim, region):
    """It comes again and again, and the server does not grow."""
    def round_of_everything():
        for _, body, status, _ in json_bodies.BODIES:
            if status != 413:
                call(victim, "CreateRegistry", body, region=region)
        for _, message, _ in http_messages.AMBIGUOUS + http_messages.CHUNKS:
            send_bytes(victim, message)
        for make in definitions.DIFFS + definitions.JUDGEMENTS:
            call(victim, "CheckSchemaVersionValidity", {
                "DataFormat": "AVRO", "SchemaDefinition": make(0)}, region=region)

    round_of_everything()
    round_of_everything()
    before = memory(victim, "VmRSS")
    for _ in range(2):
        round_of_everything()
    assert memory(victim, "VmRSS") < before + GROWTH_MAX


def test_a_definition_too_long_by_one(victim, region):
    text = definitions.lines(0, 0)
    for length, outcome in ((definitions.CHARACTERS, 200), (definitions.CHARACTERS + 1, 400)):
        padded = text + " " * (length - len(text))
        answer = call(victim, "CreateSchema", {
            "SchemaName": f"s{length}", "DataFormat": "AVRO", "Compatibility": "NONE",
            "SchemaDefinition": padded}, region=region)
        assert answer.status == outcome, answer.body
    assert (answer.type, answer.message) == (INVALID, too_long("SchemaDefinition"))
