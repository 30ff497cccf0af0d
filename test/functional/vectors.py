"""The wire format's vectors (src/serde/testdata/vectors.json), and what limpet prints of their values."""

import base64
import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "src/serde/testdata/vectors.json").read_text())


def plain(value):
    """Without the names of unions' branches, as limpet prints records."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in ("string", "int", "L"):
            return plain(next(iter(value.values())))
        return {name: plain(member) for name, member in value.items()}
    return value


def expected(row):
    if row["schema"].startswith("decimal"):
        return float(row["logical"])
    if row["schema"] in ("bytes", "fixed"):
        return base64.b64encode(row["value"].encode("latin-1")).decode()
    return row.get("logical", plain(row["value"]))
