"""`limpet produce`, `consume` and `topic verify` beyond the tutorial, on a real Apache Kafka."""

import json
import signal

import pytest

from test_tutorial import RECORD, RECORD_AVRO, FIELDS, lines, user

ORDER = json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
                    "properties": {"id": {"type": "integer", "minimum": 1}}, "required": ["id"]})
PROTO = 'syntax = "proto3";\npackage shop;\nmessage Order { string id = 1; int64 cents = 2; }\n'
UNKNOWN_ID = "b7b4a7f09c964e4aa687fb5de9ef0c63"


@pytest.fixture
def user_avsc(world):
    return world.file("user.avsc", user(FIELDS))


def people(count):
    return [{"name": f"n{number}", "age": number, "subject": "even" if number % 2 == 0 else "odd"}
            for number in range(count)]


def test_formats_and_compression(world):
    cases = [("order.json", ORDER, {"id": 7, "note": "Zoë"}, "JSON"),
             ("order.proto", PROTO, {"id": "a", "cents": "12"}, "PROTOBUF"),
             ("user.avsc", user(FIELDS), RECORD, "AVRO")]
    for name, text, record, data_format in cases:
        topic = f"{world.topic}-{data_format}"
        world.make_topic(topic)
        file = world.file(name, text)
        for compression in ("none", "zlib"):
            world.produce(lines(record), "--schema", file, "--compression", compression,
                          topic=topic)
        read = world.consume(topic=topic)
        assert [each["schema"]["compression"] for each in read] == ["none", "zlib"]
        assert {each["schema"]["format"] for each in read} == {data_format}
        for each in read:
            value = {key: str(number) if key == "cents" else number
                     for key, number in each["value"].items()}
            assert value == record
        assert len(world.versions(topic)) == 1


def test_bad_records_are_skipped_or_buried(world, user_avsc):
    bad = [{**RECORD, "age": "six"}, {"name": "x"}]
    text = lines(RECORD, bad[0]) + "{no json\n\n" + lines(bad[1], RECORD)
    said = world.produce(text, "--schema", user_avsc, "--on-error", "skip", status=1)
    assert 'line 2: /age: expected int, found the string "six"' in said
    assert "line 3: /: not JSON" in said
    assert "line 5: /age: expected int, found nothing" in said
    assert "sent 2 records" in said and "refused 3" in said
    assert len(world.raw()) == 2

    said = world.produce(text, "--schema", user_avsc, "--on-error", "dead-letter",
                         "--header", "source=till", status=1)
    assert "sent 2 records" in said and f"to {world.topic}-dead-letter 3" in said
    buried = world.raw(f"{world.topic}-dead-letter")
    assert [record.value.decode() for record in buried] == [
        json.dumps(bad[0]), "{no json", json.dumps(bad[1])]
    headers = {name: value.decode() for name, value in buried[0].headers}
    assert headers == {"limpet.reason": 'expected int, found the string "six"',
                       "limpet.path": "/age", "limpet.line": "2", "limpet.topic": world.topic,
                       "limpet.schema": world.topic, "source": "till"}
    assert len(world.raw()) == 4


def test_all_or_nothing(world, user_avsc):
    text = lines(RECORD, {**RECORD, "age": "six"})
    said = world.produce(text, "--schema", user_avsc, "--transactional-id", world.topic, status=1)
    assert "rolled back" in said and "sent 0 records" in said
    assert world.consume() == []
    world.produce(lines(RECORD, RECORD), "--schema", user_avsc, "--transactional-id", world.topic)
    assert [read["value"] for read in world.consume()] == [RECORD, RECORD]


def test_dry_run_sends_and_registers_nothing(world, user_avsc):
    said = world.produce(lines(RECORD, {"name": 1}), "--schema", user_avsc, "--dry-run",
                         "--on-error", "skip", status=1)
    assert "1 record is valid; nothing was sent; refused 1" in said
    assert world.produce(lines(RECORD), "--schema", user_avsc, "--dry-run") == (
        "1 record is valid; nothing was sent\n")
    assert world.raw() == []
    assert world.glue().list_schemas()["Schemas"] == []


