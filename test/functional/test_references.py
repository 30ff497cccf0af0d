"""Schema versions that reference others, in all three formats, as plain Glue clients see them."""

import io
import json

import fastavro
import fastjsonschema
import pytest

from glue_calls import INVALID, NOT_FOUND, client, numbered, refused, register, schema_id
from raw_http import call

COUNTRY = {"type": "enum", "name": "geo.Country", "symbols": ["DE", "FR"]}
ADDRESS = {"type": "record", "name": "geo.Address", "doc": "Where it goes.",
           "fields": [{"name": "street", "type": "string"},
                      {"name": "country", "type": "geo.Country"}]}
ORDER = {"type": "record", "name": "shop.Order",
         "fields": [{"name": "to", "type": "geo.Address"}, {"name": "bill", "type": "geo.Address"}]}

# format: shared text, what names it, by which name, and an incompatible next shared text
FORMATS = {
    "AVRO": (json.dumps(COUNTRY), json.dumps(ADDRESS), "geo.Country", json.dumps(
        {**COUNTRY, "symbols": ["DE"]})),
    "JSON": (json.dumps({"type": "string", "maxLength": 40}),
             json.dumps({"type": "object", "properties": {"country": {"$ref": "country.json"}}}),
             "country.json", json.dumps({"type": "string", "maxLength": 4})),
    "PROTOBUF": ('syntax = "proto3"; package geo; message Country { string code = 1; }',
                 'syntax = "proto3"; package geo; import "geo/country.proto"; '
                 'message Address { Country country = 1; }',
                 "geo/country.proto",
                 'syntax = "proto3"; package geo; message Country { int32 code = 1; }'),
}


class Registry:
    """Calls with the target prefix Limpet, in the region of a Glue client."""

    def __init__(self, server, glue):
        self.server, self.glue = server, glue

    def limpet(self, operation, **request):
        return call(self.server, f"Limpet.{operation}", request,
                    region=self.glue.meta.region_name)

    def make(self, schema, definition=None, data_format="AVRO", compatibility="BACKWARD"):
        more = {"SchemaDefinition": definition} if definition else {}
        self.glue.create_schema(SchemaName=schema, DataFormat=data_format,
                                Compatibility=compatibility, **more)

    def put(self, schema, definition, *references):
        """Each reference is (name, schema) or (name, schema, version)."""
        return self.limpet("RegisterSchemaVersion", SchemaId=schema_id(schema),
                           SchemaDefinition=definition, References=[
                               {"Name": name, "SchemaId": schema_id(target),
                                **({"SchemaVersionNumber": {"VersionNumber": version[0]}}
                                   if version else {})}
                               for name, target, *version in references])

    def definition(self, schema, number=1):
        return self.glue.get_schema_version(
            SchemaId=schema_id(schema), SchemaVersionNumber=numbered(number))["SchemaDefinition"]


@pytest.fixture
def registry(server, glue):
    return Registry(server, glue)


@pytest.fixture(params=FORMATS)
def pair(request, registry):
    """A schema `address` whose version 1 references version 1 of `country`."""
    shared, text, name, _ = FORMATS[request.param]
    registry.make("country", shared, request.param, "NONE")
    registry.make("address", None, request.param)
    made = registry.put("address", text, (name, "country", 1))
    assert made.status == 200, made.body
    assert made.json["Status"] == "AVAILABLE"
    return registry, made.json, request.param


def test_a_plain_client_reads_one_whole_definition(pair):
    registry, made, data_format = pair
    answer = registry.glue.get_schema_version(SchemaVersionId=made["SchemaVersionId"])
    whole = answer["SchemaDefinition"]
    assert whole != FORMATS[data_format][1]
    assert registry.glue.check_schema_version_validity(
        DataFormat=data_format, SchemaDefinition=whole)["Valid"]
    # Whoever sends the whole finds the version, and makes no second one.
    found = registry.glue.get_schema_by_definition(SchemaId=schema_id("address"),
                                                   SchemaDefinition=whole)
    assert found["SchemaVersionId"] == made["SchemaVersionId"]
    assert register(registry.glue, whole, schema_id("address"))["VersionNumber"] == 1


