"""Seeded random sets of JSON Schemas that refer to each other, and values to try them with."""

import posixpath
import random
import urllib.parse

DRAFTS = {
    "draft-04": "http://json-schema.org/draft-04/schema#",
    "draft-06": "http://json-schema.org/draft-06/schema#",
    "draft-07": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
NAMES = ["a.json", "b", "types/c.json", "types/more/d.json", "http://other.example/e.json",
         "http://other.example/e/e.json", "urn:example:f"]
ROOT_IDS = [None, None, "http://root.example/schemas/root.json", "root.json", "urn:example:root"]
KEYS = ["x", "y", "a/b", "c~d", "e f", "g%h", "ü", "$ref", "$id"]
PROPERTIES = ["p", "q", "r", "$ref"]


class Document:
    """A schema under way. `uris`: what references may call it."""

    def __init__(self, name, uris, base):
        self.name, self.uris, self.base = name, uris, base
        self.targets = []  # (URI, fragment) of the schemas in it
        self.tree = None


class Generator:
    """One set of schemas; everything follows from the seed."""

    def __init__(self, seed, draft):
        self.random = random.Random(seed)
        self.draft = draft
        self.modern = draft >= "2019" and not draft.startswith("draft")
        self.id = "id" if draft == "draft-04" else "$id"
        self.defs = "$defs" if self.modern else "definitions"

    def chance(self, one_in):
        return self.random.randrange(one_in) == 0

    def set(self):
        """(root, [(name, schema), …], {URI: schema}): what a registry needs to know."""
        self.lookalikes = self.chance(2)  # data that looks like references
        root_id = self.random.choice(ROOT_IDS)
        self.root_uri = root_id or ""
        documents = [Document(None, [self.root_uri], self.root_uri)]
        # Nothing is relative to a URN.
        names = [name for name in NAMES if ":" in name or not self.root_uri.startswith("urn:")]
        for number, name in enumerate(self.random.sample(names, self.random.randrange(1, 4))):
            uris = [urllib.parse.urljoin(self.root_uri, name)]
            base = uris[0]
            identifier = None
            if self.chance(3):
                identifier = f"http://ids.example/{number}/i.json"
                uris.append(identifier)
                base = identifier
            document = Document(name, uris, base)
            document.identifier = identifier
            documents.append(document)
        documents[0].identifier = root_id
        # Definitions first, so that their places are known to the references.
        for number, document in enumerate(documents):
            self.plan(document, f"inner{number}/i.json")
        for number, document in enumerate(documents):
            document.later = documents[number + 1:]
            document.all = documents
            document.tree = self.document(document)
        self.inner_root = documents[0].inner is not None  # a schema in it has its own identifier
        imports = self.reachable(documents)
        return (documents[0].tree, [(d.name, d.tree) for d in imports],
                {d.uris[0]: d.tree for d in imports})

    def plan(self, document, inner):
        document.keys = self.random.sample(KEYS, self.random.randrange(0, 4))
        document.anchors = {}
        document.inner = None
        for key in document.keys:
            document.targets.append("/" + self.pointer(self.defs, key))
            if self.chance(3) and key.isascii() and key.isalpha():
                document.anchors[key] = "anchor-" + key
                document.targets.append("anchor-" + key)
        document.inner_uri = None
        if self.chance(4) and not document.base.startswith(("urn:", "http://ids.example")):
            document.inner = inner
            document.inner_uri = urllib.parse.urljoin(document.base, inner)

    @staticmethod
    def pointer(*tokens):
        escaped = (token.replace("~", "~0").replace("/", "~1") for token in tokens)
        return "/".join(urllib.parse.quote(token, safe="~$") for token in escaped)

    def document(self, document):
        self.used = document.uses = set()
        tree = {}
        if document.name is None or self.chance(2):
            tree["$schema"] = DRAFTS[self.draft]
        if document.identifier:
            tree[self.id] = document.identifier
        base = document.base
        if document.name is None or not self.chance(3):
            tree["type"] = "object"
            tree["properties"] = {
                name: self.schema(document, base, 2) for name in self.random.sample(PROPERTIES, 3)}
            if self.chance(4):
                tree["required"] = [self.random.choice(PROPERTIES)]
        else:
            tree.update(self.leaf())
        if self.lookalikes and self.chance(3):
            tree["default"] = {"$ref": "nowhere.json", self.id: "x"}
        if self.chance(3):
            tree["allOf"] = [self.reference(document, base, document.later) or {}]
        definitions = {}
        for key in document.keys:
            schema = self.schema(document, base, 2, plain=key in document.anchors)
            if key in document.anchors:
                word = "$anchor" if self.modern else self.id
                schema[word] = ("" if self.modern else "#") + document.anchors[key]
            definitions[key] = schema
        if document.inner_uri:
            definitions["inner"] = self.inner(document)
        if definitions:
            tree[self.defs] = definitions
        return tree

    def inner(self, document):
        """A schema with an identifier of its own, which is the top of what it refers to by '#'."""
        base = document.inner_uri
        tree = {self.id: base if self.chance(2) and ":" in base else document.inner,
                "properties": {"p": {"$ref": "#/properties/q"}, "q": self.leaf()}}
        absolute_root = urllib.parse.urlsplit(self.root_uri).scheme == "http"
        if document.name is not None or absolute_root:
            tree["properties"]["r"] = self.schema(document, base, 1)
        return tree

    def schema(self, document, base, depth, plain=False):
        choice = self.random.randrange(8)
        if not plain and choice < 4:
            return self.reference(document, base, document.all) or self.leaf()
        if depth == 0 or choice == 4:
            return self.leaf()
        inner = lambda: self.schema(document, base, depth - 1)
        if choice == 5:
            return {"type": "object", "properties": {self.random.choice(PROPERTIES): inner()}}
        if choice == 6:
            return {"items": inner(), "maxItems": 2}
        return {"type": ["object", "string"], "additionalProperties": inner()}

    def leaf(self):
        return self.random.choice([
            lambda: {"type": self.random.choice(["string", "integer", "object", "array", "null"])},
            lambda: {"minimum": self.random.randrange(3), "type": "integer"},
            lambda: {"maxLength": self.random.randrange(4)},
            lambda: {"enum": [1, "s", {}] + self.lookalikes * [{"$ref": "#/x"}, {self.id: "e.json"}]},
            lambda: {"not": {"type": "string"}},
            lambda: {},
        ])()

    def reference(self, document, base, candidates):
        """A schema that refers to one of those documents from `base`, or None."""
        if not candidates:
            return None
        target = self.random.choice(candidates)
        uri = self.random.choice(target.uris)
        fragment = self.random.choice(target.targets + ["", ""])
        if target.inner_uri and self.chance(3):
            uri, fragment = target.inner_uri, self.random.choice(["", "/properties/q"])
        written = self.written(base, uri)
        if written is None:
            return None
        self.used.add(target.name)
        schema = {"$ref": written + ("#" + fragment if fragment or not written else "")}
        if not self.modern and self.chance(4):
            schema["maxLength"] = 0  # ignored
        return schema

    def written(self, base, uri):
        """`uri` as somebody at `base` may write it; None when there is no way."""
        if uri == base:
            return ""
        there, here = urllib.parse.urlsplit(uri), urllib.parse.urlsplit(base)
        if there.scheme != here.scheme or there.netloc != here.netloc or there.scheme == "urn":
            return uri if there.scheme else None
        # jsonschema does not see the `$id` of a document that it reached by another URI.
        if there.scheme and (self.chance(2) or here.netloc == "ids.example"):
            return uri
        if not there.path:
            return None
        path = posixpath.relpath(there.path, posixpath.dirname(here.path) or ".")
        if urllib.parse.urljoin(base, path) != uri:
            return uri if there.scheme else None
        return "./" + path if self.chance(3) and base and not path.startswith(".") else path

    @staticmethod
    def reachable(documents):
        used, open_documents = {None}, [documents[0]]
        while open_documents:
            document = open_documents.pop()
            for other in documents:
                if other.name in document.uses and other.name not in used:
                    used.add(other.name)
                    open_documents.append(other)
        return [document for document in documents[1:] if document.name in used]

    def value(self, depth=3):
        choice = self.random.randrange(8 if depth else 3) + 5 * (depth == 3)
        if choice < 3:
            return self.random.choice([None, True, 0, 1, 2, 5, "", "s", "long enough", {"$ref": "#/x"}])
        if choice == 3:
            return [self.value(depth - 1) for _ in range(self.random.randrange(3))]
        names = PROPERTIES + KEYS[:2]
        return {self.random.choice(names): self.value(depth - 1)
                for _ in range(self.random.randrange(4))}
