"""Random .proto texts: valid ones, other spellings of them, evolutions, spoilt ones, and messages."""

import copy
import dataclasses
import random
import re

SCALARS = ["double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32",
           "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes"]
KEYS = ["int32", "int64", "uint32", "sint64", "fixed32", "bool", "string"]
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
    """Everything follows from the seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.package = f"p{seed}" + self.random.choice(["", ".a", ".a.b_c"])
        self.proto3 = self.random.random() < 0.6
        self.enums = ["Color", "State"]
        self.names = [f"M{i}" for i in range(self.random.randint(1, 4))]
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
        field.options = tuple(options)
        return field

    def relabel(self, field):
        labels = ["", "", "optional", "repeated"] if self.proto3 else ["optional", "repeated"]
        field.label = self.random.choice(labels)

    def type(self):
        kind = self.random.random()
        if kind < 0.1:
            return f"map<{self.random.choice(KEYS)}, {self.random.choice(SCALARS + self.names)}>"
        if kind < 0.2:
            return self.random.choice(self.names)
        if kind < 0.3:
            return self.random.choice(self.enums)
        if kind < 0.37:
            return self.random.choice(sorted(WELL_KNOWN))
        return self.random.choice(SCALARS)

    # ---- texts ----

    def text(self, spelling=False):
        """The schema; with another spelling of the same thing on request."""
        out = ['syntax = "proto3";' if self.proto3 else 'syntax = "proto2";',
               f"package {self.package};"]
        body = [self.message_text(message, "", spelling) for message in self.messages]
        used = "\n".join(body)
        for path in sorted({path for name, path in WELL_KNOWN.items() if name in used}):
            out.append(f'import "{path}";')
        enums = ["enum Color { RED = 0; GREEN = 1; BLUE = 5; }",
                 "enum State { reserved 7 to 9; NEW = 0; OLD = -1 [deprecated = true]; }"]
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
