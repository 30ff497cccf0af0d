"""The API model: model/*.json read, checked, and divided into groups."""

import dataclasses
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MODEL_FILES = ("glue.json", "limpet.json")
PROTOCOLS = {"json-1.1": "Json11"}

# Group of an operation: the first row whose expression is found in its name. A shape belongs to the
# first group (in this order) that reaches it, so a group's header includes only earlier ones.
GROUPS = (
    ("schema_registry", "Schema Registry", r"Registr(y|ies)|Schema|TagResource|UntagResource|GetTags"),
    ("limpet", "Limpet's own operations", None),
    ("data_quality", "Data quality", r"DataQuality"),
    ("integrations", "Integrations", r"Integration"),
    ("statistics", "Column statistics", r"ColumnStatistics"),
    ("table_optimizers", "Table optimizers and materialized views",
     r"TableOptimizer|MaterializedView"),
    ("partitions", "Partitions", r"Partition"),
    ("catalog", "Data catalog",
     r"Database|Table|UserDefinedFunction|CreateCatalog|UpdateCatalog|DeleteCatalog|GetCatalog|"
     r"ResourcePolic|ImportCatalog|DataCatalog"),
    ("crawlers", "Crawlers and classifiers", r"Crawl|Classifier"),
    ("connections", "Connections", r"Connection|Entity$|Entities|EntityRecords"),
    ("machine_learning", "Machine learning transforms", r"ML|LabelsTask"),
    ("workflows", "Triggers, workflows and blueprints", r"Workflow|Trigger|Blueprint"),
    ("sessions", "Interactive sessions and development endpoints",
     r"Session|Statement|DevEndpoint"),
    ("jobs", "Jobs and scripts",
     r"Job|Script|GetMapping|GetPlan|DataflowGraph|SourceControl|SecurityConfiguration|"
     r"UsageProfile"),
    ("assets", "Assets and glossaries", r"Asset|Glossar|FormType|Attachment|IterableForm"),
    ("settings", "Settings", r""),
)
SCALARS = {"string": "String", "integer": "Integer", "long": "Long", "double": "Double",
           "boolean": "Boolean", "timestamp": "Timestamp", "blob": "Blob"}
CPP_WORDS = {"default", "delete", "enum", "operator", "class", "union", "private", "public",
             "protected", "namespace", "template", "typename", "new", "and", "or", "not", "xor",
             "this", "switch", "case", "register", "export", "import", "explicit", "friend",
             "inline", "struct", "using", "virtual", "volatile", "auto", "continue", "break", "for",
             "if", "else", "do", "while", "goto", "throw", "try", "catch", "true", "false",
             "concept", "requires", "static", "const", "void", "char", "int", "long", "short",
             "double", "float", "bool", "signed", "unsigned"}


def snake(name):
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    return name + "_" if name in CPP_WORDS else name


@dataclasses.dataclass
class Member:
    name: str
    shape: str
    required: bool
    sensitive: bool
    deprecated: bool

    @property
    def field(self):
        return snake(self.name)


@dataclasses.dataclass
class Shape:
    name: str
    facts: dict
    members: list = dataclasses.field(default_factory=list)
    group: str = ""

    @property
    def kind(self):
        kind = self.facts["type"]
        if self.facts.get("document"):
            return "Document"
        if kind == "timestamp" and self.facts.get("timestamp_format") == "iso8601":
            return "IsoTimestamp"
        return {"structure": "Structure", "list": "List", "map": "Map"}.get(kind) or SCALARS[kind]

    @property
    def children(self):
        if self.kind == "Structure":
            return [member.shape for member in self.members]
        if self.kind == "List":
            return [self.facts["member"]]
        if self.kind == "Map":
            return [self.facts["key"], self.facts["value"]]
        return []


@dataclasses.dataclass
class Operation:
    name: str
    service: str  # target prefix
    facts: dict
    group: str
    symbol: str  # its name in C++, unique among all services

    @property
    def target(self):
        return f"{self.service}.{self.name}"


@dataclasses.dataclass
class Service:
    prefix: str
    signing_name: str
    protocol: str


