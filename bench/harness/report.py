"""Rows of the table, and the table."""

import dataclasses
import json


@dataclasses.dataclass
class Row:
    """One line: what was measured, what came out, what was wanted."""

    measure: str
    what: str
    measured: str
    ratio: str = ""
    goal: str = ""
    passed: bool | None = None  # None: no goal, or it could not be measured
    note: str = ""
    numbers: dict = dataclasses.field(default_factory=dict)

    @property
    def verdict(self):
        if self.passed is None:
            return ""
        return "pass" if self.passed else "MISS"


def rate(value):
    return f"{value:,.0f}/s"


def micros(value):
    return f"{value:,.0f} µs" if value < 1000 else f"{value / 1000:,.2f} ms"


def percent(value):
    return f"{value:.0%}"


HEADS = ("what", "measured", "ratio", "goal", "")


def cells(row):
    return (row.what, row.measured, row.ratio, row.goal, row.verdict)


def as_text(rows, machine):
    table = [HEADS] + [cells(row) for row in rows]
    widths = [max(len(line[i]) for line in table) for i in range(len(HEADS))]
    lines = [machine_line(machine), ""]
    for line in table:
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    lines += [""] + [f"  {row.what}: {row.note}" for row in rows if row.note]
    return "\n".join(lines)


def as_markdown(rows, machine):
    lines = [machine_line(machine), "", "| What | Measured | Ratio | Goal | |",
             "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    notes = [f"- {row.what}: {row.note}" for row in rows if row.note]
    return "\n".join(lines + ([""] + notes if notes else []))


def as_json(rows, machine):
    return json.dumps({"machine": machine, "rows": [dataclasses.asdict(row) for row in rows]},
                      indent=2, ensure_ascii=False)


# Measures with a table of their own; the others share one.
OWN_TABLES = ("schemas", "records", "consume")


def marks(table):
    name = f" {table}" if table else ""
    return f"<!-- scripts/bench{name}: begin -->", f"<!-- scripts/bench{name}: end -->"


def write_page(path, rows, machine):
    """Put the tables between the marks of a page; one that has no rows stays as it is."""
    page = path.read_text(encoding="utf-8")
    for table in ("", *OWN_TABLES):
        begin, end = marks(table)
        if chosen := [row for row in rows
                      if (row.measure if row.measure in OWN_TABLES else "") == table]:
            before, rest = page.split(begin)
            after = rest.split(end)[1]
            page = f"{before}{begin}\n{as_markdown(chosen, machine)}\n{end}{after}"
    path.write_text(page, encoding="utf-8")


def machine_line(machine):
    return (f"{machine['time'][:10]}: {machine['limpet']} on {machine['cpu']}, {machine['cores']} "
            f"cores, {machine['memory_gib']} GiB; Linux {machine['kernel']}; "
            f"{machine['file_system']}; load average before the run "
            f"{machine['load_average_before']:.2f}.")