def test_unknown_schema_without_registration(world, user_avsc):
    said = world.produce(lines(RECORD), "--schema", user_avsc, "--no-auto-register", status=1)
    assert "--no-auto-register" in said
    assert world.raw() == []


def test_keys_headers_files_and_summary(world, user_avsc):
    first = world.file("a.jsonl", lines(*people(2)))
    second = world.file("b.jsonl", lines(people(1)[0], {"name": 1}))
    done = world.run("produce", "-t", world.topic, "--schema", user_avsc, "--key-field", "name",
                     "--header", "source=till", "--output", "json", first, second, status=1)
    summary = json.loads(done.stdout)
    assert (summary["Sent"], summary["Refused"], summary["Undelivered"]) == (3, 1, 0)
    assert summary["SchemaName"] == world.topic and summary["SchemaVersion"] == 1
    assert f"{second}: line 2: /name: expected string, found the number 1" in done.stderr
    read = world.consume()
    assert [each["key"] for each in read] == ["n0", "n1", "n0"]
    assert read[0]["headers"] == [{"name": "source", "value": "till"}]


def test_keys_choose_the_partition_of_javas_producer(world, user_avsc):
    topic = f"{world.topic}-6"
    world.make_topic(topic, partitions=6)
    world.produce(lines(*people(20)), "--schema", user_avsc, "--key-field", "name", topic=topic)
    from kafka.partitioner.default import murmur2
    for read in world.consume(topic=topic):
        assert read["partition"] == (murmur2(read["key"].encode()) & 0x7FFFFFFF) % 6
    only = world.consume("--partition", "0", "--partition", "3", topic=topic)
    assert {read["partition"] for read in only} <= {0, 3}
    assert world.run("consume", "-t", topic, "-p", "9", "--until-end", status=1).stderr


def test_tombstones(world, user_avsc):
    text = f"ada\t{json.dumps(RECORD)}\nada\tNULL\nNULL\t{json.dumps(RECORD)}\nada\tnull\nada\n"
    said = world.produce(text, "--schema", user_avsc, "--key-separator", "\\t", "--null-marker",
                         "NULL", "--on-error", "skip", status=1)
    assert "sent 3 records" in said
    assert "line 4: /: expected record my.namespace.User, found null" in said
    assert "line 5: /: no key: the separator (--key-separator) is not there" in said
    raw = world.raw()
    assert [record.key for record in raw] == [b"ada", b"ada", None]
    assert raw[1].value is None
    assert raw[0].value == raw[2].value and raw[0].value.hex().endswith(RECORD_AVRO)
    assert [read["value"] for read in world.consume()] == [RECORD, None, RECORD]
    assert world.verify()["Tombstones"] == 1
    # Without keys, and without a record that would need a schema.
    topic = f"{world.topic}-bare"
    world.make_topic(topic)
    assert world.produce("NULL\n", "--schema", user_avsc, "--null-marker", "NULL",
                         topic=topic) == f"sent 1 record to {topic}\n"
    assert [(record.key, record.value) for record in world.raw(topic)] == [(None, None)]
    assert world.versions(world.topic) == [(1, "AVAILABLE")]


def test_keys_with_a_schema(world, user_avsc):
    key = world.file("key.avsc", json.dumps({"type": "record", "name": "Key", "fields": [
        {"name": "id", "type": "int"}]}))
    text = f'{{"id":7}}\t{json.dumps(RECORD)}\n{{"id":7}}\tNULL\n'
    words = ("--schema", user_avsc, "--key-schema", key, "--key-separator", "\t", "--null-marker",
             "NULL", "--naming", "topic-value")
    done = world.run("produce", "-t", world.topic, *words, "--output", "json", stdin=text)
    summary = json.loads(done.stdout)
    assert (summary["Sent"], summary["SchemaName"], summary["KeySchemaName"]) == (
        2, f"{world.topic}-value", f"{world.topic}-key")
    assert world.versions(f"{world.topic}-key") == [(1, "AVAILABLE")]
    key_bytes = "0300" + summary["KeySchemaVersionId"].replace("-", "") + "0e"
    assert [record.key.hex() for record in world.raw()] == [key_bytes, key_bytes]
    first, second = world.consume()
    assert first["key"] == {"id": 7} and first["keySchema"]["name"] == f"{world.topic}-key"
    assert second["key"] == {"id": 7} and second["value"] is None and "schema" not in second

    said = world.produce('{"id":"x"}\tNULL\n', *words, status=1)
    assert 'line 1: /id: the key: expected int, found the string "x"' in said
    # A field of the record; zlib is for values.
    world.produce(lines(RECORD), "--schema", user_avsc, "--key-schema",
                  world.file("name.avsc", '"string"'), "--key-field", "name", "--key-schema-name",
                  f"{world.topic}-name", "--schema-name", f"{world.topic}-value",
                  "--compression", "zlib")
    last = world.raw()[-1]
    assert last.key.hex()[:4] == "0300" and last.key.hex()[36:] == "104a6f686e20446f65"
    assert last.value.hex()[:4] == "0305"
    assert world.consume()[-1]["key"] == RECORD["name"]


