"""AWS's Java serializer, unmodified, against a limpet: every data format, good and bad."""

import json
import uuid

import pytest

from samples import PROTO2, REFERENCING, SAMPLES, Definition, bytes_defaults, descriptors
from java_peer import Refused
from raw_http import call

TOPIC = "orders"
SCHEMA = {"RegistryName": "default-registry", "SchemaName": TOPIC}
every_format = pytest.mark.parametrize("data_format", SAMPLES)


@pytest.fixture
def java(peer, server, region, data_format):
    return Java(peer, server, region, data_format)


class Java:
    """A producer and a consumer of one data format."""

    def __init__(self, peer, server, region, data_format):
        self._peer, self._format = peer, data_format
        self._keys = {"access_key": server.access_key, "secret_key": server.secret_key}
        self._config = {"endpoint": server.endpoint, "region": region, "dataFormat": data_format,
                        "avroRecordType": "GENERIC_RECORD"}

    def write(self, definition, secret_key=None, **config):
        config = {"schemaAutoRegistrationEnabled": "true", "metadata": {"team": "till"}, **config}
        schema, more = definition.text, {}
        if self._format == "PROTOBUF":
            schema, more = descriptors(schema), {"message": "Order"}
        if secret_key:
            more["secret_key"] = secret_key
        answer = self._ask("write", config, record=definition.record, schema=schema, **more)
        return bytes.fromhex(answer["bytes"])

    def read(self, record):
        return self._ask("read", {}, bytes=record.hex())

    def _ask(self, op, config, **more):
        return self._peer.ask(**{"op": op, "topic": TOPIC, **self._keys,
                                 "config": {**self._config, **config}, **more})


def version_of(record):
    """The schema version id of a framed record."""
    return str(uuid.UUID(bytes=record[2:18]))


def versions(glue):
    """{number: (id, status)} of every version there is."""
    return {version["VersionNumber"]: (version["SchemaVersionId"], version["Status"])
            for version in glue.list_schema_versions(SchemaId=SCHEMA)["Schemas"]}


def meaning(data_format, record):
    return record if data_format == "PROTOBUF" else json.loads(record)


READS_AS = {"AVRO": "Record", "JSON": "JsonDataWithSchema", "PROTOBUF": "DynamicMessage"}


def assert_reads_back(java, data_format, record, definition):
    answer = java.read(record)
    assert answer["type"] == READS_AS[data_format]
    assert meaning(data_format, answer["record"]) == meaning(data_format, definition.record)


@every_format
@pytest.mark.parametrize("compression, mark", [("NONE", 0), ("ZLIB", 5)])
def test_the_first_record_registers_its_schema_and_reads_back(glue, java, data_format, compression,
                                                              mark):
    first = SAMPLES[data_format].first
    record = java.write(first, compression=compression)
    assert record[:2] == bytes([3, mark])
    assert_reads_back(java, data_format, record, first)

    made = glue.get_schema(SchemaId=SCHEMA)
    assert (made["DataFormat"], made["Compatibility"]) == (data_format, "BACKWARD")
    assert versions(glue) == {1: (version_of(record), "AVAILABLE")}
    metadata = glue.query_schema_version_metadata(SchemaVersionId=version_of(record))
    assert {key: value["MetadataValue"] for key, value in metadata["MetadataInfoMap"].items()} == {
        "x-amz-meta-transport": TOPIC, "team": "till"}

    assert java.write(first, compression=compression) == record
    assert len(versions(glue)) == 1


@every_format
def test_a_schema_may_evolve(glue, java, data_format):
    sample = SAMPLES[data_format]
    old, new = java.write(sample.first), java.write(sample.second)
    assert versions(glue) == {1: (version_of(old), "AVAILABLE"), 2: (version_of(new), "AVAILABLE")}
    assert_reads_back(java, data_format, old, sample.first)
    assert_reads_back(java, data_format, new, sample.second)


@every_format
def test_an_incompatible_schema_is_refused_and_explained(glue, java, data_format):
    sample = SAMPLES[data_format]
    java.write(sample.first)
    java.write(sample.second)
    with pytest.raises(Refused) as caught:
        java.write(sample.bad)
    failed, status = versions(glue)[3]
    assert status == "FAILURE"
    assert (f"Schema evolution check failed. schemaVersionId {failed} is in FAILURE status."
            in caught.value.messages)
    metadata = glue.query_schema_version_metadata(SchemaVersionId=failed)["MetadataInfoMap"]
    reason = metadata["limpet.reason"]["MetadataValue"]
    assert reason.startswith("Not BACKWARD compatible with version 2: ")
    assert sample.culprit in reason and "Fix: " in reason

    with pytest.raises(Refused) as caught:
        java.write(sample.bad)
    assert "Schema Found but status is FAILURE" in caught.value.messages
    assert len(versions(glue)) == 3
    assert glue.get_schema(SchemaId=SCHEMA)["LatestSchemaVersion"] == 2
    java.write(sample.first)  # the good ones go on


