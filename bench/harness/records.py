"""What records cost: bench_records, and other libraries on the same records.

All of it is one process on one core, no broker. Peers are prepared by scripts/bench, which says in
the environment where they are; one that is not there is left out."""

import os
import pathlib

from .peers import PEERS, instructions, note_of, others_of, precise, ratio, run
from .report import Row

DOCUMENTS = pathlib.Path(__file__).resolve().parents[1] / "records"

# name: what it is, goal in nanoseconds
NANOSECONDS = {
    "user frame": ("frame alone", None),
    "user floor": ("payload by hand to views, no frame, no UTF-8 check", None),
    "user decode": ("frame, warm lookup, to a struct with views", 25),
    "user made": ("the same, straight-line code of limpet codegen", 25),
    "user owned": ("to a struct with strings of its own", 60),
    "user resolve": ("to a struct through another reader's schema", 40),
    "user view": ("to a view of any record", 60),
    "user json": ("to JSON text", None),
    "user columns": ("to Arrow columns, a row", 20),
    "user encode": ("a struct to a framed message", 25),
    "user encode made": ("the same, straight-line code", 25),
}
# name: what it is, the peer that counts, at least so many times as fast
TIMES = {
    "wide decode": ("50 nullable fields to a struct", "Avro Java 1.11.4", 5),
    "wide made": ("the same, straight-line code", "Avro Java 1.11.4", 5),
    "wide view": ("50 nullable fields to a view", "Avro Java 1.11.4", None),
    "wide json": ("50 nullable fields to JSON text", "Avro Java 1.11.4", None),
    "wide columns": ("50 nullable fields to Arrow columns, a row", "Avro Java 1.11.4", None),
    "wide encode": ("a struct of 50 nullable fields to a framed message", "Avro Java 1.11.4", 5),
}
LIBRARY = "order protobuf library"


def measure_records(bench):
    sizes = bench.sizes
    program = [bench.programs / "bench_records", "--documents", DOCUMENTS]
    plan = {"seconds": sizes.schema_seconds, "rounds": sizes.schema_rounds}
    rows = run([*program, "--seconds", plan["seconds"], "--rounds", plan["rounds"]])
    ours = {row["name"]: row["ns"] for row in rows}
    peers = measure_peers(plan)
    counted = instructions(program, rows, 1_000, 11_000) if sizes.instructions else {}
    yield from avro_rows(ours, peers, counted)
    yield from inflate_rows(ours, counted)
    yield from protobuf_rows(ours, counted)
    yield from json_rows(ours, rows, counted)


def measure_peers(plan):
    """{(peer, name): nanoseconds}"""
    seconds, rounds = plan["seconds"], plan["rounds"]
    env = os.environ
    lines = []
    if python := env.get("BENCH_RECORD_PYTHON"):
        lines += run([python, PEERS / "records.py", "--documents", DOCUMENTS,
                      "--seconds", seconds, "--rounds", rounds])
    if avro_c := env.get("BENCH_RECORD_AVRO_C"):
        lines += run([avro_c, DOCUMENTS, seconds, rounds])
    if classes := env.get("BENCH_PEER_CLASSPATH"):
        lines += run(["java", "-XX:+UseSerialGC", "-Xmx512m", "-cp", classes, "RecordPeer",
                      DOCUMENTS, seconds, rounds])
    return {(line["peer"], line["name"]): line["ns"] for line in lines}


# Which of the peers' measures stands beside one of ours.
PEER_NAMES = {"user made": "user decode", "user owned": "user decode", "user view": "user decode",
              "user columns": "user decode", "user json": "user decode",
              "user encode made": "user encode", "wide made": "wide decode",
              "wide view": "wide decode", "wide json": "wide decode",
              "wide columns": "wide decode"}


def peers_of(peers, name):
    return others_of(peers, PEER_NAMES.get(name, name))


def avro_rows(ours, peers, counted):
    for name, (words, goal) in NANOSECONDS.items():
        ns = ours[name]
        yield Row("records", f"Avro, tutorial's record: {words}", precise(ns),
                  ratio(ns, peers_of(peers, name)), f"≤ {goal} ns" if goal else "",
                  ns <= goal if goal else None, note_of(counted, name), {"ns": ns})
    for name, (words, peer, least) in TIMES.items():
        ns, others = ours[name], peers_of(peers, name)
        passed = others[peer] / ns >= least if least and peer in others else None
        yield Row("records", f"Avro: {words}", precise(ns), ratio(ns, others),
                  f"≥ {least} × {peer}" if least else "", passed, note_of(counted, name),
                  {"ns": ns, **others})


def inflate_rows(ours, counted):
    whole, floor = ours["user inflate"], ours["raw inflate"]
    beyond = whole - ours["user decode"]
    yield Row("records", "zlib: the tutorial's record, frame to struct", precise(whole),
              f"inflating {beyond / floor:.2f} × zlib alone", "≤ 1.05 ×", beyond <= 1.05 * floor,
              note_of(counted, "user inflate"), {"whole": whole, "floor": floor})


def protobuf_rows(ours, counted):
    library = min(ours[LIBRARY], ours[LIBRARY + ", arena"])
    for name, words, counts in (("order protobuf decode", "to a struct", True),
                                ("order protobuf view", "to a view of any message", True),
                                ("order protobuf json", "to JSON text", False)):
        ns = ours[name]
        yield Row("records", f"Protobuf, an order: {words}", precise(ns),
                  ratio(ns, {"libprotobuf's generated class": library}),
                  "≥ 1 × libprotobuf" if counts else "", ns <= library if counts else None,
                  note_of(counted, name), {"ns": ns, "library": library})


def json_rows(ours, rows, counted):
    size = {row["name"]: row["bytes"] for row in rows}
    for name, words, goal in (("order json view", "to a view", None),
                              ("order json validated", "to a view, validated", 1.0),
                              ("order json decode", "to a struct", None)):
        ns = ours[name]
        speed = size[name] / ns
        yield Row("records", f"JSON, an order of {size[name]} bytes: {words}", precise(ns),
                  f"{speed:.2f} GB/s", f"≥ {goal:g} GB/s" if goal else "",
                  speed >= goal if goal else None, note_of(counted, name), {"ns": ns})
