"""State that outlives the process, one process per folder, accounts apart."""

import concurrent.futures
import itertools
import resource
import threading

import botocore.exceptions
import pytest

from glue_calls import (BOOLEAN, LATEST, LONG, NOT_FOUND, client, make_schema, no_registry, plain,
                        record, refused, register, schema_id)
from limpet_process import LimpetProcess


def everything(glue):
    """All that the API shows of a world."""
    seen = {"registries": plain(glue.list_registries()), "schemas": plain(glue.list_schemas())}
    for item in seen["schemas"]["Schemas"]:
        where = {"SchemaArn": item["SchemaArn"]}
        versions = plain(glue.list_schema_versions(SchemaId=where))
        seen[item["SchemaArn"]] = [
            plain(glue.get_schema(SchemaId=where)), versions,
            plain(glue.get_tags(ResourceArn=item["SchemaArn"])),
            [[plain(glue.get_schema_version(SchemaVersionId=v["SchemaVersionId"])),
              plain(glue.query_schema_version_metadata(SchemaVersionId=v["SchemaVersionId"]))]
             for v in versions["Schemas"]]]
    return seen


def populate(glue):
    glue.create_registry(RegistryName="r", Description="Grüße", Tags={"k": "v"})
    made = make_schema(glue, registry="r", Tags={"s": "t"})
    register(glue, BOOLEAN, schema_id(registry="r"))
    register(glue, LONG, schema_id(registry="r"))
    glue.update_schema(SchemaId=schema_id(registry="r"), SchemaVersionNumber=LATEST)
    glue.put_schema_version_metadata(SchemaVersionId=made["SchemaVersionId"], MetadataKeyValue={
        "MetadataKey": "k", "MetadataValue": "v"})
    make_schema(glue, schema="deleted")
    glue.delete_schema(SchemaId=schema_id("deleted"))


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_restart_keeps_everything(start_limpet, region, end):
    limpet = start_limpet()
    glue = client(limpet, region)
    populate(glue)
    for number in range(40):
        glue.create_registry(RegistryName=f"page{number}")
    token = glue.list_registries(MaxResults=10)["NextToken"]
    before = everything(glue)
    if end == "stop":
        assert limpet.stop() == 0
    else:
        limpet.kill()
    limpet.start()
    assert everything(glue) == before
    assert glue.list_registries(NextToken=token)["Registries"]  # tokens survive as well
    assert register(glue, '"float"', schema_id(registry="r"))["VersionNumber"] == 4


def test_one_process_per_folder(start_limpet, region):
    first = start_limpet()
    glue = client(first, region)
    populate(glue)
    second = start_limpet(ready=False, data=first.data)
    assert second.process.wait(60) != 0
    assert str(first.data) in second.words()
    before = everything(glue)
    register(glue, '"float"', schema_id(registry="r"))
    first.kill()
    second.start()  # the lock does not outlive its holder
    other = client(second, region)
    assert everything(other)["registries"] == before["registries"]
    assert other.get_schema(SchemaId=schema_id(registry="r"))["LatestSchemaVersion"] == 4


def test_accounts_do_not_meet(start_limpet, region):
    first = start_limpet(account="111111111111")
    glue = client(first, region)
    populate(glue)
    before = everything(glue)
    version_id = before["schemas"]["Schemas"] and glue.get_schema_version(
        SchemaId=schema_id(registry="r"), SchemaVersionNumber=LATEST)["SchemaVersionId"]
    assert glue.get_registry(RegistryId={"RegistryName": "r"})["RegistryArn"] == (
        f"arn:aws:glue:{region}:111111111111:registry/r")
    token = glue.list_registries(MaxResults=1)["NextToken"]
    assert first.stop() == 0
    second = start_limpet(account="222222222222", data=first.data)
    other = client(second, region)
    assert plain(other.list_registries()) == {"Registries": []}
    with refused(NOT_FOUND, no_registry("r")):
        other.get_registry(RegistryId={"RegistryName": "r"})
    with refused(NOT_FOUND, f"Schema version is not found. SchemaVersionId: {version_id}"):
        other.get_schema_version(SchemaVersionId=version_id)
    with refused("InvalidInputException", "NextToken is not valid."):
        other.list_registries(NextToken=token)
    populate(other)
    other.delete_registry(RegistryId={"RegistryName": "r"})
    assert second.stop() == 0
    first.start()
    assert everything(glue) == before


