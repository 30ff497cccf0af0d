"""JSON Schema and Protobuf through the API: life of a schema, identity, verdicts, refusals."""

import json

import pytest

from glue_calls import INVALID, numbered, refused, register, schema_id

JSON = {
    "first": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
              "properties": {"f1": {"type": "string"},
                             "f2": {"type": "integer", "maximum": 50}}},
    "second": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
               "properties": {"f2": {"type": "number", "maximum": 1000}}},
    "bad": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
            "properties": {"f2": {"type": "string"}}},
}
PROTOBUF_FIRST = """syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
// An order.
message Order {
  int64 id = 1;
  google.protobuf.Timestamp at = 2;
}
"""
PROTOBUF_SECOND = PROTOBUF_FIRST + "message Line { string what = 1; }\n"
PROTOBUF_BAD = 'syntax = "proto3"; package shop; message Order { string id = 1; }'

FORMATS = {
    "JSON": {"first": json.dumps(JSON["first"]), "second": json.dumps(JSON["second"]),
             "bad": json.dumps(JSON["bad"]),
             "respelled": json.dumps(JSON["first"], indent=2, sort_keys=True).replace("50", "5e1"),
             "broken": '{"type":"strin"}'},
    "PROTOBUF": {"first": PROTOBUF_FIRST, "second": PROTOBUF_SECOND, "bad": PROTOBUF_BAD,
                 "respelled": "syntax='proto3';\npackage shop;\n"
                              "import \"google/protobuf/timestamp.proto\";\n"
                              "message Order { int64 id = 1;\n"
                              "  .google.protobuf.Timestamp at = 0x2;\n}\n",
                 "broken": 'syntax = "proto3"; message M { Foo f = 1; }'},
}


def create(glue, data_format, compatibility="BACKWARD"):
    return glue.create_schema(SchemaName="s", DataFormat=data_format, Compatibility=compatibility,
                              SchemaDefinition=FORMATS[data_format]["first"])


@pytest.mark.parametrize("data_format", FORMATS)
def test_life_of_a_schema(glue, data_format):
    texts = FORMATS[data_format]
    first = create(glue, data_format)
    assert (first["DataFormat"], first["SchemaVersionStatus"]) == (data_format, "AVAILABLE")
    second = register(glue, texts["second"])
    assert (second["VersionNumber"], second["Status"]) == (2, "AVAILABLE")
    bad = register(glue, texts["bad"])
    assert (bad["VersionNumber"], bad["Status"]) == (3, "FAILURE")
    kept = glue.get_schema_version(SchemaVersionId=first["SchemaVersionId"])
    assert (kept["SchemaDefinition"], kept["DataFormat"]) == (texts["first"], data_format)
    assert glue.get_schema(SchemaId=schema_id())["LatestSchemaVersion"] == 2


@pytest.mark.parametrize("data_format", FORMATS)
def test_another_spelling_is_the_same_version(glue, data_format):
    first = create(glue, data_format)
    again = register(glue, FORMATS[data_format]["respelled"])
    assert (again["SchemaVersionId"], again["VersionNumber"]) == (first["SchemaVersionId"], 1)
    found = glue.get_schema_by_definition(SchemaId=schema_id(),
                                          SchemaDefinition=FORMATS[data_format]["respelled"])
    assert found["SchemaVersionId"] == first["SchemaVersionId"]


@pytest.mark.parametrize("data_format, reason", [
    ("JSON", 'Not BACKWARD compatible with version 2: field "f2": the new definition expects '
             "another type than version 2 writes (new definition: string, version 2: number). "
             'Fix: keep "f2" as version 2 has it: number, or register it under NONE.'),
    ("PROTOBUF", 'Not BACKWARD compatible with version 2: message "shop.Line": version 2 has '
                 "message shop.Line, the new definition lacks it. Fix: keep message shop.Line, or "
                 "register it under NONE. (and 1 more reason)"),
])
def test_a_refusal_says_why(glue, data_format, reason):
    create(glue, data_format)
    register(glue, FORMATS[data_format]["second"])
    failed = register(glue, FORMATS[data_format]["bad"])
    kept = glue.query_schema_version_metadata(SchemaVersionId=failed["SchemaVersionId"])
    assert kept["MetadataInfoMap"]["limpet.reason"]["MetadataValue"] == reason


@pytest.mark.parametrize("data_format", FORMATS)
def test_what_does_not_parse_is_refused(glue, data_format):
    broken = FORMATS[data_format]["broken"]
    prefix = f"Schema definition of {data_format} data format is invalid: "
    with refused(INVALID, prefix=prefix):
        glue.create_schema(SchemaName="s", DataFormat=data_format, Compatibility="NONE",
                           SchemaDefinition=broken)
    create(glue, data_format)
    with refused(INVALID, prefix=prefix):
        register(glue, broken)
    checked = glue.check_schema_version_validity(DataFormat=data_format, SchemaDefinition=broken)
    assert checked["Valid"] is False and checked["Error"]
    good = glue.check_schema_version_validity(DataFormat=data_format,
                                              SchemaDefinition=FORMATS[data_format]["first"])
    assert good["Valid"] is True


def test_a_reference_to_the_network_is_refused(glue):
    remote = '{"properties":{"a":{"$ref":"https://example.com/address.json"}}}'
    checked = glue.check_schema_version_validity(DataFormat="JSON", SchemaDefinition=remote)
    assert checked["Valid"] is False
    assert "https://example.com/address.json" in checked["Error"]


def difference(glue, first, second):
    return json.loads(glue.get_schema_versions_diff(
        SchemaId=schema_id(), FirstSchemaVersionNumber=numbered(first),
        SecondSchemaVersionNumber=numbered(second), SchemaDiffType="SYNTAX_DIFF")["Diff"])


def test_json_versions_differ_by_a_patch(glue):
    create(glue, "JSON")
    register(glue, FORMATS["JSON"]["second"])
    assert difference(glue, 1, 1) == []
    assert difference(glue, 1, 2) == [
        {"op": "remove", "path": "/properties/f1"},
        {"op": "replace", "path": "/properties/f2/maximum", "value": 1000},
        {"op": "replace", "path": "/properties/f2/type", "value": "number"}]


def test_protobuf_versions_differ_by_the_whole_text(glue):
    create(glue, "PROTOBUF")
    register(glue, PROTOBUF_SECOND)
    assert difference(glue, 1, 1) == []
    assert difference(glue, 1, 2) == [{"op": "replace", "path": "", "value": PROTOBUF_SECOND}]


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("mode", ["NONE", "BACKWARD", "BACKWARD_ALL", "FORWARD", "FORWARD_ALL",
                                  "FULL", "FULL_ALL"])
def test_a_change_of_type_breaks_every_mode_but_none(glue, data_format, mode):
    create(glue, data_format, compatibility=mode)
    answer = register(glue, FORMATS[data_format]["bad"])
    assert answer["Status"] == ("AVAILABLE" if mode == "NONE" else "FAILURE")
