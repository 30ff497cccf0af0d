"""Bounds of time, memory and connections, and a graceful stop."""

import concurrent.futures
import datetime
import itertools
import json
import resource
import socket
import threading

import botocore.exceptions
import pytest

from glue_calls import client, make_schema, record, register, schema_id
from raw_http import Signer, call, json_headers, send, utc_now


def read_to_end(connection):
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received


@pytest.mark.parametrize("sent", [
    b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: a\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{"],
    ids=["nothing", "request line", "headers", "body"])
def test_slow_clients_are_let_go(start_limpet, sent):
    limpet = start_limpet("--header-timeout", "200ms", "--body-timeout", "200ms",
                          "--idle-timeout", "200ms")
    with socket.create_connection(("127.0.0.1", limpet.port), timeout=30) as connection:
        connection.sendall(sent)
        received = read_to_end(connection)  # ends because the server closes
    assert received == b"" or received.startswith(b"HTTP/1.1 408 ")


def test_idle_connections_are_closed_between_requests(start_limpet):
    limpet = start_limpet("--idle-timeout", "200ms")
    with socket.create_connection(("127.0.0.1", limpet.port), timeout=30) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        received = read_to_end(connection)
    assert received.startswith(b"HTTP/1.1 200 ")
    assert received.count(b"HTTP/1.1") == 1


def test_connections_beyond_the_bound_wait(start_limpet):
    limpet = start_limpet("--max-connections", "4")
    held = [socket.create_connection(("127.0.0.1", limpet.port), timeout=30) for _ in range(12)]
    try:
        for connection in held:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        for connection in held:
            assert read_to_end(connection).startswith(b"HTTP/1.1 200 ")
            connection.close()
    finally:
        for connection in held:
            connection.close()
    assert limpet.is_ready()


def test_out_of_descriptors(start_limpet, region):
    """More connections than the system lets it have: some wait, none harms it."""
    limpet = start_limpet(limits={resource.RLIMIT_NOFILE: 64})
    held = [socket.create_connection(("127.0.0.1", limpet.port), timeout=30) for _ in range(200)]
    for connection in held:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    answered = sum(connection.recv(12) == b"HTTP/1.1 200" for connection in held[:20])
    for connection in held:
        connection.close()
    assert answered == 20
    glue = client(limpet, region)
    make_schema(glue)
    assert limpet.stop() == 0


def test_smaller_bodies_and_headers(start_limpet, region):
    limpet = start_limpet("--max-body", "1KiB", "--max-headers", "2KiB")
    assert call(limpet, "ListRegistries", {}, region=region).status == 200
    big = call(limpet, "CreateRegistry", {"RegistryName": "r", "Description": "d" * 1024},
               region=region)
    assert (big.status, big.type) == (413, "RequestEntityTooLargeException")
    headers = {**json_headers(limpet, "ListRegistries"), "X-Big": "x" * 3000}
    assert send(limpet, headers, b"{}").status == 431


def test_stop_finishes_what_was_begun(start_limpet, region):
    """SIGTERM under load: exit status 0, and every answer that came was kept."""
    limpet = start_limpet()
    acknowledged, enough = [], threading.Event()

    def write(worker):
        glue = client(limpet, region)
        schema = f"s{worker}"
        for number in itertools.count():
            definition = record((f"f{number}", "int"))
            try:
                answer = (register(glue, definition, schema_id(schema)) if number else
                          make_schema(glue, definition, schema=schema, compatibility="NONE"))
            except botocore.exceptions.BotoCoreError:
                return  # the door is closed
            except botocore.exceptions.ClientError as error:
                assert error.response["Error"]["Code"] == "ServiceUnavailableException"
                return
            acknowledged.append((answer["SchemaVersionId"], definition))
            if len(acknowledged) >= 100:
                enough.set()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        workers = [pool.submit(write, number) for number in range(8)]
        assert enough.wait(60)
        assert limpet.stop() == 0
        for worker in workers:
            worker.result()
    limpet.start()
    glue = client(limpet, region)
    for version_id, definition in acknowledged:
        assert glue.get_schema_version(
            SchemaVersionId=version_id)["SchemaDefinition"] == definition


def test_json_logs(start_limpet, region):
    limpet = start_limpet("--log-format", "json")
    answer = call(limpet, "CreateRegistry", {"RegistryName": 'quo"te\n'}, region=region)
    assert limpet.stop() == 0
    lines = [json.loads(line) for line in limpet.words().splitlines()]
    assert all("event" in line and "ts" in line and "level" in line for line in lines)
    assert any(line.get("request_id") == answer.headers["x-amzn-requestid"] for line in lines)


def test_log_lines_cannot_be_forged(start_limpet, region):
    """What a client sends stays on the line of its request."""
    limpet = start_limpet()
    body = {"RegistryId": {"RegistryName": "x\nevent=forged a=\"b"}}
    call(limpet, "GetRegistry", body, region=region)
    signer = Signer.of(limpet, region, access_key="AKIA\tevent=forged")
    headers = signer.headers(json_headers(limpet, "ListRegistries"), b"{}")
    send(limpet, headers, b"{}")
    assert limpet.stop() == 0
    for line in limpet.words().splitlines():
        assert not line.startswith("event=forged")


def test_clock_skew_is_a_setting(start_limpet, region):
    limpet = start_limpet("--clock-skew", "1h")
    time = utc_now() - datetime.timedelta(minutes=50)
    assert call(limpet, "ListRegistries", {}, region=region, time=time).status == 200
    time = utc_now() - datetime.timedelta(minutes=70)
    assert call(limpet, "ListRegistries", {}, region=region, time=time).message.endswith(
        " - 60 min.)")


def test_regions_are_a_setting(start_limpet):
    limpet = start_limpet("--regions", "eu-west-1,us-east-1")
    for region, status in [("eu-west-1", 200), ("us-east-1", 200), ("us-east-2", 400)]:
        answer = call(limpet, "ListRegistries", {}, region=region)
        assert answer.status == status
    assert answer.message == "Credential should be scoped to a valid region."


def test_switches(start_limpet, region):
    """What AWS refuses, for those who want it."""
    limpet = start_limpet("--lenient-update-schema", "on", "--schemaid-default-registry", "on",
                          "--default-compatibility", "FULL", "--explain-metadata", "off")
    glue = client(limpet, region)
    made = glue.create_schema(SchemaName="s", DataFormat="AVRO", SchemaDefinition='"int"')
    assert made["Compatibility"] == "FULL"
    assert glue.get_schema(SchemaId={"SchemaName": "s"})["RegistryName"] == "default-registry"
    glue.update_schema(SchemaId={"SchemaName": "s"}, Compatibility="BACKWARD")
    glue.update_schema(SchemaId={"SchemaName": "s"}, Description="d")
    failed = register(glue, '"boolean"', {"SchemaName": "s"})
    assert failed["Status"] == "FAILURE"
    assert glue.query_schema_version_metadata(
        SchemaVersionId=failed["SchemaVersionId"])["MetadataInfoMap"] == {}
