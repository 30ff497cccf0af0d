"""Many callers at once."""

import concurrent.futures
import threading

import botocore.exceptions

from glue_calls import (EXISTS, INT, LONG, client, make_schema, plain, record, register, schema_id)

THREADS = 32


def at_once(action):
    """action(number) from 32 threads that start together; their results or exceptions."""
    barrier = threading.Barrier(THREADS)

    def run(number):
        barrier.wait()
        try:
            return action(number)
        except botocore.exceptions.ClientError as error:
            return error

    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_one_new_definition_gets_one_version(glue):
    make_schema(glue)
    for definition, number in [(LONG, 2), ('"float"', 3), ('"double"', 4)]:
        answers = at_once(lambda _, text=definition: register(glue, text))
        assert all(answer == answers[0] for answer in answers), answers
        assert (answers[0]["VersionNumber"], answers[0]["Status"]) == (number, "AVAILABLE")
    schema = glue.get_schema(SchemaId=schema_id())
    assert (schema["LatestSchemaVersion"], schema["NextSchemaVersion"]) == (4, 5)


def test_equal_definitions_in_different_spelling_get_one_version(glue):
    make_schema(glue, record(("a", "int")))
    bare = record(("a", "int"), ("b", "int", 0))
    answers = at_once(lambda number: register(glue, " " * number + bare + "\n" * number))
    assert len({answer["SchemaVersionId"] for answer in answers}) == 1
    assert {answer["VersionNumber"] for answer in answers} == {2}


def test_different_definitions_get_different_numbers(glue):
    make_schema(glue, compatibility="NONE")
    answers = at_once(lambda number: register(glue, record((f"f{number}", "int"))))
    assert sorted(answer["VersionNumber"] for answer in answers) == list(range(2, THREADS + 2))
    assert len({answer["SchemaVersionId"] for answer in answers}) == THREADS


def test_one_create_schema_wins(glue):
    answers = at_once(lambda _: make_schema(glue))
    won = [plain(a) for a in answers if isinstance(a, dict)]
    lost = [a.response["Error"] for a in answers if not isinstance(a, dict)]
    assert len(won) == 1
    assert {error["Code"] for error in lost} == {EXISTS}
    assert {error["Message"] for error in lost} == {"Schema already exists. SchemaName: s"}
    found = glue.get_schema_by_definition(SchemaId=schema_id(), SchemaDefinition=INT)
    assert found["SchemaVersionId"] == won[0]["SchemaVersionId"]


def test_one_create_registry_wins(glue):
    answers = at_once(lambda _: glue.create_registry(RegistryName="r"))
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert {a.response["Error"]["Code"] for a in answers if not isinstance(a, dict)} == {EXISTS}


def test_the_default_registry_is_made_once(glue):
    answers = at_once(lambda number: make_schema(glue, schema=f"s{number}"))
    assert all(isinstance(answer, dict) for answer in answers), answers
    assert len(glue.list_registries()["Registries"]) == 1
    assert len(glue.list_schemas(MaxResults=100)["Schemas"]) == THREADS


def test_incompatible_rivals_never_both_win(glue):
    """Each is compatible with version 1, none with another: only the first may be AVAILABLE."""
    make_schema(glue, record(("a", "int")))
    answers = at_once(lambda number: register(glue, record(("a", "int"), (f"f{number}", "int", 0),
                                                          ("t", ["null", "string"][number % 2],
                                                           [None, ""][number % 2]))))
    assert all(isinstance(answer, dict) for answer in answers), answers
    versions = glue.list_schema_versions(SchemaId=schema_id(), MaxResults=100)["Schemas"]
    assert sorted(v["VersionNumber"] for v in versions) == list(range(1, THREADS + 2))
    # In order of number each AVAILABLE one must read the AVAILABLE one before it.
    kind = {answer["VersionNumber"]: number % 2 for number, answer in enumerate(answers)}
    available = [v["VersionNumber"] for v in reversed(versions)
                 if v["Status"] == "AVAILABLE" and v["VersionNumber"] > 1]
    assert available and len({kind[number] for number in available}) == 1


def test_delete_races_with_register(glue, server):
    """Whatever the order, no version survives its schema."""
    rivals = [client(server, glue.meta.region_name) for _ in range(2)]
    for _ in range(10):
        make_schema(glue, compatibility="NONE")

        def act(number):
            if number == 0:
                return rivals[0].delete_schema(SchemaId=schema_id())
            return register(rivals[1], record((f"f{number}", "int")))

        answers = at_once(act)
        assert isinstance(answers[0], dict), answers[0]
        for answer in answers[1:]:
            if isinstance(answer, dict):
                try:
                    glue.get_schema_version(SchemaVersionId=answer["SchemaVersionId"])
                    raise AssertionError("a version outlived its schema")
                except botocore.exceptions.ClientError as error:
                    assert error.response["Error"]["Code"] == "EntityNotFoundException"
            else:
                assert answer.response["Error"]["Code"] == "EntityNotFoundException"
        assert glue.list_schemas()["Schemas"] == []
