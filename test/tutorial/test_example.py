"""The tutorial's own files, run as its reader runs them: python producer.py, python consumer.py."""

import re

import pytest

from tutorial.walkthrough import (EVOLUTION_FAILED, FIELD_ADDED, FIELD_DELETED, MISSING_FIELD,
                                  VALID, WRONG_TYPE, Workspace)


@pytest.fixture
def workspace(world, tmp_path):
    return Workspace(tmp_path, world.server.endpoint, world.server.access_key,
                     world.server.secret_key, world.bootstrap, world.topic, world.registry)


def produce(workspace, step):
    workspace.edit(step)
    return workspace.produce()


def test_whole_walk(world, workspace):
    run = produce(workspace, VALID)
    assert (run.lines, run.exit_status) == ([world.topic, "0", "0"], 0), run.traceback

    for step in (MISSING_FIELD, WRONG_TYPE):
        run = produce(workspace, step)
        assert re.fullmatch(step.error, run.last_error_line), run.traceback
        assert run.exit_status == 1
        assert len(world.records()) == 1

    seen = [Workspace.data_of(line) for line in workspace.consume(1)]
    assert seen == [VALID.data]

    run = produce(workspace, FIELD_DELETED)
    assert (run.lines, run.exit_status) == ([world.topic, "0", "1"], 0), run.traceback
    seen = [Workspace.data_of(line) for line in workspace.consume(2)]
    assert seen == [VALID.data, FIELD_DELETED.data]

    run = produce(workspace, FIELD_ADDED)
    assert re.fullmatch(FIELD_ADDED.error, run.last_error_line), run.traceback
    failed = EVOLUTION_FAILED.search(run.traceback).group(1)
    assert len(world.records()) == 2

    listed = world.glue.list_schema_versions(SchemaId=world.schema_id)["Schemas"]
    assert sorted((v["VersionNumber"], v["Status"]) for v in listed) == [
        (1, "AVAILABLE"), (2, "AVAILABLE"), (3, "FAILURE")]
    assert [v["SchemaVersionId"] for v in listed if v["Status"] == "FAILURE"] == [failed]
