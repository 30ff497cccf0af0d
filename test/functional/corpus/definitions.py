"""Avro definitions that cost a server as much as their 170,000 characters can.

Each function answers texts that differ from call to call only as far as `seed` says, so that a test
can take two of a kind.
"""

import random

CHARACTERS = 170_000  # AWS Glue API reference, SchemaDefinitionString


def primitive(members):
    """A schema that is a string to Avro, with these members beside its type."""
    return '{"type":"string",%s}' % members


def numbers(seed, count=80_000):
    """Elements without number, nearly all of them equal to many others."""
    return primitive('"x":[%s]' % ",".join(str(i * (seed + 1) % 10) for i in range(count)))


def bits(seed, count=84_000):
    """No alignment of two of them is cheap: half of the elements are equal, wherever one begins."""
    draw = random.Random(seed)
    return primitive('"x":[%s]' % ",".join(draw.choice("01") for _ in range(count)))


def strangers(seed, count=28_000):
    """Not one element in common."""
    return primitive('"x":[%s]' % ",".join(str(i + seed * count) for i in range(count)))


def reversed_numbers(seed, count=29_000):
    order = range(count) if seed % 2 else reversed(range(count))
    return primitive('"x":[%s]' % ",".join(map(str, order)))


def lines(seed, count=120_000):
    """Hardly anything but line feeds."""
    return '{"type":"string","seed":%d%s}' % (seed, "\n" * count)


def members(seed, count=13_000):
    """One member a line, each of them changed."""
    return primitive(",\n".join(f'"{i:x}":{seed}' for i in range(count)))


def long_path(seed, name=60_000, count=11_000):
    """Each of many changes needs a path of 60,000 characters."""
    return primitive('"%s":{%s}' % ("n" * name,
                                    ",".join(f'"{i:x}":{seed}' for i in range(count))))


def many_arrays(seed, arrays=2000, count=40):
    return primitive('"x":[%s]' % ",".join(
        "[%s]" % ",".join(str(i * j * (seed + 1) % 7) for i in range(count))
        for j in range(arrays)))


def deep_array(seed, depth=400):
    return primitive('"x":' + "[" * depth + str(seed) + "]" * depth)


DIFFS = (numbers, bits, strangers, reversed_numbers, lines, members, long_path, many_arrays,
         deep_array)


def record(name, fields):
    return '{"type":"record","name":"%s","fields":[%s]}' % (name, ",".join(fields))


def field(name, of, rest=""):
    return '{"name":"%s","type":%s%s}' % (name, of, rest)


def union_of_records(seed, count=2350):
    """Each record must be looked at with each: a million and more pairs."""
    return "[%s]" % ",".join(record(f"R{seed}_{i}", [field("f", '"int"')]) for i in range(count))


def small_union(seed, count=700):
    """Within the bound of a single comparison, and no stranger to any of its kind: each record may
    stand for each."""
    return "[%s]" % ",".join(record(f"R{seed}_{i}", [field("f", '"int"')]) for i in range(count))


def late_clashes(seed, count=400, fields=8):
    """Records that turn out to be strangers at their last field."""
    return "[%s]" % ",".join(
        record(f"R{seed}_{i}", [*(field(f"f{j}", '"int"', ',"default":0') for j in range(fields)),
                                field(f"z{seed}_{i}", '"int"')])
        for i in range(count))


def enum_everywhere(seed, symbols=9000, fields=2300):
    """A long enum that thousands of unions name."""
    enum = '{"type":"enum","name":"E","symbols":[%s]}' % ",".join(
        f'"s{i:x}"' for i in range(symbols))
    return record("R", [field("e", enum), *(
        field(f"f{i:x}", '["null","E"]', ',"default":null' if i == seed else "")
        for i in range(fields))])


def nested_unions(seed, depth=200, width=8):
    text = '"int"'
    for level in range(depth):
        below = f'"R{seed}_{level - 1}_0"' if level else '"int"'
        text = "[%s]" % ",".join(
            record(f"R{seed}_{level}_{i}", [field("f", below if i else text)])
            for i in range(width))
    return text


def aliases(seed, count=2500):
    return record("R", [field(f"f{i + seed}", '"int"', f',"aliases":["g{i}"],"default":1')
                        for i in range(count)])


def long_names(seed, name=150_000, count=300):
    """Findings below a field whose name is long."""
    kind = '"string"' if seed else '"int"'
    return record("R", [field("n" * name, record(
        "S", [field(f"f{i}", kind) for i in range(count)]))])


JUDGEMENTS = (union_of_records, late_clashes, enum_everywhere, nested_unions, aliases, long_names)
