"""JSON and Protobuf messages through our columns and pyarrow, compared with Python's json and
google.protobuf. See run."""

import argparse
import ctypes
import datetime
import json
import math
import random
import sys

import pyarrow
from google.protobuf import (descriptor_pb2, descriptor_pool, duration_pb2, json_format,
                             message_factory, struct_pb2, timestamp_pb2, wrappers_pb2)
from google.protobuf.message import DecodeError

JSON, PROTOBUF = 1, 2
ROW, REFUSED, FULL = 0, 1, 2


class Batches:
    """The library in columns_driver.cc."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        self.library.batch_open.restype = ctypes.c_void_p
        self.library.batch_words.restype = ctypes.c_char_p
        for name, arguments in {
                "open": [ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p,
                         ctypes.c_int, ctypes.c_int, ctypes.c_uint64, ctypes.c_uint64],
                "close": [ctypes.c_void_p], "words": [ctypes.c_void_p],
                "add": [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t],
                "finish": [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]}.items():
            getattr(self.library, "batch_" + name).argtypes = arguments


class Batch:
    def __init__(self, batches, format_, definition, chance, message="", projection=(),
                 enum_numbers=False, micros=False):
        self.library = batches.library
        self.handle = self.library.batch_open(
            format_, definition.encode(), message.encode(), "\n".join(projection).encode(),
            enum_numbers, micros, chance.choice([1, 7, 1 << 20]),
            chance.choice([60_000, 1 << 28]))
        self.batches = []

    def words(self):
        return self.library.batch_words(self.handle).decode()

    def add(self, payload):
        added = self.library.batch_add(self.handle, payload, len(payload))
        if added == FULL:
            self.finish()
            added = self.library.batch_add(self.handle, payload, len(payload))
            assert added != FULL, "an empty batch is full"
        return added

    def finish(self):
        """Two structs of pyarrow's size, filled by us, taken by pyarrow."""
        schema, array = ctypes.create_string_buffer(72), ctypes.create_string_buffer(80)
        assert self.library.batch_finish(self.handle, schema, array) == 0, self.words()
        batch = pyarrow.RecordBatch._import_from_c(ctypes.addressof(array),
                                                   ctypes.addressof(schema))
        batch.validate(full=True)
        self.batches.append(batch)

    def rows(self):
        self.finish()
        self.library.batch_close(self.handle)
        return [row for batch in self.batches
                for row in (batch.to_pylist() if batch.num_columns else [{}] * batch.num_rows)]


def same(ours, theirs):
    if isinstance(theirs, Json):
        return isinstance(ours, str) and same(json.loads(ours), theirs.value)
    if isinstance(theirs, dict):
        if isinstance(ours, list):  # Arrow's map
            assert len(ours) == len(dict(ours)) == len(theirs)
            ours = dict(ours)
        return (isinstance(ours, dict) and ours.keys() == theirs.keys() and
                all(same(ours[key], theirs[key]) for key in theirs))
    if isinstance(theirs, list):
        return (isinstance(ours, list) and len(ours) == len(theirs) and
                all(same(a, b) for a, b in zip(ours, theirs)))
    if isinstance(theirs, float) and isinstance(ours, (float, int)):
        return ours == theirs or (math.isnan(ours) and math.isnan(theirs))
    return type(ours) is type(theirs) and ours == theirs


class Json:
    """A cell that is JSON text."""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"Json({self.value!r})"


def text(chance):
    return "".join(chance.choice("ab \"\\\n\u00e9\u20ac\U0001d11e")
                   for _ in range(chance.choice([0, 1, 3, 15, 17, 40])))


# ---- JSON -----------------------------------------------------------------------------------------


