#!/usr/bin/env python3
"""Write botocore_samples.jsonl: what botocore's own serializer puts on the wire.

    build/venv/bin/python src/glue_model/testdata/make_samples.py

One line per operation: its name, a request and an answer with every member filled in (a structure's
second time in a document only what it requires, so that recursive shapes end). Run it with the botocore release that
model/glue.json names.
"""

import datetime
import json
import pathlib

import botocore.serialize
import botocore.session

TIME = datetime.datetime(2021, 11, 7, 16, 42, 28, 617000, datetime.timezone.utc)


def sample(shape, seen):
    """A value for `shape`."""
    if getattr(shape, "is_document_type", False):
        return {"any": [1, "thing", None]}
    if shape.type_name == "structure":
        names = list(shape.members)
        if shape.name in seen:
            names = [name for name in names if name in shape.required_members]
        elif getattr(shape, "is_tagged_union", False):
            names = names[:1]
        seen.add(shape.name)
        return {name: sample(shape.members[name], seen) for name in names}
    if shape.type_name == "list":
        return [sample(shape.member, seen)]
    if shape.type_name == "map":
        return {sample(shape.key, seen): sample(shape.value, seen)}
    facts = shape.metadata
    if shape.type_name == "string":
        return facts["enum"][0] if facts.get("enum") else shape.name + "\u00e9"
    return {"integer": 7, "long": 5_000_000_000, "double": 0.25, "boolean": False,
            "timestamp": TIME, "blob": b"\x00\xff glue"}[shape.type_name]


def main():
    service = botocore.session.get_session().get_service_model("glue")
    serializer = botocore.serialize.create_serializer("json", include_validation=False)
    lines = []
    for name in sorted(service.operation_names):
        operation = service.operation_model(name)
        row = {"operation": name}
        for side, shape in (("input", operation.input_shape), ("output", operation.output_shape)):
            body = {}
            serializer._serialize(body, sample(shape, set()), shape)
            row[side] = body
        lines.append(json.dumps(row))
    path = pathlib.Path(__file__).with_name("botocore_samples.jsonl")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