def test_keys_and_values_of_one_name(world, user_avsc):
    """As AWS's Java library has it; then two definitions are versions of one schema."""
    key = world.file("key.avsc", '"string"')
    said = world.produce(lines(RECORD), "--schema", user_avsc, "--key-schema", key, "--key-field",
                         "name", status=1)
    assert "refuses this version" in said and "--key-schema-name" in said
    assert world.raw() == []
    topic = f"{world.topic}-none"
    world.make_topic(topic)
    world.produce(lines(RECORD), "--schema", user_avsc, "--key-schema", key, "--key-field", "name",
                  "--compatibility", "NONE", topic=topic)
    assert world.versions(topic) == [(1, "AVAILABLE"), (2, "AVAILABLE")]
    [read] = world.consume(topic=topic)
    assert (read["keySchema"]["version"], read["schema"]["version"]) == (1, 2)


@pytest.mark.parametrize("words, said", [
    (("--key-schema", "KEY"), "--key-schema needs keys: --key-field or --key-separator"),
    (("--key-schema-name", "a"), "--key-message and --key-schema-name go with --key-schema"),
    (("--key-separator", ""), "--key-separator"),
    (("--key-separator", ":", "--key-field", "name"), "--key-field"),
    (("--key-field", "name", "--key-schema", "KEY", "--key-message", "a"),
     "--key-message is for PROTOBUF"),
])
def test_options_of_keys_that_do_not_go_together(world, user_avsc, words, said):
    key = world.file("key.avsc", '"string"')
    words = [key if word == "KEY" else word for word in words]
    assert said in world.produce(lines(RECORD), "--schema", user_avsc, *words, status=2)


def test_where_count_and_from(world, user_avsc):
    world.produce(lines(*people(10)), "--schema", user_avsc)

    def names(*words):
        return [read["value"]["name"] for read in world.consume(*words)]

    assert names("--where", "age >= 8") == ["n8", "n9"]
    assert names("--where", "subject = even", "--where", "age < 3") == ["n0", "n2"]
    assert names("--where", "name ~ ^n[57]$") == ["n5", "n7"]
    assert names("--where", "$offset != 0", "--where", "nobody exists") == []
    assert names("--where", "subject = odd", "--count", "2") == ["n1", "n3"]
    assert names("--from", "7") == ["n7", "n8", "n9"]
    assert names("--from=-2") == ["n8", "n9"]
    assert names("--from", "latest") == []
    assert "--where" in world.refused("consume", "-t", world.topic, "--where", "age is 5",
                                      status=2)


def test_from_time(world):
    for number, time in enumerate((1_769_846_400_000, 1_769_850_000_000)):
        world.plant(f'{{"n":{number}}}'.encode(), timestamp=time)

    def numbers(place):
        return [read["value"]["n"] for read in world.consume("--from", place)]

    assert numbers("2026-01-31T08:00:00Z") == [0, 1]
    assert numbers("2026-01-31T08:30:00Z") == [1]
    assert numbers("1769850000000ms") == [1]
    [first, _] = world.consume()
    assert first["timestamp"] == "2026-01-31T08:00:00.000Z"