class JsonType:
    """What the columns must be, and one of the ways to write that down."""

    def __init__(self, chance, depth=0, definitions=None):
        self.chance = chance
        self.definitions = {} if definitions is None else definitions
        kinds = ["string", "integer", "number", "boolean", "json"]
        self.kind = "object" if depth == 0 else chance.choice(
            kinds + ["object", "array"] * (depth < 4))
        self.nullable = depth > 0 and self.kind != "json" and chance.random() < 0.3
        if self.kind == "object":
            count = chance.choice([1, 2, 5, 9])
            self.fields = {f"f{i}{chance.choice(['', '.x', ' é'])}":
                           JsonType(chance, depth + 1, self.definitions) for i in range(count)}
            self.required = [name for name in self.fields if chance.random() < 0.5]
        if self.kind == "array":
            self.item = JsonType(chance, depth + 1, self.definitions)
        self.schema = self.spelled(depth)

    def spelled(self, depth):
        chance = self.chance
        if self.kind == "json":
            return chance.choice([
                {}, True, {"type": ["string", "object"]}, {"type": "object"},
                {"type": "array", "items": [{"type": "string"}, {}]}, {"type": ["null", "object"]},
                {"anyOf": [{"type": "integer"}, {"type": "array"}]},
                {"type": "object", "additionalProperties": {"type": "integer"}}])
        schema = {"type": self.kind}
        if self.kind == "object":
            properties = {name: field.schema for name, field in self.fields.items()}
            schema.update(properties=properties, required=self.required)
            if chance.random() < 0.2:
                names = list(properties)
                at = chance.randrange(len(names) + 1)
                schema = {"allOf": [
                    {"type": "object", "properties": {n: properties[n] for n in names[:at]},
                     "required": [n for n in self.required if n in names[:at]]},
                    {"type": "object", "properties": {n: properties[n] for n in names[at:]},
                     "required": [n for n in self.required if n in names[at:]]}]}
        elif self.kind == "array":
            schema["items"] = self.item.schema
        elif self.kind == "string" and chance.random() < 0.3:
            schema["format"] = "date-time"
        if chance.random() < 0.2:
            name = f"d{len(self.definitions)}"
            self.definitions[name] = schema
            schema = {"$ref": f"#/definitions/{name}"}
        if self.nullable:
            null = {"type": "null"}
            if isinstance(schema.get("type"), str) and chance.random() < 0.5:
                return dict(schema, type=chance.choice([[schema["type"], "null"],
                                                        ["null", schema["type"]]]))
            return {chance.choice(["anyOf", "oneOf"]):
                    chance.choice([[schema, null], [null, schema]])}
        return schema

    def document(self):
        return json.dumps(dict(self.schema, definitions=self.definitions))

    def arrow(self):
        if self.kind == "object":
            return pyarrow.struct([pyarrow.field(
                name, field.arrow(), field.nullable or name not in self.required)
                for name, field in self.fields.items()])
        if self.kind == "array":
            return pyarrow.list_(pyarrow.field("item", self.item.arrow(), self.item.nullable))
        return {"string": pyarrow.string(), "integer": pyarrow.int64(),
                "number": pyarrow.float64(), "boolean": pyarrow.bool_(),
                "json": pyarrow.json_()}[self.kind]

    def value(self):
        """(as JSON, as the columns have it)"""
        chance = self.chance
        if self.nullable and chance.random() < 0.3:
            return None, None
        if self.kind == "object":
            given, row = {}, {}
            for name, field in self.fields.items():
                row[name] = None
                if name in self.required or chance.random() < 0.7:
                    given[name], row[name] = field.value()
            members = list(given.items())
            if chance.random() < 0.3:
                chance.shuffle(members)
            if chance.random() < 0.2:
                members.insert(chance.randrange(len(members) + 1), ("unknown", [1, {}]))
            return dict(members), row
        if self.kind == "array":
            pairs = [self.item.value() for _ in range(chance.choice([0, 1, 2, 9]))]
            return [a for a, _ in pairs], [b for _, b in pairs]
        if self.kind == "json":
            value = chance.choice([None, 1, -2.5, "x", [], {}, {"a": [None, True, text(chance)]},
                                   [[1], {"b": 1e300}]])
            return value, Json(value)
        value = {"string": lambda: text(chance), "boolean": lambda: chance.random() < 0.5,
                 "integer": lambda: chance.choice([0, -1, 2**63 - 1, -2**63, 7]),
                 "number": lambda: chance.choice([0.0, 1, -2.5, 1e300, 2**53 + 1, 5e-324, 0.1])
                 }[self.kind]()
        return value, float(value) if self.kind == "number" else value

    def broken(self, value):
        """The same with one member that cannot be, or None."""
        choices = [name for name, field in self.fields.items() if field.kind != "json"]
        if not choices:
            return None
        name = self.chance.choice(choices)
        field = self.fields[name]
        bad = [{"x": []}] if field.kind != "object" else ["x"]
        bad += [None] * (name in self.required and not field.nullable)
        bad += [2**63, 1.5] * (field.kind == "integer")
        value = dict(value, **{name: self.chance.choice(bad)})
        if name in self.required and not field.nullable and self.chance.random() < 0.3:
            del value[name]
        return value


