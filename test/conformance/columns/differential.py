"""Avro records through our columns and pyarrow, compared with what fastavro reads. See run."""

import argparse
import ctypes
import datetime
import decimal
import io
import json
import math
import sys
import uuid

import fastavro
import pyarrow

from generator import Branch, Generator, without_logical

ROW, REFUSED, FULL = 0, 1, 2
decimal.getcontext().prec = 200
EPOCH = datetime.datetime(1970, 1, 1)


class Columns:
    """The library in columns_driver.cc."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        self.library.columns_open.restype = ctypes.c_void_p
        self.library.columns_words.restype = ctypes.c_char_p
        for name, arguments in {
                "open": [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint64,
                         ctypes.c_uint64],
                "close": [ctypes.c_void_p], "words": [ctypes.c_void_p],
                "plan": [ctypes.c_void_p, ctypes.c_char_p],
                "add": [ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t],
                "finish": [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]}.items():
            getattr(self.library, "columns_" + name).argtypes = arguments

    def open(self, schema, projection=(), uuid_as_text=False, max_rows=1 << 20,
             max_bytes=1 << 28):
        return Session(self.library, self.library.columns_open(
            json.dumps(schema).encode(), "\n".join(projection).encode(), uuid_as_text, max_rows,
            max_bytes))


class Session:
    def __init__(self, library, handle):
        self.library, self.handle = library, handle
        self.batches = []

    def words(self):
        return self.library.columns_words(self.handle).decode()

    def plan(self, schema):
        return self.library.columns_plan(self.handle, json.dumps(schema).encode())

    def add(self, plan, payload):
        added = self.library.columns_add(self.handle, plan, payload, len(payload))
        if added != FULL:
            return added
        self.finish()
        added = self.library.columns_add(self.handle, plan, payload, len(payload))
        assert added != FULL, "an empty batch is full"
        return added

    def finish(self):
        """Two structs of pyarrow's size, filled by us, taken by pyarrow."""
        schema, array = ctypes.create_string_buffer(72), ctypes.create_string_buffer(80)
        if self.library.columns_finish(self.handle, schema, array) != 0:
            raise AssertionError(self.words())
        batch = pyarrow.RecordBatch._import_from_c(ctypes.addressof(array),
                                                   ctypes.addressof(schema))
        batch.validate(full=True)
        self.batches.append(batch)

    def close(self):
        self.library.columns_close(self.handle)


# What Arrow should hold, from what the bytes say.


def expected(schema, value):
    if isinstance(schema, list):
        if isinstance(value, Branch):
            return expected(schema[value.at], value.value)
        return Either(schema, value)
    kind, logical = schema["type"], schema.get("logicalType")
    if kind == "record":
        return {field["name"]: expected(field["type"], value[field["name"]])
                for field in schema["fields"]}
    if kind == "array":
        return [expected(schema["items"], item) for item in value]
    if kind == "map":
        return [(key, expected(schema["values"], item)) for key, item in value.items()]
    if kind in ("float", "double") and value is not None:
        return float(value)
    if logical == "decimal":
        return decimal.Decimal(int.from_bytes(value, "big", signed=True)).scaleb(-schema["scale"])
    if logical == "uuid":
        return uuid.UUID(value) if kind == "string" else uuid.UUID(bytes=value)
    if logical == "duration":
        months, days, millis = (int.from_bytes(value[i:i + 4], "little") for i in (0, 4, 8))
        return (months, days, millis * 1_000_000)
    if logical == "date":
        return EPOCH.date() + datetime.timedelta(days=value)
    if logical and logical.startswith("time-"):
        return (EPOCH + since(logical, value)).time()
    if logical:
        moment = EPOCH + since(logical, value)
        return moment if logical.startswith("local") else moment.replace(
            tzinfo=datetime.timezone.utc)
    return value


class Either:
    """What fastavro does not tell: which of several branches that fit a value stands in."""

    def __init__(self, schema, value):
        self.values = []
        for branch in schema:
            try:
                if fits(branch, value):
                    self.values.append(expected(branch, value))
            except (TypeError, ValueError, KeyError, OverflowError, AttributeError):
                pass  # it does not fit after all
        if not self.values:
            raise ValueError("no branch fits")

    def __repr__(self):
        return " or ".join(map(repr, self.values))


