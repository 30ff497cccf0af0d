"""Reads: shares of the floor."""

import shutil

from . import wire
from .bench import stream
from .processes import Nginx
from .report import Row, micros, percent, rate


def compared(measure, what, comparison, goal=None, note=""):
    """A row of a share of the floor."""
    return Row(measure, what, rate(comparison.subject["rate"]),
               f"{percent(comparison.ratio)} of floor ({percent(comparison.cpu_ratio)} by CPU)",
               f"≥ {percent(goal)}" if goal else "",
               comparison.ratio >= goal if goal else None, note, comparison.numbers())


def get_requests(bench, server, name, rows):
    signer = wire.Signer() if server.signed else None
    return bench.requests(name, (wire.request(server.host, "GetSchemaVersion",
                                              {"SchemaVersionId": row[0]}, signer) for row in rows))


def measure_floor(bench):
    """The floors themselves, and nginx beside them."""
    sizes = bench.sizes
    with bench.floor() as floor:
        requests = bench.requests("floor", [wire.request(floor.host, "GetSchemaVersion", {
            "SchemaVersionId": "00000000-0000-4000-8000-000000000000"})])
        if shutil.which("nginx"):
            with Nginx(bench.work / "nginx", 1400) as nginx:
                comparison = bench.alternate(nginx, requests, floor)
            yield Row("floor", "bare responder", rate(comparison.floor["rate"]),
                      note=f"answers of {comparison.floor['answer_bytes']:,.0f} bytes")
            yield compared("floor", "nginx, return 200", comparison)
        else:
            [result] = bench.load.run(floor, stream("floor", requests), seconds=sizes.seconds,
                                      warmup=sizes.warmup)
            yield Row("floor", "bare responder", rate(result["rate"]), numbers=result,
                      note=f"answers of {result['answer_bytes']:,.0f} bytes; nginx is not installed")


def measure_get(bench):
    """GetSchemaVersion by id: hot ids and all ids; without and with signatures."""
    data, ids = bench.filled(bench.sizes.schemas)
    yield from get_on(bench, "get", data, ids, f"{bench.sizes.schemas:,} schemas")


def measure_get_million(bench):
    """The same with a million schemas stored."""
    if not bench.sizes.many_schemas:
        return
    data, ids = bench.filled(bench.sizes.many_schemas)
    yield from get_on(bench, "get-million", data, ids, f"{bench.sizes.many_schemas:,} schemas")


def get_on(bench, measure, data, ids, stored):
    hot, everything = ids.first(bench.sizes.hot), ids.sample(bench.sizes.sampled, bench.random)
    with bench.floor() as floor:
        for signed, goal in ((False, 0.75), (True, 0.60)):
            manner = "SigV4" if signed else "no signatures"
            with bench.limpet(data, signed=signed) as server:
                for name, rows in ((f"{len(hot):,} hot ids", hot), ("all ids", everything)):
                    requests = get_requests(bench, server, "get", rows)
                    yield compared(measure, f"GetSchemaVersion, {name} of {stored}, {manner}",
                                   bench.alternate(server, requests, floor), goal)


def measure_beside_writer(bench):
    """Reads at half load beside a writer whose log is checkpointed again and again."""
    sizes = bench.sizes
    source, ids = bench.filled(sizes.schemas)
    data = bench.copy(source, "beside-writer")
    with bench.limpet(data) as server:
        reads = get_requests(bench, server, "get", ids.first(sizes.hot))
        [full] = bench.load.run(server, stream("reads", reads), seconds=sizes.seconds,
                                warmup=sizes.warmup)
        half = full["rate"] / 2
        seconds = sizes.seconds * 3
        writes_rate = 500
        rows = ids.first(sizes.schemas)
        writes = bench.requests("writes", (
            wire.request(server.host, "RegisterSchemaVersion",
                         {"SchemaId": {"RegistryName": registry, "SchemaName": schema},
                          "SchemaDefinition": wire.definition(number)})
            for number, (_, registry, schema) in enumerate(
                rows[i % len(rows)] for i in range(int(writes_rate * (seconds + 5))))))
        before = server.metrics()
        read, write = bench.load.run(
            server, stream("reads", reads, rate=half),
            stream("writes", writes, connections=8, rate=writes_rate, once=True),
            seconds=seconds, warmup=sizes.warmup)
        after = server.metrics()
    checkpoints = (after["limpet_store_checkpoints_total"] -
                   before["limpet_store_checkpoints_total"])
    p99 = read["latency_us"]["p99"]
    yield Row("beside-writer", f"GetSchemaVersion at half load beside {writes_rate} new versions/s",
              f"p99 {micros(p99)}", f"p50 {micros(read['latency_us']['p50'])}", "p99 ≤ 2 ms",
              p99 <= 2000,
              f"{rate(half)} of {rate(full['rate'])}, open loop; {checkpoints:.0f} checkpoints "
              f"meanwhile; p99.9 {micros(read['latency_us']['p999'])}; new versions p50 "
              f"{micros(write['latency_us']['p50'])}, p99 {micros(write['latency_us']['p99'])}",
              {"reads": read, "writes": write, "checkpoints": checkpoints})


