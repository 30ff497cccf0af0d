"""A producer and a consumer of each language, with one face."""

import dataclasses
import json
import os
import pathlib
import subprocess

import aws_schema_registry
import aws_schema_registry.avro
import aws_schema_registry.jsonschema
import kafka
from aws_schema_registry.adapter.kafka import KafkaDeserializer, KafkaSerializer

from glue_calls import client
from limpet_process import limpet_binary
from records import SAMPLES
from samples import descriptors

PATIENCE_MS = 30_000


@dataclasses.dataclass
class Place:
    """Where one cell happens."""

    server: object
    bootstrap: str
    topic: str
    region: str


class Java:
    """AWS's library for Java in Kafka's own clients."""

    def __init__(self, peer):
        self._peer = peer

    def produce(self, place, data_format, compression):
        sample = SAMPLES[data_format]
        for i, record in enumerate(sample["records"]):
            more = {"schema": sample["schema"], "record": json.dumps(record)}
            if data_format == "PROTOBUF":
                more = {"schema": descriptors(sample["schema"]), "message": sample["message"],
                        "record": sample["text"][i]}
            self._ask("produce", place, data_format, {"compression": compression}, **more)

    def consume(self, place, data_format):
        records = self._ask("consume", place, data_format, {},
                            count=len(SAMPLES[data_format]["records"]))["records"]
        if data_format == "PROTOBUF":
            sample = SAMPLES[data_format]
            assert records == sample["text"]
            return sample["records"]
        return [json.loads(record) for record in records]

    def _ask(self, op, place, data_format, config, **more):
        server = place.server
        return self._peer.ask(
            op=op, topic=place.topic, bootstrap=place.bootstrap, access_key=server.access_key,
            secret_key=server.secret_key, config={
                "endpoint": server.endpoint, "region": place.region, "dataFormat": data_format,
                "avroRecordType": "GENERIC_RECORD", "schemaAutoRegistrationEnabled": "true",
                **config}, **more)


class Python:
    """The package aws-glue-schema-registry with kafka-python. It has no Protobuf and never compresses."""

    def produce(self, place, data_format, compression):
        assert compression == "NONE" and data_format != "PROTOBUF"
        sample = SAMPLES[data_format]
        kind = {"AVRO": aws_schema_registry.avro.AvroSchema,
                "JSON": aws_schema_registry.jsonschema.JsonSchema}[data_format]
        producer = kafka.KafkaProducer(bootstrap_servers=place.bootstrap,
                                       value_serializer=KafkaSerializer(self._registry(place)))
        try:
            for record in sample["records"]:
                producer.send(place.topic, value=(record, kind(sample["schema"]))).get(30)
        finally:
            producer.close()

    def consume(self, place, data_format):
        consumer = kafka.KafkaConsumer(
            bootstrap_servers=place.bootstrap, consumer_timeout_ms=PATIENCE_MS,
            value_deserializer=KafkaDeserializer(self._registry(place)))
        try:
            partition = kafka.TopicPartition(place.topic, 0)
            consumer.assign([partition])
            consumer.seek_to_beginning(partition)
            found = []
            for message in consumer:
                found.append(message.value.data)
                if len(found) == len(SAMPLES[data_format]["records"]):
                    break
            return found
        finally:
            consumer.close()

    @staticmethod
    def _registry(place):
        glue = client(place.server, place.region)
        return aws_schema_registry.SchemaRegistryClient(glue, registry_name="default-registry")


class Cpp:
    """limpet's own library: the program matrix_driver, beside the program limpet."""

    def __init__(self, log):
        self._log = log

    def __enter__(self):
        program = pathlib.Path(limpet_binary()).with_name("matrix_driver")
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen([program], stdin=subprocess.PIPE, stderr=log, env=env,
                                             stdout=subprocess.PIPE, encoding="utf-8")
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        try:
            status = self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        finally:
            self._process.stdout.close()
        assert status == 0, self._log.read_text()

    def produce(self, place, data_format, compression):
        sample = SAMPLES[data_format]
        self._ask("produce", place, format=data_format, compression=compression,
                  schema=sample["schema"], message=sample.get("full_name", ""),
                  records=[json.dumps(record) for record in sample["records"]])

    def consume(self, place, data_format):
        answer = self._ask("consume", place, count=len(SAMPLES[data_format]["records"]))
        records = [json.loads(record) for record in answer["records"]]
        if data_format == "PROTOBUF":
            sample = SAMPLES[data_format]
            assert records == sample["plain"]
            return sample["records"]
        return records

    def _ask(self, op, place, **more):
        server = place.server
        question = {"op": op, "topic": place.topic, "bootstrap": place.bootstrap,
                    "endpoint": server.endpoint, "region": place.region,
                    "access_key": server.access_key, "secret_key": server.secret_key, **more}
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"matrix_driver ended: {self._log.read_text()}"
        answer = json.loads(line)
        assert answer["ok"], answer
        return answer
