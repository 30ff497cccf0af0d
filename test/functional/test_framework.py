"""The wire: routes, targets, content types, JSON, errors before an operation begins."""

import json
import socket

import pytest

from glue_calls import UUID, violation
from raw_http import Signer, call, json_headers, send, send_bytes

SERIALIZATION = "SerializationException"
UNKNOWN = "UnknownOperationException"
VALIDATION = "ValidationException"


def test_success_headers(server, region):
    answer = call(server, "ListRegistries", {}, region=region)
    assert answer.status == 200
    assert answer.body == b'{"Registries":[]}'
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert UUID.fullmatch(answer.headers["x-amzn-requestid"])
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["date"].endswith(" GMT")
    assert "x-amzn-errortype" not in answer.headers
    again = call(server, "ListRegistries", {}, region=region)
    assert again.headers["x-amzn-requestid"] != answer.headers["x-amzn-requestid"]


def test_error_headers_and_members(server, region):
    answer = call(server, "GetRegistry", {"RegistryId": {"RegistryName": "r"}}, region=region)
    assert answer.status == 400
    assert answer.json == {"__type": "EntityNotFoundException",
                           "Message": "Registry is not found. RegistryName: r"}
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert answer.headers["x-amzn-errortype"] == "EntityNotFoundException"
    assert UUID.fullmatch(answer.headers["x-amzn-requestid"])
    answer = call(server, "GetRegistry", {}, region=region)
    assert answer.json.keys() == {"__type", "message"}  # lower case: the framework's


@pytest.mark.parametrize("target", [
    None, "", "AWSGlue", "AWSGlue.", ".CreateRegistry", "AWSGlue.Nope", "AWSGlue.createregistry",
    "Glue.CreateRegistry", "AWSGlue.CreateRegistry.x", "AWSGlue/CreateRegistry",
    "DynamoDB_20120810.ListTables", "Limpet.Nope", "AWSGlue." + "x" * 5000])
def test_unknown_operations(server, region, target):
    headers = json_headers(server, None)
    if target is not None:
        headers["X-Amz-Target"] = target
    answer = send(server, Signer.of(server, region).headers(headers, b"{}"), b"{}")
    assert (answer.status, answer.type) == (400, UNKNOWN)


@pytest.mark.parametrize("operation", ["CreateDatabase", "GetTables", "StartJobRun",
                                       "PutResourcePolicy", "GetResourcePolicy"])
def test_operations_not_served_say_so(server, region, operation):
    answer = call(server, operation, {}, region=region)
    assert (answer.status, answer.type) == (400, UNKNOWN)
    assert operation in answer.message


@pytest.mark.parametrize("method, target", [
    ("GET", "/"), ("PUT", "/"), ("DELETE", "/"), ("POST", "/nope"), ("POST", "//"),
    ("POST", "/../x"), ("POST", "/%00"), ("GET", "/nope?x=" + "y" * 5000)])
def test_other_routes(server, region, method, target):
    answer = send(server, json_headers(server, "ListRegistries"), b"{}", method=method,
                  target=target)
    assert (answer.status, answer.type) in [(404, UNKNOWN),
                                            (400, "MissingAuthenticationTokenException")]


def test_empty_query_is_ignored(server, region):
    headers = Signer.of(server, region).headers(json_headers(server, "ListRegistries"), b"{}")
    assert send(server, headers, b"{}", target="/?").status == 200


@pytest.mark.parametrize("content_type", [
    "application/json", "application/x-amz-json-1.0", "application/x-amz-json-1.1; charset=utf-8",
    "Application/JSON"])
def test_content_types(server, region, content_type):
    assert call(server, "ListRegistries", {}, region=region,
                headers={"Content-Type": content_type}).status == 200


@pytest.mark.parametrize("body", [
    b"", b" ", b"[]", b"null", b'"x"', b"1", b"{", b"{}x", b"{}{}", b'{"a":}', b"{'a':1}",
    b'{"a":1,}', b"\xef\xbb\xbf{}", b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\\ud800"}',
    b'{"a":"\\udc00\\ud800"}', b'{"a":"\x00"}', b"{\x00}", b'{"a":01}', b'{"a":NaN}',
    b"[" * 10_000, b'{"a":' * 10_000, b'{"RegistryName":' + b"[" * 5000 + b"]" * 5000 + b"}"],
    ids=lambda body: repr(body[:24]))
def test_bodies_that_are_no_json_object(server, region, body):
    answer = call(server, "CreateRegistry", body, region=region)
    assert (answer.status, answer.type) == (400, SERIALIZATION), answer.body
    assert call(server, "ListRegistries", {}, region=region).json == {"Registries": []}


