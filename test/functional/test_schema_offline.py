"""The commands that judge, lay out and compare definitions without a server."""

import hashlib
import json
import os
import re
import subprocess
import xml.etree.ElementTree as xml

import pytest

from command import Cli
from limpet_process import limpet_binary


def record(*fields):
    return json.dumps({"type": "record", "name": "User", "fields": [
        {"name": "name", "type": "string"}, *fields]}, indent=1)


FIRST = record({"name": "age", "type": "int"})
SECOND = record()
THIRD = record({"name": "height", "type": "int"})  # a required field: what the tutorial ends with
SENTENCE = ('Not BACKWARD compatible with version 2: field "height" (int) at /fields/1 has no '
            'default, and records written with version 2 do not have it. Fix: give "height" a '
            'default, or register it under FORWARD or NONE.')


@pytest.fixture
def schema(tmp_path):
    """schema(*words, status=0): run `limpet schema` in a folder with three versions."""
    for name, text in (("v1.avsc", FIRST), ("v2.avsc", SECOND), ("v3.avsc", THIRD)):
        (tmp_path / name).write_text(text)

    def run(*words, status=0, stdin=""):
        done = subprocess.run([limpet_binary(), "schema", *words], cwd=tmp_path, input=stdin,
                              env={"PATH": os.environ["PATH"]}, capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == status, (words, done.stdout, done.stderr)
        assert (status == 2) == bool(done.stderr) or "comments" in done.stderr
        return done.stderr if status == 2 else done.stdout

    return run


VERSIONS = ("v1.avsc", "v2.avsc", "v3.avsc")


def test_both_sides_are_shown_with_the_line_marked(schema):
    text = schema("check", *VERSIONS, status=1)
    lines = text.splitlines()
    assert lines[0] == "v3.avsc: not BACKWARD compatible, 1 reason"
    assert SENTENCE in lines
    place = re.search(r"^  v3\.avsc:(\d+):(\d+)$", text, re.M)
    marked = THIRD.splitlines()[int(place[1]) - 1]
    assert marked[int(place[2]) - 1:] == "{" and '"height"' in THIRD.splitlines()[int(place[1])]
    assert re.search(r"^  v2\.avsc:\d+:\d+  \(absent here\)$", text, re.M)
    assert schema("check", "v1.avsc", "v2.avsc") == "v2.avsc: BACKWARD compatible with v1.avsc\n"


def test_json(schema):
    report = json.loads(schema("check", *VERSIONS, "--output", "json", status=1))
    assert (report["Compatible"], report["Compatibility"], report["DataFormat"]) == (
        False, "BACKWARD", "AVRO")
    assert report["Summary"] == SENTENCE
    assert [(each["VersionNumber"], each["Compared"]) for each in report["Versions"]] == [
        (1, False), (2, True)]
    finding = report["Findings"][0]
    assert (finding["Rule"], finding["Path"], finding["WriterType"]) == (
        "READER_FIELD_MISSING_DEFAULT_VALUE", "/fields/1", "absent")
    assert finding["CandidatePlace"]["Exact"] and not finding["StoredPlace"]["Exact"]


def test_workflow_annotations(schema):
    text = schema("check", *VERSIONS, "--output", "github", status=1)
    found = re.fullmatch(r"::error file=v3\.avsc,line=\d+,col=\d+,title=Not BACKWARD compatible::"
                         r"(.*)\n", text)
    assert found[1] == SENTENCE
    assert "::" not in schema("check", "v1.avsc", "v2.avsc", "--output", "github")


def test_junit_has_a_case_for_each_version(schema):
    words = ("check", *VERSIONS, "--mode", "BACKWARD_ALL", "--output", "junit")
    suite = xml.fromstring(schema(*words, status=1).encode()).find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("2", "2")
    cases = suite.findall("testcase")
    assert [case.find("failure") is not None for case in cases] == [True, True]
    assert "version 1" in cases[0].find("failure").get("message")
    passed = xml.fromstring(schema("check", *VERSIONS[:2], "--output", "junit").encode())
    assert passed.find("testsuite").get("failures") == "0"
    last = xml.fromstring(schema("check", *VERSIONS, "--output", "junit", status=1).encode())
    assert [case.find("skipped") is not None for case in last.iter("testcase")] == [True, False]


def test_all_modes(schema):
    table = schema("check", "--all-modes", "v2.avsc", "v3.avsc").splitlines()
    assert [tuple(line.split()[:2]) for line in table] == [
        ("NONE", "yes"), ("DISABLED", "no"), ("BACKWARD", "no"), ("BACKWARD_ALL", "no"),
        ("FORWARD", "yes"), ("FORWARD_ALL", "yes"), ("FULL", "no"), ("FULL_ALL", "no")]
    verdicts = json.loads(schema("check", "--all-modes", "v2.avsc", "v3.avsc", "--output", "json"))
    assert len(verdicts["Verdicts"]) == 8
    schema("check", "--all-modes", "v2.avsc", "v3.avsc", "--output", "junit", status=2)


PROTO = 'syntax = "proto3";\n\nmessage A {\n  int32 id = 1;\n}\n'


def test_the_other_formats(schema, tmp_path):
    (tmp_path / "a.proto").write_text(PROTO)
    (tmp_path / "b.proto").write_text(PROTO.replace("int32", "string"))
    text = schema("check", "a.proto", "b.proto", status=1)
    assert "  b.proto:4:3\n    4 |   string id = 1;\n      |   ^\n" in text
    assert "  a.proto:4:3\n    4 |   int32 id = 1;\n" in text
    (tmp_path / "a.json").write_text('{"properties":{"a":{"minimum":1}}}')
    (tmp_path / "b.json").write_text('{"properties":{"a":{"minimum":2}}}')
    text = schema("check", "a.json", "b.json", status=1)
    assert "  b.json:1:31\n" in text and "  a.json:1:31\n" in text


def test_no_verdict_is_status_two(schema, tmp_path):
    (tmp_path / "broken.avsc").write_text('{"type":"record"}')
    (tmp_path / "a.proto").write_text(PROTO)
    assert "broken.avsc is not a valid AVRO definition: " in schema(
        "check", "v1.avsc", "broken.avsc", status=2)
    assert "cannot open absent.avsc" in schema("check", "absent.avsc", "v1.avsc", status=2)
    assert "one format" in schema("check", "v1.avsc", "a.proto", status=2)
    assert "give --format" in schema("check", "v1.avsc", "/dev/null", status=2)
    schema("check", "v1.avsc", "v2.avsc", "--mode", "SIDEWAYS", status=2)
    schema("check", status=2)
    assert schema("check", "v1.avsc", "-", stdin=SECOND).endswith(" with v1.avsc\n")


def test_identity_and_fingerprint(schema, tmp_path):
    (tmp_path / "int.avsc").write_text(' {"type" : "int"}\n')
    shown = schema("identity", "int.avsc", "--show")
    assert schema("identity", "int.avsc").strip() == hashlib.sha256(
        shown.rstrip("\n").encode()).hexdigest()
    # Avro 1.11.4's own test data (schema-tests.txt): "int".
    prints = json.loads(schema("fingerprint", "int.avsc", "--output", "json"))
    assert prints["CRC-64-AVRO"] == "7275d51a3f395c8f"
    assert prints["MD5"] == hashlib.md5(b'"int"').hexdigest()
    assert prints["SHA-256"] == hashlib.sha256(b'"int"').hexdigest()
    (tmp_path / "a.proto").write_text(PROTO)
    assert "has none" in schema("fingerprint", "a.proto", status=2)
    assert re.fullmatch(r"[0-9a-f]{64}\n", schema("identity", "a.proto"))


def test_fmt(schema, tmp_path):
    file = tmp_path / "s.json"
    file.write_text('{"maximum":1.50,"a":[1e2]}')
    file.chmod(0o640)
    laid_out = '{\n  "maximum": 1.50,\n  "a": [\n    1e2\n  ]\n}\n'
    assert schema("fmt", "s.json") == laid_out
    assert schema("fmt", "s.json", "--write") == "" and file.read_text() == laid_out
    assert file.stat().st_mode & 0o777 == 0o640
    proto = tmp_path / "a.proto"
    proto.write_text("// kept\n" + PROTO)
    schema("fmt", "a.proto")
    assert "comments" in schema("fmt", "a.proto", "--write", status=2)
    assert proto.read_text() == "// kept\n" + PROTO
    proto.write_text(PROTO)
    schema("fmt", "a.proto", "--write")
    assert "int32 id = 1;" in proto.read_text()


def test_diff(schema):
    patch = json.loads(schema("diff", "v1.avsc", "v2.avsc"))
    assert patch == [{"op": "remove", "path": "/fields/1"}]
    assert json.loads(json.loads(schema("diff", "v1.avsc", "v2.avsc", "--output", "json"))[
        "Diff"]) == patch


def test_validate(schema, tmp_path):
    (tmp_path / "s.json").write_text('{"properties":{"a":{"minimum":1}}}')
    (tmp_path / "good.json").write_text('{"a":1}')
    (tmp_path / "bad.json").write_text('{"a":0}')
    assert schema("validate", "--schema", "s.json", "good.json") == "good.json: valid\n"
    text = schema("validate", "--schema", "s.json", "good.json", "bad.json", status=1)
    assert "bad.json: /a: " in text and "#/properties/a/minimum" in text
    (tmp_path / "a.proto").write_text(PROTO)
    (tmp_path / "record.json").write_text('{"id":7}')
    schema("validate", "--schema", "a.proto", "--message", "A", "record.json")
    schema("validate", "--schema", "a.proto", "good.json", status=1)
    schema("validate", "--schema", "a.proto", "--assert-formats", "record.json", status=2)
    schema("validate", "--schema", "s.json", "--message", "A", "good.json", status=2)


def test_validate_avro(schema, tmp_path):
    (tmp_path / "u.avsc").write_text(json.dumps({
        "type": "record", "name": "shop.User", "fields": [
            {"name": "name", "type": "string"},
            {"name": "mail", "type": ["null", "string"], "default": None},
            {"name": "key", "type": {"type": "fixed", "name": "Key", "size": 2}}]}))
    good = {"name": "a", "mail": {"string": "a@b"}, "key": "\u00ff\u0000"}
    (tmp_path / "good.json").write_text(json.dumps(good, indent=2))
    assert schema("validate", "--schema", "u.avsc", "good.json") == "good.json: valid\n"
    (tmp_path / "bad.json").write_text(json.dumps({"name": 1, "mail": "a@b", "key": "abc", "x": 0}))
    assert schema("validate", "--schema", "u.avsc", "bad.json", status=1).splitlines() == [
        "bad.json: /name: expected string, found the number 1",
        'bad.json: /mail: expected one of null, string, found the string "a@b" (a value of a union '
        'is written with its branch: {"string": "a@b"})',
        'bad.json: /key: expected fixed shop.Key of 2 bytes, found the string "abc" (it stands for '
        "3)",
        "bad.json: /x: expected no member of this name, found the number 0 (record shop.User has "
        "no such field)"]
    lines = [json.dumps(good), "", json.dumps({**good, "mail": None}), '{"name":"a","name":"b"}']
    (tmp_path / "some.jsonl").write_text("\n".join(lines))
    assert schema("validate", "--schema", "u.avsc", "some.jsonl", status=1).splitlines() == [
        'some.jsonl:4: the member "name" stands twice in one object (line 1, column 13)',
        "some.jsonl: 1 of 3 documents not valid"]
    all_good = "\n".join(lines[:3]) + "\n"
    assert schema("validate", "--schema", "u.avsc", "-", stdin=all_good) == (
        "standard input: valid (2 documents)\n")
    assert "line 2, column" in schema("validate", "--schema", "u.avsc", "-", stdin='{"name":\n}',
                                      status=1)


def test_fmt_refuses_what_it_would_lose(schema, tmp_path):
    text = '{"type":"string",\n "minLength":1, "minLength":2}'
    (tmp_path / "s.json").write_text(text)
    for words in ((), ("--write",)):
        assert 's.json: the member "minLength" stands twice in one object (line 2, column 17)' in (
            schema("fmt", "s.json", *words, status=2))
    assert (tmp_path / "s.json").read_text() == text


def test_check_like_a_lenient_server(schema, tmp_path):
    (tmp_path / "a.json").write_text('{"type":"object","properties":{"a":{}}}')
    (tmp_path / "b.json").write_text(
        '{"type":"object","properties":{"a":{},"b":{"type":"string"}}}')
    words = ("check", "a.json", "b.json")
    assert "PROPERTY" in schema(*words, "--output", "json", status=1)
    schema(*words, "--glue-json-compatibility", "strict", status=1)
    schema(*words, "--glue-json-compatibility", "lenient")
    table = schema(*words, "--glue-json-compatibility", "lenient", "--all-modes").splitlines()
    assert ["BACKWARD", "yes"] in [line.split()[:2] for line in table]


LINTED = """{"type": "record", "name": "shop.User", "fields": [
  {"name": "mail", "type": ["null", "string"]},
  {"name": "at", "type": "long", "logicalType": "timestamp-millis"}
]}
"""


def test_lint(schema, tmp_path):
    (tmp_path / "u.avsc").write_text(LINTED)
    (tmp_path / "p.proto").write_text(PROTO.replace("\n\n", "\npackage a;\n"))
    text = schema("lint", "u.avsc", "p.proto", status=1)
    assert text.startswith("u.avsc: 2 warnings\n\nwarning avro-optional-without-default: ")
    assert ("  u.avsc:2:3\n    2 |   {\"name\": \"mail\", \"type\": [\"null\", \"string\"]},\n"
            "      |   ^\n") in text
    assert text.endswith("\np.proto: nothing to say\n")
    assert schema("lint", "p.proto") == "p.proto: nothing to say\n"
    off = ("--disable", "avro-optional-without-default", "--disable", "avro-misplaced-logical-type")
    assert schema("lint", "u.avsc", *off) == "u.avsc: nothing to say\n"
    remarks = schema("lint", "u.avsc", *off, "--enable", "avro-missing-doc")
    assert remarks.startswith("u.avsc: 3 remarks\n\ninfo avro-missing-doc: ")
    assert "--list-rules" in schema("lint", "u.avsc", "--disable", "nothing", status=2)
    assert "not a valid AVRO" in schema("lint", "-", "--format", "AVRO", stdin="{}", status=2)
    schema("lint", status=2)


def test_lint_for_machines(schema, tmp_path):
    (tmp_path / "u.avsc").write_text(LINTED)
    report = json.loads(schema("lint", "u.avsc", "--output", "json", status=1))
    assert report["Warnings"] == 2
    assert [(each["Rule"], each["Path"], each["Place"]["Line"])
            for each in report["Files"][0]["Findings"]] == [
        ("avro-optional-without-default", "/fields/0", 2),
        ("avro-misplaced-logical-type", "/fields/1/logicalType", 3)]
    annotations = schema("lint", "u.avsc", "--output", "github", status=1).splitlines()
    assert annotations[0].startswith(
        "::warning file=u.avsc,line=2,col=3,title=avro-optional-without-default::")
    suite = xml.fromstring(
        schema("lint", "u.avsc", "--output", "junit", status=1).encode()).find("testsuite")
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["avro-misplaced-logical-type", "avro-optional-without-default"]
    assert suite.get("failures") == "2" and int(suite.get("tests")) == len(suite)


def test_lint_says_what_glue_refuses(schema, tmp_path):
    (tmp_path / "e.proto").write_text(
        'syntax = "proto2";\npackage a;\nmessage A {\n  extensions 100 to 200;\n}\n')
    assert "protobuf-extensions-not-in-glue" in schema("lint", "e.proto", status=1)
    schema("check", "e.proto", status=2)


def test_lint_lists_its_rules(schema):
    rules = json.loads(schema("lint", "--list-rules", "--output", "json"))["Rules"]
    table = schema("lint", "--list-rules").splitlines()
    assert [line.split()[0] for line in table[1:]] == [rule["Rule"] for rule in rules]
    assert {rule["DataFormat"] for rule in rules} == {"AVRO", "JSON", "PROTOBUF"}


ADDRESS = {
    "avsc": ("shop.Address", '{"type":"record","name":"shop.Address","fields":['
                             '{"name":"city","type":"string"}]}'),
    "json": ("address.json", '{"type":"object","properties":{"city":{"type":"string"}}}'),
    "proto": ("common/address.proto",
              'syntax = "proto3";\npackage common;\nmessage Address {\n  string city = 1;\n}\n'),
}
ORDER = {
    "avsc": '{"type":"record","name":"shop.Order","fields":[{"name":"to","type":"Address"}]}',
    "json": '{"properties":{"to":{"$ref":"address.json"}}}',
    "proto": 'syntax = "proto3";\npackage shop;\nimport "common/address.proto";\n'
             'message Order {\n  common.Address to = 1;\n}\n',
}
ALONE = {"avsc": '"int"', "json": "{}", "proto": 'syntax = "proto3";\nmessage A {\n}\n'}


@pytest.mark.parametrize("kind", ADDRESS)
def test_definitions_of_many_files(schema, tmp_path, kind):
    name, text = ADDRESS[kind]
    order = f"order.{kind}"
    (tmp_path / f"address.{kind}").write_text(text)
    (tmp_path / order).write_text(ORDER[kind])
    (tmp_path / f"alone.{kind}").write_text(ALONE[kind])
    given = ("--import", f"{name}=address.{kind}")
    schema("check", order, status=2)

    bundle = schema("bundle", order, *given)
    assert "city" in bundle
    (tmp_path / f"whole.{kind}").write_text(bundle)
    schema("check", f"whole.{kind}")
    assert schema("identity", order, *given) == schema("identity", f"whole.{kind}")
    assert schema("diff", order, f"whole.{kind}", *given).strip() in ("[]", (
        schema("diff", f"whole.{kind}", f"whole.{kind}").strip()))
    assert schema("check", f"whole.{kind}", order, *given) == (
        f"{order} (bundle): BACKWARD compatible with whole.{kind}\n")
    # One of the two may do without it; not both.
    schema("check", "--mode", "NONE", f"alone.{kind}", order, *given)
    assert f"the import {name} is never used" in schema(
        "check", f"alone.{kind}", f"alone.{kind}", *given, status=2)
    schema("lint", order, *given, *(("--disable", "json-no-dialect") if kind == "json" else ()))
    laid_out = schema("fmt", order, *given)
    assert "city" not in laid_out and "ddress" in laid_out
    (tmp_path / "data.json").write_text('{"to":{"city":7}}')
    message = ("--message", "shop.Order") if kind == "proto" else ()
    schema("validate", "--schema", order, *given, *message, "data.json", status=1)
    (tmp_path / "data.json").write_text('{"to":{"city":"x"}}')
    schema("validate", "--schema", order, *given, *message, "data.json")


def test_imports_are_name_and_file(schema, tmp_path):
    for wrong in ("x", "=v1.avsc", "x=", "x=absent.avsc", "x=-"):
        schema("bundle", "v1.avsc", "--import", wrong, status=2)
    assert "given twice" in schema("bundle", "v1.avsc", "--import", "x=v1.avsc", "--import",
                                   "x=v2.avsc", status=2)
    (tmp_path / "a.avsc").write_text(ADDRESS["avsc"][1])
    assert "the import shop.Address is never used" in schema(
        "bundle", "v1.avsc", "--import", "shop.Address=a.avsc", status=2)
    assert json.loads(schema("bundle", "v1.avsc")) == json.loads(FIRST)


def test_a_registry_keeps_the_same_sentence(schema, server, tmp_path):
    cli = Cli(server, tmp_path)
    cli.run("registry", "create", "r")
    cli.run("schema", "create", "r/s", "--definition", FIRST)
    cli.run("schema", "register", "r/s", "--definition", SECOND)
    file = str(tmp_path / "v3.avsc")
    before = cli.json("schema", "check", "--registry", "r", "--schema", "s", file, status=1)
    assert before["Versions"] == [{"VersionNumber": 2, "Definition": "s version 2",
                                   "Compared": True, "Compatible": False}]
    cli.run("schema", "register", "r/s", "--definition", THIRD, status=1)
    kept = cli.json("schema", "metadata", "query", "r/s", "--version", "3")["MetadataInfoMap"]
    assert kept["limpet.reason"]["MetadataValue"] == SENTENCE == before["Summary"]
    assert SENTENCE in schema("check", *VERSIONS, status=1)
    cli.run("schema", "check", "--schema", "r/s", "--mode", "FORWARD", file)
    # Version 1 cannot do without "age", and only the _ALL mode looks at it.
    everything = cli.text("schema", "check", "--schema", "r/s", "--mode", "FORWARD_ALL", file,
                          status=1)
    assert "s version 1:" in everything and "s version 2:" not in everything
    cli.refused("schema", "check", "--schema", "r/none", file, status=2)