def run_json(batches, seed, tally):
    chance = random.Random(seed)
    made = JsonType(chance)
    batch = Batch(batches, JSON, made.document(), chance)
    assert not batch.words(), (batch.words(), made.document())
    rows = []
    for _ in range(chance.choice([1, 9, 70])):
        value, row = made.value()
        payload = json.dumps(value, ensure_ascii=chance.random() < 0.5,
                             indent=chance.choice([None, None, 1])).encode()
        if chance.random() < 0.2:
            bad = made.broken(value)
            if bad is not None:
                assert batch.add(json.dumps(bad).encode()) == REFUSED, (bad, made.document())
                tally["json: bad records refused"] += 1
            assert batch.add(payload[:chance.randrange(len(payload))]) == REFUSED
            tally["json: cut records refused"] += 1
        added = batch.add(payload)
        assert added == ROW, (batch.words(), payload, made.document())
        rows.append(row)
    got = batch.rows()
    wanted = made.arrow()
    schema = batch.batches[-1].schema
    assert [(f.name, f.type, f.nullable) for f in schema] == \
        [(f.name, f.type, f.nullable) for f in wanted], (schema, wanted, made.document())
    compare(got, rows, made.document())
    tally["json: rows"] += len(rows)
    tally["json: schemas"] += 1


def compare(got, rows, definition):
    assert len(got) == len(rows), (len(got), len(rows))
    for ours, theirs in zip(got, rows):
        assert same(ours, theirs), f"\nours   {ours!r}\ntheirs {theirs!r}\n{definition}"


# ---- Protobuf -------------------------------------------------------------------------------------

SCALARS = ["double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string",
           "bytes", "uint32", "sfixed32", "sfixed64", "sint32", "sint64"]
KEYS = [kind for kind in SCALARS if kind not in ("double", "float", "bytes")]
WELL_KNOWN = ["Timestamp", "Duration", "Int64Value", "UInt32Value", "StringValue", "BytesValue",
              "BoolValue", "FloatValue", "Struct", "Value", "ListValue"]
IMPORTS = [timestamp_pb2, duration_pb2, wrappers_pb2, struct_pb2]
NUMBERS = descriptor_pb2.FieldDescriptorProto.Type


