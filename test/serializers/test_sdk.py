"""The AWS SDK for Java v2, unmodified, against a limpet: every operation that limpet serves.

What the SDK makes of an answer must be what boto3 makes of it, member by member: the two decode by
models of their own."""

import json
import subprocess

import pytest

from glue_calls import (EXISTS, INVALID, LIMIT, METADATA_LIMIT, NOT_FOUND, RID, arn, client,
                        no_registry, no_schema, no_version, no_version_id, plain)
from java_peer import Refused
from limpet_process import LimpetProcess, limpet_binary
from samples import SAMPLES

REGISTRY = {"RegistryName": "shop"}
SCHEMA = {"RegistryName": "shop", "SchemaName": "orders"}
FIRST, SECOND = {"VersionNumber": 1}, {"VersionNumber": 2}
LATEST = {"LatestVersion": True}
AVRO = SAMPLES["AVRO"]
PREFIX = "AWSGlue."


def served():
    """The operations of AWS Glue that the program says it serves."""
    shown = subprocess.run([limpet_binary(), "operations", "--served", "--output", "json"],
                           capture_output=True, check=True, text=True).stdout
    targets = [operation["Target"] for operation in json.loads(shown)["Operations"]]
    return sorted(target[len(PREFIX):] for target in targets if target.startswith(PREFIX))


class Sdk:
    """GlueClient of the SDK: sdk("GetRegistry", RegistryId=...)."""

    def __init__(self, peer, server, region, **more):
        self._peer = peer
        self._given = {"endpoint": server.endpoint, "region": region,
                       "access_key": server.access_key, "secret_key": server.secret_key, **more}

    def __call__(self, operation, **members):
        return self._peer.ask(op=operation, input=members, **self._given)["output"]

    def pages(self, operation, **members):
        return self._peer.ask(op=operation, input=members, pages=True, **self._given)["outputs"]


@pytest.fixture
def sdk(sdk_peer, server, region):
    return Sdk(sdk_peer, server, region)


@pytest.fixture
def shop(glue):
    """A registry with one schema of one version; its id."""
    glue.create_registry(**REGISTRY)
    made = glue.create_schema(RegistryId=REGISTRY, SchemaName="orders", DataFormat="AVRO",
                              Compatibility="BACKWARD", SchemaDefinition=AVRO.first.text)
    return made["SchemaVersionId"]


def refusal(sdk, operation, exception, message, status=400, **members):
    """What the SDK throws is the modelled exception with the service's words."""
    with pytest.raises(Refused) as caught:
        sdk(operation, **members)
    assert caught.value.messages == [message]
    assert caught.value.more["exception"] == exception
    assert (caught.value.more["code"], caught.value.more["status"]) == (exception, status)
    assert caught.value.more["request_id"]


# ---- one check of each operation ------------------------------------------------------------------

CHECKS = {}


def check(function):
    """The check of the operation whose name it has in snake case."""
    CHECKS["".join(word.capitalize() for word in function.__name__.split("_"))] = function
    return function


@check
def create_registry(sdk, glue, shop):
    made = sdk("CreateRegistry", RegistryName="r", Description="für alle", Tags={"team": "till"})
    assert made == {"RegistryArn": arn(glue, "registry/r"), "RegistryName": "r",
                    "Description": "für alle", "Tags": {"team": "till"}}
    assert glue.get_registry(RegistryId={"RegistryName": "r"})["Description"] == "für alle"
    refusal(sdk, "CreateRegistry", EXISTS, "Registry already exists. RegistryName: r",
            RegistryName="r")


@check
def get_registry(sdk, glue, shop):
    shown = sdk("GetRegistry", RegistryId=REGISTRY)
    assert shown == plain(glue.get_registry(RegistryId=REGISTRY))
    assert (shown["RegistryName"], shown["Status"]) == ("shop", "AVAILABLE")
    refusal(sdk, "GetRegistry", NOT_FOUND, no_registry("nope"),
            RegistryId={"RegistryName": "nope"})


@check
def list_registries(sdk, glue, shop):
    shown = sdk("ListRegistries", MaxResults=5)
    assert shown == plain(glue.list_registries(MaxResults=5))
    assert [each["RegistryName"] for each in shown["Registries"]] == ["shop"]


@check
def update_registry(sdk, glue, shop):
    assert sdk("UpdateRegistry", RegistryId=REGISTRY, Description="new") == {
        "RegistryName": "shop", "RegistryArn": arn(glue, "registry/shop")}
    assert glue.get_registry(RegistryId=REGISTRY)["Description"] == "new"


