"""What aws-glue-schema-registry does with Limpet's answers, outcome by outcome.

Exception classes, messages, causes, the Glue calls of each step and the bytes in Kafka are those
that the package shows with AWS Glue. The records are the tutorial's.
"""

import uuid

import kafka
import pytest
from aws_schema_registry import SchemaRegistryClient
from aws_schema_registry.adapter.kafka import KafkaDeserializer, KafkaSerializer
from aws_schema_registry.avro import AvroSchema
from aws_schema_registry.exception import SchemaRegistryException

RECORD = {"name": "John Doe", "age": 6, "subject": "something"}
RECORD_AVRO = "104a6f686e20446f650c12736f6d657468696e67"  # made with Apache Avro
SHORT_RECORD_AVRO = "104a6f686e20446f650c"  # the same without the subject

FIELDS = [{"name": "name", "type": "string"}, {"name": "age", "type": "int"},
          {"name": "subject", "type": "string"}]

LOOK_UP, CREATE, REGISTER, READ = ("GetSchemaByDefinition", "CreateSchema",
                                   "RegisterSchemaVersion", "GetSchemaVersion")


def user(fields):
    return AvroSchema({"namespace": "my.namespace", "name": "User", "type": "record",
                       "fields": fields})


FULL = user(FIELDS)
WITHOUT_SUBJECT = user(FIELDS[:2])
WITH_EMAIL = user([*FIELDS[:2], {"name": "email", "type": "string"}])


class Producer:
    """A KafkaProducer with the package's serializer, and the Glue calls that it makes."""

    def __init__(self, world):
        glue, self.calls = world.client()
        # The package waits once for a version that is not AVAILABLE; here it need not.
        registry = SchemaRegistryClient(glue, registry_name=world.registry,
                                        wait_interval_seconds=0)
        self.topic = world.topic
        self.kafka = kafka.KafkaProducer(bootstrap_servers=world.bootstrap,
                                         value_serializer=KafkaSerializer(registry))

    def send(self, value, key=None):
        return self.kafka.send(self.topic, value=value, key=key).get(timeout=30)


@pytest.fixture
def producer(world):
    made = Producer(world)
    yield made
    made.kafka.close()


@pytest.fixture
def read_back(world):
    """Read everything in the topic with the package's deserializer: the values and its calls."""
    consumers = []

    def read(count):
        glue, calls = world.client()
        registry = SchemaRegistryClient(glue, registry_name=world.registry)
        consumer = kafka.KafkaConsumer(
            bootstrap_servers=world.bootstrap, auto_offset_reset="earliest",
            value_deserializer=KafkaDeserializer(registry), consumer_timeout_ms=30_000)
        consumers.append(consumer)
        consumer.subscribe([world.topic])
        values = [next(consumer).value for _ in range(count)]
        assert len(world.records()) == count, "the topic holds records that were not read"
        return values, calls.take()

    yield read
    for consumer in consumers:
        consumer.close()


def versions(world):
    """(number, status) of every version of the topic's schema, oldest first."""
    listed = world.glue.list_schema_versions(SchemaId=world.schema_id)["Schemas"]
    return sorted((version["VersionNumber"], version["Status"]) for version in listed)


def version(world, number):
    return world.glue.get_schema_version(SchemaId=world.schema_id,
                                         SchemaVersionNumber={"VersionNumber": number})


def framed(version_id, payload):
    return "0300" + version_id.replace("-", "") + payload


def test_first_record_registers_its_schema(world, producer, read_back):
    sent = producer.send((RECORD, FULL))

    assert (sent.topic, sent.partition, sent.offset) == (world.topic, 0, 0)
    assert producer.calls.take() == [LOOK_UP, CREATE, READ]
    schema = world.glue.get_schema(SchemaId=world.schema_id)
    assert schema["Compatibility"] == "BACKWARD"
    assert schema["DataFormat"] == "AVRO"
    assert schema.get("Description", "") == ""
    assert world.glue.get_tags(ResourceArn=schema["SchemaArn"])["Tags"] == {}
    assert versions(world) == [(1, "AVAILABLE")]
    first = version(world, 1)
    assert [record.hex() for record in world.records()] == [
        framed(first["SchemaVersionId"], RECORD_AVRO)]
    assert first["SchemaDefinition"] == str(FULL)

    values, calls = read_back(1)
    assert [value.data for value in values] == [RECORD]
    assert values[0].schema == FULL
    assert calls == [READ]


