"""Hostile input: sizes, depths, counts, and bytes that are no HTTP. The server answers or closes,
and serves the next caller."""

import json
import re
import socket
import time

import pytest

from glue_calls import (AVRO_INVALID, INVALID, LATEST, client, fresh_region, make_schema, numbered,
                        record, refused, register, schema_id, too_long)
from raw_http import Signer, call, json_headers, send, send_bytes

MIB = 1 << 20


@pytest.fixture(autouse=True)
def still_serving(server):
    """Whatever a test sends, the server lives, and a stranger is answered afterwards."""
    yield
    assert server.process.poll() is None, server.words()[-2000:]
    assert call(server, "ListRegistries", {}, region=fresh_region()).json == {"Registries": []}


def test_body_of_two_megabytes(server, region):
    answer = call(server, "CreateSchema", {
        "SchemaName": "s", "DataFormat": "AVRO", "Compatibility": "NONE",
        "SchemaDefinition": "x" * (2 * MIB)}, region=region)
    assert (answer.status, answer.type, answer.message) == (
        400, INVALID, too_long("SchemaDefinition"))


def test_body_of_five_megabytes(server, region):
    body = b'{"RegistryName":"' + b"x" * (5 * MIB) + b'"}'
    headers = Signer.of(server, region).headers(json_headers(server, "CreateRegistry"), body)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    received = send_bytes(server, f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n"
                          .encode() + body)
    assert received.startswith(b"HTTP/1.1 413 ")
    document = json.loads(received.partition(b"\r\n\r\n")[2])
    assert document["__type"] == "RequestEntityTooLargeException"


@pytest.mark.parametrize("definition", [
    "[" * 10_000, '{"type":"array","items":' * 7000,
    '{"type":"array","items":' * 6000 + '"int"' + "}" * 6000,
    '{"type":"map","values":' * 4000 + '"int"' + "}" * 4000,
    '{"type":' * 10_000 + '"int"' + "}" * 10_000,
    '{"type":{"type":' * 5000 + '"int"' + "}}" * 5000,
    "{" * 100_000, "[]" * 50_000, '"' + "a" * 169_998, '"\\u0000"', '"\\ud800"', "\x00",
    "\ufeff" + '"int"',
], ids=lambda text: f"{text[:24]!r}x{len(text)}")
def test_definitions_that_go_deep(glue, definition):
    with refused(INVALID, prefix=AVRO_INVALID):
        make_schema(glue, definition, compatibility="NONE")
    answer = glue.check_schema_version_validity(DataFormat="AVRO", SchemaDefinition=definition)
    assert answer["Valid"] is False and len(answer["Error"]) <= 5000


def nested_records(depth):
    text = '"int"'
    for number in range(depth):
        text = f'{{"type":"record","name":"R{number}","fields":[{{"name":"f","type":{text}}}]}}'
    return text


def test_deep_records(glue):
    """A hundred levels are a schema like any other; thousands may be refused, politely."""
    deep = nested_records(100)
    made = make_schema(glue, deep)
    assert register(glue, deep)["SchemaVersionId"] == made["SchemaVersionId"]
    assert register(glue, deep.replace('"int"', '"long"'))["Status"] == "AVAILABLE"
    assert json.loads(glue.get_schema_versions_diff(
        SchemaId=schema_id(), FirstSchemaVersionNumber=numbered(1),
        SecondSchemaVersionNumber=LATEST, SchemaDiffType="SYNTAX_DIFF")["Diff"])
    with refused(INVALID, prefix=AVRO_INVALID):
        make_schema(glue, nested_records(2500), schema="deeper")


def wide_record(count, **changed):
    """A record of `count` fields f0, f1, …; changed={"f7": "long"} gives one another type."""
    return '{"type":"record","name":"R","fields":[%s]}' % ",".join(
        '{"name":"f%x","type":"%s"}' % (i, changed.get(f"f{i:x}", "int")) for i in range(count))


def test_ten_thousand_fields(glue):
    """More than a definition can hold; nearly six thousand fit and are judged."""
    with refused(INVALID, too_long("SchemaDefinition")):
        make_schema(glue, wide_record(10_000), compatibility="FULL_ALL")
    most = wide_record(5800)
    assert 165_000 < len(most) <= 170_000
    made = make_schema(glue, most, compatibility="FULL_ALL")
    assert register(glue, " " + most)["SchemaVersionId"] == made["SchemaVersionId"]
    failed = register(glue, wide_record(5800, f0="long", f16a7="long"))
    assert (failed["VersionNumber"], failed["Status"]) == (2, "FAILURE")


def test_wide_unions(glue):
    """Each branch against each branch: a check must bound its work, not its answer."""
    def union(first, last):
        return "[%s]" % ",".join(
            '{"type":"record","name":"R%d","fields":[{"name":"f%d","type":"int"}]}' % (i, i)
            for i in range(first, last))

    make_schema(glue, union(0, 2000), compatibility="BACKWARD")
    assert register(glue, union(0, 2001))["Status"] == "AVAILABLE"
    assert register(glue, union(2500, 4500))["Status"] == "FAILURE"


