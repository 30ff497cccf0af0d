"""limpet schema check --rules confluent: the verdicts and words of Confluent Schema Registry."""

import json
import os
import subprocess

import pytest

from limpet_process import limpet_binary


@pytest.fixture
def check(tmp_path):
    """check(files, *words): run `limpet schema check --rules confluent`, last file = the new one."""

    def run(files, *words):
        for name, text in files.items():
            (tmp_path / name).write_text(text if isinstance(text, str) else json.dumps(text))
        done = subprocess.run([limpet_binary(), "schema", "check", "--rules", "confluent",
                               *words, *files], cwd=tmp_path, capture_output=True, text=True,
                              env={"PATH": os.environ["PATH"]}, timeout=60)
        return done.returncode, done.stdout

    return run


def record(name, *fields):
    return {"type": "record", "name": name, "fields": [{"name": field, "type": "int"}
                                                       for field in fields]}


def test_avro(check):
    files = {"1.avsc": record("R"), "2.avsc": record("R2", "a")}
    status, text = check(files, "--mode", "BACKWARD", "--output", "json")
    assert status == 1
    assert [finding["ConfluentMessage"] for finding in json.loads(text)["Findings"]] == [
        "{errorType:'NAME_MISMATCH', description:'The name of the schema has changed (path "
        "'/name')', additionalInfo:'expected: R'}",
        "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'a' at path "
        "'/fields/0' in the new schema has no default value and is missing in the old schema', "
        "additionalInfo:'a'}"]


def test_json(check):
    files = {"1.json": {"type": "object"}, "2.json": {"type": "object", "required": ["a"]}}
    assert check(files)[0] == 0  # names that are required and not declared are passed over
    files = {"1.json": {"properties": {}}, "2.json": {"properties": {"a": {"type": "null"}}}}
    status, text = check(files)
    assert status == 1
    assert ("The new schema has an open content model and has a property or item at path "
            "'#/properties/a' which is missing in the old schema") in text
    assert check(files, "--glue-json-compatibility", "lenient")[0] == 0


def test_protobuf(check):
    syntax = 'syntax = "proto2"; '
    files = {"1.proto": syntax + "message M { required string a = 1; }",
             "2.proto": syntax + "message M { optional string b = 2; } service S {}"}
    status, text = check(files, "--mode", "FULL")
    assert status == 1
    assert "The new schema is missing a required field at path: '#/M/1' in the old schema" in text
    status, text = check(files, "--mode", "FULL", "--output", "json")
    assert [(finding["Direction"], finding["Rule"]) for finding in json.loads(text)["Findings"]] == [
        ("FORWARD", "REQUIRED_FIELD_ADDED"), ("BACKWARD", "REQUIRED_FIELD_REMOVED")]


def test_the_newest_version_that_will_not_do_ends_the_check(check):
    files = {"1.avsc": record("R"), "2.avsc": record("R", "b"), "3.avsc": record("R", "a")}
    status, text = check(files, "--mode", "BACKWARD_ALL", "--output", "json")
    assert status == 1
    assert [finding["VersionNumber"] for finding in json.loads(text)["Findings"]] == [2]


def test_all_modes(check):
    status, text = check({"1.avsc": record("R", "a"), "2.avsc": record("R")}, "--all-modes",
                         "--output", "json")
    assert status == 0
    verdicts = {one["Compatibility"]: one["Compatible"] for one in json.loads(text)["Verdicts"]}
    assert verdicts["BACKWARD"] and not verdicts["FORWARD"] and not verdicts["FULL_ALL"]
