"""JSON Schema and Protobuf definitions that are made to cost much: each is answered within its budget, and says so
when the budget does not suffice. Nothing here is about time: the work is counted in steps."""

import json

import botocore.exceptions
import pytest

from glue_calls import register, schema_id

TOO_MUCH = "ResourceNumberLimitExceededException"


def text(schema):
    return json.dumps(schema, separators=(",", ":"))


def graph(changed=None):
    """Schemas that refer to each other, every way long."""
    nodes = {f"n{i}": {"properties": {"a": {"$ref": f"#/$defs/n{(i + 1) % 1500}"},
                                      "b": {"$ref": f"#/$defs/n{(i * 7 + 3) % 1500}"}}}
             for i in range(1500)}
    if changed:
        nodes[changed]["properties"]["a"] = {"type": "string"}
    return text({"$ref": "#/$defs/n0", "$defs": nodes})


def doubling(**more):
    """Each of 60 schemas names the next one twice: 2^60 ways to the last."""
    nodes = {f"n{i}": {"anyOf": [{"$ref": f"#/$defs/n{i + 1}"},
                                 {"allOf": [{"$ref": f"#/$defs/n{i + 1}"}], "maxLength": i}]}
             for i in range(60)}
    nodes["n60"] = {"type": "string"}
    return text({"$ref": "#/$defs/n0", "$defs": nodes, **more})


def messages(type_):
    return 'syntax = "proto3";\n' + "".join(
        f"message M{i} {{ {type_} a = 1; M{(i * 7 + 1) % 3800} b = 2; }}\n" for i in range(3800))


def message(*parts):
    return 'syntax = "proto3"; message M {' + "".join(parts) + "}"


PAIRS = {
    "any-of": ("JSON", text({"anyOf": [{"minimum": i} for i in range(9000)]}),
               text({"anyOf": [{"minimum": i + 1} for i in range(9000)]}), TOO_MUCH),
    "one-of": ("JSON", text({"oneOf": [{"properties": {"a": {"const": i}}} for i in range(4000)]}),
               text({"oneOf": [{"properties": {"a": {"const": i + 1}}} for i in range(4000)]}),
               TOO_MUCH),
    "all-of": ("JSON", text({"allOf": [{"required": [f"p{i}"]} for i in range(6000)]}),
               text({"allOf": [{"required": [f"p{i + 1}"]} for i in range(6000)]}), TOO_MUCH),
    "enum": ("JSON", text({"enum": list(range(28_000))}), text({"enum": list(range(1, 28_001))}),
             "FAILURE"),
    "properties": ("JSON", text({"properties": {f"p{i}": {"type": "string"} for i in range(6000)}}),
                   text({"properties": {f"p{i + 1}": {"type": "string"} for i in range(6000)}}),
                   "FAILURE"),
    "patterns": ("JSON", text({"patternProperties": {f"^(a|b)*{i}c+": {} for i in range(900)}}),
                 text({"properties": {f"abab{i}cc": {"type": "string"} for i in range(4000)}}),
                 TOO_MUCH),
    "graph": ("JSON", graph(), graph("n77"), TOO_MUCH),
    "doubling": ("JSON", doubling(), doubling(title="another"), "AVAILABLE"),
    "deep": ("JSON", '{"not":' * 500 + "{}" + "}" * 500, '{"items":' * 500 + "{}" + "}" * 500,
             "FAILURE"),
    "messages": ("PROTOBUF", messages("int32"), messages("string"), "FAILURE"),
    "fields": ("PROTOBUF", message(*(f"int32 f{i}={i + 1};" for i in range(9000))),
               message(*(f"string f{i}={i + 1};" for i in range(8500))), "FAILURE"),
    "values": ("PROTOBUF",
               'syntax = "proto3"; enum E {' + "".join(f"V{i}={i};" for i in range(11_000)) + "}",
               'syntax = "proto3"; enum E {' + "".join(f"W{i}={i};" for i in range(11_000)) + "}",
               "AVAILABLE"),
    "oneofs": ("PROTOBUF",
               message("oneof o {", *(f"int32 f{i}={i + 1};" for i in range(9000)), "}"),
               message(*(f"oneof o{i} {{ int32 f{i}={i + 1}; }}" for i in range(4000))), "FAILURE"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_costly_pairs(glue, name):
    data_format, first, second, outcome = PAIRS[name]
    glue.create_schema(SchemaName="s", DataFormat=data_format, Compatibility="FULL",
                       SchemaDefinition=first)
    try:
        answer = register(glue, second)["Status"]
    except botocore.exceptions.ClientError as error:
        answer = error.response["Error"]["Code"]
        assert "than" in error.response["Error"]["Message"], "the bound is named"
    assert answer == outcome
    # Whatever came of it, the schema is whole and takes what is compatible.
    assert glue.get_schema(SchemaId=schema_id())["SchemaStatus"] == "AVAILABLE"
    assert register(glue, first)["VersionNumber"] == 1


@pytest.mark.parametrize("data_format, definition", [
    ("JSON", '{"minLength":1e400}'),
    ("JSON", '{"maximum":' + "9" * 100_000 + "}"),
    ("PROTOBUF", 'syntax = "proto3"; message M { reserved 1 to 536870911; reserved "a"; }'),
])
def test_what_is_large_and_valid(glue, data_format, definition):
    checked = glue.check_schema_version_validity(DataFormat=data_format,
                                                 SchemaDefinition=definition)
    assert checked["Valid"] is True, checked


@pytest.mark.parametrize("data_format, definition", [
    ("JSON", "[" * 100_000),
    ("JSON", '{"a":' * 25_000 + "1" + "}" * 25_000),
    ("JSON", '{"pattern":"' + "(" * 80_000 + '"}'),
    ("JSON", '{"pattern":"' + "(a{1,1000}){1,1000}" * 100 + '"}'),
    ("JSON", '{"type":"string","type":"strin"}'),
    ("JSON", '{"minLength":-1}'),
    ("JSON", '{"$ref":"#"}'),
    ("JSON", '{"$ref":"file:///etc/passwd"}'),
    ("JSON", '{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}'),
    ("PROTOBUF", "message M {" * 10_000),
    ("PROTOBUF", 'syntax = "proto3"; message M { int32 a = 536870912; }'),
    ("PROTOBUF", 'syntax = "proto3"; message M { int32 a = 19000; }'),
    ("PROTOBUF", 'syntax = "proto3"; import "/etc/passwd";'),
    ("PROTOBUF", 'edition = "2023"; message M { int32 a = 1; }'),
    ("PROTOBUF", 'syntax = "proto3"; message M { int32 a = ' + "9" * 100_000 + "; }"),
    ("PROTOBUF", 'syntax = "proto3"; option java_package = "' + "\\" * 99_999 + '";'),
])
def test_what_is_refused(glue, data_format, definition):
    checked = glue.check_schema_version_validity(DataFormat=data_format,
                                                 SchemaDefinition=definition)
    assert checked["Valid"] is False
    assert 0 < len(checked["Error"]) <= 5000
