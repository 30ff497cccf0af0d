"""Start, recovery, backup, memory."""

import statistics
import subprocess
import time

from . import machine, wire
from .bench import stream
from .processes import Failed, http_bytes
from .reads import get_requests
from .report import Row
from .writes import make_schemas, new_versions


EMPTY_MIB = 15
CACHES_MIB = 64 + 64  # pages of the store; finished answers (--read-cache)


def timed_start(server, request):
    """Seconds from before the process is made to the first answer of health and of the API."""
    with machine.pinned(machine.LOAD_CORE):  # asking must not take the server's time
        begun = time.perf_counter()
        server.spawn()
        server.await_answer("GET", "/healthz")
        healthy = time.perf_counter() - begun
        server.await_bytes(request(server.host))
        return healthy, time.perf_counter() - begun


def first_read(row):
    return lambda host: http_bytes(host, "POST", "/", *call_parts(
        "GetSchemaVersion", '{"SchemaVersionId":"%s"}' % row[0]))


def call_parts(operation, body):
    return body.encode(), {"X-Amz-Target": f"AWSGlue.{operation}", "Content-Type": wire.CONTENT_TYPE}


def starts(bench, data, row, count):
    times = []
    for _ in range(count):
        server = bench.limpet(data)
        with server_ended(server):
            times.append(timed_start(server, first_read(row)))
    return times


class server_ended:
    """The other half of Child: starting is what is timed."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        return self.server

    def __exit__(self, *what):
        self.server.__exit__(*what)


def start_row(bench, measure, schemas, count, goal_ms):
    data, ids = bench.filled(schemas)
    [row] = ids.first(1)
    starts(bench, data, row, 1)  # what the folder needs once, and the page cache
    times = starts(bench, data, row, count)
    healthy, answered = (statistics.median(column) * 1e3 for column in zip(*times))
    return Row(measure, f"start to first answer, {schemas:,} schemas", f"{answered:.1f} ms",
               goal=f"≤ {goal_ms} ms", passed=answered <= goal_ms,
               note=f"median of {count}, from before fork to the answer of GetSchemaVersion; "
                    f"/healthz after {healthy:.1f} ms; least {min(t[1] for t in times) * 1e3:.1f} ms",
               numbers={"times": times})


def measure_start(bench):
    """From exec to the first answer."""
    sizes = bench.sizes
    yield start_row(bench, "start", sizes.schemas, sizes.starts, 10)
    if sizes.many_schemas:
        yield start_row(bench, "start", sizes.many_schemas, sizes.starts_many, 100)


def measure_recovery(bench):
    """kill -9 under 64 writers, then start."""
    sizes = bench.sizes
    schemas = sizes.many_schemas or sizes.schemas
    source, ids = bench.filled(schemas)
    [row] = ids.first(1)
    data = bench.copy(source, "recovery")
    times, first = [], 0
    for attempt in range(3):
        with bench.limpet(data) as server:
            if attempt == 0:
                make_schemas(server, "recovery", 100)
            numbers = range(first, first + int(4_000 * sizes.seconds))
            first = numbers.stop
            requests = new_versions(bench, server.host, "recovery", "recovery", 100, numbers)
            bench.load.run(server, stream("writes", requests, connections=64, once=True),
                           seconds=sizes.seconds)
            log = server.metrics()["limpet_store_log_bytes"]
            server.kill()
        server = bench.limpet(data)
        with server_ended(server):
            times.append((timed_start(server, first_read(row))[1], log))
    worst, log = max(times)
    yield Row("recovery", f"recovery after kill -9, {schemas:,} schemas", f"{worst * 1e3:,.0f} ms",
              goal="≤ 1 s", passed=worst <= 1,
              note=f"the slowest of {len(times)}, to the first answer of GetSchemaVersion; log of "
                   f"{log / 2**20:.1f} MiB", numbers={"times": times})


def measure_backup(bench):
    """Online backup and restore."""
    sizes = bench.sizes
    schemas = sizes.many_schemas or sizes.schemas
    if not bench.has_command("backup"):
        yield Row("backup", "backup and restore", "not measured", note="this build has no backup")
        return
    data, _ = bench.filled(schemas)
    target, restored = bench.work / "backup.limpet", bench.fresh("restored")
    for name, folder in (("backup", data), ("restore", restored)):
        begun = time.perf_counter()
        done = subprocess.run([bench.binary, name, target, "--data", folder], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"limpet {name}: {done.stderr.strip()[-400:]}")
        seconds = time.perf_counter() - begun
        size = target.stat().st_size / 2**20
        yield Row("backup", f"{name} of {schemas:,} schemas", f"{seconds:,.1f} s",
                  note=f"file of {size:,.0f} MiB, {size / seconds:,.0f} MiB/s",
                  numbers={"seconds": seconds, "mebibytes": size})
    target.unlink()


def measure_memory(bench):
    """Resident memory: empty, and with much stored and read."""
    sizes = bench.sizes
    with bench.limpet(bench.fresh("empty")) as server:
        for _ in range(10):
            server.call("ListRegistries")
        yield memory_row("empty, after 10 calls", server.memory(), EMPTY_MIB)
    schemas = sizes.many_schemas or sizes.schemas
    data, ids = bench.filled(schemas)
    with bench.limpet(data) as server:
        requests = get_requests(bench, server, "memory", ids.sample(sizes.sampled, bench.random))
        [result] = bench.load.run(server, stream("memory", requests, once=True), seconds=60)
        yield memory_row(f"{schemas:,} schemas stored, {result['answers']:,} of them read",
                         server.memory(), EMPTY_MIB, CACHES_MIB)


def memory_row(what, memory, empty, caches=0):
    goal = f"≤ {empty} MiB" + (f" and caches of {caches} MiB" if caches else "")
    return Row("memory", f"resident memory, {what}", f"{memory['rss']:.1f} MiB", goal=goal,
               passed=memory["rss"] <= empty + caches,
               note=f"VmRSS, shared libraries included; {memory['pss']:.1f} MiB proportional, "
                    f"{memory['private']:.1f} MiB private", numbers=memory)
