"""The demo: the tutorial's walk with real clients, each step shown and its outcome checked.

Started by scripts/demo, which installs, builds and starts Kafka first. Starts limpet itself, and
leaves it running unless --exit is given or an outcome is not as it must be.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

import boto3
import botocore.exceptions
import kafka
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError

from tutorial.server import ROOT, LimpetServer, limpet_binary, new_key_pair
from tutorial.walkthrough import (EVOLUTION_FAILED, FIELD_ADDED, FIELD_DELETED, MISSING_FIELD,
                                  REGION, REGISTRY, TOPIC, VALID, WRONG_TYPE, Run, Step,
                                  Workspace)

HEADER_BYTES = 18  # version, compression, 16 bytes of schema version id


class Failed(Exception):
    """An outcome of the tutorial was not as it must be."""


class Screen:
    """Short, readable lines; colour only for people."""

    def __init__(self) -> None:
        colour = (sys.stdout.isatty() and "NO_COLOR" not in os.environ
                  and os.environ.get("TERM", "dumb") != "dumb")
        self._codes = dict(bold="1", dim="2", red="31", green="32", yellow="33", cyan="36") \
            if colour else {}
        self._steps = 0

    def paint(self, style: str, text: str) -> str:
        code = self._codes.get(style)
        return f"\x1b[{code}m{text}\x1b[0m" if code else text

    def step(self, title: str) -> None:
        self._steps += 1
        print(f"\n{self.paint('bold', f'{self._steps}. {title}')}")

    def row(self, label: str, text: str, style: str = "") -> None:
        for line in text.splitlines() or [""]:
            print(f"   {self.paint('dim', f'{label:<9}')} {self.paint(style, line)}", flush=True)
            label = ""

    def command(self, words: list[str]) -> None:
        print(f"   {self.paint('cyan', '$ ' + shlex.join(words))}", flush=True)

    def check(self, claim: str, holds: bool, seen: object) -> None:
        if not holds:
            raise Failed(f"{claim}: not so; what came back: {seen}")
        print(f"   {self.paint('green', 'ok')} {claim}", flush=True)


class Demo:
    def __init__(self, screen: Screen, server: LimpetServer, bootstrap: str, topic: str,
                 folder: pathlib.Path):
        self.screen = screen
        self.server = server
        self.bootstrap = bootstrap
        self.topic = topic
        self.schema_id = {"RegistryName": REGISTRY, "SchemaName": f"{topic}-value"}
        self.workspace = Workspace(folder / "tutorial", server.endpoint, server.access_key,
                                   server.secret_key, bootstrap, topic)
        self.glue = boto3.client("glue", endpoint_url=server.endpoint, region_name=REGION,
                                 aws_access_key_id=server.access_key,
                                 aws_secret_access_key=server.secret_key)

    def run(self) -> None:
        self.create_registry()
        self.create_topic()
        self.first_record()
        self.refused_record(MISSING_FIELD)
        self.refused_record(WRONG_TYPE)
        self.consumer_sees(VALID)
        self.evolved_schema()
        failed_version = self.refused_schema()
        self.explain(failed_version)

    # ---- the steps ------------------------------------------------------------------------------

    def create_registry(self) -> None:
        self.screen.step("Create the registry")
        made = json.loads(self.tool("aws", "glue", "create-registry", "--registry-name", REGISTRY))
        self.screen.row("came back", made["RegistryArn"])
        schemas = self.glue.list_schemas(RegistryId={"RegistryName": REGISTRY})["Schemas"]
        self.screen.check("the registry exists and holds no schema yet", schemas == [], schemas)

    def create_topic(self) -> None:
        self.screen.step("Create the topic")
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            admin.create_topics([NewTopic(self.topic, num_partitions=1, replication_factor=1)])
        finally:
            admin.close()
        self.screen.row("topic", f"{self.topic} on {self.bootstrap}")

    def first_record(self) -> None:
        run = self.produce(VALID)
        self.screen.row("came back", " / ".join(run.lines) + "   (topic / partition / offset)")
        self.screen.check("the record is published", run.lines == [self.topic, "0", "0"], run)
        versions = self.versions()
        self.screen.check(
            f"schema {self.topic}-value was registered by the serializer: version 1, AVAILABLE",
            [(v["VersionNumber"], v["Status"]) for v in versions] == [(1, "AVAILABLE")], versions)
        self.wire(versions[0]["SchemaVersionId"], "104a6f686e20446f650c12736f6d657468696e67")

    def delete_topic(self) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            admin.delete_topics([self.topic])
        finally:
            admin.close()

    def refused_record(self, step: Step) -> None:
        before = self.records()
        run = self.produce(step)
        self.screen.row("came back", run.last_error_line, "yellow")
        self.screen.check("the serializer refuses it",
                          run.exit_status == 1 and bool(re.fullmatch(step.error,
                                                                     run.last_error_line)), run)
        after = self.records()
        self.screen.check(f"nothing was published: the topic still holds {len(before)} record",
                          after == before, after)

    def consumer_sees(self, *steps: Step) -> None:
        if len(steps) == 1:
            self.screen.step("Consume")
        self.screen.command(["python", "consumer.py"])
        seen = [Workspace.data_of(line) for line in self.workspace.consume(len(steps))]
        for data in seen:
            self.screen.row("came back", str(data))
        self.screen.check("the consumer sees exactly the good "
                          + ("record" if len(steps) == 1 else "records"),
                          seen == [step.data for step in steps]
                          and len(self.records()) == len(steps), seen)

    def evolved_schema(self) -> None:
        run = self.produce(FIELD_DELETED)
        self.screen.row("came back", " / ".join(run.lines) + "   (topic / partition / offset)")
        self.screen.check("the record is published", run.lines == [self.topic, "0", "1"], run)
        versions = self.versions()
        self.screen.check(
            "deleting a field keeps BACKWARD compatibility: it became version 2, AVAILABLE",
            [(v["VersionNumber"], v["Status"]) for v in versions]
            == [(2, "AVAILABLE"), (1, "AVAILABLE")], versions)
        self.wire(versions[0]["SchemaVersionId"], "104a6f686e20446f653c")
        self.consumer_sees(VALID, FIELD_DELETED)

    def refused_schema(self) -> str:
        before = self.records()
        run = self.produce(FIELD_ADDED)
        cause = EVOLUTION_FAILED.search(run.traceback)
        self.screen.row("came back", (cause.group(0) + "\n" if cause else "")
                        + run.last_error_line.removeprefix("aws_schema_registry.exception."),
                        "yellow")
        self.screen.check("the registry refuses the schema, and so the serializer the record",
                          cause is not None and run.exit_status == 1
                          and bool(re.fullmatch(FIELD_ADDED.error, run.last_error_line)), run)
        version = self.glue.get_schema_version(SchemaVersionId=cause.group(1))
        self.screen.check("it is kept as version 3 with status FAILURE",
                          (version["VersionNumber"], version["Status"]) == (3, "FAILURE"), version)
        after = self.records()
        self.screen.check(f"nothing was published: the topic still holds {len(before)} records",
                          after == before, after)
        return cause.group(1)

    def explain(self, version_id: str) -> None:
        self.screen.step("Ask why it was refused")
        metadata = json.loads(self.tool("aws", "glue", "query-schema-version-metadata",
                                        "--schema-version-id", version_id))
        reason = metadata["MetadataInfoMap"].get("limpet.reason", {}).get("MetadataValue", "")
        self.screen.row("came back", f"limpet.reason: {reason}")
        self.screen.check("an unchanged aws command line shows the reason, and it names the field",
                          "height" in reason, metadata)
        explained = self.tool("limpet", "schema", "explain", "--id", version_id)
        self.screen.row("came back", explained)
        self.screen.check("limpet's own command line explains it too", "height" in explained,
                          explained)

    # ---- what the steps share ---------------------------------------------------------------------

    def produce(self, step: Step) -> Run:
        self.screen.step(step.title)
        self.workspace.edit(step)
        self.screen.row("user.avsc", ", ".join(f"{name} {kind}" for name, kind in step.fields))
        self.screen.row("sent", str(step.data))
        self.screen.command(["python", "producer.py"])
        return self.workspace.produce()

    def versions(self) -> list[dict]:
        """The schema's versions, newest first."""
        listed = self.glue.list_schema_versions(SchemaId=self.schema_id)["Schemas"]
        return sorted(listed, key=lambda version: -version["VersionNumber"])

    def records(self) -> list[bytes]:
        """Every record's bytes, as they lie in Kafka."""
        partition = kafka.TopicPartition(self.topic, 0)
        consumer = kafka.KafkaConsumer(bootstrap_servers=self.bootstrap)
        try:
            end = consumer.end_offsets([partition])[partition]
            consumer.assign([partition])
            consumer.seek_to_beginning(partition)
            found: list[bytes] = []
            deadline = time.monotonic() + 30
            while len(found) < end and time.monotonic() < deadline:
                for batch in consumer.poll(timeout_ms=200).values():
                    found += [record.value for record in batch]
            if len(found) < end:
                raise Failed(f"could read only {len(found)} of {end} records back from Kafka")
            return found
        finally:
            consumer.close()

    def wire(self, version_id: str, payload: str) -> None:
        """Show the newest record's bytes and check them against AWS's wire format."""
        record = self.records()[-1]
        header, body = record[:HEADER_BYTES].hex(), record[HEADER_BYTES:].hex()
        self.screen.row("in Kafka", f"{header[:2]} {header[2:4]} {header[4:]} {body}")
        self.screen.row("", "version, compression, schema version id, Avro", "dim")
        self.screen.check(
            "these are AWS Glue's bytes, and they name that version",
            header == "0300" + version_id.replace("-", "") and body == payload, record.hex())

    def tool(self, program: str, *arguments: str) -> str:
        """Run the aws or limpet command line as a person would and return what it prints."""
        self.screen.command([program, *arguments])
        path = limpet_binary() if program == "limpet" else pathlib.Path(sys.executable).parent / "aws"
        env = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        done = subprocess.run([path, *arguments], env=env | client_environment(self.server),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode != 0:
            raise Failed(f"{program} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout.strip()


def client_environment(server: LimpetServer) -> dict[str, str]:
    """What any AWS client needs to talk to this server."""
    return {"AWS_ENDPOINT_URL_GLUE": server.endpoint, "AWS_ACCESS_KEY_ID": server.access_key,
            "AWS_SECRET_ACCESS_KEY": server.secret_key, "AWS_DEFAULT_REGION": REGION,
            "AWS_PAGER": ""}


def how_to_go_on(screen: Screen, demo: Demo, folder: pathlib.Path) -> None:
    environment = folder / "environment"
    environment.touch(mode=0o600)
    environment.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value
                                   in client_environment(demo.server).items()), encoding="utf-8")
    programs = os.path.relpath(pathlib.Path(sys.executable).parent, ROOT)
    schema = f"RegistryName={REGISTRY},SchemaName={demo.schema_id['SchemaName']}"
    python = "import boto3; print(boto3.client('glue').list_registries()['Registries'])"
    running = f"Limpet ({demo.server.endpoint}) and Kafka ({demo.bootstrap}) keep running. Go on:"
    print(f"""
{screen.paint('bold', running)}
   . {os.path.relpath(environment, ROOT)}     # endpoint, region and a key pair, for any AWS client
   PATH="$PWD/{programs}:$PWD/build/release/bin:$PATH"
   aws glue list-schema-versions --schema-id {schema}
   limpet schema --help
   python -c "{python}"
   cd {os.path.relpath(demo.workspace.folder, ROOT)}     # edit user.avsc and producer.py; python producer.py
Stop what the demo started: scripts/demo --stop""")


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/demo", add_help=False)
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--topic", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--exit", action="store_true")
    options = parser.parse_args()

    screen = Screen()
    print(screen.paint("dim", "\n   with " + ", ".join(
        f"{name} {importlib.metadata.version(name)}"
        for name in ("boto3", "aws-glue-schema-registry", "kafka-python", "awscli"))))
    options.folder.mkdir(parents=True, exist_ok=True)
    server = LimpetServer(options.folder / "limpet", options.folder / "limpet.log", options.port,
                          new_key_pair())
    done = False
    try:
        server.start()
        (options.folder / "limpet.pid").write_text(str(server.process.pid), encoding="utf-8")
        demo = Demo(screen, server, options.bootstrap, options.topic, options.folder)
        demo.run()
        print(f"\n{screen.paint('green', 'Every outcome of the tutorial is as it must be.')}")
        if options.exit and options.topic != TOPIC:
            demo.delete_topic()  # somebody else's broker: leave nothing there
        done = True
    except KeyboardInterrupt:
        return 130
    except (Failed, RuntimeError, subprocess.TimeoutExpired, KafkaError,
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        print(f"\n{screen.paint('red', 'The demo failed.')} {error}\n"
              f"   limpet's log: {options.folder / 'limpet.log'}", file=sys.stderr)
    finally:
        if server.process and (options.exit or not done):
            server.stop()
    if done and not options.exit:
        how_to_go_on(screen, demo, options.folder)
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
