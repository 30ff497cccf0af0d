"""Who can read what whom wrote: every language, data format and compression, over a real Apache Kafka.

A cell is one producer; each consumer that can must find exactly its records. What a package cannot
do is not a cell, and stands here: the Python package has no Protobuf, and never compresses (it
does read what others compressed)."""

import kafka
import pytest

from records import SAMPLES

LANGUAGES = ("C++", "Java", "Python")
COMPRESSIONS = {"NONE": 0, "ZLIB": 5}


def can_produce(language, data_format, compression):
    return language != "Python" or (data_format != "PROTOBUF" and compression == "NONE")


def can_consume(language, data_format):
    return language != "Python" or data_format != "PROTOBUF"


CELLS = [(language, data_format, compression) for language in LANGUAGES for data_format in SAMPLES
         for compression in COMPRESSIONS if can_produce(language, data_format, compression)]


def first_bytes(place):
    consumer = kafka.KafkaConsumer(bootstrap_servers=place.bootstrap, consumer_timeout_ms=30_000)
    try:
        partition = kafka.TopicPartition(place.topic, 0)
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        return next(consumer).value[:2]
    finally:
        consumer.close()


@pytest.mark.parametrize("language, data_format, compression", CELLS)
def test_what_one_writes_all_read(peers, place, language, data_format, compression):
    peers[language].produce(place, data_format, compression)
    assert first_bytes(place) == bytes([3, COMPRESSIONS[compression]])
    for reader in LANGUAGES:
        if can_consume(reader, data_format):
            found = peers[reader].consume(place, data_format)
            assert found == SAMPLES[data_format]["records"], reader


def test_every_possible_cell_is_there():
    assert len(CELLS) == 2 * 3 * 2 + 2
