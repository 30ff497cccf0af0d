"""MaxResults and NextToken of the list operations."""

import threading

import pytest

from glue_calls import (BOOLEAN, INVALID, arn, client, fresh_region, make_schema, plain, refused,
                        register, schema_id)

BAD_TOKEN = "NextToken is not valid."
NAMES = [f"n{i:03}" for i in range(60)]


@pytest.fixture(scope="module")
def world(server):
    """Sixty registries; the first holds sixty schemas, one of them sixty versions."""
    glue = client(server, fresh_region())
    for name in NAMES:
        glue.create_registry(RegistryName=name)
    for name in NAMES:
        make_schema(glue, schema=name, registry=NAMES[0])
    for _ in range(59):
        register(glue, BOOLEAN, schema_id(NAMES[0], NAMES[0]))
    return glue


def listings(glue):
    return {
        "ListRegistries": (glue.list_registries, {}, "Registries", "RegistryName", NAMES),
        "ListSchemas": (glue.list_schemas, {}, "Schemas", "SchemaName", NAMES),
        "ListSchemas of a registry": (
            glue.list_schemas, {"RegistryId": {"RegistryName": NAMES[0]}}, "Schemas",
            "SchemaName", NAMES),
        "ListSchemaVersions": (
            glue.list_schema_versions, {"SchemaId": schema_id(NAMES[0], NAMES[0])}, "Schemas",
            "VersionNumber", list(range(60, 0, -1))),
    }


@pytest.mark.parametrize("listing", ["ListRegistries", "ListSchemas", "ListSchemas of a registry",
                                     "ListSchemaVersions"])
class TestEveryListing:
    def test_pages_hold_everything_once_in_order(self, world, listing):
        call, given, key, member, expected = listings(world)[listing]
        for size in (None, 1, 25, 59, 60, 100):
            seen, token, pages = [], None, 0
            while True:
                answer = plain(call(**given, **({"MaxResults": size} if size else {}),
                                    **({"NextToken": token} if token else {})))
                assert 0 < len(answer[key]) <= (size or 25)
                seen += [item[member] for item in answer[key]]
                pages += 1
                token = answer.get("NextToken")
                if not token:
                    break
            assert seen == expected
            assert pages == -(-60 // (size or 25))

    def test_page_size_is_bounded(self, world, listing):
        call, given, *_ = listings(world)[listing]
        for size, bound in [(101, "less than or equal to 100"), (0, "greater than or equal to 1"),
                            (-5, "greater than or equal to 1")]:
            with refused("ValidationException",
                         f"1 validation error detected: Value '{size}' at 'maxResults' failed to "
                         f"satisfy constraint: Member must have value {bound}"):
                call(**given, MaxResults=size)

    def test_forged_tokens_are_refused(self, world, listing):
        call, given, *_ = listings(world)[listing]
        token = call(**given, MaxResults=5)["NextToken"]
        middle = len(token) // 2
        changed = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1:]
        for forged in ("x", "AAAA", token[:-1], token + "A", token[1:], changed, token.lower(),
                       "\0", "é", "=" * 9000, "../../etc/passwd"):
            with refused(INVALID, BAD_TOKEN):
                call(**given, NextToken=forged)

    def test_foreign_tokens_are_refused(self, world, server, listing):
        everything = listings(world)
        call, given, *_ = everything[listing]
        for other, (other_call, other_given, *_) in everything.items():
            if other != listing:
                token = other_call(**other_given, MaxResults=5)["NextToken"]
                with refused(INVALID, BAD_TOKEN):
                    call(**given, NextToken=token)
        if not given:
            token = call(MaxResults=5)["NextToken"]
            elsewhere = client(server, fresh_region())
            with refused(INVALID, BAD_TOKEN):
                listings(elsewhere)[listing][0](NextToken=token)


def test_metadata_page_size_is_bounded(glue):
    version_id = make_schema(glue)["SchemaVersionId"]
    with refused("ValidationException",
                 "1 validation error detected: Value '51' at 'maxResults' failed to satisfy "
                 "constraint: Member must have value less than or equal to 50"):
        glue.query_schema_version_metadata(SchemaVersionId=version_id, MaxResults=51)
    with refused(INVALID, BAD_TOKEN):
        glue.query_schema_version_metadata(SchemaVersionId=version_id, NextToken="x")


def test_registry_may_be_named_either_way_between_pages(world):
    token = world.list_schemas(RegistryId={"RegistryName": NAMES[0]}, MaxResults=5)["NextToken"]
    answer = world.list_schemas(RegistryId={"RegistryArn": arn(world, f"registry/{NAMES[0]}")},
                                NextToken=token)
    assert answer["Schemas"][0]["SchemaName"] == NAMES[5]


def test_boto3_paginators(world):
    for name, key, given in [("list_registries", "Registries", {}), ("list_schemas", "Schemas", {}),
                             ("list_schema_versions", "Schemas",
                              {"SchemaId": schema_id(NAMES[0], NAMES[0])})]:
        pages = world.get_paginator(name).paginate(**given)
        assert sum(len(page[key]) for page in pages) == 60


def test_pages_are_stable_under_writes(glue):
    """What was there before and after a listing is in it exactly once."""
    for name in NAMES:
        glue.create_registry(RegistryName=name)
    stop = threading.Event()

    def churn():
        number = 0
        while not stop.is_set():
            for name in (f"a{number % 7}", f"n{number % 60:03}x", f"z{number % 7}"):
                glue.create_registry(RegistryName=name)
                glue.delete_registry(RegistryId={"RegistryName": name})
            number += 1

    writer = threading.Thread(target=churn)
    writer.start()
    try:
        for _ in range(15):
            seen = [r["RegistryName"]
                    for page in glue.get_paginator("list_registries").paginate(
                        PaginationConfig={"PageSize": 4}) for r in page["Registries"]]
            assert [name for name in seen if name in NAMES] == NAMES
            assert seen == sorted(set(seen))
    finally:
        stop.set()
        writer.join()
