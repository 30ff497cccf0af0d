"""Programs that say a line of JSON for each thing they measured, ours and other libraries': how they
are run, how their instructions are counted, and how the two stand beside each other."""

import json
import pathlib
import re
import shutil
import subprocess

from . import machine
from .processes import Failed

PEERS = pathlib.Path(__file__).resolve().parents[1] / "peers"


def run(command, **options):
    """What a program says, a line of JSON each; on the server's core."""
    with machine.pinned(machine.SERVER_CORE):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                              check=False, **options)
    if done.returncode:
        raise Failed(f"{command[0]}: {done.stderr.strip()[-600:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


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
        difference = (counted([*program, "--only", row["name"], "--exactly", "--count", high])
                      - counted([*program, "--only", row["name"], "--exactly", "--count", low]))
        found[row["name"]] = difference / (high - low) / row["units"]
    return found


def counted(program):
    """Instructions of the whole program, all its threads."""
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
               *program]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=True)
    return int(re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)[1].replace(",", ""))


def time(ns):
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:,.3g} {unit}" if ns < 1000 * size else f"{ns / size:,.0f} {unit}"
    return f"{ns:,.0f} ns"


def precise(ns):
    return f"{ns:.1f} ns" if ns < 100 else time(ns)


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
