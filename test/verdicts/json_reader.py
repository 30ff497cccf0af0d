#!/usr/bin/env python3
"""The independent validator of the verdicts' oracle: jsonschema-rs, asked over pipes (see peer.h).

A question is a list of families: schemas, values, which schema accepts which value ("1", "0", "?")
and the pairs that Limpet calls compatible. Each value is tried with each schema.
"""

import json
import struct
import sys

import jsonschema_rs

DIALECTS = {
    "http://json-schema.org/draft-04/schema#": jsonschema_rs.Draft4Validator,
    "http://json-schema.org/draft-06/schema#": jsonschema_rs.Draft6Validator,
    None: jsonschema_rs.Draft7Validator,
    "https://json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909Validator,
    "https://json-schema.org/draft/2020-12/schema": jsonschema_rs.Draft202012Validator,
}


def judge(number, family, answer):
    """Adds to the answer what differs in one family."""
    try:
        validators = [DIALECTS[schema.get("$schema")](schema, validate_formats=family["formats"])
                      for schema in family["schemas"]]
    except jsonschema_rs.ValidationError:  # it wants enums without equal members, we do not
        answer["refused"] += 1
        return
    accepted = []
    for member, (validator, ours) in enumerate(zip(validators, family["accepted"])):
        row = [validator.is_valid(value) for value in family["values"]]
        accepted.append(row)
        for value, (we, they) in enumerate(zip(ours, row)):
            if we != "?" and (we == "1") != they:
                answer["disputed"].append([number, member, value])
    for writer, reader in family["compatible"]:
        answer["pairs"] += 1
        for value, (written, read) in enumerate(zip(accepted[writer], accepted[reader])):
            if written and not read:
                answer["unsound"].append([number, writer, reader, value])
                break


def main():
    while True:
        head = sys.stdin.buffer.read(4)
        if not head:
            return
        families = json.loads(sys.stdin.buffer.read(struct.unpack(">I", head)[0]))
        answer = {"pairs": 0, "refused": 0, "unsound": [], "disputed": []}
        for number, family in enumerate(families):
            judge(number, family, answer)
        body = json.dumps(answer).encode()
        sys.stdout.buffer.write(struct.pack(">I", len(body)) + body)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
