#!/usr/bin/env python3
"""Make the upgrade fixture of the program $LIMPET_BINARY: see README.md."""

import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "functional"))

from command import assert_sound, limpet  # noqa: E402
from glue_calls import (BOOLEAN, LATEST, LONG, client, make_schema, record, register,  # noqa: E402
                        schema_id)
from limpet_process import LimpetProcess, limpet_binary  # noqa: E402
from test_durability import everything  # noqa: E402

REGION = "eu-central-1"


def populate(glue):
    """One of everything that a release can store."""
    glue.create_registry(RegistryName="orders", Description="Grüße aus der Bestellung",
                         Tags={"team": "sales", "stage": "test"})
    glue.create_registry(RegistryName="gone")
    where = schema_id("order-value", "orders")
    first = make_schema(glue, record(("id", "int")), schema="order-value", registry="orders",
                        Tags={"pii": "no"}, Description="What was ordered")
    second = register(glue, record(("id", "long")), where)
    failed = register(glue, record(("id", "long"), ("must", "string")), where)
    assert failed["Status"] == "FAILURE"
    register(glue, record(("id", "long"), ("note", "string", "")), where)
    register(glue, record(("id", "long"), ("note", "string", ""), ("x", "int", 0)), where)
    glue.update_schema(SchemaId=where, SchemaVersionNumber={"VersionNumber": 4})
    glue.delete_schema_versions(SchemaId=where, Versions="2")
    for key, value in (("owner", "anna"), ("owner", "bert"), ("ticket", "1")):
        glue.put_schema_version_metadata(
            SchemaVersionId=first["SchemaVersionId"],
            MetadataKeyValue={"MetadataKey": key, "MetadataValue": value})
    for mode in ("NONE", "DISABLED", "BACKWARD_ALL", "FORWARD", "FORWARD_ALL", "FULL", "FULL_ALL"):
        make_schema(glue, BOOLEAN, schema=f"mode-{mode}", compatibility=mode)
    for name in "abc":
        register(glue, record((name, "int")), schema_id("mode-NONE"))
    glue.update_schema(SchemaId=schema_id("mode-FULL"), Compatibility="FULL_ALL",
                       SchemaVersionNumber=LATEST)
    make_schema(glue, LONG, schema="deleted", registry="gone")
    glue.delete_registry(RegistryId={"RegistryName": "gone"})
    make_schema(glue, LONG, schema="again")
    glue.delete_schema(SchemaId=schema_id("again"))
    make_schema(glue, BOOLEAN, schema="again")
    return second["SchemaVersionId"]


def pack(data, file):
    with tarfile.open(file, "w:gz", compresslevel=9) as archive:
        for name in ("limpet.db", "limpet.db-wal"):
            if (data / name).exists() and (data / name).stat().st_size > 0:
                archive.add(data / name, arcname=name)


def main():
    words = subprocess.run([limpet_binary(), "--version"], capture_output=True, text=True,
                           check=True).stdout
    version = re.search(r"\d+(\.\d+)+\S*", words)[0]
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        server = LimpetProcess(folder, "--change-log-retention", "forever").start()
        glue = client(server, REGION)
        deleted = populate(glue)
        server.stop()
        code, out, err = limpet("keys", "create", "--description", "of the fixture", "--data",
                                server.data, "--account", server.account, "--output", "json")
        assert code == 0, err
        key = json.loads(out)
        server.start()
        expected = {
            "made_by": version, "account": server.account, "region": REGION,
            "access_key": server.access_key, "secret_key": server.secret_key,
            "stored_key": {"id": key["AccessKeyId"], "secret": key["SecretAccessKey"]},
            "deleted_version": deleted,
            "page_token": glue.list_schemas(MaxResults=2)["NextToken"],
            "world": everything(glue)}
        server.stop()
        report = assert_sound(server.data)
        expected["format"] = report["Format"]
        expected["schema_versions"] = report["SchemaVersions"]
        target = HERE / "fixtures" / f"format-{report['Format']}-{version}"
        target.mkdir(parents=True)  # an error when it exists
        pack(server.data, target / "stopped.tar.gz")

        # A log in which something stands: the last write of all is undone again.
        server.start()
        extra = register(glue, record(("extra", "int")), schema_id("mode-NONE"))
        glue.delete_schema_versions(SchemaId=schema_id("mode-NONE"),
                                    Versions=str(extra["VersionNumber"]))
        expected["killed_world"] = everything(glue)
        server.kill()
        pack(server.data, target / "killed.tar.gz")
        with tarfile.open(target / "killed.tar.gz") as archive:
            assert "limpet.db-wal" in archive.getnames()
    (target / "expected.json").write_text(
        json.dumps(expected, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    print(target, sqlite3.sqlite_version, sum(f.stat().st_size for f in target.iterdir()), "bytes")


if __name__ == "__main__":
    main()