def test_both_directions_are_told(pair):
    registry, made, data_format = pair
    _, text, name, _ = FORMATS[data_format]
    country = registry.glue.get_schema_version(SchemaId=schema_id("country"),
                                               SchemaVersionNumber=numbered(1))
    told = registry.limpet("GetSchemaVersionReferences",
                           SchemaVersionId=made["SchemaVersionId"]).json
    assert told["SchemaDefinition"] == text
    assert told["DataFormat"] == data_format
    assert told["References"] == [{"Name": name, "VersionNumber": 1,
                                   "SchemaVersionId": country["SchemaVersionId"],
                                   "SchemaArn": country["SchemaArn"]}]
    holders = registry.limpet("ListReferencingSchemaVersions", SchemaId=schema_id("country"),
                              SchemaVersionNumber=numbered(1)).json["SchemaVersions"]
    assert [(h["Name"], h["SchemaVersionId"]) for h in holders] == [
        (name, made["SchemaVersionId"])]


def test_what_is_referenced_stays(pair):
    registry, *_ = pair
    glue = registry.glue
    with refused(INVALID, "Version 1 of the schema is referenced by version 1 of "
                          "default-registry/address; the schema cannot be deleted."):
        glue.delete_schema(SchemaId=schema_id("country"))
    glue.delete_schema(SchemaId=schema_id("address"))
    glue.delete_schema(SchemaId=schema_id("country"))


def test_an_incompatible_reference_is_a_failure_with_its_reason(pair):
    registry, _, data_format = pair
    _, text, name, worse = FORMATS[data_format]
    assert register(registry.glue, worse, schema_id("country"))["Status"] == "AVAILABLE"
    failed = registry.put("address", text, (name, "country")).json  # the latest
    assert (failed["VersionNumber"], failed["Status"]) == (2, "FAILURE")
    assert failed["Reason"].startswith("Not BACKWARD compatible with version 1: ")
    explained = registry.limpet("ExplainSchemaVersion",
                                SchemaVersionId=failed["SchemaVersionId"]).json
    assert explained["Reason"] == failed["Reason"]
    # A version that failed holds nothing.
    answer = registry.glue.delete_schema_versions(SchemaId=schema_id("country"), Versions="2")
    assert not answer["SchemaVersionErrors"]


def test_references_of_references_with_fastavro(registry):
    registry.make("country", json.dumps(COUNTRY))
    registry.make("address")
    registry.make("order")
    assert registry.put("address", json.dumps(ADDRESS), ("geo.Country", "country")).status == 200
    assert registry.put("order", json.dumps(ORDER), ("geo.Address", "address")).status == 200
    whole = fastavro.parse_schema(json.loads(registry.definition("order")))
    place = {"street": "Rue", "country": "FR"}
    out = io.BytesIO()
    fastavro.schemaless_writer(out, whole, {"to": place, "bill": place})
    # Another reader puts the parts together in its own way.
    parts = {}
    for part in (COUNTRY, ADDRESS):
        fastavro.parse_schema(part, named_schemas=parts)
    by_parts = fastavro.parse_schema(ORDER, named_schemas=parts)
    out.seek(0)
    assert fastavro.schemaless_reader(out, by_parts) == {"to": place, "bill": place}
    assert whole["fields"][0]["type"]["doc"] == "Where it goes."


def test_a_json_bundle_with_fastjsonschema(registry):
    registry.make("country", FORMATS["JSON"][0], "JSON")
    registry.make("address", None, "JSON")
    assert registry.put("address", FORMATS["JSON"][1], ("country.json", "country")).status == 200
    validate = fastjsonschema.compile(json.loads(registry.definition("address")))
    validate({"country": "FR"})
    with pytest.raises(fastjsonschema.JsonSchemaException):
        validate({"country": 33})


