"""CreateRegistry, GetRegistry, UpdateRegistry, ListRegistries, DeleteRegistry."""

import pytest

from glue_calls import (EXISTS, INVALID, LIMIT, NOT_FOUND, RID, TAG_COUNT, TIMESTAMP, arn,
                        bad_characters, client, make_schema, no_registry, no_version_id, plain,
                        refused, schema_id, too_long)

NAME_LETTERS = "abcXYZ019-_$#."


def test_create_echoes_what_was_given(glue):
    answer = plain(glue.create_registry(RegistryName=NAME_LETTERS, Description="Grüße\n\t☃",
                                        Tags={"team": "glue", "empty": ""}))
    assert answer == {"RegistryName": NAME_LETTERS,
                      "RegistryArn": arn(glue, f"registry/{NAME_LETTERS}"),
                      "Description": "Grüße\n\t☃", "Tags": {"team": "glue", "empty": ""}}


def test_create_leaves_out_what_was_not_given(glue):
    assert plain(glue.create_registry(RegistryName="r", Tags={})) == {
        "RegistryName": "r", "RegistryArn": arn(glue, "registry/r")}


def test_names_are_case_sensitive_and_up_to_255_bytes(glue):
    glue.create_registry(RegistryName="r")
    glue.create_registry(RegistryName="R")
    glue.create_registry(RegistryName="a" * 255)
    assert [r["RegistryName"] for r in glue.list_registries()["Registries"]] == [
        "R", "a" * 255, "r"]


@pytest.mark.parametrize("name, message", [
    ("", too_long("registryName")),
    ("a" * 256, too_long("registryName")),
    ("é" * 128, too_long("registryName")),  # 256 bytes
    ("a b", bad_characters("registryName")),
    ("a/b", bad_characters("registryName")),
    ("a:b", bad_characters("registryName")),
    ("é", bad_characters("registryName")),
    ("a\n", bad_characters("registryName")),
    ("a\0", bad_characters("registryName")),
], ids=["empty", "long", "long-bytes", "blank", "slash", "colon", "accent", "newline", "nul"])
def test_bad_names(glue, name, message):
    with refused(INVALID, message):
        glue.create_registry(RegistryName=name)


@pytest.mark.parametrize("given, message", [
    ({"Description": "a" * 2049}, too_long("description")),
    ({"Description": "\u0001"}, bad_characters("description")),
    ({"Tags": {f"k{i}": "" for i in range(51)}}, TAG_COUNT),
    ({"Tags": {"aws:x": "v"}}, "Invalid Tag Parameters"),
    ({"Tags": {"": "v"}}, None),
    ({"Tags": {"k" * 129: "v"}}, None),
    ({"Tags": {"k": "v" * 257}}, None),
], ids=["long", "control", "51-tags", "aws-prefix", "empty-key", "long-key", "long-value"])
def test_bad_description_and_tags(glue, given, message):
    with refused(INVALID, message):
        glue.create_registry(RegistryName="r", **given)
    assert glue.list_registries()["Registries"] == []


def test_checks_come_in_order(glue):
    glue.create_registry(RegistryName="r")
    with refused(INVALID, too_long("registryName")):
        glue.create_registry(RegistryName="~" * 300, Description="a" * 2049)
    with refused(INVALID, bad_characters("registryName")):
        glue.create_registry(RegistryName="~", Description="a" * 2049)
    with refused(INVALID, too_long("description")):
        glue.create_registry(RegistryName="r", Description="a" * 2049,
                             Tags={f"k{i}": "" for i in range(51)})
    with refused(INVALID, TAG_COUNT):
        glue.create_registry(RegistryName="r", Tags={f"k{i}": "" for i in range(51)})
    with refused(EXISTS, "Registry already exists. RegistryName: r"):
        glue.create_registry(RegistryName="r", Description="a" * 2048,
                             Tags={f"k{i}": "" for i in range(50)})


def test_get_by_name_and_by_arn(glue):
    glue.create_registry(RegistryName="r", Description="d", Tags={"k": "v"})
    answer = plain(glue.get_registry(RegistryId={"RegistryName": "r"}))
    created = answer["CreatedTime"]
    assert TIMESTAMP.fullmatch(created)
    assert answer == {"RegistryName": "r", "RegistryArn": arn(glue, "registry/r"),
                      "Description": "d", "Status": "AVAILABLE", "CreatedTime": created,
                      "UpdatedTime": created}
    assert plain(glue.get_registry(RegistryId={"RegistryArn": answer["RegistryArn"]})) == answer


def operations(glue):
    return [lambda where: glue.get_registry(RegistryId=where),
            lambda where: glue.update_registry(RegistryId=where, Description="d"),
            lambda where: glue.delete_registry(RegistryId=where)]


