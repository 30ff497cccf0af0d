"""The stock aws CLI does every Schema Registry operation."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from glue_calls import BOOLEAN, INT, LONG, fresh_region


@pytest.fixture(scope="module")
def aws(server, tmp_path_factory):
    """aws("list-registries", "--max-items", "5"): the parsed answer, or the failed process."""
    beside = pathlib.Path(sys.executable).with_name("aws")
    program = str(beside) if beside.exists() else shutil.which("aws")
    assert program, "the aws CLI is missing (test/requirements.txt)"
    home = tmp_path_factory.mktemp("home")
    region = fresh_region()
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "AWS_PAGER": "",
           "AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key,
           "AWS_DEFAULT_REGION": region, "AWS_ENDPOINT_URL_GLUE": server.endpoint,
           "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}

    def run(command, *arguments, fails=False):
        done = subprocess.run([program, "glue", command, *arguments], env=env, text=True,
                              capture_output=True, timeout=120)
        if fails:
            assert done.returncode != 0, done.stdout
            return done.stderr
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else {}

    run.region = region
    return run


def test_every_operation(aws):
    here = f"arn:aws:glue:{aws.region}:123456789012:"
    made = aws("create-registry", "--registry-name", "r", "--description", "d", "--tags", "k=v")
    assert made == {"RegistryArn": here + "registry/r", "RegistryName": "r", "Description": "d",
                    "Tags": {"k": "v"}}
    aws("update-registry", "--registry-id", "RegistryName=r", "--description", "new")
    assert aws("get-registry", "--registry-id", "RegistryName=r")["Description"] == "new"
    assert [r["RegistryName"] for r in aws("list-registries")["Registries"]] == ["r"]

    schema = aws("create-schema", "--registry-id", "RegistryName=r", "--schema-name", "s",
                 "--data-format", "AVRO", "--compatibility", "BACKWARD", "--schema-definition", INT)
    first = schema["SchemaVersionId"]
    where = ("--schema-id", "SchemaName=s,RegistryName=r")
    assert aws("get-schema", *where)["LatestSchemaVersion"] == 1
    assert [s["SchemaName"] for s in aws("list-schemas")["Schemas"]] == ["s"]
    second = aws("register-schema-version", *where, "--schema-definition", LONG)
    assert (second["VersionNumber"], second["Status"]) == (2, "AVAILABLE")
    failed = aws("register-schema-version", *where, "--schema-definition", BOOLEAN)
    assert (failed["VersionNumber"], failed["Status"]) == (3, "FAILURE")
    assert aws("get-schema-version", *where, "--schema-version-number", "LatestVersion=true")[
        "SchemaDefinition"] == LONG
    assert aws("get-schema-version", "--schema-version-id", first)["VersionNumber"] == 1
    assert aws("get-schema-by-definition", *where, "--schema-definition", LONG)[
        "SchemaVersionId"] == second["SchemaVersionId"]
    assert [v["VersionNumber"] for v in aws("list-schema-versions", *where)["Schemas"]] == [3, 2, 1]
    aws("update-schema", *where, "--compatibility", "NONE", "--schema-version-number",
        "VersionNumber=2")
    assert aws("get-schema", *where)["SchemaCheckpoint"] == 2
    assert json.loads(aws(
        "get-schema-versions-diff", *where, "--first-schema-version-number", "VersionNumber=1",
        "--second-schema-version-number", "VersionNumber=2", "--schema-diff-type", "SYNTAX_DIFF")[
            "Diff"]) == [{"op": "replace", "path": "", "value": "long"}]
    assert aws("check-schema-version-validity", "--data-format", "AVRO", "--schema-definition",
               "{")["Valid"] is False

    by_id = ("--schema-version-id", first)
    pair = ("--metadata-key-value", "MetadataKey=k,MetadataValue=v")
    assert aws("put-schema-version-metadata", *by_id, *pair)["MetadataValue"] == "v"
    assert aws("query-schema-version-metadata", *by_id)["MetadataInfoMap"]["k"][
        "MetadataValue"] == "v"
    aws("remove-schema-version-metadata", *by_id, *pair)
    assert aws("query-schema-version-metadata", *by_id)["MetadataInfoMap"] == {}

    resource = ("--resource-arn", here + "schema/r/s")
    aws("tag-resource", *resource, "--tags-to-add", "a=1,b=2")
    aws("untag-resource", *resource, "--tags-to-remove", "a")
    assert aws("get-tags", *resource)["Tags"] == {"b": "2"}

    assert aws("delete-schema-versions", *where, "--versions", "3")["SchemaVersionErrors"] == []
    assert aws("delete-schema", *where)["Status"] == "DELETING"
    assert aws("delete-registry", "--registry-id", "RegistryName=r")["Status"] == "DELETING"
    assert aws("list-registries")["Registries"] == []


def test_a_failure_is_explained(aws):
    aws("create-schema", "--schema-name", "explained", "--data-format", "AVRO", "--compatibility",
        "BACKWARD", "--schema-definition", INT)
    failed = aws("register-schema-version", "--schema-id",
                 "SchemaName=explained,RegistryName=default-registry", "--schema-definition",
                 BOOLEAN)
    answer = aws("query-schema-version-metadata", "--schema-version-id", failed["SchemaVersionId"])
    reason = answer["MetadataInfoMap"]["limpet.reason"]["MetadataValue"]
    assert "boolean" in reason and "int" in reason and len(reason.split()) > 4


def test_errors_and_paging(aws):
    words = aws("get-registry", "--registry-id", "RegistryName=nope", fails=True)
    assert ("(EntityNotFoundException) when calling the GetRegistry operation: "
            "Registry is not found. RegistryName: nope") in words
    for number in range(7):
        aws("create-registry", "--registry-name", f"page{number}")
    names = [r["RegistryName"] for r in aws("list-registries", "--page-size", "2")["Registries"]]
    assert [n for n in names if n.startswith("page")] == [f"page{n}" for n in range(7)]
    some = aws("list-registries", "--max-items", "3", "--page-size", "2")
    assert len(some["Registries"]) == 3
    rest = aws("list-registries", "--starting-token", some["NextToken"])
    assert {r["RegistryName"] for r in rest["Registries"]} == set(names) - {
        r["RegistryName"] for r in some["Registries"]}