def test_second_record_asks_nothing(world, producer, read_back):
    producer.send((RECORD, FULL))
    producer.calls.take()

    assert producer.send((RECORD, FULL)).offset == 1

    assert producer.calls.take() == []
    first, second = world.records()
    assert first == second
    values, calls = read_back(2)
    assert [value.data for value in values] == [RECORD, RECORD]
    assert calls == [READ]


def test_another_producer_finds_the_version(world, producer):
    producer.send((RECORD, FULL))
    other = Producer(world)
    try:
        other.send((RECORD, FULL))
    finally:
        other.kafka.close()

    assert other.calls.take() == [LOOK_UP]
    assert versions(world) == [(1, "AVAILABLE")]


@pytest.mark.parametrize("data, error, message", [
    ({"name": "John Doe", "subject": "something"}, ValueError, "no value and no default for age"),
    ({"name": "John Doe", "age": 6}, ValueError, "no value and no default for subject"),
    ({**RECORD, "age": "string"}, TypeError, "an integer is required on field age"),
    ({**RECORD, "name": 7}, TypeError, "must be string on field name"),
    ({**RECORD, "name": None}, TypeError, "must be string on field name"),
], ids=["age-missing", "subject-missing", "string-for-int", "int-for-string", "null-for-string"])
def test_bad_record_is_not_sent(world, producer, data, error, message):
    producer.send((RECORD, FULL))
    producer.calls.take()

    with pytest.raises(error) as refused:
        producer.send((data, FULL))

    assert type(refused.value) is error
    assert str(refused.value) == message
    assert producer.calls.take() == []
    assert len(world.records()) == 1
    assert versions(world) == [(1, "AVAILABLE")]


def test_value_must_be_a_tuple(world, producer):
    with pytest.raises(TypeError) as refused:
        producer.send(RECORD)

    assert refused.value.args[0] == "KafkaSerializer can only serialize"
    assert producer.calls.take() == []
    assert world.records() == []


def test_tombstone_asks_nothing(world, producer, read_back):
    producer.send(None, key=b"a record without a value needs a key")

    assert producer.calls.take() == []
    assert world.records() == [None]
    assert read_back(1) == ([None], [])


def test_deleted_field_becomes_version_two(world, producer, read_back):
    producer.send((RECORD, FULL))
    producer.calls.take()
    short = {"name": "John Doe", "age": 6}

    assert producer.send((short, WITHOUT_SUBJECT)).offset == 1

    # AVAILABLE at once: no wait, no poll.
    assert producer.calls.take() == [LOOK_UP, REGISTER, READ]
    assert versions(world) == [(1, "AVAILABLE"), (2, "AVAILABLE")]
    first, second = version(world, 1), version(world, 2)
    assert first["SchemaVersionId"] != second["SchemaVersionId"]
    assert world.records()[1].hex() == framed(second["SchemaVersionId"], SHORT_RECORD_AVRO)
    values, calls = read_back(2)
    assert [value.data for value in values] == [RECORD, short]
    assert calls == [READ, READ]

    # The first schema still serves, under its own id.
    other = Producer(world)
    try:
        other.send((RECORD, FULL))
    finally:
        other.kafka.close()
    assert other.calls.take() == [LOOK_UP]
    assert world.records()[2].hex() == framed(first["SchemaVersionId"], RECORD_AVRO)


@pytest.fixture
def refused_schema(world, producer):
    """A schema whose second version, with a required field more, was refused: the exception."""
    producer.send(({"name": "John Doe", "age": 6}, WITHOUT_SUBJECT))
    producer.calls.take()
    with pytest.raises(SchemaRegistryException) as refused:
        producer.send(({"name": "John Doe", "age": 6, "email": "j@example.com"}, WITH_EMAIL))
    return refused.value


def test_required_field_is_refused(world, producer, refused_schema):
    assert str(refused_schema) == (
        "Register schema :: Call failed when registering the schema with the schema registry"
        f" for schema name = {world.schema_name}")
    failed = version(world, 2)
    cause = refused_schema.__cause__
    assert type(cause) is SchemaRegistryException
    assert str(cause) == ("Schema evolution check failed."
                          f" schemaVersionId {failed['SchemaVersionId']} is in FAILURE status.")
    assert cause.__cause__ is None
    assert producer.calls.take() == [LOOK_UP, REGISTER, READ]
    assert versions(world) == [(1, "AVAILABLE"), (2, "FAILURE")]
    assert len(world.records()) == 1


