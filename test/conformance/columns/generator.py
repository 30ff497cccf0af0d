"""Seeded random Avro schemas that can be columns, their evolutions, and data for them.

Data are what fastavro writes without knowing logical types: ints, bytes, and (branch, value) for
what stands in a union.
"""

import copy
import random

LEAVES = [
    {"type": "null"}, {"type": "boolean"}, {"type": "int"}, {"type": "long"}, {"type": "float"},
    {"type": "double"}, {"type": "bytes"}, {"type": "string"},
    {"type": "int", "logicalType": "date"},
    {"type": "int", "logicalType": "time-millis"},
    {"type": "long", "logicalType": "time-micros"},
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "long", "logicalType": "timestamp-micros"},
    {"type": "long", "logicalType": "local-timestamp-millis"},
    {"type": "long", "logicalType": "local-timestamp-micros"},
    {"type": "string", "logicalType": "uuid"},
    {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2},
    {"type": "bytes", "logicalType": "decimal", "precision": 38, "scale": 0},
    {"type": "bytes", "logicalType": "decimal", "precision": 50, "scale": 49},
]
NAMED = [
    {"type": "fixed", "size": 0}, {"type": "fixed", "size": 3},
    {"type": "fixed", "size": 16, "logicalType": "uuid"},
    {"type": "fixed", "size": 12, "logicalType": "duration"},
    {"type": "fixed", "size": 9, "logicalType": "decimal", "precision": 18, "scale": 5},
    {"type": "fixed", "size": 32, "logicalType": "decimal", "precision": 76, "scale": 1},
    {"type": "enum", "symbols": ["RED", "GREEN", "BLUE"], "default": "GREEN"},
]
PROMOTIONS = {"int": ["long", "float", "double"], "long": ["float", "double"], "float": ["double"],
              "string": ["bytes"], "bytes": ["string"]}

FAMILIES = {"int": "number", "long": "number", "float": "number", "double": "number",
            "bytes": "text", "string": "text"}


