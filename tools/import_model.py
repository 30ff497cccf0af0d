#!/usr/bin/env python3
"""Write model/glue.json from the service model that the PyPI package botocore ships.

    python3 -m venv build/venv && build/venv/bin/pip install botocore
    build/venv/bin/python tools/import_model.py        # then: tools/generate.py

Only facts are taken: operations, shapes, types, members, constraints, errors, pagination. No
documentation text. The same botocore release always gives the same bytes, one line per operation
and per shape, so that a new release reads as a short diff.
"""

import argparse
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHAPE_FACTS = ("min", "max", "pattern", "enum", "sensitive", "union", "document")


def member_facts(member):
    """A member is its shape's name, or an object when there is more to say."""
    facts = {key: member[key] for key in ("deprecated", "sensitive") if member.get(key)}
    if member.get("idempotencyToken"):
        facts["idempotency_token"] = True
    return {"shape": member["shape"], **facts} if facts else member["shape"]


def shape_facts(shape):
    facts = {"type": shape["type"]}
    if shape["type"] == "structure":
        facts["members"] = {n: member_facts(m) for n, m in shape["members"].items()}
        if shape.get("required"):
            facts["required"] = list(shape["required"])
    elif shape["type"] == "list":
        facts["member"] = shape["member"]["shape"]
    elif shape["type"] == "map":
        facts["key"], facts["value"] = shape["key"]["shape"], shape["value"]["shape"]
    for key in SHAPE_FACTS:
        if key in shape and shape[key] is not False:
            facts[key] = shape[key]
    if "timestampFormat" in shape:
        facts["timestamp_format"] = shape["timestampFormat"]
    if shape.get("exception"):
        status = shape.get("error", {}).get("httpStatusCode", 500 if shape.get("fault") else 400)
        facts["error"] = {"status": status, "fault": "server" if shape.get("fault") else "client"}
    unknown = set(shape) - set(SHAPE_FACTS) - {
        "type", "members", "required", "member", "key", "value", "documentation", "box",
        "timestampFormat", "exception", "fault", "error", "deprecated", "deprecatedMessage"}
    if unknown:
        raise SystemExit(f"the model says something new: {sorted(unknown)} in {shape}")
    return facts


def operation_facts(operation, page):
    if operation["http"] != {"method": "POST", "requestUri": "/"}:
        raise SystemExit(f"{operation['name']} is not POST /")
    facts = {"input": operation["input"]["shape"], "output": operation["output"]["shape"],
             "errors": [error["shape"] for error in operation["errors"]]}
    for key in ("readonly", "idempotent"):
        if operation.get(key):
            facts[key] = True
    if page:
        facts["page"] = {key: page[key] for key in
                         ("input_token", "output_token", "limit_key", "result_key")
                         if key in page}
    return facts


def compact(value):
    return json.dumps(value, ensure_ascii=True, separators=(", ", ": "))


def render(model):
    """JSON with one line per operation and shape."""
    out = ["{"]
    for head in ("source", "service"):
        out.append(f'"{head}": {compact(model[head])},')
    for part, end in (("operations", "},"), ("shapes", "}")):
        out.append(f'"{part}": {{')
        rows = [f"  {compact(name)}: {compact(facts)}" for name, facts in model[part].items()]
        out.append(",\n".join(rows))
        out.append(end)
    out.append("}")
    return "\n".join(out) + "\n"


def import_glue(session, version):
    loader = session.get_component("data_loader")
    model = loader.load_service_model("glue", "service-2", "2017-03-31")
    pages = loader.load_service_model("glue", "paginators-1", "2017-03-31")["pagination"]
    meta = model["metadata"]
    return {
        "source": {"package": "botocore", "version": version, "service": "glue",
                   "api_version": meta["apiVersion"]},
        "service": {"target_prefix": meta["targetPrefix"], "signing_name": meta["endpointPrefix"],
                    "protocol": f"{meta['protocol']}-{meta['jsonVersion']}"},
        "operations": {name: operation_facts(facts, pages.get(name))
                       for name, facts in sorted(model["operations"].items())},
        "shapes": {name: shape_facts(facts) for name, facts in sorted(model["shapes"].items())},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "model" / "glue.json")
    output = parser.parse_args().output
    try:
        import botocore
        import botocore.session
    except ImportError:
        print(__doc__, file=sys.stderr)
        return 1
    model = import_glue(botocore.session.get_session(), botocore.__version__)
    output.write_text(render(model), encoding="utf-8")
    print(f"{output}: {len(model['operations'])} operations, {len(model['shapes'])} shapes, "
          f"botocore {botocore.__version__}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