@check
def delete_registry(sdk, glue, shop):
    assert sdk("DeleteRegistry", RegistryId=REGISTRY) == {
        "RegistryName": "shop", "RegistryArn": arn(glue, "registry/shop"), "Status": "DELETING"}
    assert glue.list_registries()["Registries"] == []
    refusal(sdk, "DeleteRegistry", NOT_FOUND, no_registry("shop"), RegistryId=REGISTRY)


@check
def create_schema(sdk, glue, shop):
    for data_format, sample in SAMPLES.items():
        made = sdk("CreateSchema", RegistryId=REGISTRY, SchemaName=data_format,
                   DataFormat=data_format, Compatibility="FULL_ALL", Description="d",
                   Tags={"k": "v"}, SchemaDefinition=sample.first.text)
        where = {**REGISTRY, "SchemaName": data_format}
        version = glue.get_schema_version(SchemaId=where, SchemaVersionNumber=FIRST)
        assert made == {
            **where, "RegistryArn": arn(glue, "registry/shop"),
            "SchemaArn": arn(glue, f"schema/shop/{data_format}"), "Description": "d",
            "DataFormat": data_format, "Compatibility": "FULL_ALL", "SchemaCheckpoint": 1,
            "LatestSchemaVersion": 1, "NextSchemaVersion": 2, "SchemaStatus": "AVAILABLE",
            "Tags": {"k": "v"}, "SchemaVersionId": version["SchemaVersionId"],
            "SchemaVersionStatus": "AVAILABLE"}
        assert version["SchemaDefinition"] == sample.first.text


@check
def get_schema(sdk, glue, shop):
    shown = sdk("GetSchema", SchemaId=SCHEMA)
    assert shown == plain(glue.get_schema(SchemaId=SCHEMA))
    assert sdk("GetSchema", SchemaId={"SchemaArn": shown["SchemaArn"]}) == shown
    missing = {**SCHEMA, "SchemaName": "nope"}
    refusal(sdk, "GetSchema", NOT_FOUND, no_schema("shop", "nope"), SchemaId=missing)


@check
def list_schemas(sdk, glue, shop):
    shown = sdk("ListSchemas", RegistryId=REGISTRY)
    assert shown == plain(glue.list_schemas(RegistryId=REGISTRY))
    assert [each["SchemaName"] for each in shown["Schemas"]] == ["orders"]


@check
def update_schema(sdk, glue, shop):
    assert sdk("UpdateSchema", SchemaId=SCHEMA, Compatibility="NONE", Description="new",
               SchemaVersionNumber=LATEST) == {
        **SCHEMA, "SchemaArn": arn(glue, "schema/shop/orders")}
    schema = glue.get_schema(SchemaId=SCHEMA)
    assert (schema["Compatibility"], schema["Description"]) == ("NONE", "new")


@check
def delete_schema(sdk, glue, shop):
    assert sdk("DeleteSchema", SchemaId=SCHEMA) == {
        "SchemaArn": arn(glue, "schema/shop/orders"), "SchemaName": "orders",
        "Status": "DELETING"}
    assert glue.list_schemas()["Schemas"] == []


@check
def register_schema_version(sdk, glue, shop):
    made = sdk("RegisterSchemaVersion", SchemaId=SCHEMA, SchemaDefinition=AVRO.second.text)
    refused = sdk("RegisterSchemaVersion", SchemaId=SCHEMA, SchemaDefinition=AVRO.bad.text)
    assert (made.pop("VersionNumber"), made.pop("Status")) == (2, "AVAILABLE")
    assert (refused.pop("VersionNumber"), refused.pop("Status")) == (3, "FAILURE")
    for answer, text in (made, AVRO.second.text), (refused, AVRO.bad.text):
        assert glue.get_schema_version(**answer)["SchemaDefinition"] == text


@check
def get_schema_version(sdk, glue, shop):
    shown = sdk("GetSchemaVersion", SchemaVersionId=shop)
    assert shown == plain(glue.get_schema_version(SchemaVersionId=shop))
    for number in (FIRST, LATEST):
        assert sdk("GetSchemaVersion", SchemaId=SCHEMA, SchemaVersionNumber=number) == shown
    assert shown["SchemaDefinition"] == AVRO.first.text
    missing = "00000000-0000-4000-8000-000000000000"
    refusal(sdk, "GetSchemaVersion", NOT_FOUND, no_version_id(missing), SchemaVersionId=missing)