def since(logical, value):
    unit = 1000 if logical.endswith("millis") else 1
    return datetime.timedelta(microseconds=value * unit)


def fits(branch, value):
    kind = branch["type"]
    if kind == "record":
        return isinstance(value, dict) and set(value) == {f["name"] for f in branch["fields"]}
    if kind == "enum":
        return value in branch["symbols"]
    if kind == "fixed":
        return isinstance(value, bytes) and len(value) == branch["size"]
    return isinstance(value, {"null": type(None), "boolean": bool, "int": int, "long": int,
                              "float": float, "double": float, "bytes": bytes, "string": str,
                              "array": list, "map": dict}[kind])


def same(a, b):
    """Equal, with NaN equal to itself, 0.0 not to -0.0, and tuples as pyarrow has them."""
    if isinstance(b, Either):
        return any(same(a, value) for value in b.values)
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return (isinstance(b, (list, tuple)) and len(a) == len(b) and
                all(same(x, y) for x, y in zip(a, b)))
    if isinstance(a, float) and isinstance(b, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and
                                                     math.copysign(1, a) == math.copysign(1, b))
    return type(a) == type(b) and a == b


def chosen(schema, paths):
    """`schema` with only the fields that the projection names."""
    if isinstance(schema, list):
        return [chosen(branch, paths) for branch in schema]
    if schema["type"] in ("array", "map"):
        key = "items" if schema["type"] == "array" else "values"
        return dict(schema, **{key: chosen(schema[key], paths)})
    if schema["type"] != "record" or not paths:
        return schema
    fields = []
    for field in schema["fields"]:
        below = [path[1:] for path in paths if path[0] == field["name"]]
        if below:
            rest = [] if any(not path for path in below) else below
            fields.append(dict(field, type=chosen(field["type"], rest)))
    return dict(schema, fields=fields)


def paths_of(schema, before=()):
    """Everything that a projection may name."""
    if isinstance(schema, list):
        others = [branch for branch in schema if branch["type"] != "null"]
        if len(others) == 1 and len(schema) <= 2:
            yield from paths_of(others[0], before)
    elif schema["type"] == "record":
        for field in schema["fields"]:
            yield before + (field["name"],)
            yield from paths_of(field["type"], before + (field["name"],))
    elif schema["type"] in ("array", "map"):
        yield from paths_of(schema.get("items") or schema["values"], before)


def encode(schema, parsed, datum):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, parsed, for_fastavro(schema, datum))
    return out.getvalue()


def for_fastavro(schema, datum):
    """With branches as fastavro takes them: (name, value), and no hint where one will do."""
    if isinstance(schema, list):
        branch = schema[datum.at]
        value = for_fastavro(branch, datum.value)
        return (branch.get("name", branch["type"]), value)
    if schema["type"] == "record":
        return {f["name"]: for_fastavro(f["type"], datum[f["name"]]) for f in schema["fields"]}
    if schema["type"] == "array":
        return [for_fastavro(schema["items"], item) for item in datum]
    if schema["type"] == "map":
        return {key: for_fastavro(schema["values"], item) for key, item in datum.items()}
    return datum


class Tally:
    def __init__(self):
        self.counts = {}

    def __getitem__(self, what):
        return self.counts.get(what, 0)

    def add(self, what, count=1):
        self.counts[what] = self.counts.get(what, 0) + count


def check_types(batch, session_schema, tally):
    """Names of the columns as the schema has them; nullable where a null may be."""
    if session_schema["type"] != "record":
        assert batch.schema.names == ["value"], batch.schema.names
        return
    names = [field["name"] for field in session_schema["fields"]]
    assert batch.schema.names == names, (batch.schema.names, names)
    for field in session_schema["fields"]:
        is_optional = (isinstance(field["type"], list) and len(field["type"]) == 2 and
                       any(b["type"] == "null" for b in field["type"]))
        is_null = not isinstance(field["type"], list) and field["type"]["type"] == "null" or \
            field["type"] == [{"type": "null"}]
        arrow = batch.schema.field(field["name"])
        assert arrow.nullable == (is_optional or is_null), (arrow, field)
        if "doc" in field:
            assert arrow.metadata[b"avro.doc"].decode() == field["doc"]
    tally.add("schemas compared")


