"""limpet topic list, describe, lag."""

import json
import os
import subprocess

import kafka
import pytest
from kafka.admin import KafkaAdminClient, NewTopic


class Topics:
    """Runs `limpet topic` on one broker."""

    def __init__(self, binary, broker):
        self._binary = binary
        self.bootstrap = broker.address

    def run(self, *arguments, bootstrap=None, status=0, environment=None):
        options = ["--bootstrap", bootstrap or self.bootstrap] if bootstrap != "" else []
        done = subprocess.run([self._binary, "topic", *arguments, *options], capture_output=True,
                              text=True, timeout=120, check=False,
                              env={**os.environ, **(environment or {})})
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return done

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--output", "json").stdout)


@pytest.fixture
def topics(binaries, broker):
    return Topics(binaries / "limpet", broker)


@pytest.fixture(scope="module")
def orders(broker):
    """A topic of three partitions with ten records in the first, four of them read by a group."""
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    admin.create_topics([NewTopic("orders", num_partitions=3, replication_factor=1,
                                  topic_configs={"retention.ms": "86400000"})])
    admin.close()
    producer = kafka.KafkaProducer(bootstrap_servers=broker.address)
    for number in range(10):
        producer.send("orders", b"%d" % number, partition=0)
    producer.flush()
    producer.close()
    consumer = kafka.KafkaConsumer(bootstrap_servers=broker.address, group_id="billing",
                                   enable_auto_commit=False)
    partition = kafka.TopicPartition("orders", 0)
    consumer.assign([partition])
    consumer.seek(partition, 4)
    consumer.commit()
    consumer.close()
    return "orders"


def test_list(topics, orders):
    listed = topics.json("list")["Topics"]
    mine = [topic for topic in listed if topic["Name"] == orders]
    assert mine == [{"Name": "orders", "Partitions": 3, "Replication": 1, "Internal": False}]
    assert not any(topic["Internal"] for topic in listed)
    everything = topics.json("list", "--internal")["Topics"]
    assert "__consumer_offsets" in [topic["Name"] for topic in everything]
    lines = topics.run("list").stdout.splitlines()
    assert lines[0].split() == ["NAME", "PARTITIONS", "REPLICATION"]
    assert ["orders", "3", "1"] in [line.split() for line in lines]


def test_describe(topics, orders):
    described = topics.json("describe", orders)
    assert described["Offsets"] == 10
    assert described["PartitionList"][0] == {"Partition": 0, "Leader": 1, "Replicas": [1],
                                             "InSync": [1], "First": 0, "End": 10, "Offsets": 10}
    assert len(described["PartitionList"]) == 3
    settings = {row["Name"]: row["Value"] for row in described["Settings"]}
    assert settings["retention.ms"] == "86400000"
    assert len(topics.json("describe", orders, "--all-settings")["Settings"]) > len(settings)
    text = topics.run("describe", orders).stdout
    assert "retention.ms" in text and "Partition" in text


def test_lag(topics, orders):
    group = topics.json("lag", "--group", "billing", orders)
    assert group["Lag"] == 6
    assert group["Partitions"][0] == {"Topic": "orders", "Partition": 0, "Committed": 4, "End": 10,
                                      "Lag": 6, "Reader": None}
    assert [row["Committed"] for row in group["Partitions"]] == [4, None, None]
    groups = {row["Group"]: row for row in topics.json("lag", orders)["Groups"]}
    assert groups["billing"]["Lag"] == 6
    assert "billing" in topics.run("lag").stdout


def test_what_is_not_there(topics, orders):
    assert "none" in topics.run("describe", "none", status=1).stderr
    assert "none" in topics.run("lag", "none", status=1).stderr
    assert "none" in topics.run("lag", "--group", "none", status=1).stderr


def test_where_the_brokers_are_can_come_from_the_environment(topics, orders):
    assert orders in topics.run("list", bootstrap="",
                                environment={"LIMPET_BOOTSTRAP": topics.bootstrap}).stdout


def test_no_broker_is_told_within_the_time(topics):
    failed = topics.run("list", "--timeout", "1", bootstrap="127.0.0.1:1", status=1)
    assert "refused" in failed.stderr
    assert failed.stdout == ""


def test_wrong_use(topics):
    for arguments in (["list", "-X", "secret"], ["list", "-X", "no.such=1"],
                      ["list", "--timeout", "-1"], ["list", "--kafka-config", "/no/such"]):
        failed = topics.run(*arguments, status=2)
        assert "secret" not in failed.stderr


def test_login(binaries, login_broker, authority, tmp_path):
    topics = Topics(binaries / "limpet", login_broker)
    properties = tmp_path / "kafka.properties"
    properties.write_text(f"bootstrap.servers={login_broker.login_address}\n"
                          "sasl.mechanism=SCRAM-SHA-512\nsasl.username=limpet\n"
                          f"sasl.password=limpet-secret\nssl.ca.location={authority.certificate}\n"
                          "security.protocol=SASL_SSL\n", encoding="ascii")
    topics.run("list", "--kafka-config", str(properties), bootstrap="")
    refused = topics.run("list", "--kafka-config", str(properties), "-X", "sasl.password=hunter2",
                         bootstrap="", status=1)
    assert "uthentication" in refused.stderr
    assert "hunter2" not in refused.stderr


def test_msk_iam(binaries, msk_broker):
    """The token of --msk-iam, checked by a broker with a verifier that is not ours."""
    topics = Topics(binaries / "limpet", msk_broker)
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_REGION": "eu-west-1",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
    options = ["--msk-iam", "-X", "security.protocol=SASL_PLAINTEXT"]
    topics.run("list", *options, bootstrap=msk_broker.login_address, environment=keys)
    refused = topics.run("list", *options, bootstrap=msk_broker.login_address, status=1,
                         environment={**keys, "AWS_SECRET_ACCESS_KEY": "wrong"})
    assert "uthentication" in refused.stderr or "Access denied" in refused.stderr