def test_refusals(registry):
    registry.make("country", json.dumps(COUNTRY))
    registry.make("address")
    registry.make("elsewhere", FORMATS["JSON"][0], "JSON")
    text = json.dumps(ADDRESS)

    def refusal(*references, definition=text):
        answer = registry.put("address", definition, *references)
        assert answer.status == 400, answer.body
        return answer.type, answer.message

    assert refusal()[0] == INVALID  # geo.Country is not known
    assert refusal(("geo.Country", "nowhere"))[0] == NOT_FOUND
    assert refusal(("geo.Country", "country", 7))[0] == NOT_FOUND
    assert refusal(("geo.Country", "country"), ("geo.Country", "country")) == (
        INVALID, "Reference geo.Country is given twice.")
    assert refusal(("geo.Country", "elsewhere")) == (
        INVALID, "Reference geo.Country is version 1 of default-registry/elsewhere, whose data "
                 "format is JSON and not AVRO.")
    kind, message = refusal(("geo.Country", "country"), definition='"int"')
    assert kind == INVALID and "geo.Country" in message, message
    kind, message = refusal(("geo.Land", "country"))
    assert kind == INVALID and "geo.Land" in message, message
    assert registry.limpet("RegisterSchemaVersion", SchemaId=schema_id("address"),
                           SchemaDefinition=text, References=[{}]).status == 400
    many = [{"Name": f"N{i}", "SchemaId": schema_id("country")} for i in range(101)]
    assert registry.limpet("RegisterSchemaVersion", SchemaId=schema_id("address"),
                           SchemaDefinition=text, References=many).status == 400
    assert registry.glue.list_schema_versions(SchemaId=schema_id("address"))["Schemas"] == []


def test_without_references_it_is_the_plain_operation(registry):
    registry.make("country", json.dumps(COUNTRY))
    again = registry.limpet("RegisterSchemaVersion", SchemaId=schema_id("country"),
                            SchemaDefinition=json.dumps(COUNTRY)).json
    assert again["VersionNumber"] == 1 and "Reason" not in again


def test_by_version_id_and_by_arn(registry):
    registry.make("country", json.dumps(COUNTRY))
    registry.make("address")
    country = registry.glue.get_schema_version(SchemaId=schema_id("country"),
                                               SchemaVersionNumber=numbered(1))
    for reference in ({"SchemaVersionId": country["SchemaVersionId"]},
                      {"SchemaId": {"SchemaArn": country["SchemaArn"]}}):
        made = registry.limpet("RegisterSchemaVersion", SchemaId=schema_id("address"),
                               SchemaDefinition=json.dumps(ADDRESS),
                               References=[{"Name": "geo.Country", **reference}])
        assert made.json["VersionNumber"] == 1, made.body


def test_they_survive_a_restart(start_limpet, region):
    limpet = start_limpet()
    registry = Registry(limpet, client(limpet, region))
    registry.make("country", json.dumps(COUNTRY))
    registry.make("address")
    registry.put("address", json.dumps(ADDRESS), ("geo.Country", "country"))
    whole = registry.definition("address")
    limpet.kill()
    limpet.start()
    assert registry.definition("address") == whole
    with refused(INVALID):
        registry.glue.delete_schema(SchemaId=schema_id("country"))


def test_the_command_line(cli, tmp_path):
    cli.run("schema", "create", "country", "--definition", json.dumps(COUNTRY))
    cli.run("schema", "create", "address", "--data-format", "AVRO")
    file = tmp_path / "address.avsc"
    file.write_text(json.dumps(ADDRESS))
    made = cli.json("schema", "register", "address", "--definition-file", str(file),
                    "--reference", "geo.Country=default-registry/country:1")
    assert made["Status"] == "AVAILABLE"
    assert cli.text("schema", "references", "address", "--definition-only").strip() == (
        json.dumps(ADDRESS))
    assert "geo.Country" in cli.text("schema", "references", "address")
    held = cli.text("schema", "references", "country", "--referenced-by")
    assert made["SchemaVersionId"] in held
    assert "is referenced by version 1 of default-registry/address" in cli.refused(
        "schema", "delete", "country")
    cli.refused("schema", "register", "address", "--definition-file", str(file),
                "--reference", "geo.Country", status=2)