def test_recursive_names(glue):
    """Ten records that all hold each other, compared with the same ten and one field more."""
    def web(extra):
        def fields(level):
            later = [f"R{i}" if i <= level else None for i in range(10)]
            return ",".join('{"name":"f%d","type":["null","%s"]}' % (i, name)
                            for i, name in enumerate(later) if name)
        text = ""
        for level in reversed(range(10)):
            inner = ',{"name":"next","type":%s}' % text if text else ""
            text = '{"type":"record","name":"R%d","fields":[%s%s%s]}' % (
                level, fields(level), inner,
                ',{"name":"x","type":"int","default":0}' if extra else "")
        return text

    make_schema(glue, web(False), compatibility="FULL_ALL")
    assert register(glue, web(True))["Status"] == "AVAILABLE"
    with refused(INVALID, prefix=AVRO_INVALID):
        make_schema(glue, '{"type":"record","name":"R","fields":[{"name":"r","type":"S"}]}',
                    schema="unknown")


def test_diff_of_documents_that_share_nothing(glue):
    """The answer is bounded, and so is the work."""
    def enum(letter):
        return '{"type":"enum","name":"E","symbols":[%s]}' % ",".join(
            f'"{letter}{i}"' for i in range(15_000))

    make_schema(glue, enum("a"), compatibility="NONE")
    register(glue, enum("b"))
    patch = glue.get_schema_versions_diff(
        SchemaId=schema_id(), FirstSchemaVersionNumber=numbered(1),
        SecondSchemaVersionNumber=numbered(2), SchemaDiffType="SYNTAX_DIFF")["Diff"]
    assert len(patch) <= 340_000 and json.loads(patch)


def test_many_members(server, region):
    body = {"RegistryName": "r", **{f"m{i}": i for i in range(100_000)}}
    answer = call(server, "CreateRegistry", body, region=region)
    assert answer.status in (200, 400)
    tags = call(server, "CreateRegistry", {"RegistryName": "t", "Tags": {
        f"k{i}": "v" for i in range(50_000)}}, region=region)
    assert (tags.status, tags.type) == (400, INVALID)
    for name in ("r", "t"):
        call(server, "DeleteRegistry", {"RegistryId": {"RegistryName": name}}, region=region)


def test_strings_with_nul_and_surrogates(server, region):
    for text in (rb"a\u0000b", rb"\ud800", rb"\udfff\ud800", b"\xc0\x80", b"\xf5\x80\x80\x80"):
        answer = call(server, "CreateRegistry", b'{"RegistryName":"' + text + b'"}', region=region)
        assert answer.status == 400
        assert answer.type in (INVALID, "SerializationException")


@pytest.mark.parametrize("data", [
    b"", b"\r\n\r\n", b"\x00" * 1000, b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
    b"0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
    b"POST / HTTP/1.1\r\nBad Header\r\n\r\n", b"POST / HTTP/1.1\r\nA: b\x00c\r\n\r\n",
    b"GET / HTTP/1.1\r\nA: " + b"b" * 100_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000 + b"\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
], ids=lambda data: repr(data[:40]))
def test_bytes_that_are_no_request(server, data):
    received = send_bytes(server, data)
    assert received == b"" or re.match(rb"HTTP/1\.1 (4\d\d|501|505) ", received), received[:200]


def test_a_request_that_never_ends_blocks_nobody(server, region):
    stuck = []
    for _ in range(50):
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
        stuck.append(connection)
    try:
        assert call(server, "ListRegistries", {}, region=region).status == 200
    finally:
        for connection in stuck:
            connection.close()


def test_pipelined_requests_are_answered_in_order(server, region):
    body = b"{}"
    data = b""
    for operation in ("ListRegistries", "Nope", "ListSchemas"):
        headers = Signer.of(server, region).headers(json_headers(server, operation), body)
        data += b"POST / HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in headers.items()).encode()
        data += b"Content-Length: 2\r\n\r\n" + body
    received = send_bytes(server, data)
    places = [received.find(part) for part in
              (b'{"Registries":[]}', b"UnknownOperationException", b'{"Schemas":[]}')]
    assert -1 < places[0] < places[1] < places[2]


def test_an_expensive_call_does_not_stop_the_others(server):
    """A wide record is judged while small calls go on being answered."""
    slow, quick = client(server), client(server)
    wide = record(*((f"f{i}", "int") for i in range(3000)))
    make_schema(slow, wide, compatibility="FULL_ALL")
    begun = time.monotonic()
    register(slow, wide.replace('"f0"', '"g0"'))
    assert quick.list_registries()["Registries"] == []
    assert time.monotonic() - begun < 60  # hangs only; no benchmark
    assert send(server, {"Host": server.host}, method="GET", target="/healthz").status == 200
