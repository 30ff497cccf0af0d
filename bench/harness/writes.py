"""New versions: against one fdatasync, many clients against one, and as a history grows."""

import json
import subprocess

from . import wire
from .bench import stream
from .processes import Failed
from .report import Row, micros, rate


def fdatasync(bench):
    """p50 of one 4 KiB write and its fdatasync, in microseconds, where the data lies."""
    done = subprocess.run([bench.programs / "bench_fdatasync", "--folder", bench.work, "--count",
                           str(bench.sizes.syncs)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["latency_us"]


def make_schemas(server, registry, count):
    server.call("CreateRegistry", RegistryName=registry)
    for number in range(count):
        server.call("CreateSchema", RegistryId={"RegistryName": registry},
                    SchemaName=f"schema{number:04d}", DataFormat="AVRO", Compatibility="BACKWARD",
                    SchemaDefinition=wire.definition(9_999_999))


def new_versions(bench, host, name, registry, schemas, numbers):
    """Each number a new version, of the schemas in turn."""
    return bench.requests(name, (
        wire.request(host, "RegisterSchemaVersion",
                     {"SchemaId": {"RegistryName": registry,
                                   "SchemaName": f"schema{number % schemas:04d}"},
                      "SchemaDefinition": wire.definition(number)}) for number in numbers))


def measure_writes(bench):
    """One client, and 64."""
    sizes = bench.sizes
    schemas = 100
    rounds = []
    with bench.limpet(bench.fresh("writes")) as server:
        make_schemas(server, "bench", schemas)
        first = 0
        for _ in range(sizes.rounds):
            sync = fdatasync(bench)
            count = sizes.one_client_versions
            requests = new_versions(bench, server.host, "one", "bench", schemas,
                                    range(first, first + count))
            first += count
            [one] = bench.load.run(server, stream("one", requests, connections=1, once=True),
                                   seconds=60)
            count = int(one["rate"] * sizes.seconds * 6)
            requests = new_versions(bench, server.host, "many", "bench", schemas,
                                    range(first, first + count))
            first += count
            before = server.metrics()
            [many] = bench.load.run(server, stream("many", requests, connections=64, once=True),
                                    seconds=60)
            after = server.metrics()
            if many["statuses"] != {"200": count}:
                raise Failed(f"{count} new versions, but answers {many['statuses']}")
            rounds.append({"sync": sync, "one": one, "many": many,
                           "ratio": one["latency_us"]["p50"] / sync["p50"],
                           "gain": many["rate"] / one["rate"],
                           "syncs": (after["limpet_store_commits_total"] -
                                     before["limpet_store_commits_total"]) / count})
    yield from write_rows(rounds)


def write_rows(rounds):
    by_ratio = sorted(rounds, key=lambda one: one["ratio"])[len(rounds) // 2]
    yield Row("writes", "one fdatasync of 4 KiB", f"p50 {micros(by_ratio['sync']['p50'])}",
              numbers=by_ratio["sync"])
    yield Row("writes", "new version, one client", f"p50 {micros(by_ratio['one']['latency_us']['p50'])}",
              f"{by_ratio['ratio']:.1f} × fdatasync", "≤ 3 ×", by_ratio["ratio"] <= 3,
              f"{rate(by_ratio['one']['rate'])}; p99 {micros(by_ratio['one']['latency_us']['p99'])}",
              {"rounds": rounds})
    by_gain = sorted(rounds, key=lambda one: one["gain"])[len(rounds) // 2]
    yield Row("writes", "new versions, 64 clients", rate(by_gain["many"]["rate"]),
              f"{by_gain['gain']:.1f} × one client", "≥ 2 ×", by_gain["gain"] >= 2,
              f"p99 {micros(by_gain['many']['latency_us']['p99'])}")
    yield Row("writes", "syncs for each new version, 64 clients", f"{by_gain['syncs']:.3f}",
              goal="≤ 0.1", passed=by_gain["syncs"] <= 0.1)


def measure_growth(bench):
    """One schema, one client, BACKWARD: what a version costs when there are N already."""
    sizes = bench.sizes
    points = []
    with bench.limpet(bench.fresh("growth")) as server:
        make_schemas(server, "growth", 1)
        first = 0
        for size in sizes.growth:
            if size > first:
                grow = new_versions(bench, server.host, "grow", "growth", 1, range(first, size))
                bench.load.run(server, stream("grow", grow, connections=1, once=True), seconds=600)
            first = max(first, size) + sizes.growth_window
            window = new_versions(bench, server.host, "window", "growth", 1,
                                  range(first - sizes.growth_window, first))
            [result] = bench.load.run(server, stream("window", window, connections=1, once=True),
                                      seconds=600)
            points.append((size, result))
    costs = [result["latency_us"]["p50"] for _, result in points]
    growth = costs[-1] / costs[0]
    yield Row("growth", f"new version of a schema that has {points[-1][0]:,}",
              f"p50 {micros(costs[-1])}", f"{growth:.2f} × that at {points[0][0]:,}", "flat: ≤ 1.25 ×",
              growth <= 1.25,
              ", ".join(f"{size:,}: {micros(cost)}" for (size, _), cost in zip(points, costs)),
              {"points": points})