@pytest.mark.parametrize("operation, body", [
    ("CreateRegistry", {"RegistryName": 1}),
    ("CreateRegistry", {"RegistryName": True}),
    ("CreateRegistry", {"RegistryName": {}}),
    ("CreateRegistry", {"RegistryName": ["r"]}),
    ("CreateRegistry", {"RegistryName": "r", "Tags": []}),
    ("CreateRegistry", {"RegistryName": "r", "Tags": "x"}),
    ("CreateRegistry", {"RegistryName": "r", "Tags": {"k": 1}}),
    ("GetRegistry", {"RegistryId": "r"}),
    ("GetRegistry", {"RegistryId": []}),
    ("ListRegistries", {"MaxResults": "10"}),
    ("ListRegistries", {"MaxResults": 1.5}),
    ("ListRegistries", {"MaxResults": []}),
    ("ListRegistries", {"MaxResults": 2**31}),
    ("GetSchemaVersion", {"SchemaVersionNumber": {"VersionNumber": "1"}}),
    ("GetSchemaVersion", {"SchemaVersionNumber": {"VersionNumber": 10**30}}),
    ("GetSchemaVersion", {"SchemaVersionNumber": {"LatestVersion": "true"}}),
    ("GetSchemaVersion", {"SchemaVersionNumber": {"LatestVersion": 1}}),
    ("UntagResource", {"ResourceArn": "a", "TagsToRemove": "k"}),
    ("UntagResource", {"ResourceArn": "a", "TagsToRemove": [1]}),
], ids=str)
def test_wrong_types(server, region, operation, body):
    answer = call(server, operation, body, region=region)
    assert (answer.status, answer.type) == (400, SERIALIZATION), answer.body


def test_deserialisation_comes_before_required_members(server, region):
    answer = call(server, "CreateSchema", {"SchemaName": 1}, region=region)
    assert answer.type == SERIALIZATION


NULL = ("null", "Member must not be null")


@pytest.mark.parametrize("operation, body, members", [
    ("CreateRegistry", {}, ["registryName"]),
    ("GetRegistry", {}, ["registryId"]),
    ("UpdateRegistry", {"RegistryId": {"RegistryName": "r"}}, ["description"]),
    ("DeleteRegistry", {}, ["registryId"]),
    ("CreateSchema", {"DataFormat": "AVRO"}, ["schemaName"]),
    ("CreateSchema", {"SchemaName": "s"}, ["dataFormat"]),
    ("GetSchema", {}, ["schemaId"]),
    ("UpdateSchema", {}, ["schemaId"]),
    ("DeleteSchema", {}, ["schemaId"]),
    ("GetSchemaByDefinition", {"SchemaId": {}}, ["schemaDefinition"]),
    ("RegisterSchemaVersion", {"SchemaDefinition": "x"}, ["schemaId"]),
    ("ListSchemaVersions", {}, ["schemaId"]),
    ("DeleteSchemaVersions", {"SchemaId": {}}, ["versions"]),
    ("CheckSchemaVersionValidity", {"SchemaDefinition": "x"}, ["dataFormat"]),
    ("GetSchemaVersionsDiff", {"SchemaId": {}, "FirstSchemaVersionNumber": {},
                               "SecondSchemaVersionNumber": {}}, ["schemaDiffType"]),
    ("PutSchemaVersionMetadata", {}, ["metadataKeyValue"]),
    ("RemoveSchemaVersionMetadata", {}, ["metadataKeyValue"]),
    ("TagResource", {"TagsToAdd": {}}, ["resourceArn"]),
    ("UntagResource", {"ResourceArn": "a"}, ["tagsToRemove"]),
    ("GetTags", {"ResourceArn": None}, ["resourceArn"]),
])
def test_required_members(server, region, operation, body, members):
    answer = call(server, operation, body, region=region)
    assert (answer.status, answer.type) == (400, VALIDATION)
    assert answer.message == violation(*((member, *NULL) for member in members))


def test_several_violations_come_together(server, region):
    answer = call(server, "CreateSchema", {}, region=region)
    assert answer.type == VALIDATION
    assert answer.message.startswith("2 validation errors detected: ")
    head, _, rest = answer.message.partition(": ")
    assert sorted(rest.split("; ")) == [
        f"Value null at '{member}' failed to satisfy constraint: Member must not be null"
        for member in ("dataFormat", "schemaName")]


def test_null_unknown_and_duplicate_members(server, region):
    answer = call(server, "CreateRegistry",
                  b'{"RegistryName": "a", "Nope": {"x": [1]}, "Description": null,'
                  b' "Tags": null, "RegistryName": "b"}', region=region)
    assert answer.status == 200
    assert answer.json["RegistryName"] == "b"
    assert answer.json.keys() == {"RegistryName", "RegistryArn"}


def test_escapes_in_json(server, region):
    answer = call(server, "CreateRegistry",
                  rb'{"RegistryNam\u0065": "\u0061", "Description": "\ud83d\ude00\/\t"}',
                  region=region)
    assert answer.json["RegistryName"] == "a"
    assert answer.json["Description"] == "\U0001f600/\t"
    assert json.loads(answer.body.decode("utf-8"))["Description"] == "\U0001f600/\t"


def test_chunked_body(server, region):
    body = b'{"RegistryName": "chunked"}'
    headers = Signer.of(server, region).headers(json_headers(server, "CreateRegistry"), body)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:5], body[5:], b""))
    received = send_bytes(server, b"POST / HTTP/1.1\r\n" + head
                          + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b'"RegistryName":"chunked"' in received


def test_expect_100_continue(server, region):
    """curl waits for it before it sends a large body."""
    body = b'{"RegistryName": "expected"}'
    headers = Signer.of(server, region).headers(json_headers(server, "CreateRegistry"), body)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n"
                           "Expect: 100-continue\r\n\r\n".encode())
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_http_1_0(server):
    received = send_bytes(server, b"GET /healthz HTTP/1.0\r\n\r\n")
    assert received.split(b" ")[1] == b"200"
    assert send(server, {"Host": server.host}, method="HEAD", target="/healthz").body == b""