class Model:
    def __init__(self, folder=ROOT / "model"):
        self.services, self.operations, self.shapes, self.sources = [], [], {}, []
        for name in MODEL_FILES:
            self._load(json.loads((folder / name).read_text(encoding="utf-8")))
        self._check()
        self.errors = {name: shape for name, shape in sorted(self.shapes.items())
                       if "error" in shape.facts}
        self._divide()

    def _load(self, document):
        service = document["service"]
        self.sources.append(document["source"])
        prefix = service["target_prefix"]
        self.services.append(Service(prefix, service["signing_name"],
                                     PROTOCOLS[service["protocol"]]))
        own = prefix == "Limpet"
        for name, facts in sorted(document["operations"].items()):
            group = "limpet" if own else next(
                key for key, _, words in GROUPS if words is not None and re.search(words, name))
            taken = any(operation.symbol == name for operation in self.operations)
            symbol = prefix + name if taken else name
            self.operations.append(Operation(name, prefix, facts, group, symbol))
        for name, facts in sorted(document["shapes"].items()):
            if name in self.shapes:
                raise ValueError(f"two shapes are called {name}")
            shape = Shape(name, facts)
            if facts["type"] == "structure" and not facts.get("document"):
                required = set(facts.get("required", ()))
                for member, of in facts["members"].items():
                    extra = of if isinstance(of, dict) else {"shape": of}
                    shape.members.append(Member(member, extra["shape"], member in required,
                                                bool(extra.get("sensitive")),
                                                bool(extra.get("deprecated"))))
                if not required <= set(facts["members"]):
                    raise ValueError(f"{name} requires an unknown member")
            self.shapes[name] = shape

    def _check(self):
        for shape in self.shapes.values():
            for child in shape.children:
                if child not in self.shapes:
                    raise ValueError(f"{shape.name} uses the unknown shape {child}")
            fields = [member.field for member in shape.members]
            if len(set(fields)) != len(fields):
                raise ValueError(f"two members of {shape.name} get one name in C++")
        symbols = [operation.symbol for operation in self.operations]
        if len(set(symbols)) != len(symbols):
            raise ValueError("two operations have one name")
        for operation in self.operations:
            for name in (operation.facts["input"], operation.facts["output"],
                         *operation.facts["errors"]):
                if name not in self.shapes:
                    raise ValueError(f"{operation.name} uses the unknown shape {name}")

    def _divide(self):
        for group, _, _ in GROUPS:
            todo = [name for operation in self.operations if operation.group == group
                    for name in (operation.facts["input"], operation.facts["output"])]
            while todo:
                shape = self.shapes[todo.pop()]
                if not shape.group:
                    shape.group = group
                    todo += shape.children

    def group_shapes(self, group):
        """The group's shapes; structures stand behind what they hold by value where possible."""
        names = sorted(name for name, shape in self.shapes.items() if shape.group == group)
        done, out = set(), []

        def visit(name):
            if name in done or self.shapes[name].group != group:
                return
            done.add(name)
            for child in self.shapes[name].children:
                visit(child)
            out.append(self.shapes[name])

        for name in names:
            visit(name)
        return out

    def earlier_groups(self, group):
        """Groups whose shapes this group uses."""
        used = {self.shapes[child].group for shape in self.shapes.values() if shape.group == group
                for child in shape.children}
        used |= {self.shapes[o.facts[side]].group for o in self.operations if o.group == group
                 for side in ("input", "output")}
        return [key for key, _, _ in GROUPS if key in used and key != group]

    def group_operations(self, group):
        return [operation for operation in self.operations if operation.group == group]

    def page(self, operation):
        """Paging facts; what the model's paginators leave out is read from the members' names."""
        page = dict(operation.facts.get("page", {}))
        inputs = {member.name: member for member in self.shapes[operation.facts["input"]].members}
        outputs = {member.name: member for member in self.shapes[operation.facts["output"]].members}
        for name in ("MaxResults", "MaxRecords"):
            if name in inputs:
                page.setdefault("limit_key", name)
        if "NextToken" in inputs and "NextToken" in outputs:
            page.setdefault("input_token", "NextToken")
            page.setdefault("output_token", "NextToken")
        lists = [name for name, member in outputs.items()
                 if self.shapes[member.shape].kind in ("List", "Map")]
        if "input_token" in page and len(lists) == 1:
            page.setdefault("result_key", lists[0])
        return page