def write_until_it_dies(limpet, region, worker, acknowledged):
    """Register versions and remember each that was acknowledged."""
    glue = client(limpet, region)
    schema = f"s{worker}"
    for number in itertools.count():
        definition = record((f"f{worker}_{number}", "int"))
        try:
            if number == 0:
                answer = make_schema(glue, definition, schema=schema, compatibility="NONE")
            else:
                answer = register(glue, definition, schema_id(schema))
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
            return
        acknowledged.append((schema, number + 1, answer["SchemaVersionId"], definition))


def test_kill_under_load_loses_nothing_acknowledged(start_limpet):
    limpet = start_limpet()
    acknowledged = []  # of all rounds; list.append is atomic
    for round_ in range(5):
        region = f"us-round-{round_}"
        mine = []
        enough = threading.Event()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for worker in range(8):
                pool.submit(write_until_it_dies, limpet, region, worker, mine)
            while len(mine) < 150 + 40 * round_:
                assert limpet.process.poll() is None, limpet.words()[-2000:]
                enough.wait(0.002)
            limpet.kill()
        acknowledged.append((region, mine))
        limpet.start()
        for region, rows in acknowledged:
            glue = client(limpet, region)
            for schema, number, version_id, definition in rows:
                kept = glue.get_schema_version(SchemaVersionId=version_id)
                assert kept["SchemaDefinition"] == definition
                assert kept["VersionNumber"] == number
                assert kept["SchemaArn"].endswith(f"/{schema}")
                assert kept["Status"] == "AVAILABLE"
        # What was not acknowledged is whole or absent: numbers have no gaps, indexes agree.
        glue = client(limpet, region)
        for item in glue.list_schemas()["Schemas"]:
            where = {"SchemaArn": item["SchemaArn"]}
            versions = [v for page in glue.get_paginator("list_schema_versions").paginate(
                SchemaId=where) for v in page["Schemas"]]
            assert [v["VersionNumber"] for v in versions] == list(range(len(versions), 0, -1))
            assert glue.get_schema(SchemaId=where)["NextSchemaVersion"] == len(versions) + 1
            for version in versions[:3]:
                whole = glue.get_schema_version(SchemaVersionId=version["SchemaVersionId"])
                assert register(glue, whole["SchemaDefinition"], where)["VersionNumber"] == (
                    version["VersionNumber"])


def test_full_disk(start_limpet, region):
    """Writes that find no room fail; reads go on; nothing acknowledged is lost.

    A limit on the size of files is not a full disk to SQLite but a failed write, and of that nobody
    knows what reached the file: it may be answered "unknown" (500), and those after it are refused
    (503).
    """
    limpet = start_limpet(limits={resource.RLIMIT_FSIZE: 3_000_000})
    glue = client(limpet, region)
    make_schema(glue, compatibility="NONE")
    kept, failed, unknown = [], 0, 0
    for number in range(200):
        definition = record((f"f{number}", "int"), doc="x" * 20_000)
        try:
            kept.append((register(glue, definition)["SchemaVersionId"], definition))
        except botocore.exceptions.ClientError as error:
            answer = (error.response["Error"]["Code"],
                      error.response["ResponseMetadata"]["HTTPStatusCode"])
            if answer == ("InternalServiceException", 500):
                assert "outcome of this call is unknown" in str(error)
                unknown += 1
            else:
                assert answer == ("ServiceUnavailableException", 503)
            failed += 1
    assert kept and failed

    def all_there():
        versions = [v for page in glue.get_paginator("list_schema_versions").paginate(
            SchemaId=schema_id()) for v in page["Schemas"]]
        assert 0 <= len(versions) - (len(kept) + 1) <= unknown
        return all(glue.get_schema_version(SchemaVersionId=version_id)["SchemaDefinition"] == text
                   for version_id, text in kept)

    assert all_there()
    limpet.kill()
    limpet.limits = {}
    limpet.start()
    assert all_there()
    assert register(glue, LONG)["Status"] == "AVAILABLE"


def test_bad_starts_fail_with_a_reason(start_limpet, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    inside = LimpetProcess(tmp_path, data=tmp_path / "file" / "data")
    inside.spawn()
    assert inside.process.wait(60) != 0
    assert str(tmp_path / "file") in inside.words()
    first = start_limpet()
    taken = LimpetProcess(tmp_path, data=tmp_path / "data")
    taken.port = first.port
    taken.spawn()
    assert taken.process.wait(60) != 0
    assert str(first.port) in taken.words()
