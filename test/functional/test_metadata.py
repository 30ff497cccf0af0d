"""PutSchemaVersionMetadata, QuerySchemaVersionMetadata, RemoveSchemaVersionMetadata."""

import pytest

from glue_calls import (BOOLEAN, EXISTS, INVALID, LATEST, LONG, NOT_FOUND, TIMESTAMP, arn,
                        bad_characters, make_schema, no_version_id, numbered, plain, refused,
                        register, schema_id, too_long)


def pair(key, value):
    return {"MetadataKey": key, "MetadataValue": value}


@pytest.fixture
def version_id(glue):
    return make_schema(glue)["SchemaVersionId"]


def put(glue, version_id, key, value):
    return plain(glue.put_schema_version_metadata(SchemaVersionId=version_id,
                                                  MetadataKeyValue=pair(key, value)))


def query(glue, version_id, **more):
    return plain(glue.query_schema_version_metadata(SchemaVersionId=version_id, **more))


def values(info):
    """The primary value and then the others."""
    return [info["MetadataValue"],
            *(other["MetadataValue"] for other in info.get("OtherMetadataValueList", []))]


def test_put_and_remove_echo_how_the_version_was_addressed(glue, version_id):
    here = arn(glue, "schema/default-registry/s")
    kv = {"MetadataKey": "k", "MetadataValue": "v"}
    for selector, expected in [
            ({"SchemaVersionId": version_id},
             {"SchemaVersionId": version_id, "LatestVersion": False, "VersionNumber": 0}),
            ({"SchemaId": schema_id(), "SchemaVersionNumber": numbered(1)},
             {**schema_id(), "LatestVersion": False, "VersionNumber": 1}),
            ({"SchemaId": {"SchemaArn": here}, "SchemaVersionNumber": numbered(1)},
             {"SchemaArn": here, "LatestVersion": False, "VersionNumber": 1}),
            ({"SchemaId": schema_id(), "SchemaVersionNumber": LATEST},
             {**schema_id(), "LatestVersion": True})]:
        answer = plain(glue.put_schema_version_metadata(**selector, MetadataKeyValue=kv))
        assert answer == {**expected, **kv}
        answer = plain(glue.remove_schema_version_metadata(**selector, MetadataKeyValue=kv))
        assert answer == {**expected, **kv}
        assert query(glue, version_id)["MetadataInfoMap"] == {}


def test_a_key_holds_several_values_the_oldest_first(glue, version_id):
    for value in ("b", "a", "c"):
        put(glue, version_id, "k", value)
    put(glue, version_id, "other", "x")
    answer = query(glue, version_id)
    assert answer.keys() == {"MetadataInfoMap", "SchemaVersionId"}
    assert answer["SchemaVersionId"] == version_id
    infos = answer["MetadataInfoMap"]
    assert {key: values(info) for key, info in infos.items()} == {
        "k": ["b", "a", "c"], "other": ["x"]}
    assert infos["other"].keys() == {"MetadataValue", "CreatedTime"}
    for info in (infos["k"], *infos["k"]["OtherMetadataValueList"], infos["other"]):
        assert TIMESTAMP.fullmatch(info["CreatedTime"])


def test_filter_returns_only_what_matches(glue, version_id):
    for key, value in [("k", "a"), ("k", "b"), ("k", "c"), ("l", "a"), ("m", "z")]:
        put(glue, version_id, key, value)

    def found(*wanted):
        answer = query(glue, version_id, MetadataList=list(wanted))
        return {key: values(info) for key, info in answer["MetadataInfoMap"].items()}

    assert found(pair("k", "b")) == {"k": ["b"]}
    assert found(pair("k", "b"), pair("l", "a"), pair("m", "no")) == {"k": ["b"], "l": ["a"]}
    assert found({"MetadataKey": "k"}) == {"k": ["a", "b", "c"]}
    assert found(pair("no", "no")) == {}


def test_remove_takes_exactly_one_pair(glue, version_id):
    for value in ("a", "b"):
        put(glue, version_id, "k", value)
    glue.remove_schema_version_metadata(SchemaVersionId=version_id,
                                        MetadataKeyValue=pair("k", "a"))
    assert values(query(glue, version_id)["MetadataInfoMap"]["k"]) == ["b"]
    with refused(NOT_FOUND, f"Schema version metadata is not found. SchemaVersionId: {version_id}, "
                            "metadata key: k, metadata value: a"):
        glue.remove_schema_version_metadata(SchemaVersionId=version_id,
                                            MetadataKeyValue=pair("k", "a"))
    with refused(EXISTS, f"Resource already exist for schema version id: {version_id}, "
                         "metadata key: k, metadata value: b"):
        put(glue, version_id, "k", "b")