def measure_known(bench):
    """A known definition: looked up, and registered again."""
    sizes = bench.sizes
    data = bench.fresh("known")
    with bench.limpet(data) as server, bench.floor() as floor:
        server.call("CreateRegistry", RegistryName="known")
        rows = []
        for number in range(sizes.hot):
            name, text = f"schema{number:05d}", wire.definition(number)
            server.call("CreateSchema", RegistryId={"RegistryName": "known"}, SchemaName=name,
                        DataFormat="AVRO", Compatibility="BACKWARD", SchemaDefinition=text)
            rows.append((name, text))
        for operation in ("GetSchemaByDefinition", "RegisterSchemaVersion"):
            requests = bench.requests(operation, (
                wire.request(server.host, operation,
                             {"SchemaId": {"RegistryName": "known", "SchemaName": name},
                              "SchemaDefinition": text}) for name, text in rows))
            what = "a known definition" if operation == "RegisterSchemaVersion" else "1 KiB"
            yield compared("known", f"{operation}, {what}",
                           bench.alternate(server, requests, floor), 0.50)


def list_requests(bench, host, rows):
    """Pages of the default size."""
    registries = sorted({row[1] for row in rows})
    return {
        "ListSchemaVersions": [wire.request(host, "ListSchemaVersions", {
            "SchemaId": {"RegistryName": row[1], "SchemaName": row[2]}}) for row in rows],
        "ListSchemas": [wire.request(host, "ListSchemas", {"RegistryId": {"RegistryName": name}})
                        for name in registries],
        "ListRegistries": [wire.request(host, "ListRegistries", {})],
    }


def grow_histories(bench, server, rows, versions):
    """Give each of these schemas a page full of versions."""
    requests = bench.requests("histories", (
        wire.request(server.host, "RegisterSchemaVersion",
                     {"SchemaId": {"RegistryName": row[1], "SchemaName": row[2]},
                      "SchemaDefinition": wire.definition(number)})
        for number in range(versions) for row in rows))
    bench.load.run(server, stream("histories", requests, connections=16, once=True), seconds=120)


def measure_lists(bench):
    """Pages of lists, with little and with much else stored."""
    rates = {}
    for schemas in (bench.sizes.schemas, bench.sizes.many_schemas):
        if not schemas:
            continue
        data, ids = bench.filled(schemas)
        rows = ids.first(20)
        with bench.floor() as floor, bench.limpet(data) as server:
            grow_histories(bench, server, rows, 30)
            for name, texts in list_requests(bench, server.host, rows).items():
                comparison = bench.alternate(server, bench.requests(name, texts), floor)
                rates.setdefault(name, []).append(comparison)
                yield compared("lists", f"{name}, {schemas:,} schemas stored", comparison, 0.10,
                               f"answers of {comparison.subject['answer_bytes']:,.0f} bytes")
    for name, pair in rates.items():
        if len(pair) == 2:
            few, many = (comparison.ratio for comparison in pair)
            yield Row("lists", f"{name}, rate with much stored against little",
                      percent(many / few), goal="≥ 80 %", passed=many / few >= 0.8)