def run_one(columns, seed, tally):
    made = Generator(seed)
    reader = made.with_defaults(made.schema())
    if isinstance(reader, list):
        reader = reader[0]
    projection = []
    choices = list(paths_of(reader))
    if choices and made.chance(3):
        projection = made.random.sample(choices, min(len(choices), 3))
    wanted = chosen(reader, projection)
    session = columns.open(reader, [".".join(path) for path in projection],
                           max_rows=made.random.choice([1, 7, 1 << 20]),
                           max_bytes=made.random.choice([20_000, 1 << 28]))
    assert not session.words(), (session.words(), json.dumps(reader))
    writers = [reader]
    if not made.mixed_unions:
        writers += [made.evolved(reader) for _ in range(2)]
    plain_reader = without_logical(reader)
    plans = []
    for writer in writers:
        plan = session.plan(writer)
        if plan < 0:
            assert writer is not reader, session.words()
            tally.add("evolutions refused")
            continue
        plans.append((writer, plan, without_logical(writer)))
    rows = []
    for _ in range(made.random.choice([1, 9, 30, 70])):
        writer, plan, plain = made.random.choice(plans)
        datum = made.datum(writer)
        payload = encode(writer, plain, datum)
        if payload and made.chance(6):
            added = session.add(plan, payload[:made.random.randrange(len(payload))])
            assert added == REFUSED, "a record that is cut off was read"
            tally.add("cut records refused")
        try:
            if writer is reader:
                row = expected(wanted, datum)
            else:
                raw = fastavro.schemaless_reader(io.BytesIO(payload), plain, plain_reader)
                row = expected(wanted, raw)
        except Exception as error:  # pylint: disable=broad-except
            row = error
        added = session.add(plan, payload)
        if isinstance(row, Exception):
            # What is passed over is not looked at, so we may read what fastavro does not.
            assert added == REFUSED or projection, ("fastavro refuses", repr(row), writer, reader)
            tally.add("fastavro refuses, " + ("so do we" if added == REFUSED else
                                              "we do not look at it"))
            if added == ROW:
                rows.append(None)
        elif added == REFUSED:
            tally.add("refused: " + session.words().split(": ", 1)[-1].split(", found")[0])
            assert writer is not reader, (session.words(), writer)
        else:
            rows.append(row)
            tally.add("rows" if writer is reader else "rows of other versions")
    session.finish()
    session.close()
    wrapped = wanted["type"] != "record"
    got = [row["value"] if wrapped else row for batch in session.batches
           for row in to_rows(batch)]
    check_types(session.batches[-1], wanted, tally)
    tally.add("batches", len(session.batches))
    assert len(got) == len(rows), (len(got), len(rows))
    for ours, theirs in zip(got, rows):
        if theirs is not None or wrapped:
            assert same(ours, theirs), "\nours   %r\ntheirs %r\nreader %s" % (
                ours, theirs, json.dumps(reader))


def to_rows(batch):
    if batch.num_columns == 0:
        return [{} for _ in range(batch.num_rows)]
    return batch.to_pylist()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--schemas", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    columns, tally, failed = Columns(options.driver), Tally(), 0
    for seed in range(options.seed, options.seed + options.schemas):
        try:
            run_one(columns, seed, tally)
        except Exception as error:  # pylint: disable=broad-except
            failed += 1
            print("seed %d: %s: %s" % (seed, type(error).__name__, error))
            if options.verbose or failed > 20:
                raise
    for what, count in sorted(tally.counts.items()):
        print("%8d %s" % (count, what))
    print("%d schemas passed, %d failed" % (options.schemas - failed, failed))
    return 1 if failed or tally["rows of other versions"] == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
