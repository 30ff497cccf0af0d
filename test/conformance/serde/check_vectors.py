#!/usr/bin/env python3
"""Prove the wire format vectors with other people's code. Usage: check_vectors.py VECTORS.JSON"""

import datetime
import io
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import uuid
import warnings
import zlib

warnings.showwarning = lambda *_, **__: None  # a library below warns of itself, whatever is asked

import fastavro
import orjson
from aws_schema_registry import codec as glue
from confluent_kafka.schema_registry import (
    dual_schema_id_deserializer, header_schema_id_serializer, prefix_schema_id_serializer)
from confluent_kafka.schema_registry.serde import SchemaId
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.internal import decoder, encoder


class Wrong(Exception):
    """A row that is not so."""


def same(found, expected, what):
    if isinstance(found, float) and isinstance(expected, float):
        equal = found == expected or (math.isnan(found) and math.isnan(expected))
    else:
        equal = type(found) is type(expected) and found == expected
    if not equal:
        raise Wrong(f"{what}: expected {expected!r}, found {found!r}")


def same_hex(found, expected, what):
    same(found.hex(), expected, what)


def fails(call, words, what):
    try:
        call()
    except Exception as error:  # whatever the library throws; its words are compared
        if words not in str(error):
            raise Wrong(f"{what}: expected to fail with {words!r}, failed with {error!r}") from error
    else:
        raise Wrong(f"{what}: expected to fail")


# ---- Avro ----------------------------------------------------------------------------------------

def without_logical(schema):
    """The schema without logical types, so that fastavro gives values as they are written."""
    if isinstance(schema, list):
        return [without_logical(branch) for branch in schema]
    if isinstance(schema, dict):
        return {name: without_logical(value) for name, value in schema.items()
                if name not in ("logicalType", "precision", "scale")}
    return schema


def datum(schema, value):
    """What a value in Avro's JSON encoding is in Python."""
    if value == "NaN" and schema in ("float", "double"):
        return math.nan
    [result] = fastavro.json_reader(io.StringIO(json.dumps(value)), schema)
    return result


def read_avro(payload, writer, reader=None):
    stream = io.BytesIO(payload)
    result = fastavro.schemaless_reader(stream, writer, reader)
    return result, stream.tell()


def write_avro(schema, value):
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, schema, value)
    return stream.getvalue()


def logical_text(value):
    """A logical type's value as the vectors spell it."""
    if isinstance(value, datetime.datetime):
        spec = "microseconds" if value.microsecond % 1000 else "milliseconds"
        return value.isoformat(timespec=spec).replace("+00:00", "Z")
    if isinstance(value, datetime.time):
        return value.isoformat(timespec="milliseconds")
    return str(value)


def check_avro(row, schemas):
    written = json.loads(schemas[row["schema"]])
    plain = without_logical(written)
    payload = bytes.fromhex(row["payload"])
    if row["direction"] == "error":
        reader = json.loads(schemas[row["reader"]])
        fails(lambda: read_avro(payload, written, reader), row["error"]["python"], "resolution")
        return
    expected = datum(plain, row["value"])
    found, size = read_avro(payload, plain)
    same(found, expected, "value")
    same(size, len(payload), "bytes of the value")
    if row["direction"] == "both":
        same_hex(write_avro(plain, expected), row["payload"], "payload")
    if "logical" in row:
        same(logical_text(read_avro(payload, written)[0]), row["logical"], "logical value")
    if "reader" in row:
        reader = json.loads(schemas[row["reader"]])
        found, _ = read_avro(payload, written, reader)
        same(found, datum(reader, row["expected"]), "what the reader makes of it")
    if row["framing"] == "avro_single_object":
        form = fastavro.schema.to_parsing_canonical_form(written)
        # fastavro gives the bytes of the number in the order of the marker.
        marker = bytes.fromhex(fastavro.schema.fingerprint(form, "CRC-64-AVRO"))
        same_hex(marker[::-1], row["fingerprint"], "fingerprint")
        same_hex(b"\xc3\x01" + marker + payload, row["message"], "message")


# ---- Protobuf ------------------------------------------------------------------------------------