def test_mixed_topic(world, user_avsc):
    world.produce(lines(RECORD), "--schema", user_avsc, "--key-field", "name")
    glue_id = world.consume()[0]["schema"]["id"]
    plants = [bytes.fromhex("0000000001" + RECORD_AVRO),           # Confluent's, no registry of it
              b"just a text", b'{"a": [1, 2]}', b"\xff\xfe",       # no frame
              None,                                                # a tombstone
              bytes.fromhex("0300" + UNKNOWN_ID + RECORD_AVRO),    # a version that nobody knows
              bytes.fromhex("0300" + glue_id.replace("-", "") + RECORD_AVRO[:-4]),  # cut off
              bytes.fromhex("0301" + "00" * 16)]                   # no such compression
    for number, value in enumerate(plants):
        world.plant(value, key=b"\x00\x00\x00\x00\x00\x00\x00\x2a" if number == 0 else b"k")
    world.plant(bytes.fromhex(RECORD_AVRO), headers=[
        ("__value_schema_id", bytes.fromhex("01" + glue_id.replace("-", "")))])

    read = world.consume(status=1)
    assert len(read) == 10
    assert read[0]["value"] == RECORD and read[0]["key"] == "John Doe"
    confluent = read[1]
    assert confluent["schema"] == {"confluentId": 1, "framing": "Confluent id"}
    assert confluent["error"]["kind"] == "unsupported"
    assert confluent["key"] == {"hex": "000000000000002a"}
    assert [each["value"] for each in read[2:6]] == ["just a text", {"a": [1, 2]},
                                                     {"hex": "fffe"}, None]
    assert all("schema" not in each and "error" not in each for each in read[2:6])
    assert read[6]["error"]["kind"] == "unknown schema"
    assert read[7]["error"]["kind"] == "truncated"
    assert "subject" in read[7]["error"]["path"]
    assert read[7]["schema"]["version"] == 1
    assert read[8]["error"]["kind"] == "bad compression"
    assert read[9]["value"] == RECORD and read[9]["schema"]["framing"] == "Confluent GUID"

    shown = world.run("consume", "-t", world.topic, "--until-end", "--headers", status=1)
    assert "error: truncated at byte" in shown.stdout and "4 of 10 records" in shown.stderr
    assert f"{world.topic}[0] 0  " in shown.stdout and "v1 AVRO" in shown.stdout
    assert len(world.consume("--on-error", "skip", status=1)) == 6
    stopped = world.run("consume", "-t", world.topic, "--until-end", "--on-error", "stop",
                        "--output", "value", status=1)
    assert lines_of_values(stopped.stdout) == [RECORD]
    assert f"{world.topic}[0] offset 1: " in stopped.stderr

    report = world.verify(status=1)
    assert (report["Records"], report["Bad"], report["Tombstones"]) == (10, 7, 1)
    assert {row["Error"]: row["Records"] for row in report["Errors"]} == {
        "unsupported": 1, "not framed": 3, "unknown schema": 1, "truncated": 1,
        "bad compression": 1}
    assert [row["Offset"] for row in report["FirstBad"]] == [1, 2, 3, 4, 6, 7, 8]
    known = next(row for row in report["Schemas"]
                 if row["Id"] == glue_id and row["Framing"] == "Glue")
    assert (known["Records"], known["Bad"], known["Version"]) == (2, 1, 1)
    assert world.verify("--allow-unframed", status=1)["Bad"] == 4


def lines_of_values(text):
    return [json.loads(line) for line in text.splitlines()]


def test_verify_a_good_topic_and_json_rules(world):
    file = world.file("order.json", ORDER)
    world.produce(lines({"id": 1}, {"id": 2}), "--schema", file)
    report = world.verify()
    assert (report["Records"], report["Good"], report["Bad"], report["Whole"]) == (2, 2, 0, True)
    frame = world.raw()[0].value[:18]
    world.plant(frame + b'{"id":0}')
    report = world.verify(status=1)
    assert report["Errors"] == [{"Error": "breaks its schema", "Records": 1}]
    assert "at least 1" in report["FirstBad"][0]["Error"]
    assert world.consume()[2]["value"] == {"id": 0}  # reading does not judge
    assert "error" in world.consume("--validate", status=1)[2]
    table = world.run("topic", "verify", world.topic, status=1).stdout
    assert "PARTITION" in table and "SCHEMA" in table