def test_addressing_is_checked_by_every_operation(glue):
    glue.create_registry(RegistryName="r")
    here = arn(glue, "registry/r")
    elsewhere = here.replace(glue.meta.region_name, "eu-west-1")
    foreign = here.replace("123456789012", "210987654321")
    missing = arn(glue, "registry/nope")
    for call in operations(glue):
        for where, type_, message in [
                ({}, INVALID, RID),
                ({"RegistryName": "r", "RegistryArn": here}, INVALID, RID),
                ({"RegistryName": "a" * 256}, INVALID, too_long("registryName")),
                ({"RegistryName": "a b"}, INVALID, bad_characters("registryName")),
                ({"RegistryArn": "arn:aws:s3:::b"}, INVALID, bad_characters("registryArn")),
                ({"RegistryArn": here + "x" * 10240}, INVALID, too_long("registryArn")),
                ({"RegistryName": "nope"}, NOT_FOUND, no_registry("nope")),
                ({"RegistryArn": missing}, NOT_FOUND,
                 f"Registry is not found. RegistryArn: {missing}"),
                ({"RegistryArn": elsewhere}, NOT_FOUND,
                 f"Registry is not found. RegistryArn: {elsewhere}"),
                ({"RegistryArn": foreign}, NOT_FOUND,
                 f"Registry is not found. RegistryArn: {foreign}")]:
            with refused(type_, message):
                call(where)
    assert glue.get_registry(RegistryId={"RegistryName": "r"})["Status"] == "AVAILABLE"


def test_update_changes_the_description(glue):
    glue.create_registry(RegistryName="r", Description="old")
    before = glue.get_registry(RegistryId={"RegistryName": "r"})
    assert plain(glue.update_registry(RegistryId={"RegistryName": "r"}, Description="new")) == {
        "RegistryName": "r", "RegistryArn": arn(glue, "registry/r")}
    after = glue.get_registry(RegistryId={"RegistryName": "r"})
    assert after["Description"] == "new"
    assert after["CreatedTime"] == before["CreatedTime"]
    assert after["UpdatedTime"] > before["UpdatedTime"]
    glue.update_registry(RegistryId={"RegistryName": "r"}, Description="")
    assert "Description" not in glue.get_registry(RegistryId={"RegistryName": "r"})
    with refused(INVALID, too_long("description")):
        glue.update_registry(RegistryId={"RegistryName": "r"}, Description="a" * 2049)


def test_list_shows_what_get_shows(glue):
    assert plain(glue.list_registries()) == {"Registries": []}
    glue.create_registry(RegistryName="b", Description="d")
    glue.create_registry(RegistryName="a")
    listed = plain(glue.list_registries())
    assert listed == {"Registries": [
        plain(glue.get_registry(RegistryId={"RegistryName": name})) for name in ("a", "b")]}


def test_delete_takes_everything_inside(glue):
    glue.create_registry(RegistryName="r", Tags={"k": "v"})
    made = make_schema(glue, registry="r")
    assert plain(glue.delete_registry(RegistryId={"RegistryName": "r"})) == {
        "RegistryName": "r", "RegistryArn": arn(glue, "registry/r"), "Status": "DELETING"}
    with refused(NOT_FOUND, no_registry("r")):
        glue.get_registry(RegistryId={"RegistryName": "r"})
    with refused(NOT_FOUND, no_version_id(made["SchemaVersionId"])):
        glue.get_schema_version(SchemaVersionId=made["SchemaVersionId"])
    assert glue.list_registries()["Registries"] == []
    assert glue.list_schemas()["Schemas"] == []
    with refused(NOT_FOUND, no_registry("r")):
        glue.delete_registry(RegistryId={"RegistryName": "r"})

    glue.create_registry(RegistryName="r")
    assert glue.get_tags(ResourceArn=arn(glue, "registry/r"))["Tags"] == {}
    assert glue.list_schemas(RegistryId={"RegistryName": "r"})["Schemas"] == []
    assert make_schema(glue, registry="r")["SchemaVersionId"] != made["SchemaVersionId"]


def test_default_registry_is_made_on_demand(glue):
    with refused(NOT_FOUND, no_registry("default-registry")):
        glue.get_registry(RegistryId={"RegistryName": "default-registry"})
    with refused(NOT_FOUND, no_registry("default-registry")):
        glue.list_schemas(RegistryId={"RegistryName": "default-registry"})
    make_schema(glue, schema="absent")
    make_schema(glue, schema="empty", RegistryId={})
    make_schema(glue, schema="named", registry="default-registry")
    answer = glue.get_registry(RegistryId={"RegistryName": "default-registry"})
    assert answer["RegistryArn"] == arn(glue, "registry/default-registry")
    assert "Description" not in answer
    assert [s["SchemaName"] for s in glue.list_schemas()["Schemas"]] == [
        "absent", "empty", "named"]
    with refused(EXISTS, "Registry already exists. RegistryName: default-registry"):
        glue.create_registry(RegistryName="default-registry")
    glue.delete_registry(RegistryId={"RegistryName": "default-registry"})
    make_schema(glue, schema="again")
    assert glue.get_schema(SchemaId=schema_id("again"))["LatestSchemaVersion"] == 1
    glue.delete_registry(RegistryId={"RegistryName": "default-registry"})
    glue.create_registry(RegistryName="default-registry", Description="mine")


def test_quota(quota_server, region):
    glue = client(quota_server, region)
    for number in range(10):
        glue.create_registry(RegistryName=f"r{number}")
    full = "More registries cannot be created. The maximum limit has been reached."
    with refused(LIMIT, full):
        glue.create_registry(RegistryName="r10")
    with refused(LIMIT, full):  # the limit is looked at before the name
        glue.create_registry(RegistryName="r0")
    make_schema(glue)  # the default registry comes on top
    assert len(glue.list_registries()["Registries"]) == 11
