"""Torture of a real server from outside; scripts/torture says what and why."""

import argparse
import collections
import contextlib
import itertools
import multiprocessing
import os
import pathlib
import platform
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time

import disk
import faults
import places
import worker
import world
from server import Server
from wire import Connection, Lost, Refused

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKERS = 4
PATIENCE = 30  # seconds for anything that must happen


class Crew:
    """The workers, each a process."""

    def __init__(self, port):
        numbers = multiprocessing.Array("q", WORKERS * len(worker.Progress.FIELDS), lock=False)
        self.stopping = multiprocessing.Value("b", 0, lock=False)
        self.progress = [worker.Progress(numbers, index) for index in range(WORKERS)]
        self._pipes, self._busy = [], set()
        for index in range(WORKERS):
            ours, theirs = multiprocessing.Pipe()
            multiprocessing.Process(
                target=worker.serve, daemon=True,
                args=(theirs, index, port, self.progress[index], self.stopping)).start()
            theirs.close()
            self._pipes.append(ours)

    def begin(self, *commands):
        """One command for each worker: (name, parameters)."""
        self.stopping.value = 0
        for index, (name, *parameters) in enumerate(commands):
            self.progress[index].clear()
            self._pipes[index].send((name, parameters))
            self._busy.add(index)

    def finish(self):
        """Wait for all of them; their answers."""
        self.stopping.value = 1
        answers, wrong = [], []
        for index in sorted(self._busy):
            if not self._pipes[index].poll(4 * PATIENCE):
                wrong.append(f"worker {index} does not come to an end")
                continue
            outcome, answer = self._pipes[index].recv()
            (answers if outcome == "done" else wrong).append(answer)
        self._busy.clear()
        if wrong:
            raise AssertionError("; ".join(wrong))
        return answers

    def do(self, name, *parameters):
        """The same for each, until they are done."""
        self.begin(*[(name, *parameters)] * WORKERS)
        return self.finish()

    def count(self, *fields):
        return sum(progress[field] for progress in self.progress for field in fields)

    def wait(self, what, condition):
        """Until the condition holds; an error when a worker ends before that, or patience."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if self.count("done"):
                self.finish()
                raise AssertionError(f"the connection was lost while waiting until {what}")
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {PATIENCE} s: {what}")
            time.sleep(0.0005)


class Shared:
    """The schema that all workers write to, with definitions that others try as well."""

    def __init__(self):
        self.known = {}  # text -> (number, id), as acknowledged
        self.doubts = set()

    def learn(self, reports):
        for report in reports:
            for text, number, id_ in report.get("shared", ()):
                earlier = self.known.setdefault(text, (number, id_))
                if earlier != (number, id_):
                    raise AssertionError(f"one definition was acknowledged as version {earlier} "
                                         f"and as {(number, id_)}: {text}")
            self.doubts.update(report.get("shared_doubts", ()))

    def judge(self, connection):
        """The ids that are there."""
        observed = world.observe(connection, worker.SHARED)
        by_text = {}
        for number, version in observed.versions.items():
            if by_text.setdefault(version.text, number) != number:
                raise AssertionError(f"two versions hold {version.text}")
        for text, (number, id_) in self.known.items():
            found = observed.versions.get(number)
            if not found or (found.text, found.id) != (text, id_):
                raise AssertionError(f"acknowledged as version {number}, {id_}: {text}; found "
                                     f"{world.brief(found)}")
        extra = by_text.keys() - self.known.keys() - {'"null"'}
        if extra - self.doubts:
            raise AssertionError(f"nobody was told of {extra - self.doubts}")
        if sorted(observed.versions) != list(range(1, observed.last_number + 1)):
            raise AssertionError(f"numbers {sorted(observed.versions)} of {observed.last_number}")
        self.doubts.clear()
        self.known |= {text: (by_text[text], observed.versions[by_text[text]].id)
                       for text in extra}
        return [version.id for version in observed.versions.values()]


class Torture:
    def __init__(self, options, work, library, without):
        self.options, self.work, self.library, self.without = options, work, library, without
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.crew = Crew(port)
        self.port = port
        self.counts = collections.Counter()
        self.operations = collections.Counter()
        self.starts = []  # seconds, after a kill
        self.faults = {}  # name -> Counter
        self.worlds = itertools.count()
        self.at = "before the first round"
        self.server = self.place = None

    # ---- worlds ---------------------------------------------------------------------------------

    def fresh_world(self, kind=places.Folder):
        """A folder with nothing in it, and a server that has not begun."""
        if self.place:
            self.place.remove()
        name = f"world-{next(self.worlds)}"
        journals = self.work / f"{name}-journals"
        journals.mkdir(parents=True)
        self.place = kind(self.work / name)
        self.disk = disk.FaultyDisk(self.library, journals / "disk", self.place.path / "data")
        self.server = Server(self.options.binary, self.place.path / "data",
                             journals / "limpet.log", self.port)
        self.shared = Shared()
        self.crew.begin(*[("fresh", journals / f"writer-{n}.jsonl") for n in range(WORKERS)])
        self.crew.finish()
        self.server.start()
        with Connection(self.port) as connection:
            connection.call("CreateRegistry", RegistryName=world.REGISTRY)
            connection.call("CreateSchema", RegistryId={"RegistryName": world.REGISTRY},
                            SchemaName=worker.SHARED, DataFormat="AVRO", Compatibility="NONE",
                            SchemaDefinition='"null"')
        self.counts["folders"] += 1

    def end_world(self):
        if self.place:
            self.place.remove()
        self.place = None

    # ---- what rounds are made of ----------------------------------------------------------------

    def learn(self, reports):
        self.shared.learn(reports)
        for report in reports:
            self.operations.update(report.get("operations", {}))
            self.counts["acknowledged"] += sum(report.get("operations", {}).values())
        return reports

    def judge(self):
        """Everything that was acknowledged must be there, and nothing that nobody was told of."""
        ids = []
        for report in self.crew.do("judge"):
            ids += report.pop("ids")
            self.counts.update({f"judged {name}": count for name, count in report.items()})
        with Connection(self.port) as connection:
            shared = self.shared.judge(connection)
        self.counts["judged versions"] += len(shared)
        ids += shared
        if len(set(ids)) != len(ids):
            raise AssertionError(f"an id names two versions: "
                                 f"{[i for i, n in collections.Counter(ids).items() if n > 1]}")
        self.counts["judgements"] += 1

    def restart(self):
        """Start after a kill, on a good disk."""
        self.server.disk = None
        seconds = self.server.start()
        self.starts.append(seconds)

    def check(self):
        """`limpet check` over the folder of the dead server."""
        done = subprocess.run([self.options.binary, "check", "--data", self.server.data],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"limpet check ended with {done.returncode}: "
                                 f"{(done.stdout + done.stderr)[-3000:]}")
        self.counts["clean checks"] += 1

    # ---- kill -9 --------------------------------------------------------------------------------

    def kill_rounds(self, rounds):
        left = 0  # rounds of this folder
        for number in range(1, rounds + 1):
            rng = random.Random(f"{self.options.seed}/kill/{number}")
            self.at = f"kill round {number}"
            if left == 0:
                self.fresh_world()
                left = rng.randrange(4, 14)
            left -= 1
            way = rng.choices(("moment", "disk call", "start"), (40, 40, 20))[0]
            self.kill_round(rng, way)
            self.counts["kills"] += 1
            self.counts[f"kills by {way}"] += 1
            last = left == 0 or number == rounds
            if last or number % self.options.check_every == 0:
                self.server.kill()
                self.check()
                if not last:
                    self.server.start()
            if number % 50 == 0 or number == rounds:
                self.say(f"{number} kill rounds, {self.counts['acknowledged']} writes acknowledged")
        self.end_world()

    def kill_round(self, rng, way):
        """From a running server to a running server, by way of a kill while it was written to."""
        if way == "start":
            self.kill_while_starting(rng)
            return self.judge()
        if way == "disk call":  # between two calls, or in the midst of a write
            self.server.kill()
            self.disk.heal()
            self.server.disk = self.disk
            self.server.start()
        self.crew.begin(*[("write", rng.random()) for _ in range(WORKERS)])
        self.crew.wait("writers are acknowledged", lambda: self.crew.count("acknowledged") >= 5)
        if way == "disk call":
            self.disk.set(torn=rng.choice((0, 0, 512, 1020, rng.randrange(1024))),
                          kill_at=int(10 ** rng.uniform(0, 4.2)))
            deadline = time.monotonic() + PATIENCE
            while self.server.is_running():
                if time.monotonic() > deadline:
                    raise AssertionError("the server makes no disk calls")
                time.sleep(0.0005)
        else:
            # The moment of the kill, not a wait for anything.
            time.sleep(rng.uniform(0, rng.choice((0.1, 0.25, 0.25, 0.8))))
        self.server.kill()
        self.learn(self.crew.finish())
        self.restart()
        self.judge()

    def kill_while_starting(self, rng):
        """A start reads the log again, and moves it into the database file: a checkpoint."""
        self.server.kill()
        if rng.random() < 0.7:
            within_checkpoint = rng.random() < 0.6
            self.disk.heal()
            self.disk.set(kill_at=int(10 ** rng.uniform(0, 2)), torn=rng.randrange(1024),
                          in_database=int(within_checkpoint))
            self.server.disk = self.disk
            if self.server.start() is None:
                self.counts["kills within a checkpoint"] += within_checkpoint
        else:
            self.server.spawn()
            time.sleep(rng.uniform(0, 0.02))
        self.server.kill()
        self.restart()

    # ---- is a loss found? -----------------------------------------------------------------------

    def planted_rounds(self):
        """Damage a folder between a kill and the start: the judgement must find it."""
        for plant in (self.plant_short_log, self.plant_missing_version):
            rng = random.Random(f"{self.options.seed}/{plant.__name__}")
            self.at = plant.__name__
            self.fresh_world()
            self.crew.begin(*[("write", rng.random()) for _ in range(WORKERS)])
            self.crew.wait("writers are acknowledged",
                           lambda: self.crew.count("acknowledged") >= 100)
            self.server.kill()
            self.shared.learn(self.crew.finish())
            plant()
            self.server.start()
            try:
                self.judge()
            except (AssertionError, Refused):  # seen by us, or by the server: a typed 500
                self.counts["planted losses found"] += 1
            else:
                raise AssertionError("a planted loss was not found")
            self.server.kill()
        self.end_world()

    def plant_short_log(self):
        log = self.server.data / "limpet.db-wal"
        os.truncate(log, log.stat().st_size // 2)

    def plant_missing_version(self):
        with contextlib.closing(sqlite3.connect(self.server.data / "limpet.db")) as database:
            key, = database.execute("SELECT key FROM kv WHERE key LIKE '%!schema-version!%' "
                                    "LIMIT 1").fetchone()
            database.execute("DELETE FROM kv WHERE key = ?", (key,))
            database.commit()

    # ---- faults of the disk ---------------------------------------------------------------------

    def fault_rounds(self, rounds):
        for kind in faults.KINDS:
            if kind not in self.options.faults:
                continue
            ways = [way for way in faults.LIBRARY + faults.ON_TMPFS + faults.ON_EXT4
                    if way.kind == kind and way.place not in self.without]
            for number in range(1, max(rounds, len(ways)) + 1):
                way = ways[(number - 1) % len(ways)]
                self.at = f"{kind} round {number}, {way.name}"
                self.fault_round(random.Random(f"{self.options.seed}/{kind}/{number}"), way)
            self.say(f"{kind}: {max(rounds, len(ways))} rounds")
        self.end_world()

    def fault_round(self, rng, way):
        counts = self.faults.setdefault(way.name, collections.Counter())
        self.fresh_world(way.place)
        fault = way(rng, self.place, self.disk)
        if way.uses_library:
            self.server.kill()
            self.server.disk = self.disk
            self.server.start()
        crew = self.crew
        crew.begin(*[("write", rng.random()) for _ in range(WORKERS)])
        crew.wait("every writer is acknowledged",
                  lambda: all(progress["acknowledged"] >= 15 for progress in crew.progress))
        self.learn(crew.finish())
        self.judge()

        crew.begin(("read", rng.random()), *[("write", rng.random()) for _ in range(WORKERS - 1)])
        crew.wait("reads and writes run", lambda: crew.count("acknowledged") >= 20
                  and crew.count("reads") >= 20)
        reads = crew.count("reads")
        fault.begin()
        begun = time.monotonic()
        if way.stops_writes:
            crew.wait("writes are refused", lambda: crew.count("refused", "unknown") >= 10)
        crew.wait("reads go on", lambda: crew.count("reads") >= reads + 100)
        if not way.stops_writes:
            hold = rng.uniform(1, 3)
            while time.monotonic() < begun + hold:
                reads = crew.count("reads")
                crew.wait("reads go on", lambda: crew.count("reads") >= reads + 50)
        killed_within = not way.heals or rng.random() < 0.4
        if killed_within:
            # A process that waits for a frozen file system dies when it thaws.
            self.server.process.send_signal(signal.SIGKILL)
            if way.heals:
                fault.end()
            self.server.kill()
            if not way.heals:
                fault.end()
        else:
            acknowledged = crew.count("acknowledged")
            fault.end()
            crew.wait("writes work again without a restart",
                      lambda: crew.count("acknowledged") >= acknowledged + 30)
        reports = self.learn(crew.finish())
        if not killed_within:
            for report in reports:
                if report["lost"]:
                    raise AssertionError(f"a connection was lost: {report['lost']}")
            self.judge()
            counts["recovered without a restart"] += 1
            self.server.kill()
        else:
            counts["killed within the fault"] += 1
        self.restart()
        self.judge()
        self.server.kill()
        self.check()
        counts["rounds"] += 1
        counts["reads"] += reports[0]["reads"]
        counts["slowest read, ms"] = max(counts["slowest read, ms"],
                                         round(reports[0]["slowest"] * 1000))
        for report in reports[1:]:
            counts.update(report["errors"])

    # ---- the report -----------------------------------------------------------------------------

    def say(self, text):
        print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)

    def report(self):
        counts, starts = self.counts, sorted(self.starts) or [0.0]
        lines = [
            f"seed {self.options.seed}, {platform.machine()}, {os.cpu_count()} processors, "
            f"{self.options.binary}",
            f"{counts['kills']} kills with -9: "
            + ", ".join(f"{counts[f'kills by {way}']} by {way}"
                        for way in ("moment", "disk call", "start")),
            f"{counts['acknowledged']} acknowledged writes: "
            + ", ".join(f"{count} {name}" for name, count in self.operations.most_common()),
            f"{counts['judgements']} times everything was read back: "
            f"{counts['judged versions']} versions compared, {counts['judged gone']} deleted ones "
            f"asked for",
            f"{counts['judged doubts_kept'] + counts['judged doubts_absent']} writes without an "
            f"answer: {counts['judged doubts_kept']} there and whole, "
            f"{counts['judged doubts_absent']} absent",
            f"{len(self.starts)} starts after a kill: median "
            f"{starts[len(starts) // 2] * 1000:.0f} ms, worst {starts[-1] * 1000:.0f} ms",
            f"{counts['kills within a checkpoint']} of the kills hit a checkpoint for certain; "
            f"{counts['planted losses found']} of 2 planted losses found",
            f"{counts['clean checks']} times limpet check over one of {counts['folders']} folders:"
            " nothing wrong",
        ]
        for name, numbers in self.faults.items():
            lines.append(f"{name}: " + ", ".join(f"{key} {value}"
                                                 for key, value in numbers.items()))
        return "\n".join(lines)


def parse_options(arguments, description):
    parser = argparse.ArgumentParser(prog="scripts/torture", description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1000, help="kill -9 rounds (1000)")
    parser.add_argument("--fault-rounds", type=int, default=None,
                        help="rounds of each other fault (a 50th of --rounds)")
    parser.add_argument("--seed", help="repeats the choices of an earlier run")
    parser.add_argument("--faults", default="kill,full,readonly,ioerror,frozen",
                        help="which to do (kill,full,readonly,ioerror,frozen)")
    parser.add_argument("--short", action="store_true", help="about a minute in all")
    parser.add_argument("--check-every", type=int, default=10,
                        help="rounds between two runs of limpet check (10)")
    parser.add_argument("--binary", type=pathlib.Path, default=pathlib.Path(
        os.environ.get("LIMPET_BINARY", ROOT / "build/release/bin/limpet")))
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/torture",
                        help="where the folders are made (build/torture)")
    options = parser.parse_args(arguments)
    options.faults = options.faults.split(",")
    if unknown := set(options.faults) - {"kill", *faults.KINDS}:
        parser.error(f"no such fault: {', '.join(unknown)}")
    if options.short:
        options.rounds, options.fault_rounds = 60, 2
    if options.fault_rounds is None:
        options.fault_rounds = max(1, options.rounds // 50)
    options.seed = options.seed or str(random.SystemRandom().randrange(10 ** 9))
    return options


def main(arguments, description):
    options = parse_options(arguments, description)
    wants_places = set(options.faults) & set(faults.KINDS)
    without = {}
    if wants_places:
        again = [sys.executable, sys.argv[0], *arguments, "--seed", options.seed]
        if reason := places.enter_namespace(again):
            without = {places.Tmpfs: reason, places.Ext4: reason}
    options.work.mkdir(parents=True, exist_ok=True)
    work = options.work / f"run-{os.getpid()}"
    work.mkdir()
    if wants_places and not without:
        if reason := places.why_no_ext4(work):
            without = {places.Ext4: reason}
    library = disk.build_library(options.work)
    print(f"seed {options.seed}", flush=True)
    for place, reason in without.items():
        print(f"without {place.__name__.lower()}: {reason}; the library stands in", flush=True)
    torture = Torture(options, work, library, without)
    try:
        torture.planted_rounds()
        if "kill" in options.faults:
            torture.kill_rounds(options.rounds)
        torture.fault_rounds(options.fault_rounds)
    except (AssertionError, Lost, Refused, OSError) as error:
        print(f"\nFAILED in {torture.at}: {error}\n", flush=True)
        print(torture.report())
        print(f"\nrepeat with --seed {options.seed}; the folder and the journals are in {work}")
        if torture.server and torture.server.process:
            torture.server.kill()
        return 1
    print("\n" + torture.report())
    (options.work / "report.txt").write_text(torture.report() + "\n")
    subprocess.run(["rm", "-rf", work], check=True)
    print("passed: nothing that was acknowledged is lost")
    return 0
