"""Seeded random Avro schemas, their evolutions, and other spellings of one schema."""

import copy
import json
import random

PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
SIMPLE_NAMES = ["A", "B", "C", "Order", "Größe", "_x1"]
SPACES = [None, "", "a", "a.b", "c"]
FIELDS = ["id", "name", "total", "next", "état", "f_1"]
SYMBOLS = ["RED", "GREEN", "BLUE", "X", "_y"]
LOGICAL = [("int", "date"), ("long", "timestamp-millis"), ("string", "uuid"), ("bytes", "decimal"),
           ("int", "nonsense"), ("string", "date")]


class Generator:
    """One document at a time; everything follows from the seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def schema(self, size=12):
        self.left = size
        self.defined = []  # (full name, node), in the order of the text
        self.open = set()  # ids of the records whose fields are being made
        return self.type(None, depth=0) if self.chance(3) else self.record(None, depth=0)

    def chance(self, one_in):
        return self.random.randrange(one_in) == 0

    def type(self, space, depth):
        self.left -= 1
        choice = self.random.randrange(14)
        if self.left <= 0 or depth > 5:
            choice = choice % 5
        if choice <= 2:
            return self.random.choice(PRIMITIVES)
        if choice == 3:
            return self.primitive_with_properties()
        if choice == 4:
            return self.reference(space)
        if choice <= 8:
            return self.record(space, depth)
        if choice == 9:
            return self.enum(space)
        if choice == 10:
            return self.fixed(space)
        if choice == 11:
            return self.extra({"type": "array", "items": self.type(space, depth + 1)})
        if choice == 12:
            return self.extra({"type": "map", "values": self.type(space, depth + 1)})
        return self.union(space, depth)

    def primitive_with_properties(self):
        if self.chance(2):
            return {"type": self.random.choice(PRIMITIVES)}
        base, logical = self.random.choice(LOGICAL)
        node = {"type": base, "logicalType": logical}
        if logical == "decimal":
            node["precision"] = self.random.choice([4, 10, 0])
            node["scale"] = self.random.choice([0, 2, 20])
        return node

    def reference(self, space):
        if not self.defined:
            return self.random.choice(PRIMITIVES)
        full, node = self.random.choice(self.defined)
        if id(node) in self.open and not self.chance(20):
            # Inside its own definition, where a plain reference would have no finite value.
            written = "." + full if "." not in full and space else full
            return self.random.choice([["null", written], {"type": "array", "items": written}])
        inside, _, simple = full.rpartition(".")
        if inside == (space or "") and self.chance(2):
            return simple
        return full if inside or not space else "." + full

    def name(self, node, space):
        """Give `node` a name that is free, spelled one way or another; returns its namespace."""
        taken = {full for full, _ in self.defined}
        for _ in range(20):
            simple = self.random.choice(SIMPLE_NAMES)
            wanted = self.random.choice(SPACES)
            inside = (space or "") if wanted is None else wanted
            full = inside + "." + simple if inside else simple
            if full in taken:
                continue
            if wanted is None:
                node["name"] = simple
            elif inside and self.chance(2):
                node["name"] = full
            else:
                node["name"] = simple
                node["namespace"] = inside
            self.defined.append((full, node))
            return inside
        simple = "T%d" % len(self.defined)
        node["name"] = simple
        self.defined.append(((space + "." if space else "") + simple, node))
        return space or ""

    def extra(self, node):
        if self.chance(6):
            node["doc"] = self.random.choice(["", "one", "zwei \"ü\"\n"])
        if self.chance(8):
            node["custom"] = self.random.choice(
                [1, 1.0, "1", None, [1.10, {"b": 1e3, "a": -0.0}], {"z": 10**20, "y": True}])
        return node

    def aliases(self, node, pool):
        if self.chance(6):
            count = self.random.choice([0, 1, 1, 2])
            node["aliases"] = [self.random.choice(pool) for _ in range(count)]
        return node

    def record(self, space, depth):
        node = {"type": "error" if self.chance(12) else "record"}
        inside = self.name(node, space)
        names = self.random.sample(FIELDS, self.random.randrange(0, 5))
        node["fields"] = []
        self.open.add(id(node))
        for name in names:
            field = {"name": name, "type": self.type(inside, depth + 1)}
            self.default(field)
            if self.chance(10):
                field["order"] = self.random.choice(["ascending", "descending", "ignore", "IGNORE"])
            node["fields"].append(self.extra(self.aliases(field, FIELDS)))
        self.open.discard(id(node))
        return self.extra(self.aliases(node, SIMPLE_NAMES + ["a.A", "c.B"]))

    def enum(self, space):
        node = {"type": "enum"}
        self.name(node, space)
        node["symbols"] = self.random.sample(SYMBOLS, self.random.randrange(0, 4))
        if node["symbols"] and self.chance(3):
            node["default"] = self.random.choice(node["symbols"])
        return self.extra(self.aliases(node, SIMPLE_NAMES))

    def fixed(self, space):
        node = {"type": "fixed"}
        self.name(node, space)
        node["size"] = self.random.choice([0, 4, 16])
        return self.extra(self.aliases(node, SIMPLE_NAMES))

    def union(self, space, depth):
        branches = ["null"] if self.chance(2) else []
        for _ in range(self.random.randrange(0, 4)):
            branch = self.type(space, depth + 1)
            if isinstance(branch, list) or self.kind(branch) in map(self.kind, branches):
                continue
            branches.append(branch)
        return branches

    @staticmethod
    def kind(branch):
        """What may stand once in a union; approximately, the parsers have the last word."""
        if isinstance(branch, str):
            return branch
        return branch["name"] if "name" in branch else branch["type"]

    def default(self, field):
        if self.chance(2):
            return
        value = self.value(field["type"], 0)
        if value is not MISSING:
            field["default"] = value

    def value(self, schema, depth):
        if self.chance(60):
            return self.random.choice([None, 1, "x", [], {}])  # rarely fits
        if isinstance(schema, list):
            return self.value(schema[0], depth) if schema else MISSING
        if isinstance(schema, dict):
            kind = schema["type"]
        else:
            kind = schema
            named = [node for full, node in self.defined if full.rpartition(".")[2] == schema]
            if named:
                schema, kind = named[0], named[0]["type"]
        if depth > 3:
            return MISSING
        return {
            "null": lambda: None,
            "boolean": lambda: self.chance(2),
            "int": lambda: self.random.choice([0, -1, 2**31 - 1]),
            "long": lambda: self.random.choice([0, 2**63 - 1, -2**31 - 1]),
            "float": lambda: self.random.choice([0, 1.5, 1e30, "NaN", "-Infinity"]),
            "double": lambda: self.random.choice([0, 1.0, -0.0, 1e-7, "1.5", "0x1p3"]),
            "bytes": lambda: self.random.choice(["", "\u00ff\u0000"]),
            "string": lambda: self.random.choice(["", "é", "line\nfeed"]),
            "fixed": lambda: "ab",
            "enum": lambda: self.random.choice(schema.get("symbols") or ["RED"]),
            "array": lambda: self.list_value(schema["items"], depth),
            "map": lambda: {str(i): v for i, v in enumerate(self.list_value(schema["values"], depth))},
            "record": lambda: self.record_value(schema, depth),
            "error": lambda: self.record_value(schema, depth),
        }.get(kind, lambda: MISSING)()

    def list_value(self, element, depth):
        values = [self.value(element, depth + 1) for _ in range(self.random.randrange(3))]
        return [value for value in values if value is not MISSING]

    def record_value(self, record, depth):
        result = {}
        for field in record.get("fields", []):
            if "default" in field and self.chance(2):
                continue
            value = self.value(field["type"], depth + 1)
            if value is not MISSING:
                result[field["name"]] = value
        return result

    # Evolutions

    def evolve(self, schema, steps):
        """A copy with a few changes; not always a valid schema."""
        schema = copy.deepcopy(schema)
        for _ in range(steps):
            nodes = list(self.nodes(schema, None, None))
            parent, key, node = self.random.choice(nodes)
            changed = self.change(node)
            if parent is None:
                schema = changed
            else:
                parent[key] = changed
        return schema

    def nodes(self, node, parent, key):
        yield parent, key, node
        if isinstance(node, list):
            for i, branch in enumerate(node):
                yield from self.nodes(branch, node, i)
        elif isinstance(node, dict):
            for attribute in ("items", "values"):
                if attribute in node:
                    yield from self.nodes(node[attribute], node, attribute)
            for field in node.get("fields", []):
                yield from self.nodes(field["type"], field, "type")

    def change(self, node):
        if isinstance(node, str):
            return self.random.choice(
                [self.random.choice(PRIMITIVES), self.promoted(node), ["null", node], [node],
                 [node, "string"], {"type": "array", "items": node}])
        if isinstance(node, list):
            return self.change_union(node)
        kind = node["type"]
        if kind in ("record", "error"):
            return self.change_record(node)
        if kind == "enum":
            self.random.choice([
                lambda: node["symbols"].append("NEW"),
                lambda: node["symbols"] and node["symbols"].pop(),
                lambda: node["symbols"] and node.update(default=node["symbols"][0]),
                lambda: node.pop("default", None),
                lambda: self.rename(node),
                lambda: node["symbols"].reverse(),
            ])()
            return node
        if kind == "fixed":
            self.random.choice([lambda: node.update(size=8), lambda: self.rename(node)])()
            return node
        if kind in ("array", "map"):
            return self.random.choice(
                [["null", node], {"type": "array", "items": "int"}, {"type": "map", "values": "int"}])
        return self.random.choice([kind, self.promoted(kind), ["null", node]])

    def promoted(self, kind):
        return {"int": "long", "long": "double", "float": "double", "string": "bytes",
                "bytes": "string"}.get(kind, kind)

    def change_union(self, node):
        if node and self.chance(3):
            node.pop(self.random.randrange(len(node)))
        elif self.chance(3):
            node.insert(self.random.randrange(len(node) + 1), self.random.choice(PRIMITIVES))
        elif self.chance(2):
            self.random.shuffle(node)
        elif node:
            return self.random.choice(node)
        return node

    def change_record(self, node):
        fields = node["fields"]
        change = self.random.randrange(11)
        if change <= 2:
            field = {"name": self.random.choice(FIELDS), "type": self.random.choice(PRIMITIVES)}
            self.defined = []
            self.default(field)
            fields.insert(self.random.randrange(len(fields) + 1), field)
        elif change == 3 and fields:
            fields.pop(self.random.randrange(len(fields)))
        elif change == 4:
            self.random.shuffle(fields)
        elif change == 5 and fields:
            field = self.random.choice(fields)
            field["aliases"] = [field["name"]]
            field["name"] = self.random.choice(FIELDS)
        elif change == 6 and fields:
            self.random.choice(fields).pop("default", None)
        elif change == 7 and fields:
            field = self.random.choice(fields)
            field["default"] = self.random.choice([None, 0, "", [], {}, False])
        elif change == 8:
            return ["null", node]
        elif change == 9:
            node["doc"] = "changed"
        else:
            self.rename(node)
        return node

    def rename(self, node):
        old = node["name"]
        if self.chance(2):
            node["name"] = self.random.choice(SIMPLE_NAMES)
        else:
            node["namespace"] = self.random.choice(["", "a", "c"])
        if self.chance(2):
            node["aliases"] = [old]

    # Other spellings of one schema

    def respelled(self, node):
        """The same schema: attributes in another order, primitives wrapped, names written in full."""
        if isinstance(node, str):
            return {"type": node} if node in PRIMITIVES and self.chance(4) else node
        if isinstance(node, list):
            return [self.respelled(branch) for branch in node]
        result = dict(node)
        for attribute in ("items", "values"):
            if attribute in result:
                result[attribute] = self.respelled(result[attribute])
        if "fields" in result:
            result["fields"] = [
                self.shuffled({**field, "type": self.respelled(field["type"])})
                for field in result["fields"]]
        if result.get("namespace") and "." not in result["name"]:
            result["name"] = result.pop("namespace") + "." + result["name"]
        return self.shuffled(result)

    # One schema in several texts

    def split(self, schema):
        """The schema with some definitions taken out: (root, [(full name, definition), …]), where each
        definition needs only those before it."""
        self.taken = []
        self.reachable = set()  # types that a text which was taken out defines
        root = self.split_type(copy.deepcopy(schema), "")[0]
        if self.taken and isinstance(root, str) and not self.chance(5):
            root = self.taken.pop()[1]  # the last one is the whole
        return root, self.taken

    def split_type(self, node, space):
        """(what stands there now, types that it needs from outside, types that it defines)"""
        if isinstance(node, str):
            if node in PRIMITIVES:
                return node, set(), set()
            return node, {self.full_name(node, space)}, set()
        needs, defines, inside = set(), set(), space
        children = []
        if isinstance(node, list):
            children = [(node, i) for i in range(len(node))]
        elif "name" in node:
            full = self.full_name(node["name"], node.get("namespace", space))
            inside = full.rpartition(".")[0]
            defines.add(full)
            children = [(field, "type") for field in node.get("fields", [])]
        else:
            children = [(node, key) for key in ("items", "values") if key in node]
        for parent, key in children:
            parent[key], more_needs, more_defines = self.split_type(parent[key], inside)
            needs |= more_needs
            defines |= more_defines
        needs -= defines
        if isinstance(node, dict) and "name" in node and needs <= self.reachable and self.chance(2):
            self.reachable |= defines
            if "." not in node["name"] and "namespace" not in node:
                node["namespace"] = inside
            self.taken.append((full, node))
            written = "." + full if "." not in full and space else full
            if inside == space and self.chance(2) and full.rpartition(".")[2] not in PRIMITIVES:
                written = full.rpartition(".")[2]
            return written, {full}, set()
        return node, needs, defines

    @staticmethod
    def full_name(written, space):
        if "." in written:
            return written[1:] if written.startswith(".") else written
        return space + "." + written if space else written

    def shuffled(self, node):
        keys = list(node)
        self.random.shuffle(keys)
        return {key: node[key] for key in keys}

    def text(self, node):
        """JSON text in one of the ways that people and programs write it."""
        style = self.random.randrange(3)
        if style == 0:
            return json.dumps(node)
        if style == 1:
            return json.dumps(node, ensure_ascii=False, separators=(",", ":"))
        return json.dumps(node, ensure_ascii=False, indent=2)


MISSING = object()
