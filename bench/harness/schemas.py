"""What schema definitions cost: bench_schema, and other libraries on the same documents.

All of it is one process on one core, no server. Peers are prepared by scripts/bench, which says in
the environment where they are; one that is not there is left out."""

import os
import pathlib

from .peers import PEERS, instructions, note_of, others_of, ratio, run, time
from .report import Row

DOCUMENTS = pathlib.Path(__file__).resolve().parents[1] / "schemas"
FORMATS = ("AVRO", "JSON", "PROTOBUF")
REGISTER_GOAL_US = {"AVRO": 20, "JSON": 50, "PROTOBUF": 100}
VALUES = {"fastjsonschema": "fastjsonschema's own values", "order": "orders of ten members"}
PYTHON, RUST = "fastjsonschema", "jsonschema crate"
COST_MS, COST_MEBIBYTES = 100, 64
NOISE = 1.05  # two measures of one thing differ by so much


def measure_schemas(bench):
    sizes = bench.sizes
    program = [bench.programs / "bench_schema", "--documents", DOCUMENTS]
    plan = {"seconds": sizes.schema_seconds, "rounds": sizes.schema_rounds}
    rows = run([*program, "--seconds", plan["seconds"], "--rounds", plan["rounds"]])
    ours = {row["name"]: row["ns"] for row in rows}
    peers = measure_peers(plan)
    whole = [row for row in rows
             if not row["name"].endswith((" parse", " identity", " pair", " versions"))]
    counted = (instructions([*program, "--versions", 10], whole, 10, 60) if sizes.instructions
               else {})
    yield from definition_rows(ours, peers, counted)
    yield from value_rows(ours, peers, counted)
    yield from budget_rows(run([*program, "--budgets"]))


def measure_peers(plan):
    """{(peer, name): nanoseconds}"""
    seconds, rounds = plan["seconds"], plan["rounds"]
    env = os.environ
    lines = []
    if python := env.get("BENCH_PEER_PYTHON"):
        lines += run([python, PEERS / "validators.py", "--documents", DOCUMENTS,
                      "--seconds", seconds, "--rounds", rounds])
    if rust := env.get("BENCH_PEER_RUST"):
        lines += run([rust, DOCUMENTS, seconds, rounds])
    if classes := env.get("BENCH_PEER_CLASSPATH"):
        lines += run(["java", "-XX:+UseSerialGC", "-Xmx512m", "-cp", classes, "SchemaPeer",
                      DOCUMENTS, seconds, rounds])
    return {(line["peer"], line["name"]): line["ns"] for line in lines}


# ---- rows -----------------------------------------------------------------------------------------

def definition_rows(ours, peers, counted_instructions):
    for each in FORMATS:
        name, goal = f"{each} register", REGISTER_GOAL_US[each]
        parts = ", ".join(f"{part} {time(ours[f'{each} {part}'])}"
                          + (f" ({ratio(ours[f'{each} {part}'], others)})"
                             if (others := others_of(peers, f"{each} {part}")) else "")
                          for part in ("parse", "identity", "pair"))
        note = "; ".join(filter(None, (parts, note_of(counted_instructions, name))))
        yield Row("schemas", f"{each}: parse, identity and verdict, ten fields", time(ours[name]),
                  ratio(ours[name], others_of(peers, name)), f"≤ {goal} µs",
                  ours[name] <= goal * 1000, note,
                  {part: ours[f"{each} {part}"] for part in ("parse", "identity", "pair",
                                                             "register")})
    for each in FORMATS:
        pair, version = ours[f"{each} pair"], ours[f"{each} versions"]
        yield Row("schemas", f"{each}: verdict against 1,000 versions, each", time(version),
                  f"{version / pair:.2f} × the verdict against one", "≤ 1 ×",
                  version <= NOISE * pair,
                  numbers={"pair": pair, "version": version})


def value_rows(ours, peers, counted_instructions):
    for values, words in VALUES.items():
        for kind in ("valid", "invalid"):
            name = f"{values} {kind}"
            others = others_of(peers, name)
            wanted = {PYTHON: 5, RUST: 1}
            known = [others[peer] / ours[name] >= least for peer, least in wanted.items()
                     if peer in others]
            goal = ", ".join(f"≥ {least} × {peer}" for peer, least in wanted.items())
            yield Row("schemas", f"JSON: {words}, {kind}, each", time(ours[name]),
                      ratio(ours[name], others), goal, all(known) if known else None,
                      note_of(counted_instructions, name), {"ours": ours[name], **others})
        name = f"{values} explained"
        yield Row("schemas", f"JSON: {words}, invalid, with every reason", time(ours[name]),
                  ratio(ours[name], others_of(peers, name)),
                  note=note_of(counted_instructions, name))
        name = f"{values} valid, text"
        yield Row("schemas", f"JSON: {words}, valid, from their text", time(ours[name]),
                  ratio(ours[name], others_of(peers, name)),
                  note=note_of(counted_instructions, name))


def budget_rows(costs):
    """The slowest input of each kind; all are in the numbers."""
    kinds = {}
    for cost in costs:
        kind, words = cost["name"].split(": ", 1)
        kinds.setdefault(kind, []).append({**cost, "words": words})
    for kind, rows in kinds.items():
        slowest = max(rows, key=lambda row: row["ms"])
        largest = max(rows, key=lambda row: row["mebibytes"])
        yield Row("schemas", f"costliest {kind}", time(slowest["ms"] * 1e6),
                  f"{largest['mebibytes']:,.0f} MiB",
                  f"≤ {COST_MS} ms, ≤ {COST_MEBIBYTES} MiB",
                  slowest["ms"] <= COST_MS and largest["mebibytes"] <= COST_MEBIBYTES,
                  f"{slowest['words']}: {slowest['outcome'][:150]}", {"inputs": rows})
