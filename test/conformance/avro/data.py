"""Data of random schemas by fastavro: in Avro's JSON encoding, and with one thing changed; in the binary
encoding."""

import copy
import io
import json
import random

import fastavro
import fastavro.utils

REPLACEMENTS = [None, True, 0, -1, 1.5, 2**31, 2**63, 1e2, "", "x", "ab", "\u00ff", "\u20ac", "NaN",
                "-Infinity", [], {}, [0], {"int": 0}, {"string": "x"}, {"null": None}, {"x": 1}]


def documents(text, seed):
    """(what, document) for one schema text: valid ones and changed ones; nothing if fastavro cannot."""
    chance = random.Random(seed)
    random.seed(seed)  # fastavro draws from it
    try:
        schema = fastavro.parse_schema(json.loads(text))
        values = [fastavro.utils.generate_one(schema) for _ in range(2)]
        lines = []
        for value in values:
            out = io.StringIO()
            fastavro.json_writer(out, schema, [value])
            lines.append(out.getvalue())
    except Exception:  # pylint: disable=broad-except
        return  # an infinite type, a null namespace, a default that it does not take
    for line in lines:
        if len(line) > 20_000:
            continue
        yield "written", line
        for _ in range(3):
            document = changed(json.loads(line), chance)
            yield "changed", json.dumps(document, ensure_ascii=chance.randrange(2) == 0)


def changed(document, chance):
    document = copy.deepcopy(document)
    places = list(spots(document, None, None))
    holder, key, value = chance.choice(places)
    kind = chance.randrange(4)
    if kind == 0 and isinstance(value, dict):
        value["extra"] = chance.choice(REPLACEMENTS)
        return document
    if kind == 1 and isinstance(value, dict) and value:
        value.pop(chance.choice(list(value)))
        return document
    if kind == 2 and isinstance(value, dict) and len(value) == 1:
        fresh = next(iter(value.values()))  # without its branch
    elif kind == 2 and isinstance(value, dict) and value:
        old = chance.choice(list(value))
        value[old.upper() + "_"] = value.pop(old)
        return document
    else:
        fresh = copy.deepcopy(chance.choice(REPLACEMENTS))
    if holder is None:
        return fresh
    holder[key] = fresh
    return document


def spots(value, holder, key):
    yield holder, key, value
    items = value.items() if isinstance(value, dict) else enumerate(
        value) if isinstance(value, list) else []
    for name, item in items:
        yield from spots(item, value, name)


def payloads(text, seed):
    """Binary data in hex that fastavro writes for one schema text; nothing if it cannot."""
    random.seed(seed)  # fastavro draws from it
    lines = []
    try:
        schema = fastavro.parse_schema(json.loads(text))
        for _ in range(3):
            out = io.BytesIO()
            fastavro.schemaless_writer(out, schema, fastavro.utils.generate_one(schema))
            if len(out.getvalue()) < 5_000:
                lines.append(out.getvalue().hex())
    except Exception:  # pylint: disable=broad-except
        pass  # see documents()
    return lines


def read_whole(text, payload):
    """What fastavro says to a payload: None, or why it cannot read it to its end."""
    try:
        schema = fastavro.parse_schema(json.loads(text))
    except Exception:  # pylint: disable=broad-except
        return None  # no schema to it
    stream = io.BytesIO(bytes.fromhex(payload))
    try:
        fastavro.schemaless_reader(stream, schema)
    except Exception as refused:  # pylint: disable=broad-except
        return repr(refused)
    return None if stream.read() == b"" else "bytes are left behind the value"
