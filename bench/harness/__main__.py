"""The runner: chooses measures, prints the table, keeps the numbers."""

import argparse
import datetime
import pathlib
import subprocess
import sys
import time

from . import consume, lifecycle, machine, reads, records, report, schemas, tls, writes
from .bench import Bench, Sizes
from .processes import Failed

MEASURES = {
    "floor": reads.measure_floor,
    "get": reads.measure_get,
    "get-million": reads.measure_get_million,
    "beside-writer": reads.measure_beside_writer,
    "known": reads.measure_known,
    "lists": reads.measure_lists,
    "tls": tls.measure_tls,
    "writes": writes.measure_writes,
    "growth": writes.measure_growth,
    "start": lifecycle.measure_start,
    "recovery": lifecycle.measure_recovery,
    "backup": lifecycle.measure_backup,
    "memory": lifecycle.measure_memory,
    "schemas": schemas.measure_schemas,
    "records": records.measure_records,
    "consume": consume.measure_consume,
}


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--only", action="append", metavar="NAME", choices=MEASURES)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--output", choices=("text", "json", "markdown"), default="text")
    parser.add_argument("--page", type=pathlib.Path)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--many-schemas", type=int)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    return parser.parse_args()


def chosen_sizes(args):
    sizes = Sizes.quick() if args.quick else Sizes()
    for name in ("seconds", "rounds", "many_schemas"):
        if getattr(args, name) is not None:
            setattr(sizes, name, getattr(args, name))
    return sizes


def say(text):
    """What goes on, beside the table."""
    print(f"    {text}", file=sys.stderr, flush=True)


def main():
    args = arguments()
    args.folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(args.build, args.folder, chosen_sizes(args), say)
    facts = machine.describe(args.folder)
    facts["limpet"] = subprocess.run([bench.binary, "version"], capture_output=True, text=True,
                                     check=True).stdout.strip()
    facts["time"] = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    rows, failed = [], False
    for name in args.only or MEASURES:
        begun = time.monotonic()
        try:
            rows.extend(MEASURES[name](bench))
            say(f"{name}: {time.monotonic() - begun:.0f} s")
        except Failed as error:
            failed = True
            say(f"{name} FAILED: {error}")
            rows.append(report.Row(name, name, "failed", passed=False, note=str(error)))
    text = report.as_json(rows, facts)
    (args.folder / "results.json").write_text(text + "\n", encoding="utf-8")
    print({"json": lambda: text, "text": lambda: report.as_text(rows, facts),
           "markdown": lambda: report.as_markdown(rows, facts)}[args.output]())
    if args.page:
        report.write_page(args.page, rows, facts)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
