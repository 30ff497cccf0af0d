"""Python on the records of bench_records: fastavro, and AWS's serializer package around it.

    python records.py --documents bench/records [--seconds 0.2] [--rounds 9]

A line of JSON for each: {"peer":"fastavro","name":"user decode","ns":…}. Names are those of
bench_records. It is processor time."""

import argparse
import io
import json
import pathlib
import statistics
import time
import uuid

import fastavro
from aws_schema_registry import SchemaVersion
from aws_schema_registry.avro import AvroSchema
from aws_schema_registry.serde import KafkaDeserializer, KafkaSerializer

FASTAVRO = "fastavro " + fastavro.__version__
PACKAGE = "Python package"
VERSION = uuid.UUID("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63")


class Registry:
    """Knows one schema version; stands in for the package's client, so that no call is timed."""

    def __init__(self, definition):
        self._version = SchemaVersion("bench", VERSION, definition, "AVRO", "AVAILABLE", 1)

    def get_schema_version(self, version_id):
        return self._version

    def get_or_register_schema_version(self, **unused):
        return self._version


def timed(peer, name, run, seconds, rounds):
    def many(count):
        begun = time.process_time()
        for _ in range(count):
            run()
        return time.process_time() - begun

    count = 1
    while (took := many(count)) < seconds:
        count = max(count + 1, int(count * min(100, seconds / max(took, 1e-6) * 1.05)))
    ns = statistics.median(many(count) for _ in range(rounds)) / count * 1e9
    print(json.dumps({"peer": peer, "name": name, "ns": ns}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=float, default=0.2)
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    plan = {"seconds": args.seconds, "rounds": args.rounds}
    payloads = json.loads((args.documents / "payloads.json").read_text("utf-8"))

    def schema(name):
        return fastavro.parse_schema(json.loads((args.documents / name).read_text("utf-8")))

    user, following, wide = schema("user.avsc"), schema("user-next.avsc"), schema("wide.avsc")
    for name, written, wanted in (("user decode", user, None), ("user resolve", user, following),
                                  ("wide decode", wide, None)):
        payload = bytes.fromhex(payloads[name.split()[0]])
        timed(FASTAVRO, name,
              lambda: fastavro.schemaless_reader(io.BytesIO(payload), written, wanted), **plan)
    for name, written in (("user encode", user), ("wide encode", wide)):
        payload = bytes.fromhex(payloads[name.split()[0]])
        record = fastavro.schemaless_reader(io.BytesIO(payload), written, None)
        assert record
        timed(FASTAVRO, name,
              lambda: fastavro.schemaless_writer(io.BytesIO(), written, record), **plan)

    definition = (args.documents / "user.avsc").read_text("utf-8")
    registry, data_schema = Registry(definition), AvroSchema(definition)
    record = {"name": "John Doe", "age": 6, "subject": "something"}
    serializer, deserializer = KafkaSerializer(registry), KafkaDeserializer(registry)
    framed = serializer.serialize("bench", (record, data_schema))
    assert framed[18:].hex() == payloads["user"]
    timed(PACKAGE, "user decode", lambda: deserializer.deserialize("bench", framed), **plan)
    timed(PACKAGE, "user encode",
          lambda: serializer.serialize("bench", (record, data_schema)), **plan)


if __name__ == "__main__":
    main()
