"""`limpet codegen`: headers that compile, and what it refuses."""

import pathlib
import subprocess

import pytest

from command import limpet
from limpet_process import limpet_binary

TESTDATA = pathlib.Path(__file__).resolve().parents[2] / "src/codegen/testdata"


@pytest.mark.parametrize("name", ["user.avsc", "every.avsc", "order.proto", "order.json"])
@pytest.mark.parametrize("views", [(), ("--views",)], ids=["owned", "views"])
def test_the_header_is_the_same_each_time_and_names_its_source(name, views):
    status, header, err = limpet("codegen", TESTDATA / name, *views)
    assert (status, err) == (0, "")
    assert header.startswith(f"// Made by `limpet codegen` from {name}. Do not edit: make it again.")
    assert limpet("codegen", TESTDATA / name, *views)[1] == header


def test_a_file_is_written_whole(tmp_path):
    out = tmp_path / "user.h"
    assert limpet("codegen", TESTDATA / "user.avsc", "-o", out) == (0, "", "")
    assert "struct User {" in out.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["user.h"]


def test_standard_input_needs_a_format():
    done = subprocess.run([limpet_binary(), "codegen", "-", "--format", "AVRO", "--namespace", "a::b"],
                          input=(TESTDATA / "user.avsc").read_text(), capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "namespace a::b {" in done.stdout and "from user.avsc" not in done.stdout


def test_what_cpp_cannot_hold_is_refused_with_its_place(tmp_path):
    schema = tmp_path / "order.json"
    schema.write_text('{"type":"object","properties":{"a":{"type":["string","integer"]}}}')
    status, out, err = limpet("codegen", schema)
    assert (status, out) == (1, "")
    assert "no C++ type for the schema at #/properties/a" in err


def test_what_is_no_schema_is_no_verdict(tmp_path):
    schema = tmp_path / "user.avsc"
    schema.write_text("{")
    status, _, err = limpet("codegen", schema)
    assert status == 2 and "user.avsc" in err