@pytest.mark.parametrize("given, message", [
    (pair("", "v"), too_long("key")), (pair("k" * 129, "v"), too_long("key")),
    (pair("a b", "v"), bad_characters("key")), (pair("a~b", "v"), bad_characters("key")),
    (pair("é", "v"), bad_characters("key")), (pair("a\0", "v"), bad_characters("key")),
    (pair("k", ""), too_long("value")), (pair("k", "v" * 257), too_long("value")),
    (pair("k", "a b"), bad_characters("value")), (pair("~", "~"), bad_characters("key")),
    ({"MetadataKey": "k"}, too_long("value")), ({"MetadataValue": "v"}, too_long("key")),
    ({}, too_long("key"))])
def test_bad_pairs(glue, version_id, given, message):
    for call in (glue.put_schema_version_metadata, glue.remove_schema_version_metadata):
        with refused(INVALID, message):
            call(SchemaVersionId=version_id, MetadataKeyValue=given)
        with refused(INVALID, message):  # looked at before the selector
            call(MetadataKeyValue=given)


def test_good_pairs(glue, version_id):
    every_sign = "azAZ09+,-./:;<=._/@"
    for key, value in [(every_sign, every_sign), ("k" * 128, "v" * 256)]:
        assert put(glue, version_id, key, value)["MetadataKey"] == key
        assert values(query(glue, version_id)["MetadataInfoMap"][key]) == [value]


def test_metadata_belongs_to_one_version(glue, version_id):
    second = register(glue, LONG)["SchemaVersionId"]
    put(glue, version_id, "k", "v")
    put(glue, second, "k", "w")
    assert values(query(glue, version_id)["MetadataInfoMap"]["k"]) == ["v"]
    assert values(query(glue, second)["MetadataInfoMap"]["k"]) == ["w"]
    glue.delete_schema_versions(SchemaId=schema_id(), Versions="2")
    with refused(NOT_FOUND, no_version_id(second)):
        query(glue, second)


def test_paging_keeps_every_value_once(glue, version_id):
    expected = {f"k{i:02}": [f"v{j}" for j in range(i % 3 + 1)] for i in range(30)}
    for key, wanted in expected.items():
        for value in wanted:
            put(glue, version_id, key, value)
    for size in (None, 1, 7, 50):
        seen, token = {}, None
        while True:
            answer = query(glue, version_id, **({"MaxResults": size} if size else {}),
                           **({"NextToken": token} if token else {}))
            for key, info in answer["MetadataInfoMap"].items():
                seen.setdefault(key, []).extend(values(info))
            token = answer.get("NextToken")
            if not token:
                break
        assert seen == expected, size


def test_a_failure_says_why(glue, version_id):
    failed = register(glue, BOOLEAN)
    assert failed["Status"] == "FAILURE"
    infos = query(glue, failed["SchemaVersionId"])["MetadataInfoMap"]
    assert infos.keys() == {"limpet.reason"}
    assert "int" in infos["limpet.reason"]["MetadataValue"]
    assert "boolean" in infos["limpet.reason"]["MetadataValue"]
    assert TIMESTAMP.fullmatch(infos["limpet.reason"]["CreatedTime"])
    by_number = plain(glue.query_schema_version_metadata(SchemaId=schema_id(),
                                                         SchemaVersionNumber=numbered(2)))
    assert by_number["MetadataInfoMap"] == infos
    put(glue, failed["SchemaVersionId"], "k", "v")
    assert query(glue, failed["SchemaVersionId"])["MetadataInfoMap"].keys() == {
        "limpet.reason", "k"}
    only = query(glue, failed["SchemaVersionId"], MetadataList=[{"MetadataKey": "k"}])
    assert only["MetadataInfoMap"].keys() == {"k"}
    # It is made from the record, so nobody can write or remove it.
    reason = infos["limpet.reason"]["MetadataValue"]
    for value in ("mine", reason):
        for call in (glue.put_schema_version_metadata, glue.remove_schema_version_metadata):
            with refused(INVALID):
                call(SchemaVersionId=failed["SchemaVersionId"],
                     MetadataKeyValue=pair("limpet.reason", value))
    assert query(glue, version_id)["MetadataInfoMap"] == {}
