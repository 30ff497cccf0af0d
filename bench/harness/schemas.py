"""What schema definitions cost: bench_schema, and other libraries on the same documents.

All of it is one process on one core, no server. Peers are prepared by scripts/bench, which says in
the environment where they are; one that is not there is left out."""

import json
import os
import pathlib
import re
import shutil
import subprocess

from . import machine
from .processes import Failed
from .report import Row

DOCUMENTS = pathlib.Path(__file__).resolve().parents[1] / "schemas"
PEERS = DOCUMENTS.parent / "peers"
FORMATS = ("AVRO", "JSON", "PROTOBUF")
REGISTER_GOAL_US = {"AVRO": 20, "JSON": 50, "PROTOBUF": 100}
VALUES = {"fastjsonschema": "fastjsonschema's own values", "order": "orders of ten members"}
PYTHON, RUST = "fastjsonschema", "jsonschema crate"
COST_MS, COST_MEBIBYTES = 100, 64
NOISE = 1.05  # two measures of one thing differ by so much


def run(command, **options):
    """What a program says, a line of JSON each; on the server's core."""
    with machine.pinned(machine.SERVER_CORE):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                              check=False, **options)
    if done.returncode:
        raise Failed(f"{command[0]}: {done.stderr.strip()[-600:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


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


def instructions(program, rows, few, many):
    """{name: instructions of one unit}, as valgrind counts them: twice with different counts, so
    that what happens only once falls out. Nothing where there is no valgrind. `few` and `many` are
    counts of units, or of operations where one has more."""
    if not shutil.which("valgrind"):
        return {}
    found = {}
    for row in rows:
        low, high = (max(1, int(count // row["units"])) for count in (few, many))
        high = max(high, low + 1)
        difference = counted(program, row["name"], high) - counted(program, row["name"], low)
        found[row["name"]] = difference / (high - low) / row["units"]
    return found


def counted(program, name, count):
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
               *program, "--only", name, "--exactly", "--count", count]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=True)
    return int(re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)[1].replace(",", ""))


# ---- rows -----------------------------------------------------------------------------------------

def time(ns):
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:,.3g} {unit}" if ns < 1000 * size else f"{ns / size:,.0f} {unit}"
    return f"{ns:,.0f} ns"


def ratio(ns, others):
    """How many times as fast as each of the others."""
    def number(times):
        return f"{times:,.0f}" if times >= 10 else f"{times:.1f}" if times >= 1 else f"{times:.2f}"
    return ", ".join(f"{number(other / ns)} × {peer}" for peer, other in others.items())


def others_of(peers, name):
    return {peer: ns for (peer, of), ns in peers.items() if of == name}


def note_of(counted_instructions, name):
    count = counted_instructions.get(name)
    return f"{count:,.0f} instructions" if count else ""


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
