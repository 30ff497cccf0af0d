"""Reference pages: which operations are served, and every operation's members and errors."""

import re

from apimodel.cpp import BANNER
from apimodel.model import GROUPS

HEAD = "<!-- " + BANNER.removeprefix("// ").strip() + " -->\n\n"
TYPES = {"String": "string", "Integer": "integer (32 bit)", "Long": "integer (64 bit)",
         "Double": "number", "Boolean": "boolean", "Timestamp": "time (seconds since 1970)",
         "IsoTimestamp": "time (ISO 8601)", "Blob": "bytes (base64)", "Document": "any JSON"}
# A handler is registered by this expression, and by nothing else.
REGISTRATION = re.compile(r"\bserve<op::(\w+)>")


def served_operations(root):
    """Names of the operations that have a handler, read from where handlers are registered."""
    names = set()
    for path in sorted((root / "src" / "glue_api").glob("*.cc")):
        if not path.stem.endswith("_test"):
            names |= set(REGISTRATION.findall(path.read_text(encoding="utf-8")))
    return names


def code(text):
    """Inline code that survives a table cell, back-ticks included."""
    text = text.replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def bounds(shape):
    low, high = shape.facts.get("min"), shape.facts.get("max")
    if low is None and high is None:
        return []
    unit = {"String": "long", "List": "items", "Map": "items"}.get(shape.kind, "")
    return [f"{'' if low is None else low}..{'' if high is None else high} {unit}".strip()]


def type_text(model, name, group):
    """Type of a member for a reader, linked where the page (or another) describes it."""
    shape = model.shapes[name]
    if shape.kind == "Structure" or shape.facts.get("enum"):
        page = "" if shape.group == group else f"{shape.group}.md"
        return f"[{name}]({page}#{name.lower()})"
    if shape.kind == "List":
        return "list of " + type_text(model, shape.facts["member"], group)
    if shape.kind == "Map":
        return "map of " + type_text(model, shape.facts["value"], group)
    return TYPES[shape.kind]


def constraints(model, name):
    shape = model.shapes[name]
    out = bounds(shape)
    if shape.facts.get("pattern"):
        out.append(code(shape.facts["pattern"]))
    if shape.kind == "List":
        inner = constraints(model, shape.facts["member"])
        out += ["each " + text for text in inner]
    if shape.kind == "Map":
        out += ["keys " + text for text in constraints(model, shape.facts["key"])]
        out += ["values " + text for text in constraints(model, shape.facts["value"])]
    if shape.facts.get("sensitive"):
        out.append("sensitive")
    return out


def member_table(model, shape, group):
    if not shape.members:
        return "None.\n"
    rows = ["| Member | Type | | Constraints |", "|---|---|---|---|"]
    for member in shape.members:
        words = constraints(model, member.shape) + (["deprecated"] if member.deprecated else [])
        required = "required" if member.required else ""
        rows.append(f"| `{member.name}` | {type_text(model, member.shape, group)} | {required} | "
                    f"{'; '.join(words)} |")
    return "\n".join(rows) + "\n"


def operation_text(model, operation, served):
    out = f"## {operation.name}\n\n"
    out += f"Target `{operation.target}`. "
    out += "Served.\n\n" if operation.symbol in served else "Not served yet.\n\n"
    out += "Input:\n\n" + member_table(model, model.shapes[operation.facts["input"]],
                                       operation.group)
    out += "\nOutput:\n\n" + member_table(model, model.shapes[operation.facts["output"]],
                                          operation.group)
    page = model.page(operation)
    if isinstance(page.get("input_token"), str):
        out += f"\nPaged: `{page['input_token']}`"
        out += f", size `{page['limit_key']}`" if "limit_key" in page else ""
        out += f"; results in `{page['result_key']}`.\n" if isinstance(
            page.get("result_key"), str) else ".\n"
    errors = ", ".join(f"`{name}`" for name in operation.facts["errors"])
    return out + f"\nErrors: {errors}.\n\n"


def group_page(model, group, title, served):
    operations = model.group_operations(group)
    shapes = model.group_shapes(group)
    direct = {operation.facts[side] for operation in operations for side in ("input", "output")}
    out = f"# {title}\n\n" + HEAD
    out += "Members without *required* may be left out. Lengths are of text as the operation counts "
    out += "it; expressions match the whole text. Back to [all operations](../operations.md).\n\n"
    out += "".join(operation_text(model, operation, served) for operation in operations)
    structures = sorted((s for s in shapes if s.kind == "Structure" and s.name not in direct),
                        key=lambda s: s.name)
    if structures:
        out += "# Structures\n\n"
    for shape in structures:
        union = "Exactly one member is set.\n\n" if shape.facts.get("union") else ""
        out += f"## {shape.name}\n\n{union}{member_table(model, shape, group)}\n"
    enums = sorted((s for s in shapes if s.facts.get("enum")), key=lambda s: s.name)
    if enums:
        out += "# Enumerations\n\n"
    for shape in enums:
        out += f"## {shape.name}\n\n" + ", ".join(map(code, shape.facts["enum"])) + "\n\n"
    return out.rstrip("\n") + "\n"


def operations_page(model, served):
    counts = [sum(o.symbol in served for o in model.operations), len(model.operations)]
    out = "# Operations\n\n" + HEAD
    source = next(s for s in model.sources if s["package"] == "botocore")
    out += (f"{counts[0]} of {counts[1]} operations are served by this version. The others are known "
            "and answer `UnknownOperationException` with a text that says so. "
            "`limpet operations` prints the same list.\n\n"
            f"Shapes are those of AWS Glue {source['api_version']} as the Python package "
            f"`{source['package']}` {source['version']} describes them; operations with the target "
            "prefix `Limpet.` are our own.\n\n")
    out += "Errors are HTTP 400, but these:\n\n"
    for name, shape in model.errors.items():
        if shape.facts["error"]["status"] != 400:
            out += f"- `{name}`: {shape.facts['error']['status']}\n"
    for group, title, _ in GROUPS:
        out += f"\n## {title}\n\n| Operation | Served |\n|---|---|\n"
        for operation in model.group_operations(group):
            mark = "yes" if operation.symbol in served else ""
            out += f"| [{operation.name}](api/{group}.md#{operation.name.lower()}) | {mark} |\n"
    return out


def files(model, root):
    """Path below docs/reference to text."""
    served = served_operations(root)
    unknown = served - {operation.symbol for operation in model.operations}
    if unknown:
        raise ValueError(f"handlers for unknown operations: {sorted(unknown)}")
    out = {"operations.md": operations_page(model, served)}
    for group, title, _ in GROUPS:
        out[f"api/{group}.md"] = group_page(model, group, title, served)
    return out