def test_refused_schema_again(world, producer, refused_schema):
    del refused_schema
    producer.calls.take()

    with pytest.raises(SchemaRegistryException) as refused:
        producer.send(({"name": "John Doe", "age": 6, "email": "j@example.com"}, WITH_EMAIL))

    chain = [refused.value]
    while chain[-1].__cause__ is not None:
        chain.append(chain[-1].__cause__)
    assert [type(link) for link in chain] == [SchemaRegistryException] * 3
    assert [str(link) for link in chain] == [
        "Exception occurred while fetching or registering schema"
        f" definition = {WITH_EMAIL}, schema name = {world.schema_name}",
        "Failed to get schemaVersionId by schema definition for schema"
        f" name = {world.schema_name}",
        "Schema Found but status is FAILURE",
    ]
    assert producer.calls.take() == [LOOK_UP]
    assert versions(world) == [(1, "AVAILABLE"), (2, "FAILURE")]
    assert len(world.records()) == 1


def test_refusal_has_a_reason(world, refused_schema):
    del refused_schema
    answer = world.glue.query_schema_version_metadata(
        SchemaVersionId=version(world, 2)["SchemaVersionId"])

    reason = answer["MetadataInfoMap"]["limpet.reason"]["MetadataValue"]
    assert "email" in reason
    assert "\n" not in reason


def test_changed_mode_frees_a_refused_schema(world, producer, refused_schema):
    del refused_schema
    world.glue.update_schema(SchemaId=world.schema_id, SchemaVersionNumber={"LatestVersion": True},
                             Compatibility="NONE")
    producer.calls.take()

    producer.send(({"name": "John Doe", "age": 6, "email": "j@example.com"}, WITH_EMAIL))

    assert producer.calls.take() == [LOOK_UP, REGISTER, READ]
    assert versions(world) == [(1, "AVAILABLE"), (2, "FAILURE"), (3, "AVAILABLE")]
    assert len(world.records()) == 2


def test_refused_version_cannot_be_read(world, refused_schema):
    del refused_schema
    glue, calls = world.client()
    deserializer = KafkaDeserializer(SchemaRegistryClient(glue, registry_name=world.registry))
    frame = framed(version(world, 2)["SchemaVersionId"], SHORT_RECORD_AVRO)

    with pytest.raises(SchemaRegistryException, match="^Schema Found but status is FAILURE$"):
        deserializer.deserialize(world.topic, bytes.fromhex(frame))

    assert calls.take() == [READ]


def test_unknown_version_cannot_be_read(world):
    glue, calls = world.client()
    deserializer = KafkaDeserializer(SchemaRegistryClient(glue, registry_name=world.registry))
    unknown = uuid.UUID("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63")

    with pytest.raises(SchemaRegistryException) as refused:
        deserializer.deserialize(world.topic, bytes.fromhex(framed(str(unknown), RECORD_AVRO)))

    assert str(refused.value) == f"Failed to get schema version by id {unknown}"
    assert type(refused.value.__cause__).__name__ == "EntityNotFoundException"
    assert calls.take() == [READ]


@pytest.mark.parametrize("text", [
    '{"type":"record","name":"User","namespace":"my.namespace","fields":'
    '[{"name":"name","type":"string"},{"name":"age","type":"int"},'
    '{"name":"subject","type":"string"}]}',
    '{\n\t"fields": [\n\t\t{"type": "string", "name": "name"},\n\t\t{"name": "age", "type":'
    ' {"type": "int"}},\n\t\t{"name": "subject", "type": "string"}],\n\t"name":'
    ' "my.namespace.User",\n\t"type": "record"\n}\n',
], ids=["compact", "pretty"])
def test_other_text_of_the_same_schema_is_the_same_version(world, producer, text):
    made = world.glue.create_schema(
        RegistryId={"RegistryName": world.registry}, SchemaName=world.schema_name,
        DataFormat="AVRO", Compatibility="BACKWARD", SchemaDefinition=text)

    producer.send((RECORD, FULL))

    assert producer.calls.take() == [LOOK_UP]
    assert world.records()[0].hex() == framed(made["SchemaVersionId"], RECORD_AVRO)
    assert versions(world) == [(1, "AVAILABLE")]