@every_format
@pytest.mark.parametrize("spelling", ["first", "respelled"])
def test_a_schema_registered_by_another_client_is_found(glue, java, data_format, spelling):
    sample = SAMPLES[data_format]
    text = sample.respelled if spelling == "respelled" else sample.first.text
    made = glue.create_schema(SchemaName=TOPIC, DataFormat=data_format, SchemaDefinition=text,
                              Compatibility="BACKWARD")
    record = java.write(sample.first, schemaAutoRegistrationEnabled="false")
    assert version_of(record) == made["SchemaVersionId"]
    assert versions(glue) == {1: (made["SchemaVersionId"], "AVAILABLE")}
    assert_reads_back(java, data_format, record, sample.first)


@every_format
def test_a_schema_with_references_is_one_whole_to_java(server, region, glue, java, data_format):
    name, shared, text, record = REFERENCING[data_format]
    address = glue.create_schema(SchemaName="address", DataFormat=data_format,
                                 SchemaDefinition=shared, Compatibility="BACKWARD")
    glue.create_schema(SchemaName=TOPIC, DataFormat=data_format, Compatibility="BACKWARD")
    made = call(server, "Limpet.RegisterSchemaVersion", {
        "SchemaId": SCHEMA, "SchemaDefinition": text, "References": [
            {"Name": name, "SchemaId": {"SchemaArn": address["SchemaArn"]}}]}, region=region).json
    assert made["Status"] == "AVAILABLE"
    version = glue.get_schema_version(SchemaVersionId=made["SchemaVersionId"])
    whole = Definition(version["SchemaDefinition"], record)
    written = java.write(whole, schemaAutoRegistrationEnabled="false")
    assert version_of(written) == made["SchemaVersionId"]
    assert_reads_back(java, data_format, written, whole)


@every_format
def test_nothing_is_registered_unasked(glue, java, data_format):
    with pytest.raises(Refused) as caught:
        java.write(SAMPLES[data_format].first, schemaAutoRegistrationEnabled="false")
    assert ("Failed to auto-register schema. Auto registration of schema is not enabled."
            in caught.value.messages)
    assert glue.list_schemas()["Schemas"] == []


@every_format
def test_a_wrong_secret_is_refused(glue, java, data_format):
    with pytest.raises(Refused, match="The request signature we calculated does not match"):
        java.write(SAMPLES[data_format].first, secret_key="wrong")
    assert glue.list_schemas()["Schemas"] == []


@pytest.mark.parametrize("data_format", ["PROTOBUF"])
def test_proto2_as_java_prints_it_is_the_same_schema(glue, java, data_format):
    made = glue.create_schema(SchemaName=TOPIC, DataFormat=data_format, Compatibility="FULL_ALL",
                              SchemaDefinition=PROTO2.text)
    record = java.write(PROTO2)
    assert version_of(record) == made["SchemaVersionId"]
    assert versions(glue) == {1: (made["SchemaVersionId"], "AVAILABLE")}
    assert_reads_back(java, data_format, record, PROTO2)


@pytest.mark.parametrize("data_format", ["PROTOBUF"])
@pytest.mark.parametrize("first", ["java", "boto3"])
def test_defaults_of_bytes_that_java_prints_without_quotes(glue, java, data_format, first):
    sample = bytes_defaults()
    if first == "java":
        record = java.write(sample)
        version = glue.get_schema_version(SchemaId=SCHEMA, SchemaVersionNumber={"VersionNumber": 1})
        assert "[default = abc];" in version["SchemaDefinition"]
        found = glue.register_schema_version(SchemaId=SCHEMA, SchemaDefinition=sample.text)
        assert found["SchemaVersionId"] == version_of(record)
    else:
        glue.create_schema(SchemaName=TOPIC, DataFormat=data_format, Compatibility="FULL_ALL",
                           SchemaDefinition=sample.text)
        record = java.write(sample, schemaAutoRegistrationEnabled="false")
    assert versions(glue) == {1: (version_of(record), "AVAILABLE")}


@pytest.mark.parametrize("data_format", ["PROTOBUF"])
def test_java_reads_what_it_printed_without_quotes(glue, java, data_format):
    sample = bytes_defaults(other="def")  # others it cannot read itself
    record = java.write(sample)
    assert_reads_back(java, data_format, record, sample)