class Generator:
    """Everything follows from the seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = 0
        # Where other versions are read, a union of several numbers would show which one a promoted
        # number goes to: we follow Avro Java (the same type first), fastavro takes the first.
        self.mixed_unions = self.chance(3)

    def chance(self, one_in):
        return self.random.randrange(one_in) == 0

    def name(self, start):
        self.names += 1
        return "%s%d" % (start, self.names)

    # Schemas. Every type is written out where it stands, so all names are new.

    def schema(self):
        return self.type(0, 2) if self.chance(8) else self.record(0)

    def type(self, depth, choices=10):
        choice = self.random.randrange(choices)
        if depth > 3 or choice >= 7:
            choice = choice % 3
        if choice < 2:
            return copy.deepcopy(self.random.choice(LEAVES))
        if choice == 2:
            return dict(copy.deepcopy(self.random.choice(NAMED)), name=self.name("N"))
        if choice == 3:
            return self.record(depth)
        if choice == 4:
            return {"type": "array", "items": self.type(depth + 1)}
        if choice == 5:
            return {"type": "map", "values": self.type(depth + 1)}
        return self.union(depth)

    def record(self, depth):
        fields = [{"name": self.name("f"), "type": self.type(depth + 1)}
                  for _ in range(self.random.randrange(0 if depth else 1, 6))]
        record = {"type": "record", "name": self.name("R"), "fields": fields}
        if fields and self.chance(3):
            fields[0]["doc"] = "the first ü"
        return record

    def union(self, depth):
        branches, kinds = [], set()
        if not self.chance(4):
            branches.append({"type": "null"})
            kinds.add("null")
        for _ in range(self.random.choice([1, 1, 1, 2, 3])):
            branch = self.type(depth + 1)
            if isinstance(branch, list):
                continue
            kind = branch.get("name", branch["type"])
            if not self.mixed_unions:
                kind = FAMILIES.get(kind, kind)
            if kind not in kinds:
                kinds.add(kind)
                branches.append(branch)
        self.random.shuffle(branches)
        return branches or [{"type": "null"}]

    def evolved(self, schema):
        """What an older or newer writer had: mostly readable with `schema`."""
        schema = copy.deepcopy(schema)
        for _ in range(self.random.randrange(1, 4)):
            record = self.random.choice(list(records(schema)) or [None])
            if record is None:
                break
            self.change(record)
        return schema

    def change(self, record):
        fields = record["fields"]
        choice = self.random.randrange(5)
        if choice == 0:
            self.random.shuffle(fields)
        elif choice == 1:
            fields.insert(self.random.randrange(len(fields) + 1),
                          {"name": self.name("g"), "type": self.type(2)})
        elif choice == 2 and fields:
            fields.pop(self.random.randrange(len(fields)))
        elif choice == 3 and fields:
            field = self.random.choice(fields)
            kind = field["type"]
            if isinstance(kind, list):
                self.random.shuffle(kind)
            else:
                field["type"] = [{"type": "null"}, kind] if self.chance(2) else [kind]
                self.random.shuffle(field["type"])
        elif fields:
            field = self.random.choice(fields)
            kind = field["type"]["type"] if isinstance(field["type"], dict) else None
            narrower = [old for old, new in PROMOTIONS.items() if kind in new]
            if narrower:
                field["type"] = {"type": self.random.choice(narrower)}

    def with_defaults(self, schema):
        """`schema` with defaults, so that writers may lack fields."""
        schema = copy.deepcopy(schema)
        for record in records(schema):
            for field in record["fields"]:
                value = self.default(field["type"])
                if value is not MISSING:
                    field["default"] = value
        return schema

    def default(self, kind):
        if isinstance(kind, list):
            return self.default(kind[0])
        logical = kind.get("logicalType")
        # fastavro leaves the text of a default of bytes as it is, so there are none.
        return {"null": None, "boolean": True, "int": 7, "long": 2**40 if not logical else 7,
                "float": 1.5, "double": -2.25,
                "string": "déjà" if not logical else "00112233-4455-6677-8899-aabbccddeeff",
                "enum": "BLUE", "array": [], "map": {}}.get(kind["type"], MISSING)

    # Data

    def datum(self, schema):
        if isinstance(schema, list):
            at = self.random.randrange(len(schema))
            return Branch(at, self.datum(schema[at]))
        return getattr(self, "of_" + schema["type"])(schema)

    def of_null(self, _):
        return None

    def of_boolean(self, _):
        return self.chance(2)

    def of_int(self, schema):
        logical = schema.get("logicalType")
        if logical == "date":
            return self.random.randrange(-700_000, 2_900_000)
        if logical == "time-millis":
            return self.random.randrange(86_400_000)
        return self.random.choice([0, -1, 63, 64, 8191, 2**31 - 1, -2**31,
                                   self.random.randrange(-2**31, 2**31)])

    def of_long(self, schema):
        logical = schema.get("logicalType", "")
        if logical == "time-micros":
            return self.random.randrange(86_400_000_000)
        if logical.endswith("millis"):
            return self.random.randrange(-62_000_000_000_000, 253_000_000_000_000)
        if logical.endswith("micros"):
            return self.random.randrange(-62_000_000_000_000_000, 253_000_000_000_000_000)
        return self.random.choice([0, -1, 2**63 - 1, -2**63, self.random.randrange(-2**40, 2**40)])

    def of_float(self, _):
        return self.random.choice([0.0, -0.5, 1.5, 2.0**100, float("inf"), float("nan")])

    def of_double(self, _):
        return self.random.choice([0.0, -0.0, 0.1, 1e300, float("-inf"), float("nan"),
                                   self.random.random()])

    def of_bytes(self, schema):
        if schema.get("logicalType") == "decimal":
            value = self.unscaled(schema["precision"])
            size = (value.bit_length() + 8) // 8 + self.random.choice([0, 0, 0, 1, 40])
            return value.to_bytes(size, "big", signed=True)
        return self.random.randbytes(self.random.choice([0, 1, 15, 16, 17, 40]))

    def of_string(self, schema):
        if schema.get("logicalType") == "uuid":
            text = self.random.randbytes(16).hex()
            return "-".join([text[:8], text[8:12], text[12:16], text[16:20], text[20:]])
        alphabet = self.random.choice(["ab", "ab", "é", "€x", "\U0001f600"])
        size = self.random.choice([0, 1, 7, 8, 14, 15, 16, 17, 31, 33, 100])
        return "".join(self.random.choice(alphabet) for _ in range(size))

    def unscaled(self, precision):
        limit = 10**precision
        return self.random.choice([0, 1, -1, limit - 1, 1 - limit,
                                   self.random.randrange(1 - limit, limit)])

    def of_fixed(self, schema):
        logical = schema.get("logicalType")
        if logical == "decimal":
            return self.unscaled(schema["precision"]).to_bytes(schema["size"], "big", signed=True)
        if logical == "duration":
            return b"".join(self.random.choice([0, 1, 2**31 - 1]).to_bytes(4, "little")
                            for _ in range(2)) + self.random.randbytes(4)
        return self.random.randbytes(schema["size"])

    def of_enum(self, schema):
        return self.random.choice(schema["symbols"])

    def of_array(self, schema):
        return [self.datum(schema["items"]) for _ in range(self.random.choice([0, 1, 2, 9]))]

    def of_map(self, schema):
        return {self.of_string({}) + str(i): self.datum(schema["values"])
                for i in range(self.random.choice([0, 1, 3]))}

    def of_record(self, schema):
        return {field["name"]: self.datum(field["type"]) for field in schema["fields"]}


class Branch:
    """A value that stands in a union."""

    def __init__(self, at, value):
        self.at, self.value = at, value


MISSING = object()


def records(schema):
    """All records in it, outer ones first."""
    if isinstance(schema, list):
        for branch in schema:
            yield from records(branch)
    elif schema["type"] == "record":
        yield schema
        for field in schema["fields"]:
            yield from records(field["type"])
    elif schema["type"] in ("array", "map"):
        yield from records(schema.get("items") or schema["values"])


def without_logical(schema):
    """The same types, of which fastavro reads and writes what the bytes say."""
    if isinstance(schema, list):
        return [without_logical(branch) for branch in schema]
    plain = {key: value for key, value in schema.items()
             if key not in ("logicalType", "precision", "scale")}
    if plain["type"] == "record":
        plain["fields"] = [dict(field, type=without_logical(field["type"]))
                           for field in plain["fields"]]
    for key in ("items", "values"):
        if key in plain:
            plain[key] = without_logical(plain[key])
    return plain