def protobuf_file(text):
    """The descriptor of a file, by protoc."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "schema.proto").write_text(text, encoding="utf-8")
        subprocess.run(["protoc", f"-I{folder}", f"--descriptor_set_out={folder}/out",
                        "schema.proto"], check=True, cwd=folder)
        files = descriptor_pb2.FileDescriptorSet.FromString(
            (pathlib.Path(folder) / "out").read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool.FindFileByName("schema.proto")


def all_messages(messages):
    for message in messages:
        yield message
        yield from all_messages(message.nested_types)


def check_protobuf(row, schemas):
    file = protobuf_file(schemas[row["schema"]])
    ranked = sorted(all_messages(file.message_types_by_name.values()), key=lambda m: m.full_name)
    payload = bytes.fromhex(row["payload"])
    if row["framing"] == "glue":
        index, at = decoder._DecodeVarint32(payload, 0)
        same(index, row["index"], "index")
        if row["direction"] == "error":
            same(index >= len(ranked), True, "an index that the file does not have")
            return
        message = ranked[index]
        if row["direction"] == "both":
            same_hex(encoder._VarintBytes(index), payload[:at].hex(), "index written")
        payload = payload[at:]
    else:
        scope, message = list(file.message_types_by_name.values()), None
        for step in row["path"]:
            message = scope[step]
            scope = list(message.nested_types)
        payload = bytes.fromhex(row["protobuf"])
    same(message.full_name, row["full_name"], "message")
    same_hex(payload, row["protobuf"], "message bytes")
    parsed = message_factory.GetMessageClass(message).FromString(payload)
    same(json_format.MessageToDict(parsed), row["value"], "value")
    same_hex(parsed.SerializeToString(), row["protobuf"], "message written")


# ---- Frames --------------------------------------------------------------------------------------

def check_glue(row):
    message = bytes.fromhex(row["message"])
    error = row.get("error", {})
    if "frame" in error or "inflate" in error:
        fails(lambda: glue.decode(message), error["python"], "decode")
        return
    payload, version = glue.decode(message)
    same_hex(payload, row["payload"], "payload")
    same(str(version), row["version"], "version")
    if row["compression"] == "zlib":
        stream = zlib.decompressobj()
        same_hex(stream.decompress(message[18:]), row["payload"], "inflated")
        same(stream.eof, True, "end of the stream")
        same(len(stream.unused_data), row.get("trailing", 0), "bytes behind the stream")
    elif row["direction"] == "both":
        same_hex(glue.encode(payload, uuid.UUID(row["version"])), row["message"], "encode")


def check_confluent(row):
    kind = row.get("format", "AVRO")
    indexes = row.get("path")
    payload = bytes.fromhex(row["protobuf"] if indexes else row["payload"])
    message = bytes.fromhex(row["message"])
    headers = []
    if "header" in row:
        headers.append((row["header"]["name"], bytes.fromhex(row["header"]["value"])))
    context = SerializationContext("topic", MessageField.VALUE, headers)
    read = SchemaId(kind)
    rest = dual_schema_id_deserializer(message, context, read)
    same_hex(rest.read(), payload.hex(), "payload")
    same(read.id, row.get("schema_id"), "id")
    same(str(read.guid) if read.guid else None, row.get("version"), "GUID")
    same(read.message_indexes, indexes, "message indexes")
    same_hex(message[0 if headers else 5:], row["payload"], "behind the id")
    if row["direction"] != "both":
        return
    written = SchemaId(kind, row.get("schema_id"), row.get("version"), indexes)
    if "header" in row:
        into = SerializationContext("topic", MessageField.VALUE, [])
        same_hex(header_schema_id_serializer(payload, into, written), row["message"], "message")
        same(into.headers, headers, "headers")
    else:
        same_hex(prefix_schema_id_serializer(payload, context, written), row["message"], "message")


def check_index(row):
    message = bytes.fromhex(row["message"])
    same(decoder._DecodeVarint32(message, 0), (row["index"], len(message)), "index")
    same_hex(encoder._VarintBytes(row["index"]), row["message"], "index written")


def check_path(row):
    # Behind any id.
    message = bytes(5) + bytes.fromhex(row["message"])
    read = SchemaId("PROTOBUF")
    read.from_bytes(io.BytesIO(message))
    same(read.message_indexes, row["path"], "message indexes")
    same_hex(SchemaId("PROTOBUF", 0, None, row["path"]).id_to_bytes(), message.hex(), "written")


def check_unframed(row):
    same(row["message"], "", "a message that is nothing")


FRAMES = {"glue": check_glue, "confluent_id": check_confluent, "confluent_guid": check_confluent,
          "avro_single_object": None, "payload": None, "index": check_index, "path": check_path,
          "none": check_unframed}


def check(row, schemas):
    if frame := FRAMES[row["framing"]]:
        frame(row)
    if row.get("error", {}).keys() & {"frame", "inflate"} or "format" not in row:
        return
    if row["format"] == "AVRO":
        check_avro(row, schemas)
    elif row["format"] == "PROTOBUF":
        check_protobuf(row, schemas)
    elif row["format"] == "JSON":
        same_hex(orjson.dumps(row["value"]), row["payload"], "payload")
    else:
        raise Wrong(f"nobody proves {row['format']}")


def main():
    document = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    schemas = {name: schema["definition"] for name, schema in document["schemas"].items()}
    wrong = 0
    for row in document["vectors"]:
        try:
            check(row, schemas)
        except Exception as error:  # a library's too: the row is not proved
            wrong += 1
            print(f"{row['id']}: {type(error).__name__}: {error}")
    numbers = {row["id"].split(".")[0] for row in document["vectors"]}
    if numbers != {f"V{i:02}" for i in range(1, 61)}:
        wrong += 1
        print(f"of V01 to V60 these are there: {sorted(numbers)}")
    print(f"{len(document['vectors'])} vectors, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