class File:
    """A file as a descriptor for google.protobuf, and as text for us."""

    def __init__(self, chance):
        self.chance = chance
        self.proto2 = chance.random() < 0.3
        self.file = descriptor_pb2.FileDescriptorProto(
            name="p.proto", package="p", syntax="proto2" if self.proto2 else "proto3",
            dependency=[module.DESCRIPTOR.name for module in IMPORTS])
        enum = self.file.enum_type.add(name="E")
        for name, number in (("ZERO", 0), ("ONE", 1), ("BIG", 70_000), ("MINUS", -3)):
            enum.value.add(name=name, number=number)
        self.lines = [f'syntax = "{self.file.syntax}";', "package p;"]
        self.lines += [f'import "{name}";' for name in self.file.dependency]
        self.lines.append("enum E { ZERO = 0; ONE = 1; BIG = 70000; MINUS = -3; }")
        self.names = []
        for i in reversed(range(4)):
            self.add_message(i)
        pool = descriptor_pool.DescriptorPool()
        for module in IMPORTS:
            pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
        pool.Add(self.file)
        self.type = message_factory.GetMessageClass(pool.FindMessageTypeByName("p.M0"))
        self.index = sorted(self.names).index("p.M0")
        self.text = "\n".join(self.lines)

    def kind(self, level):
        kinds = ["scalar"] * 5 + ["enum", "known"] + ["message"] * (level < 3)
        kind = self.chance.choice(kinds)
        if kind == "scalar":
            word = self.chance.choice(SCALARS)
            return word, NUMBERS.Value("TYPE_" + word.upper()), None
        if kind == "enum":
            return ".p.E", NUMBERS.Value("TYPE_ENUM"), ".p.E"
        name = (".google.protobuf." + self.chance.choice(WELL_KNOWN) if kind == "known" else
                f".p.M{self.chance.randrange(level + 1, 4)}")
        return name, NUMBERS.Value("TYPE_MESSAGE"), name

    def add_message(self, level):
        message = self.file.message_type.add(name=f"M{level}")
        self.names.append(f"p.M{level}")
        lines, later = [f"message M{level} {{"], []
        numbers = self.chance.sample(range(1, 30), self.chance.choice([0, 1, 4, 9]) + (level == 0))
        for i, number in enumerate(numbers):
            word, type_, name = self.kind(level)
            field = message.field.add(name=f"f{i}", number=number, type=type_, type_name=name,
                                      label=1)
            form = self.chance.choice(["plain", "plain", "optional", "repeated", "map", "oneof"])
            if form == "plain" and self.proto2:
                form = self.chance.choice(["optional", "required"])
            if form == "repeated":
                field.label = 3
            elif form == "required":
                field.label = 2
            elif form == "map":
                key = self.chance.choice(KEYS)
                entry = message.nested_type.add(name=f"F{i}Entry")
                entry.options.map_entry = True
                entry.field.add(name="key", number=1, label=1,
                                type=NUMBERS.Value("TYPE_" + key.upper()))
                entry.field.add(name="value", number=2, label=1, type=type_, type_name=name)
                self.names.append(f"p.M{level}.F{i}Entry")
                field.type, field.label = NUMBERS.Value("TYPE_MESSAGE"), 3
                field.type_name = f".p.M{level}.F{i}Entry"
                lines.append(f"  map<{key}, {word}> f{i} = {number};")
                continue
            elif form == "oneof":
                if not message.oneof_decl:
                    message.oneof_decl.add(name="o")
                field.oneof_index = 0
                later.append((i, word, number))
                continue
            elif form == "optional" and not self.proto2:
                field.proto3_optional = True
            lines.append(f"  {'' if form == 'plain' else form} {word} f{i} = {number};")
        # google.protobuf has the oneofs of `optional` behind all others.
        for field in message.field:
            if field.proto3_optional:
                field.oneof_index = len(message.oneof_decl)
                message.oneof_decl.add(name="_" + field.name)
        # Our columns are in the order of the text: so are the descriptor's fields.
        if later:
            members = {f"f{i}" for i, _, _ in later}
            fields = sorted(message.field, key=lambda field: field.name in members)
            fields = [type(field).FromString(field.SerializeToString()) for field in fields]
            del message.field[:]
            message.field.extend(fields)
            lines += ["  oneof o {", *(f"    {w} f{i} = {n};" for i, w, n in later), "  }"]
        self.lines += [*lines, "}"]

    def fill(self, message, micros):
        for field in message.DESCRIPTOR.fields:
            must = field.is_required
            if field.is_repeated:
                for _ in range(self.chance.choice([0, 0, 1, 3, 12])):
                    self.put_item(message, field, micros)
            elif must or self.chance.random() < 0.6:
                self.put(message, field, micros)

    def put_item(self, message, field, micros):
        if not (field.message_type and field.message_type.GetOptions().map_entry):
            if field.message_type:
                self.fill_any(getattr(message, field.name).add(), micros)
            else:
                getattr(message, field.name).append(self.scalar(field))
            return
        key, value = field.message_type.fields
        where, at = getattr(message, field.name), self.scalar(key)
        if value.message_type:
            self.fill_any(where[at], micros)
        else:
            where[at] = self.scalar(value)

    def put(self, message, field, micros):
        if field.message_type:
            part = getattr(message, field.name)
            part.SetInParent()
            self.fill_any(part, micros)
        else:
            setattr(message, field.name, self.scalar(field))

    def fill_any(self, message, micros):
        name, chance = message.DESCRIPTOR.full_name, self.chance
        if not name.startswith("google.protobuf."):
            self.fill(message, micros)
        elif name.endswith((".Timestamp", ".Duration")):
            wide = (-62135596800, 253402300799) if micros else (-9223372035, 9223372035)
            message.seconds = chance.choice([0, -1, 1, *wide])
            message.nanos = chance.choice([0, 1_000, 999_999_000] + [1, 999_999_999] * micros)
            if name.endswith("Duration") and message.seconds < 0:
                message.nanos = -message.nanos
        elif name.endswith((".Struct", ".Value", ".ListValue")):
            value = chance.choice([None, 1.5, "x", True, [], {"k": [None, {"z": text(chance)}]}])
            if name.endswith("Struct"):
                value = {"a": value, "b": 2}
            elif name.endswith("ListValue"):
                value = [value, {}]
            json_format.ParseDict(value, message)
        else:
            self.put(message, message.DESCRIPTOR.fields[0], micros)

    def scalar(self, field):
        chance = self.chance
        kind = NUMBERS.Name(field.type)[5:].lower()
        if kind == "enum":
            return chance.choice([0, 1, 70_000, -3])
        if kind == "string":
            return text(chance)
        if kind == "bytes":
            return chance.randbytes(chance.choice([0, 1, 16, 40]))
        if kind == "bool":
            return chance.random() < 0.5
        if kind in ("double", "float"):
            return chance.choice([0.0, 1.5, -2.25, math.inf, math.nan])
        bits = 64 if kind.endswith("64") else 32
        if kind.startswith(("u", "fixed")):
            return chance.choice([0, 1, 300, 2**bits - 1])
        return chance.choice([0, 1, -1, 2**(bits - 1) - 1, -2**(bits - 1)])


