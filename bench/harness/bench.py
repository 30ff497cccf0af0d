"""What every measure is given: programs, folders, sizes, and the floor to compare with."""

import contextlib
import dataclasses
import pathlib
import random
import shutil
import statistics
import subprocess

from . import wire
from .processes import Limpet, Load, Responder, stream


@dataclasses.dataclass
class Sizes:
    """How much of everything."""

    seconds: float = 3.0       # of one run of load
    warmup: float = 0.5
    rounds: int = 3            # floor and subject in turn
    schemas: int = 10_000      # in the small folder
    many_schemas: int = 1_000_000
    registries: int = 100
    hot: int = 1_000
    sampled: int = 100_000     # ids of a run over all: no more than it sends
    starts: int = 15
    starts_many: int = 7
    syncs: int = 3_000
    one_client_versions: int = 2_000
    growth: tuple = (10, 100, 1_000, 10_000)
    growth_window: int = 200
    schema_seconds: float = 0.2   # of one round
    schema_rounds: int = 9
    consume_records: int = 2_000_000
    consume_rounds: int = 5
    instructions: bool = True     # counted as well

    @classmethod
    def quick(cls):
        """Enough to see that everything runs."""
        return cls(seconds=0.3, warmup=0.1, rounds=1, schemas=300, many_schemas=0, registries=30,
                   hot=100, sampled=300, starts=2, starts_many=2, syncs=200, one_client_versions=100,
                   growth=(10, 60), growth_window=20, schema_seconds=0.001, schema_rounds=1,
                   consume_records=5_000, consume_rounds=1,
                   instructions=False)


class Bench:
    def __init__(self, build, folder, sizes, say):
        self.binary = build / "bin" / "limpet"
        self.programs = build / "bin"
        self.folder = folder
        self.work = folder / "work"
        self.sizes = sizes
        self.say = say
        self.load = Load(self.programs)
        self.random = random.Random(20_260_101)
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    # ---- data folders -------------------------------------------------------------------------------

    def filled(self, schemas):
        """A folder with so many schemas and the list of (version id, registry, schema); made once,
        since a million take minutes. A server may run on it; what it writes there stays."""
        data = self.folder / "folders" / f"schemas-{schemas}"
        ids = data.with_suffix(".ids")
        done = data.with_suffix(".done")
        if not done.exists():
            shutil.rmtree(data, ignore_errors=True)
            data.parent.mkdir(parents=True, exist_ok=True)
            self.say(f"filling a folder with {schemas:,} schemas, once")
            # A cache that holds the folder, where there is memory: ids are random, so are the pages.
            subprocess.run([self.programs / "bench_fill", "--data", data, "--ids", ids,
                            "--schemas", str(schemas), "--registries", str(self.sizes.registries),
                            "--cache-mebibytes", str(min(4096, 64 + schemas // 100))], check=True)
            done.touch()
        return data, Ids(ids)

    def copy(self, data, name):
        """A copy that the measure may spoil."""
        copy = self.work / name
        shutil.rmtree(copy, ignore_errors=True)
        subprocess.run(["cp", "-r", "--reflink=auto", data, copy], check=True)
        return copy

    def fresh(self, name):
        data = self.work / name
        shutil.rmtree(data, ignore_errors=True)
        return data

    # ---- processes ----------------------------------------------------------------------------------

    def limpet(self, data, *options, signed=False, tls=None):
        return Limpet(self.binary, self.work / "limpet", data, *options, signed=signed, tls=tls)

    def has_option(self, name):
        return f"\n  {name}  (" in self.words_of("options")

    def has_command(self, name):
        return f"\n  {name} " in self.words_of("--help")

    def words_of(self, argument):
        return subprocess.run([self.binary, argument], capture_output=True, text=True,
                              check=True).stdout

    @contextlib.contextmanager
    def floor(self):
        """The bare responder; its answer is the bytes that limpet answered to a GetSchemaVersion."""
        answer = self.work / "answer.http"
        if not answer.exists():
            data, ids = self.filled(self.sizes.schemas)
            [row] = ids.first(1)
            with self.limpet(data) as server:
                answer.write_bytes(server.exchange(wire.request(
                    server.host, "GetSchemaVersion", {"SchemaVersionId": row[0]})))
        with Responder(self.programs, answer) as responder:
            yield responder

    def requests(self, name, requests):
        return wire.write_requests(self.work / f"{name}.requests", requests)

    def alternate(self, subject, subject_requests, floor, **options):
        """Closed loops on the floor and on the subject in turn; the median rates and CPU times.

        The floor is sent the subject's own requests, so that it reads as many bytes."""
        sizes = self.sizes
        results = {"floor": [], "subject": []}
        for _ in range(sizes.rounds):
            for name, child in (("floor", floor), ("subject", subject)):
                [result] = self.load.run(child, stream(name, subject_requests, **options),
                                         seconds=sizes.seconds, warmup=sizes.warmup)
                results[name].append(result)
        return Comparison(**{name: median_of(runs) for name, runs in results.items()})


@dataclasses.dataclass
class Comparison:
    floor: dict
    subject: dict

    @property
    def ratio(self):
        return self.subject["rate"] / self.floor["rate"]

    @property
    def cpu_ratio(self):
        """The same from the server core's processor time per answer, which a busy machine disturbs
        less than it does the rates."""
        return self.floor["cpu_us"] / self.subject["cpu_us"] if self.subject["cpu_us"] else 0

    def numbers(self):
        return {"floor": self.floor, "subject": self.subject, "ratio": self.ratio,
                "cpu_ratio": self.cpu_ratio}


def median_of(runs):
    """The run with the median rate, and the median of the CPU times."""
    ordered = sorted(runs, key=lambda run: run["rate"])
    return {**ordered[len(ordered) // 2],
            "cpu_us": statistics.median(run["cpu_us"] for run in runs),
            "rates": [run["rate"] for run in ordered]}


class Ids:
    """Lines of (version id, registry, schema) of a filled folder, read where they are needed."""

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def first(self, count):
        with open(self.path, encoding="ascii") as lines:
            return [line.split() for line, _ in zip(lines, range(count))]

    def sample(self, count, source):
        with open(self.path, encoding="ascii") as lines:
            rows = lines.readlines()
        return [row.split() for row in source.sample(rows, min(count, len(rows)))]
