"""Other JSON Schema validators on the values of bench_schema: fastjsonschema (Python) and jsonschema-rs (Rust).

    python validators.py --documents bench/schemas [--seconds 0.2] [--rounds 9]

A line of JSON for each: {"peer":"fastjsonschema","name":"order valid","ns":…}. Names and units are
those of bench_schema: the verdict on one value that Python has already read. What a call from
Python costs is part of the figure. It is processor time."""

import argparse
import json
import pathlib
import statistics
import time

import fastjsonschema
import jsonschema_rs


def of_fastjsonschema(schema):
    check = fastjsonschema.compile(schema, use_formats=False)

    def is_valid(value):
        try:
            check(value)
        except fastjsonschema.JsonSchemaException:
            return False
        return True
    return is_valid


PEERS = {"fastjsonschema": of_fastjsonschema,
         "jsonschema-rs": lambda schema: jsonschema_rs.validator_for(schema).is_valid}


def time_verdicts(is_valid, values, seconds, rounds):
    """The median over rounds of nanoseconds for a value."""
    def run(count):
        begun = time.process_time()
        for _ in range(count):
            for value in values:
                is_valid(value)
        return time.process_time() - begun

    count = 1
    while (took := run(count)) < seconds:
        count = max(count + 1, int(count * min(100, seconds / max(took, 1e-6) * 1.05)))
    return statistics.median(run(count) for _ in range(rounds)) / count / len(values) * 1e9


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=float, default=0.2)
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    for path in sorted(args.documents.glob("*-values.json")):
        document = json.loads(path.read_text("utf-8"))
        for kind in ("valid", "invalid"):
            for peer, compiled in PEERS.items():
                is_valid = compiled(document["schema"])
                values = document[kind]
                assert all(is_valid(value) is (kind == "valid") for value in values), (peer, path)
                ns = time_verdicts(is_valid, values, args.seconds, args.rounds)
                name = f"{path.name.removesuffix('-values.json')} {kind}"
                print(json.dumps({"peer": peer, "name": name, "ns": ns}), flush=True)


if __name__ == "__main__":
    main()
