"""What reading a topic costs: bench_consume and `limpet consume` against librdkafka alone.

A real Apache Kafka on the load's core, the reader with all its threads on the server's. Ratios are
of processor time, all threads of the process and the kernel's work for them included: rates say as
much on a quiet machine, but the broker's and other programs' work shows in them."""

import os
import pathlib
import shutil
import statistics
import subprocess

from . import machine
from .peers import counted, precise, run
from .processes import Failed, Kafka
from .report import Row, percent, rate

DOCUMENTS = pathlib.Path(__file__).resolve().parents[1] / "records"
# kind of record: what it is, its definition, its format, how many to the Avro ones'. Goals are
# for the first, whose bytes are few, so that what is done with each counts most.
GOALS = "user"
KINDS = {
    "user": ("Avro, tutorial's record", "user.avsc", "AVRO", 1),
    "order-protobuf": ("Protobuf, an order", "order.proto", "PROTOBUF", 0.25),
    "order-json": ("JSON, an order", "order.json", "JSON", 0.25),
}
# way: what it is, least part of librdkafka's own rate
WAYS = {
    "wrapped": ("kafka::Consumer", None),
    "struct": ("and each record to a struct", 0.80),
    "view": ("and each record to a view", 0.80),
    "json": ("and each printed as `limpet consume --output json` does", 0.40),
    "value": ("and each printed as `--output value` does", 0.40),
    "pretty": ("and each printed as `--output pretty` does", 0.40),
}
# librdkafka's own interface; the cheaper one is the floor.
FLOORS = {"bare": "with kafka::Consumer's properties", "bare defaults": "as it comes"}
ONE_BY_ONE = "bare poll"
FORMS = ("json", "value", "pretty")


def measure_consume(bench):
    sizes = bench.sizes
    data = bench.fresh("consume-registry")
    with Kafka(bench.fresh("consume-kafka")) as kafka, bench.limpet(data) as registry:
        for kind, (words, definition, data_format, part) in KINDS.items():
            records = max(1_000, int(sizes.consume_records * part))
            topic = f"bench-{kind}"
            made = registry.call(
                "CreateSchema", SchemaName=topic, DataFormat=data_format, Compatibility="NONE",
                SchemaDefinition=(DOCUMENTS / definition).read_text(encoding="utf-8"))
            program = Program(bench, kafka, kind, made["SchemaVersionId"])
            bench.say(f"consume: {records:,} records, {words}")
            program.fill(topic, records)
            readings = program.read(topic, (*FLOORS, ONE_BY_ONE, *WAYS), records,
                                    sizes.consume_rounds)
            counts = {}
            if kind == GOALS and sizes.instructions:
                counts = program.count(("bare", *WAYS))
            yield from rows_of(words, kind == GOALS, readings, counts)
            if kind == GOALS:
                yield from whole_rows(bench, words, kafka, registry, topic, program, records)


class Program:
    """bench_consume on one broker and one kind of record."""

    def __init__(self, bench, kafka, kind, version):
        self.command = [bench.programs / "bench_consume", "--bootstrap", kafka.host,
                        "--documents", DOCUMENTS, "--record", kind, "--id", version]

    def on(self, topic, records, *words):
        return [*self.command, "--topic", topic, "--records", records, *words]

    def fill(self, topic, records):
        run(self.on(topic, records, "--fill"))

    def read(self, topic, ways, records, rounds):
        """{way: its readings}, the ways in turn."""
        chosen = [word for way in ways for word in ("--way", way)]
        readings = {way: [] for way in ways}
        for reading in run(self.on(topic, records, *chosen, "--rounds", rounds)):
            readings[reading["way"]].append(reading)
        return readings

    def count(self, ways, few=20_000, many=120_000):
        """{way: instructions for a record}, in all threads. Of topics that hold no more: what a
        client has fetched and not yet shown has cost, too. Nothing where there is no valgrind."""
        if not shutil.which("valgrind"):
            return {}
        for records in (few, many):
            self.fill(f"bench-{records}", records)
        return {way: (counted(self.on(f"bench-{many}", many, "--way", way))
                      - counted(self.on(f"bench-{few}", few, "--way", way))) / (many - few)
                for way in ways}


def nanoseconds(readings):
    """Processor time for a record."""
    return statistics.median(r["processor_seconds"] / r["records"] * 1e9 for r in readings)


def rate_of(readings):
    return statistics.median(r["records"] / r["seconds"] for r in readings)


def note_of(readings, counts):
    reading = readings[0]
    parts = [rate(rate_of(readings)), f"{reading['bytes'] / reading['records']:.0f} bytes a record"]
    if reading["made"]:
        parts.append(f"{reading['made'] / reading['records']:.0f} bytes of text")
    if counts:
        parts.append(f"{counts:,.0f} instructions")
    return "; ".join(parts)


def rows_of(words, goals, readings, instructions):
    floor = min(FLOORS, key=lambda way: nanoseconds(readings[way]))
    for way, what in {**FLOORS, ONE_BY_ONE: "a message a call"}.items():
        yield Row("consume", f"{words}: librdkafka alone, {what}",
                  precise(nanoseconds(readings[way])), "the floor" if way == floor else "",
                  note=note_of(readings[way], instructions.get(way)),
                  numbers={"readings": readings[way]})
    for way, (what, least) in WAYS.items():
        yield row_of(f"{words}: {what}", nanoseconds(readings[way]), nanoseconds(readings[floor]),
                     least if goals else None, note_of(readings[way], instructions.get(way)),
                     {"readings": readings[way]})


def row_of(what, ns, floor, least, note, numbers):
    kept = floor / ns
    return Row("consume", what, precise(ns), f"{percent(kept)} of librdkafka",
               f"≥ {percent(least)}" if least else "", kept >= least if least else None, note,
               {"ns": ns, "floor": floor, **numbers})


def whole_rows(bench, words, kafka, registry, topic, program, records):
    """The whole program from start to end beside the floor's."""
    commands = {way: program.on(topic, records, "--way", way) for way in FLOORS}
    for form in FORMS:
        commands[form] = [bench.binary, "consume", "-t", topic, "--bootstrap", kafka.host,
                          "--endpoint", f"http://{registry.host}", "--no-sign", "--until-end",
                          "--output", form]
    used = {name: [] for name in commands}
    for _ in range(bench.sizes.consume_rounds):
        for name, command in commands.items():
            used[name].append(processor_seconds(command) / records * 1e9)
    medians = {name: statistics.median(times) for name, times in used.items()}
    floor = min(medians[way] for way in FLOORS)
    yield Row("consume", f"{words}: librdkafka alone, a whole process", precise(floor), "the floor",
              numbers={"ns": used})
    for form in FORMS:
        yield row_of(f"{words}: limpet consume --output {form}, the whole process", medians[form],
                     floor, 0.40, "", {"all": used[form]})


def processor_seconds(command):
    """All of its threads, its start and its end."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("AWS_", "LIMPET_", "KAFKA_"))}
    with machine.pinned(machine.SERVER_CORE):
        child = subprocess.Popen([str(word) for word in command], env=env,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stderr.close()
    if child.returncode:
        raise Failed(f"{command[0]}: {said.strip()[-600:]}")
    return usage.ru_utime + usage.ru_stime