def row_of(message, enum_numbers):
    row = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.is_repeated:
            entry = field.message_type and field.message_type.GetOptions().map_entry
            if entry:
                type_ = field.message_type.fields[1]
                row[field.name] = {key: cell_of(type_, value[key], enum_numbers) for key in value}
            else:
                row[field.name] = [cell_of(field, item, enum_numbers) for item in value]
        elif field.has_presence and not message.HasField(field.name):
            row[field.name] = None
        else:
            row[field.name] = cell_of(field, value, enum_numbers)
    return row


def cell_of(field, value, enum_numbers):
    if field.enum_type:
        return value if enum_numbers else field.enum_type.values_by_number[value].name
    if not field.message_type:
        return value
    name = value.DESCRIPTOR.full_name
    if name == "google.protobuf.Timestamp":
        return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(
            seconds=value.seconds, microseconds=value.nanos // 1000)
    if name == "google.protobuf.Duration":
        return datetime.timedelta(seconds=value.seconds,
                                  microseconds=int(value.nanos / 1000))
    if name in ("google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue"):
        return Json(json_format.MessageToDict(value))
    if name.startswith("google.protobuf."):
        return value.value
    return row_of(value, enum_numbers)


def run_protobuf(batches, seed, tally):
    chance = random.Random(seed)
    file = File(chance)
    micros, enum_numbers = chance.random() < 0.5, chance.random() < 0.3
    batch = Batch(batches, PROTOBUF, file.text, chance, "p.M0", enum_numbers=enum_numbers,
                  micros=micros)
    assert not batch.words(), (batch.words(), file.text)
    rows = []
    for _ in range(chance.choice([1, 9, 70])):
        message = file.type()
        file.fill(message, micros)
        payload = message.SerializeToString()
        cuts = [chance.randrange(len(payload))] if payload and chance.random() < 0.2 else []
        for bytes_ in [*(payload[:end] for end in cuts), payload]:
            try:
                read = file.type.FromString(bytes_)
                if not read.IsInitialized():
                    raise DecodeError("a required field is missing")
            except DecodeError:
                assert batch.add(bytes([file.index]) + bytes_) == REFUSED, (bytes_, file.text)
                tally["protobuf: cut records refused"] += 1
                continue
            added = batch.add(bytes([file.index]) + bytes_)
            assert added == ROW, (batch.words(), bytes_, file.text)
            rows.append(row_of(read, enum_numbers))
    got = batch.rows()
    descriptor = file.type.DESCRIPTOR
    schema = batch.batches[-1].schema
    assert schema.names == [field.name for field in descriptor.fields]
    for field in descriptor.fields:
        # What proto2 requires is there.
        nullable = field.has_presence and not field.is_required
        assert schema.field(field.name).nullable == nullable, (field.name, file.text)
    compare(got, rows, file.text)
    tally["protobuf: rows"] += len(rows)
    tally["protobuf: schemas"] += 1


class Tally(dict):
    def __missing__(self, key):
        return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--schemas", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    batches, tally = Batches(options.driver), Tally()
    for seed in range(options.seed, options.seed + options.schemas):
        for run in (run_json, run_protobuf):
            try:
                run(batches, seed, tally)
            except BaseException:
                print(f"seed {seed}, {run.__name__}", file=sys.stderr)
                raise
    for what, count in sorted(tally.items()):
        print(f"{count:8} {what}")
    for what in ("json: rows", "json: bad records refused", "json: cut records refused",
                 "protobuf: rows", "protobuf: cut records refused"):
        assert tally[what] > 0 or options.schemas < 50, "no " + what


if __name__ == "__main__":
    main()
