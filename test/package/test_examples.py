"""The examples, built outside the tree against what was installed."""

import json
import pathlib

import kafka

from conftest import ROOT

SCHEMA = ROOT / "examples/cpp/user.avsc"
RECORDS = [{"name": "John Doe", "age": 6, "subject": "something"},
           {"name": "Zoë", "age": -1, "subject": ""}]
LINES = "".join(json.dumps(record) + "\n" for record in RECORDS)


def values(broker, topic, count):
    consumer = kafka.KafkaConsumer(bootstrap_servers=broker, consumer_timeout_ms=30_000)
    try:
        partition = kafka.TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        return [next(consumer).value for _ in range(count)]
    finally:
        consumer.close()


def test_hello_writes_and_reads(run, examples, broker, topic, glue):
    out, err = run(examples / "hello", broker, topic)
    assert out == "written at offset 0\nJohn Doe is 6\n" and err == ""
    versions = glue.list_schema_versions(
        SchemaId={"RegistryName": "default-registry", "SchemaName": topic})["Schemas"]
    assert [version["Status"] for version in versions] == ["AVAILABLE"]


def test_librdkafka_alone(run, examples, broker, topic):
    run(examples / "librdkafka_producer", broker, topic, SCHEMA, stdin=LINES)
    out, _ = run(examples / "librdkafka_consumer", broker, topic, len(RECORDS))
    assert [json.loads(line) for line in out.splitlines()] == RECORDS


def test_librdkafka_alone_refuses_bad_records(run, examples, broker, topic):
    bad = '{"name":"x","subject":"y"}\n{"name":"x","age":"six","subject":"y"}\n'
    _, err = run(examples / "librdkafka_producer", broker, topic, SCHEMA, stdin=bad + LINES, status=1)
    assert len(err.splitlines()) == 2 and all("age" in line for line in err.splitlines())
    out, _ = run(examples / "librdkafka_consumer", broker, topic, len(RECORDS))
    assert len(out.splitlines()) == len(RECORDS)


def test_columns(run, examples, broker, topic):
    run(examples / "librdkafka_producer", broker, topic, SCHEMA, stdin=LINES)
    out, err = run(examples / "columns", broker, topic, SCHEMA)
    assert out == "2 rows\nname (u)\nage (i)\nsubject (u)\n" and err == ""


def test_c(run, examples, broker, topic):
    run(examples / "librdkafka_producer", broker, topic, SCHEMA, stdin=LINES)
    lines = "".join(value.hex() + "\n" for value in values(broker, topic, 2))
    out, _ = run(examples / "decode", stdin=lines)
    assert [json.loads(line) for line in out.splitlines()] == RECORDS
    _, err = run(examples / "decode", stdin=lines[:40] + "\n", status=1)
    assert "truncated" in err


def test_newcomers_program_is_short():
    """What it takes to produce and to consume; includes, comments and main() left out."""
    text = (ROOT / "examples/cpp/hello.cc").read_text()
    body = text[text.index("Status run("):text.index("int main(")]
    statements = body.count(";") + body.count("{\n")
    assert statements <= 40
    assert pathlib.Path(ROOT / "examples/cpp/CMakeLists.txt").exists()
