"""Random .proto texts: valid ones, other spellings of them, evolutions, spoilt ones, files that import
each other, and messages."""

import copy
import dataclasses
import random
import re

SCALARS = ["double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32",
           "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes"]
KEYS = ["int32", "int64", "uint32", "sint64", "fixed32", "bool", "string"]
DEFAULTS = {"int32": ["0", "-1", "0x10"], "uint64": ["18446744073709551615"], "bool": ["true", "false"],
            "double": ["1.5e-30", "-inf", "nan", "-0.0"], "float": ["1e-3", "7"], "sint32": ["-5"],
            "string": ['""', "'text'", '"\u00e9\u20ac"']}
WELL_KNOWN = {"google.protobuf.Timestamp": "google/protobuf/timestamp.proto",
              "google.protobuf.Duration": "google/protobuf/duration.proto",
              "google.protobuf.StringValue": "google/protobuf/wrappers.proto",
              "google.protobuf.Int64Value": "google/protobuf/wrappers.proto"}


@dataclasses.dataclass
class Field:
    number: int
    name: str
    type: str
    label: str = ""
    oneof: str = ""
    options: tuple = ()


@dataclasses.dataclass
class Message:
    name: str
    fields: list
    messages: list
    reserved: str = ""


class Generator:
    """Everything follows from the seed. With `prefix`: one of several files, in whose definitions
    it keeps names apart. `foreign` are full names of messages that it may mention."""

    def __init__(self, seed, package=None, proto3=None, prefix="", imports=(), foreign=()):
        self.random = random.Random(f"{seed}{prefix}" if prefix else seed)
        chosen = f"p{seed}" + self.random.choice(["", ".a", ".a.b_c"])
        self.package = chosen if package is None else package
        chosen = self.random.random() < 0.6
        self.proto3 = chosen if proto3 is None else proto3
        self.prefix, self.imports, self.foreign = prefix, imports, list(foreign)
        self.enums = [f"{prefix}Color", f"{prefix}State"]
        self.names = [f"{prefix}M{i}" for i in range(self.random.randint(1, 4))]
        self.messages = [self.message(name, 0) for name in self.names]

    def message(self, name, depth):
        numbers = self.random.sample(range(1, 40), self.random.randint(0, 9))
        fields = [self.field(number) for number in numbers]
        messages = []
        if depth < 2 and self.random.random() < 0.4:
            messages = [self.message(f"{name}N{i}", depth + 1)
                        for i in range(self.random.randint(1, 2))]
        reserved = "reserved 100 to 110, 200, 5000 to max;" if self.random.random() < 0.2 else ""
        return Message(name, fields, messages, reserved)

    def field(self, number):
        field = Field(number, f"{self.random.choice(['a', 'some_name', 'X', 'f_1_b'])}_{number}",
                      self.type())
        if field.type.startswith("map<"):
            return field
        self.relabel(field)
        if self.random.random() < 0.2:
            field.oneof = self.random.choice(["one", "two"])
        options = []
        if self.random.random() < 0.1:
            options.append("deprecated = true")
        if self.random.random() < 0.1:
            options.append(f'json_name = "json{number}"')
        if self.random.random() < 0.2:
            options += self.typed_options(field)
        self.random.shuffle(options)
        field.options = tuple(options)
        return field

    def typed_options(self, field):
        """Options that only some kinds of fields may have."""
        if field.label == "repeated" and not field.oneof:
            numbers = set(SCALARS) - {"string", "bytes"} | set(self.enums)
            return [f"packed = {self.random.choice(['true', 'false'])}"] if field.type in numbers else []
        out = []
        if field.type in DEFAULTS and not self.proto3:
            out.append(f"default = {self.random.choice(DEFAULTS[field.type])}")
        if field.type in ("int64", "uint64", "sint64", "fixed64", "sfixed64"):
            out.append(f"jstype = {self.random.choice(['JS_NORMAL', 'JS_STRING', 'JS_NUMBER'])}")
        if field.type == "string":
            out.append(f"ctype = {self.random.choice(['CORD', 'STRING_PIECE'])}")
        return out

    def relabel(self, field):
        labels = ["", "", "optional", "repeated"] if self.proto3 else ["optional", "repeated"]
        field.label = self.random.choice(labels)

    def type(self):
        kind = self.random.random()
        if kind < 0.1:
            values = SCALARS + self.names + self.foreign
            return f"map<{self.random.choice(KEYS)}, {self.random.choice(values)}>"
        if kind < (0.4 if self.foreign else 0.2):
            return self.random.choice(self.names + self.foreign)
        if kind < (0.5 if self.foreign else 0.3):
            return self.random.choice(self.enums)
        if kind < (0.57 if self.foreign else 0.37):
            return self.random.choice(sorted(WELL_KNOWN))
        return self.random.choice(SCALARS)

    # ---- texts ----

    def text(self, spelling=False, options=True):
        """The schema; on request with another spelling of the same thing, or without the options
        and reserved statements that Java does not keep."""
        out = ['syntax = "proto3";' if self.proto3 else 'syntax = "proto2";']
        out += [f"package {self.package};"] if self.package else []
        out += [f'import {kind}"{path}";' for kind, path in self.imports]
        body = [self.message_text(message, "", spelling) for message in self.messages]
        used = "\n".join(body)
        for path in sorted({path for name, path in WELL_KNOWN.items() if name in used}):
            out.append(f'import "{path}";')
        color, state = self.enums
        reserved, deprecated = ("reserved 7 to 9; ", " [deprecated = true]") if options else ("", "")
        enums = [f"enum {color} {{ {self.prefix}RED = 0; {self.prefix}GREEN = 1; "
                 f"{self.prefix}BLUE = 5; }}",
                 f"enum {state} {{ {reserved}{self.prefix}NEW = 0; "
                 f"{self.prefix}OLD = -1{deprecated}; }}"]
        out += enums + body if spelling else body + enums
        text = "\n".join(out) + "\n"
        if spelling:
            text = "/* {{{ */\n" + text.replace("{", " { // a { comment\n").replace('"', "'")
        return text

    def message_text(self, message, indent, spelling):
        inner = indent + ("\t" if spelling else "  ")
        lines = [f"{indent}message {message.name} {{"]
        if message.reserved:
            lines.append(inner + message.reserved)
        plain = [field for field in message.fields if not field.oneof]
        oneofs = []
        for name in ("one", "two"):
            members = [field for field in message.fields if field.oneof == name]
            if members:
                oneofs.append(f"{inner}oneof {name} {{")
                oneofs += [inner + "  " + self.field_text(field, "", spelling) for field in members]
                oneofs.append(inner + "}")
        # proto3 optional fields come last for Java, so the order within each kind is what counts.
        fields = [inner + self.field_text(field, field.label, spelling) for field in plain]
        lines += oneofs + fields if spelling else fields + oneofs
        lines += [self.message_text(nested, inner, spelling) for nested in message.messages]
        lines.append(indent + "}")
        return "\n".join(lines)

    def field_text(self, field, label, spelling):
        kind = field.type
        if spelling and kind in self.enums + self.names:
            kind = f".{self.package}.{kind}"
        number = hex(field.number) if spelling else str(field.number)
        options = f" [{', '.join(field.options)}]" if field.options else ""
        return f"{label} {kind} {field.name} = {number}{options};".strip()

    def spoilt(self):
        """One token gone, doubled or exchanged: mostly no schema any more."""
        tokens = re.findall(r'"[^"]*"|[\w.]+|\s+|.', self.text())
        at = self.random.randrange(len(tokens))
        choice = self.random.randrange(3)
        if choice == 0:
            del tokens[at]
        elif choice == 1:
            tokens.insert(at, tokens[at])
        else:
            tokens[at] = self.random.choice(tokens)
        return "".join(tokens)

    def evolve(self):
        """One to three small changes."""
        for _ in range(self.random.randint(1, 3)):
            message = self.random.choice(self.messages)
            if not message.fields:
                continue
            field = self.random.choice(message.fields)
            change = self.random.randrange(5)
            if change == 0:
                message.fields.remove(field)
            elif change == 1:
                message.fields.append(self.field(40 + len(message.fields)))
            elif change == 2:
                field.type = self.type()
                field.options = ()
                field.oneof = "" if field.type.startswith("map<") else field.oneof
                field.label = ""
                if not field.type.startswith("map<"):
                    self.relabel(field)
            elif change == 3 and not field.type.startswith("map<"):
                field.oneof = self.random.choice(["", "one", "two"])
                field.options = ()
                self.relabel(field)
            else:
                field.name += "x"
            numbers = set()
            message.fields = [f for f in message.fields
                              if f.number not in numbers and not numbers.add(f.number)]

    def copy(self):
        return copy.deepcopy(self)

    # ---- messages ----

    def fill(self, message, depth=0):
        """Put random values into a message of Python's protobuf."""
        for field in message.DESCRIPTOR.fields:
            if self.random.random() < 0.3:
                continue
            if field.type == field.TYPE_MESSAGE and depth > 3:
                continue
            count = self.random.randint(1, 3) if field.is_repeated else 1
            if field.message_type and field.message_type.GetOptions().map_entry:
                self.fill_map(getattr(message, field.name), field, depth)
            elif field.is_repeated:
                for _ in range(count):
                    target = getattr(message, field.name)
                    if field.type == field.TYPE_MESSAGE:
                        self.fill(target.add(), depth + 1)
                    else:
                        target.append(self.value(field))
            elif field.type == field.TYPE_MESSAGE:
                getattr(message, field.name).SetInParent()
                self.fill(getattr(message, field.name), depth + 1)
            else:
                setattr(message, field.name, self.value(field))

    def fill_map(self, target, field, depth):
        key, value = field.message_type.fields
        for _ in range(self.random.randint(1, 3)):
            if value.type == value.TYPE_MESSAGE:
                self.fill(target[self.value(key)], depth + 1)
            else:
                target[self.value(key)] = self.value(value)

    def spoil(self, message):
        """Bytes of a message with one of them changed, gone or new."""
        message = bytearray(message)
        at = self.random.randrange(len(message) + 1)
        choice = self.random.randrange(3)
        if choice == 0 or at == len(message):
            message.insert(at, self.random.randrange(256))
        elif choice == 1:
            del message[at]
        else:
            message[at] = self.random.randrange(256)
        return bytes(message)

    def bytes_default(self):
        """Mostly what looks like syntax."""
        choices = b"ab1 \"'\\]};,=/*[{\n\t\x00\xff?"
        return bytes(self.random.choice(choices) for _ in range(self.random.randint(0, 8)))

    def value(self, field):
        if field.containing_type.full_name.startswith("google.protobuf."):
            return "text" if field.type == field.TYPE_STRING else self.random.randint(0, 1000)
        kind = field.cpp_type
        if kind == field.CPPTYPE_ENUM:
            return self.random.choice(field.enum_type.values).number
        if kind == field.CPPTYPE_STRING:
            if field.type == field.TYPE_BYTES:
                return bytes(self.random.choice(b"ab\x01") for _ in range(self.random.randint(0, 5)))
            return self.random.choice(["", "text", "\u00e9\u20ac\U0001d11e", '"\\\n\x01', "</script>"])
        if kind == field.CPPTYPE_BOOL:
            return self.random.random() < 0.5
        if kind in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
            return self.random.choice([0.0, 1.5, -2.25, 1e10, float("inf"), float("nan"), -0.0])
        bits = 31 if kind in (field.CPPTYPE_INT32, field.CPPTYPE_UINT32) else 63
        unsigned = kind in (field.CPPTYPE_UINT32, field.CPPTYPE_UINT64)
        return self.random.choice([0, 1, 150, 2**bits - 1] + ([] if unsigned else [-1, -2**bits]))