def test_verify_tells_the_first_ten(world):
    for _ in range(12):
        world.plant(b"no frame")
    report = world.verify(status=1)
    assert report["Bad"] == 12
    assert [row["Offset"] for row in report["FirstBad"]] == list(range(10))
    assert world.verify("--from=-2", status=1)["Bad"] == 2


def test_unframed_records_of_a_known_schema(world, user_avsc):
    world.plant(bytes.fromhex(RECORD_AVRO))
    [read] = world.consume("--schema", user_avsc)
    assert read["value"] == RECORD
    assert world.verify("--schema", user_avsc)["Bad"] == 0


def test_registry_that_is_away_ends_it(world, user_avsc):
    world.produce(lines(RECORD), "--schema", user_avsc)
    away = ("--endpoint", "http://127.0.0.1:9")
    said = world.refused("consume", "-t", world.topic, "--until-end", *away)
    assert "to go on from here: --partition 0 --from 0" in said
    assert world.produce(lines(RECORD), "--schema", user_avsc, *away, status=1)
    assert len(world.raw()) == 1


def test_topic_that_does_not_exist(world, user_avsc):
    said = world.refused("consume", "-t", "no-such-topic", "--until-end")
    assert "no-such-topic" in said
    assert "no-such-topic" in world.refused("topic", "verify", "no-such-topic")


def test_brokers_that_are_away(world, user_avsc):
    away = ("--bootstrap", "127.0.0.1:9", "--timeout", "1")
    done = world.run("consume", "-t", "any", *away, status=1)
    assert done.stdout == "" and "limpet: " in done.stderr


def test_follows_until_it_is_interrupted(world, user_avsc):
    world.produce(lines(RECORD), "--schema", user_avsc)
    following = world.start("consume", "-t", world.topic, "--output", "value")
    try:
        assert json.loads(following.stdout.readline()) == RECORD
        world.produce(lines({**RECORD, "age": 7}), "--schema", user_avsc)
        assert json.loads(following.stdout.readline())["age"] == 7
        following.send_signal(signal.SIGINT)
        out, err = following.communicate(timeout=30)
        assert (following.returncode, out, err) == (0, "", "")
    finally:
        following.kill()


def test_lines_are_sent_as_they_come(world, user_avsc):
    sending = world.start("produce", "-t", world.topic, "--schema", user_avsc)
    reading = world.start("consume", "-t", world.topic, "--output", "value")
    try:
        for age in (1, 2):
            sending.stdin.write(json.dumps({**RECORD, "age": age}) + "\n")
            sending.stdin.flush()
            assert json.loads(reading.stdout.readline())["age"] == age
        sending.send_signal(signal.SIGINT)
        _, err = sending.communicate(timeout=30)
        assert sending.returncode == 1 and "sent 2 records" in err
    finally:
        sending.kill()
        reading.kill()


def test_a_reader_that_goes_away(world, user_avsc):
    world.produce(lines(*people(2000)), "--schema", user_avsc)
    reading = world.start("consume", "-t", world.topic, "--output", "json")
    try:
        reading.stdout.readline()
        reading.stdout.close()
        world.produce(lines(*people(1000)), "--schema", user_avsc)
        assert reading.wait(timeout=30) == 0
    finally:
        reading.kill()


def test_keys_of_kafkas_own_serializers(world):
    world.plant(b"{}", key=(42).to_bytes(8, "big"))
    assert world.consume("--key-format", "long")[0]["key"] == 42
    assert world.consume("--key-format", "hex")[0]["key"] == {"hex": "000000000000002a"}
    assert world.consume("--key-format", "text")[0]["key"] == "\0" * 7 + "*"


def test_pretty(world, user_avsc):
    world.produce(lines(RECORD), "--schema", user_avsc, "--key-field", "name")
    shown = world.text("consume", "-t", world.topic, "--until-end")
    head, key, *value = shown.splitlines()
    assert head.startswith(f"{world.topic}[0] 0  20") and head.endswith("v1 AVRO  Glue")
    assert key == "key John Doe"
    assert json.loads("\n".join(value)) == RECORD and len(value) == 5
