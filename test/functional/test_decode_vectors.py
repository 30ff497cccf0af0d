"""`limpet decode` on every row of the wire format's vectors (src/serde/testdata/vectors.json)."""

import json
import math

import pytest

from command import limpet
from vectors import VECTORS, expected

HEAD = "0300b7b4a7f09c964e4aa687fb5de9ef0c63"
FRAMINGS = {"glue": "Glue", "payload": "Glue", "confluent_id": "Confluent id",
            "confluent_guid": "Confluent GUID", "avro_single_object": "Avro single object"}
KINDS = {"too short": "truncated", "bad compression": "bad compression", "empty": "not framed"}
SUFFIX = {"AVRO": ".avsc", "JSON": ".json", "PROTOBUF": ".proto"}

MESSAGES = [row for row in VECTORS["vectors"] if row["framing"] not in ("index", "path")]
INDEXES = [row for row in VECTORS["vectors"] if row["framing"] in ("index", "path")]


def ids(rows):
    return [row["id"] for row in rows]


def decode(*words):
    code, out, err = limpet("decode", "--output", "json", *words)
    assert err == "" and code in (0, 1), err
    [line] = out.splitlines()
    read = json.loads(line)
    assert ("error" in read) == (code == 1)
    return read


def failure(row):
    """The word for what is wrong, or None."""
    error = row.get("error", {})
    if "frame" in error:
        return KINDS[error["frame"]]
    if "inflate" in error:
        return "cannot inflate"
    return "malformed" if "index" in error else None


def test_the_rows_are_all_there():
    assert len({row["id"] for row in MESSAGES + INDEXES}) == 89


@pytest.mark.parametrize("row", MESSAGES, ids=ids(MESSAGES))
def test_messages(row, tmp_path):
    schema = VECTORS["schemas"][row.get("schema", "null")]
    file = tmp_path / ("schema" + SUFFIX[schema["format"]])
    file.write_text(schema["definition"])
    words = ["--schema", file]
    if "header" in row:
        words += ["--header", f"{row['header']['name']}={row['header']['value']}"]
    message = HEAD + row["payload"] if row["framing"] == "payload" else row["message"]
    if row["framing"] == "none":
        # With a schema it would be a record of it; without, it is shown as it is, and nobody asked.
        read = decode("--endpoint", "http://127.0.0.1:9", "--no-sign", message)
        assert read == {"schema": {"framing": "none"}, "value": ""}
        return
    read = decode(*words, message)
    if failure(row):
        assert read["error"]["kind"] == failure(row)
        return
    assert "error" not in read, read
    assert read["schema"]["framing"] == FRAMINGS[row["framing"]]
    if row["framing"] in ("glue", "payload"):
        assert read["schema"]["compression"] == row.get("compression", "none")
    if "full_name" in row:
        assert read["message"] == row["full_name"]
    if "value" in row:
        assert read["value"] == expected(row)
        assert not isinstance(read["value"], float) or math.isfinite(read["value"])


@pytest.mark.parametrize("row", INDEXES, ids=ids(INDEXES))
def test_message_indexes(row, tmp_path):
    """Of a file of 301 messages whose names are in their order, two with messages within."""
    file = tmp_path / "many.proto"
    within = " message A { message C {} } message B { message D {} }"
    file.write_text('syntax = "proto3";\n' + "".join(
        f"message M{number:03} {{{within if number in (1, 2) else ''}}}\n"
        for number in range(301)))
    if row["framing"] == "index":
        names = sorted([f"M{number:03}" for number in range(301)] + [
            f"M00{number}.{name}" for number in (1, 2) for name in ("A", "A.C", "B", "B.D")])
        head, name = HEAD, names[row["index"]]
    else:
        first, *below = row["path"]
        letters = {0: "AC", 1: "BD"}[below[0]][:len(below)] if below else ""
        name = ".".join([f"M{first:03}", *letters])
        head = "0000000001"
    read = decode("--schema", file, head + row["message"])
    assert (read["message"], read["value"]) == (name, {})
