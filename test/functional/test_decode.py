"""`limpet decode`: vectors of the wire format, with a registry, with a file, with neither."""

import base64
import json
import zlib

import pytest

from command import limpet

USER = json.dumps({"namespace": "my.namespace", "type": "record", "name": "User",
                   "fields": [{"name": "name", "type": "string"}, {"name": "age", "type": "int"},
                              {"name": "subject", "type": "string"}]})
RECORD = {"name": "John Doe", "age": 6, "subject": "something"}
PAYLOAD = "104a6f686e20446f650c12736f6d657468696e67"  # made with Apache Avro
GUID = "b7b4a7f09c964e4aa687fb5de9ef0c63"
HEAD, ZLIB_HEAD = "0300" + GUID, "0305" + GUID
# AWS's Java library and Python package compress like this.
DEFLATED = "789c13f0cacfc85370c94fe5112acecf4d2dc9c8cc4b070040d506c4"
MESSAGES = ('syntax = "proto3"; package p; message B { string name = 1; } '
            'message A { string name = 1; }')


@pytest.fixture
def user_avsc(tmp_path):
    file = tmp_path / "user.avsc"
    file.write_text(USER)
    return file


def decode(*words, status=0):
    code, out, err = limpet("decode", "--output", "json", *words)
    assert code == status, out + err
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("message, framing", [
    (HEAD + PAYLOAD, "Glue"),
    (HEAD.upper() + PAYLOAD, "Glue"),
    ("0x" + HEAD + " " + PAYLOAD, "Glue"),
    (ZLIB_HEAD + DEFLATED, "Glue"),
    (ZLIB_HEAD + DEFLATED + "58595a", "Glue"),
    ("0000000001" + PAYLOAD, "Confluent id"),
    ("01" + GUID + PAYLOAD, "Confluent GUID"),
    ("c301441c8f573a99a093" + PAYLOAD, "Avro single object"),
    (PAYLOAD, "none"),
])
def test_framings_with_a_file(user_avsc, message, framing):
    [read] = decode("--schema", user_avsc, message)
    assert read["value"] == RECORD
    assert read["schema"]["framing"] == framing


def test_frame_in_a_header(user_avsc):
    [read] = decode("--schema", user_avsc, "--header", f"__value_schema_id=01{GUID}", PAYLOAD)
    assert read["value"] == RECORD and read["schema"]["framing"] == "Confluent GUID"


@pytest.mark.parametrize("message, kind, place", [
    (HEAD[:-2], "truncated", None),                       # ends within the frame
    ("0301" + "00" * 16 + "78", "bad compression", None),
    (ZLIB_HEAD + "6e6f747a6c6962", "cannot inflate", None),
    (ZLIB_HEAD + DEFLATED[:-12], "cannot inflate", None),
    (HEAD + PAYLOAD[:-4], "truncated", "subject"),
    (HEAD + "01", "malformed", "name"),                   # a negative length
    (HEAD + "104a6f686e20446f65" + "ffffffffffff", "malformed", "age"),
    (HEAD + "02ff", "invalid UTF-8", "name"),
    ("c3010000000000000000" + PAYLOAD, "unknown schema", None),
])
def test_bad_messages(user_avsc, message, kind, place):
    [read] = decode("--schema", user_avsc, message, status=1)
    assert read["error"]["kind"] == kind, read
    if place:
        assert read["error"]["path"].endswith(place) and read["error"]["offset"] >= 18
    assert read["value"] == {"hex": message}


def test_protobuf_messages_by_their_index(tmp_path):
    file = tmp_path / "p.proto"
    file.write_text(MESSAGES)
    name = "0a084a6f686e20446f65"
    for index, message in (("00", "p.A"), ("01", "p.B"), ("8000", "p.A")):
        [read] = decode("--schema", file, HEAD + index + name)
        assert (read["message"], read["value"]) == (message, {"name": "John Doe"})
    [read] = decode("--schema", file, HEAD + "63" + name, status=1)
    assert "99" in read["error"]["message"]
    [read] = decode("--schema", file, "--message", "p.B", name)
    assert read["message"] == "p.B"


def test_files_base64_and_raw_bytes(user_avsc, tmp_path):
    message = bytes.fromhex(HEAD + PAYLOAD)
    file = tmp_path / "messages"
    file.write_text(f"{message.hex()}\n\n{message.hex()}\r\n")
    assert [read["value"] for read in decode("--schema", user_avsc, "--file", file)] == [RECORD] * 2
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        [read] = decode("--schema", user_avsc, "--base64", encode(message).decode())
        assert read["value"] == RECORD
    file.write_bytes(bytes.fromhex(ZLIB_HEAD) + zlib.compress(bytes.fromhex(PAYLOAD), 9))
    [read] = decode("--schema", user_avsc, "--raw", "--file", file)
    assert read["value"] == RECORD and read["schema"]["compression"] == "zlib"


def test_without_a_registry_the_frame_is_shown():
    code, out, err = limpet("decode", "--endpoint", "http://127.0.0.1:9", "--no-sign",
                            HEAD + PAYLOAD)
    assert (code, err) == (1, "")
    assert "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63" in out and "Glue" in out
    assert "Error" in out and HEAD + PAYLOAD in out
    [read] = decode("--frame-only", HEAD + PAYLOAD)
    assert read["schema"] == {"id": "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63", "framing": "Glue",
                              "compression": "none"}
    [read] = decode("--frame-only", "0301" + "00" * 16, status=1)
    assert read["error"]["kind"] == "bad compression"


def test_with_a_registry(cli, user_avsc):
    made = cli.json("schema", "create", "orders", "--definition-file", str(user_avsc))
    message = "0300" + made["SchemaVersionId"].replace("-", "") + PAYLOAD
    read = json.loads(cli.text("decode", message, "--output", "json"))
    assert read["value"] == RECORD
    assert read["schema"] == {"id": made["SchemaVersionId"], "name": "orders", "version": 1,
                              "format": "AVRO", "framing": "Glue", "compression": "none"}
    pretty = cli.text("decode", message)
    assert json.loads(pretty[pretty.index("{"):]) == RECORD
    assert "orders" in pretty and "AVRO" in pretty
    table = cli.text("decode", message, "--output", "table")
    assert table.splitlines()[-1] == "Value  " + json.dumps(RECORD, separators=(",", ":"))
    unknown = json.loads(cli.text("decode", HEAD + PAYLOAD, "--output", "json", status=1))
    assert unknown["error"]["kind"] == "unknown schema"


def test_json_is_judged_only_when_asked(tmp_path):
    file = tmp_path / "o.json"
    file.write_text('{"$schema":"http://json-schema.org/draft-07/schema#","required":["id"]}')
    message = HEAD + b"{}".hex()
    assert decode("--schema", file, message)[0]["value"] == {}
    [read] = decode("--schema", file, "--validate", message, status=1)
    assert "id" in read["error"]["message"]


@pytest.mark.parametrize("words, said", [
    ((), "give the message"),
    (("03zz",), "is not hexadecimal"),
    (("030",), "is not hexadecimal"),
    (("--base64", "?"), "is not base64"),
    (("--hex", "--base64", "00"), "exclude each other"),
    (("--raw", "00"), "--raw needs"),
    (("--message", "p.A", "00"), "go with --schema"),
    (("--header", "x", "00"), "a header is NAME=HEX"),
    (("--schema", "/nowhere.avsc", "00"), "cannot open /nowhere.avsc"),
    (("--file", "/nowhere"), "cannot open /nowhere"),
])
def test_wrong_use(words, said):
    code, out, err = limpet("decode", *words)
    assert (code, out) == (2, "") and said in err