class FileSet:
    """A root and files that it reaches through imports, of one syntax and all kinds of packages."""

    def __init__(self, seed):
        choose = random.Random(f"set{seed}")
        proto3 = choose.random() < 0.6
        self.files = {}  # Generators by path, imports before their importers, the root last
        shown = {}  # by path, what importers of a file see
        for i in range(choose.randint(2, 5)):
            path = f"s{seed}/f{i}.proto"
            paths = [known for known in self.files if choose.random() < 0.6]
            kinds = {known: choose.choice(["", "", "public "]) for known in paths}
            foreign = [name for known in paths for name in shown[known]]
            package = choose.choice(["shop", "shop.geo", "shop.geo.x", "common", "common.y", ""])
            file = Generator(seed, package, proto3, f"F{i}", [(kinds[known], known)
                                                              for known in paths], foreign)
            self.files[path] = file
            full = f".{package}." if package else "."
            shown[path] = [full + name for name in file.names] + [
                name for known in paths if kinds[known] for name in shown[known]]
        self.root = file
        self.root_path = path
        self.prune()

    def prune(self):
        """Leave the files that the root reaches."""
        reached, waiting = set(), [self.root_path]
        while waiting:
            path = waiting.pop()
            if path not in reached:
                reached.add(path)
                waiting += [known for _, known in self.files[path].imports]
        self.files = {path: file for path, file in self.files.items() if path in reached}