@check
def get_schema_by_definition(sdk, glue, shop):
    for text in (AVRO.first.text, AVRO.respelled):
        shown = sdk("GetSchemaByDefinition", SchemaId=SCHEMA, SchemaDefinition=text)
        assert shown == plain(glue.get_schema_by_definition(SchemaId=SCHEMA,
                                                            SchemaDefinition=text))
        assert shown["SchemaVersionId"] == shop


@check
def list_schema_versions(sdk, glue, shop):
    glue.register_schema_version(SchemaId=SCHEMA, SchemaDefinition=AVRO.second.text)
    shown = sdk("ListSchemaVersions", SchemaId=SCHEMA)
    assert shown == plain(glue.list_schema_versions(SchemaId=SCHEMA))
    assert [each["VersionNumber"] for each in shown["Schemas"]] == [2, 1]


@check
def delete_schema_versions(sdk, glue, shop):
    glue.register_schema_version(SchemaId=SCHEMA, SchemaDefinition=AVRO.second.text)
    answer = sdk("DeleteSchemaVersions", SchemaId=SCHEMA, Versions="2-3")
    assert answer == {"SchemaVersionErrors": [{"VersionNumber": 3, "ErrorDetails": {
        "ErrorCode": NOT_FOUND, "ErrorMessage": no_version("shop", "orders", 3)}}]}
    assert [each["VersionNumber"]
            for each in glue.list_schema_versions(SchemaId=SCHEMA)["Schemas"]] == [1]


@check
def check_schema_version_validity(sdk, glue, shop):
    for data_format, sample in SAMPLES.items():
        for text in (sample.first.text, "{"):
            given = {"DataFormat": data_format, "SchemaDefinition": text}
            answer = sdk("CheckSchemaVersionValidity", **given)
            assert answer == plain(glue.check_schema_version_validity(**given))
            assert answer["Valid"] is (text != "{")


@check
def get_schema_versions_diff(sdk, glue, shop):
    glue.register_schema_version(SchemaId=SCHEMA, SchemaDefinition=AVRO.second.text)
    given = {"SchemaId": SCHEMA, "FirstSchemaVersionNumber": FIRST,
             "SecondSchemaVersionNumber": SECOND, "SchemaDiffType": "SYNTAX_DIFF"}
    answer = sdk("GetSchemaVersionsDiff", **given)
    assert answer == plain(glue.get_schema_versions_diff(**given))
    added = json.loads(AVRO.second.text)["fields"][-1]
    assert json.loads(answer["Diff"]) == [{"op": "add", "path": "/fields/4", "value": added}]


def pair(value):
    return {"MetadataKey": "team", "MetadataValue": value}


@check
def put_schema_version_metadata(sdk, glue, shop):
    given = {"SchemaId": SCHEMA, "SchemaVersionNumber": FIRST, "MetadataKeyValue": pair("till")}
    assert sdk("PutSchemaVersionMetadata", **given) == {
        **SCHEMA, **pair("till"), "LatestVersion": False, "VersionNumber": 1}
    infos = glue.query_schema_version_metadata(SchemaVersionId=shop)["MetadataInfoMap"]
    assert infos["team"]["MetadataValue"] == "till"
    with pytest.raises(Refused) as caught:
        sdk("PutSchemaVersionMetadata", **given)
    assert caught.value.more["exception"] == EXISTS


@check
def remove_schema_version_metadata(sdk, glue, shop):
    given = {"SchemaVersionId": shop, "MetadataKeyValue": pair("till")}
    glue.put_schema_version_metadata(**given)
    assert sdk("RemoveSchemaVersionMetadata", **given) == {
        **pair("till"), "SchemaVersionId": shop, "LatestVersion": False, "VersionNumber": 0}
    assert glue.query_schema_version_metadata(SchemaVersionId=shop)["MetadataInfoMap"] == {}


@check
def query_schema_version_metadata(sdk, glue, shop):
    for value in ("till", "kitchen", "bar"):
        glue.put_schema_version_metadata(SchemaVersionId=shop, MetadataKeyValue=pair(value))
    for more in ({}, {"MetadataList": [pair("bar"), {"MetadataKey": "team"}]}):
        shown = sdk("QuerySchemaVersionMetadata", SchemaVersionId=shop, **more)
        assert shown == plain(glue.query_schema_version_metadata(SchemaVersionId=shop, **more))
    info = sdk("QuerySchemaVersionMetadata", SchemaVersionId=shop)["MetadataInfoMap"]["team"]
    assert [info["MetadataValue"], *(other["MetadataValue"]
                                     for other in info["OtherMetadataValueList"])] == [
        "till", "kitchen", "bar"]


