#!/usr/bin/env python3
"""How other validators fare on the suite that the tests run: a table like Bowtie's.

    python3 -m venv build/others
    build/others/bin/pip install jsonschema==4.26.0 fastjsonschema==2.22.3 jsonschema-rs==0.60.3
    build/others/bin/python test/conformance/json_schema/others.py

A case passes when the validator's verdict is the suite's; raising an error is no verdict. Remote
documents are supplied, nothing is fetched. Limpet's own numbers are printed by its test
(`ctest -R conformance.json_schema -V`).
"""

import importlib.metadata
import json
import pathlib
import sys

import fastjsonschema
import jsonschema_rs
import referencing
import referencing.jsonschema
from jsonschema.validators import validator_for

SUITE = pathlib.Path(__file__).parents[3] / "third_party/cache/json-schema-test-suite"
DIALECTS = {"draft4": "http://json-schema.org/draft-04/schema#",
            "draft6": "http://json-schema.org/draft-06/schema#",
            "draft7": "http://json-schema.org/draft-07/schema#",
            "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
            "draft2020-12": "https://json-schema.org/draft/2020-12/schema"}
BASE = "http://localhost:1234/"


def remotes():
    return {BASE + str(path.relative_to(SUITE / "remotes")): json.loads(path.read_text())
            for path in (SUITE / "remotes").rglob("*.json")}


REMOTES = remotes()


def with_jsonschema(schema, uri):
    specification = referencing.jsonschema.specification_with(uri)
    registry = referencing.Registry(retrieve=lambda name: referencing.Resource.from_contents(
        REMOTES[name], default_specification=specification))
    kind = validator_for(schema, default=validator_for({"$schema": uri}))
    return kind(schema, registry=registry).is_valid


def with_fastjsonschema(schema, uri):
    if isinstance(schema, dict):
        schema = {"$schema": uri, **schema}
    check = fastjsonschema.compile(schema, handlers={
        "http": lambda name: REMOTES[name.partition("#")[0]]})

    def is_valid(data):
        try:
            check(data)
        except fastjsonschema.JsonSchemaValueException:
            return False
        return True

    return is_valid


def with_jsonschema_rs(schema, uri):
    kind = {"draft4": jsonschema_rs.Draft4Validator, "draft6": jsonschema_rs.Draft6Validator,
            "draft7": jsonschema_rs.Draft7Validator,
            "draft2019-09": jsonschema_rs.Draft201909Validator,
            "draft2020-12": jsonschema_rs.Draft202012Validator}
    folder = next(name for name, known in DIALECTS.items() if known == uri)
    return kind[folder](schema, retriever=lambda name: REMOTES[name.partition("#")[0]]).is_valid


VALIDATORS = {"jsonschema (Python)": ("jsonschema", with_jsonschema),
              "fastjsonschema (Python)": ("fastjsonschema", with_fastjsonschema),
              "jsonschema (Rust)": ("jsonschema_rs", with_jsonschema_rs)}


def run(compile_schema, folder):
    passed = total = 0
    for path in sorted((SUITE / "tests" / folder).glob("*.json")):
        for group in json.loads(path.read_text()):
            try:
                is_valid = compile_schema(group["schema"], DIALECTS[folder])
            except Exception:  # noqa: BLE001  (whatever it raises, there is no verdict)
                is_valid = None
            for case in group["tests"]:
                total += 1
                try:
                    passed += is_valid is not None and is_valid(case["data"]) == case["valid"]
                except Exception:  # noqa: BLE001
                    pass
    return passed, total


def main():
    sys.setrecursionlimit(5000)
    print("| | " + " | ".join(DIALECTS) + " |")
    print("|---" * (len(DIALECTS) + 1) + "|")
    for name, (package, compile_schema) in VALIDATORS.items():
        cells = ["{}/{}".format(*run(compile_schema, folder)) for folder in DIALECTS]
        print(f"| {name} {importlib.metadata.version(package)} | " + " | ".join(cells) + " |",
              flush=True)


if __name__ == "__main__":
    assert SUITE.is_dir(), "run third_party/fetch first"
    main()