@check
def tag_resource(sdk, glue, shop):
    where = arn(glue, "schema/shop/orders")
    assert sdk("TagResource", ResourceArn=where, TagsToAdd={"a": "1", "ключ": ""}) == {}
    assert glue.get_tags(ResourceArn=where)["Tags"] == {"a": "1", "ключ": ""}


@check
def untag_resource(sdk, glue, shop):
    where = arn(glue, "registry/shop")
    glue.tag_resource(ResourceArn=where, TagsToAdd={"a": "1", "b": "2", "c": "3"})
    assert sdk("UntagResource", ResourceArn=where, TagsToRemove=["a", "c"]) == {}
    assert glue.get_tags(ResourceArn=where)["Tags"] == {"b": "2"}


@check
def get_tags(sdk, glue, shop):
    where = arn(glue, "registry/shop")
    glue.tag_resource(ResourceArn=where, TagsToAdd={"a": "1"})
    assert sdk("GetTags", ResourceArn=where) == {"Tags": {"a": "1"}}
    missing = arn(glue, "registry/nope")
    refusal(sdk, "GetTags", NOT_FOUND, f"Registry is not found. RegistryArn: {missing}",
            ResourceArn=missing)


@pytest.mark.parametrize("operation", served())
def test_operation(sdk, glue, shop, operation):
    assert operation in CHECKS, f"{operation} is served and has no check"
    CHECKS[operation](sdk, glue, shop)


def test_every_checked_operation_is_served():
    assert sorted(CHECKS) == served()


# ---- what is not of one operation -----------------------------------------------------------------

def test_paginators_see_everything_once(sdk, glue, shop):
    names = [f"n{number:02}" for number in range(7)]
    for name in names:
        glue.create_registry(RegistryName=name)
        glue.create_schema(RegistryId=REGISTRY, SchemaName=name, DataFormat="AVRO",
                           Compatibility="NONE", SchemaDefinition=AVRO.first.text)
    for _ in range(6):
        glue.register_schema_version(SchemaId=SCHEMA, SchemaDefinition=AVRO.bad.text)
    for operation, given, items, member, expected in [
            ("ListRegistries", {}, "Registries", "RegistryName", [*names, "shop"]),
            ("ListSchemas", {"RegistryId": REGISTRY}, "Schemas", "SchemaName",
             [*names, "orders"]),
            ("ListSchemaVersions", {"SchemaId": SCHEMA}, "Schemas", "VersionNumber",
             [7, 6, 5, 4, 3, 2, 1])]:
        pages = sdk.pages(operation, MaxResults=3, **given)
        assert [item[member] for page in pages for item in page[items]] == expected
        assert [len(page[items]) for page in pages] == [3, 3, len(expected) - 6]


def test_an_input_is_refused(sdk):
    refusal(sdk, "GetRegistry", INVALID, RID, RegistryId={})


def test_a_limit_is_exceeded(sdk_peer, tmp_path, region):
    limpet = LimpetProcess(tmp_path, "--quotas", "aws").start()
    try:
        made = client(limpet, region).create_schema(
            SchemaName="s", DataFormat="AVRO", Compatibility="NONE",
            SchemaDefinition=AVRO.first.text)
        sdk = Sdk(sdk_peer, limpet, region)
        where = {"SchemaVersionId": made["SchemaVersionId"]}
        for number in range(10):
            sdk("PutSchemaVersionMetadata", MetadataKeyValue=pair(f"v{number}"), **where)
        refusal(sdk, "PutSchemaVersionMetadata", LIMIT, METADATA_LIMIT,
                MetadataKeyValue=pair("more"), **where)
    finally:
        assert limpet.stop() == 0


def test_access_is_denied(sdk_peer, server, region):
    """Who says that a web page of another site sends it is refused before any operation."""
    page = Sdk(sdk_peer, server, region, headers={"Origin": "https://evil.example.com"})
    with pytest.raises(Refused, match="A web page of ") as caught:
        page("ListRegistries")
    assert caught.value.more["exception"] == "AccessDeniedException"
    assert caught.value.more["status"] == 403


def test_a_wrong_secret_is_refused(sdk_peer, server, region):
    stranger = Sdk(sdk_peer, server, region, secret_key="wrong")
    with pytest.raises(Refused, match="The request signature we calculated does not") as caught:
        stranger("ListRegistries")
    assert caught.value.more["exception"] == "GlueException"  # the model has none of its own
    assert caught.value.more["code"] == "InvalidSignatureException"


def test_an_operation_that_is_not_served_says_so(sdk):
    with pytest.raises(Refused) as caught:
        sdk("GetDatabases")
    assert caught.value.more["exception"] == "GlueException"
    assert "GetDatabases" in caught.value.messages[0]
