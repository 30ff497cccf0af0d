"""What a writer knows of the schemas that it wrote, and what a server may answer about them.

Each schema here has one writer with one call under way at a time. So after a crash it is exactly as
the acknowledged calls left it, or as those and the one call whose answer did not come.
"""

import copy
import dataclasses

from wire import Refused

REGISTRY = "torture"
NOT_FOUND = "EntityNotFoundException"


@dataclasses.dataclass
class Version:
    id: str
    text: str
    status: str
    metadata: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Schema:
    """One incarnation of a schema: what the API shows of it."""

    name: str
    description: str
    compatibility: str
    versions: dict = dataclasses.field(default_factory=dict)  # by number
    last_number: int = 0  # the highest ever given

    @property
    def where(self):
        return schema_id(self.name)


def schema_id(name):
    return {"RegistryName": REGISTRY, "SchemaName": name}


class Change:
    """A call that changes one schema. `apply` says what the schema is once it has taken effect."""

    operation = None

    def body(self):
        raise NotImplementedError

    def apply(self, schema, answer):
        """The schema afterwards, from the schema before (None: there is none) and the answer."""
        raise NotImplementedError

    def deletes(self, schema):
        """The ids of the versions that it takes away."""
        return []

    def guess(self, observed):
        """The answer that did not come, as what is there now tells it; None: it was not made."""
        return {}


@dataclasses.dataclass
class CreateSchema(Change):
    name: str
    text: str
    description: str
    operation = "CreateSchema"

    def body(self):
        return {"RegistryId": {"RegistryName": REGISTRY}, "SchemaName": self.name,
                "DataFormat": "AVRO", "Compatibility": "NONE", "Description": self.description,
                "SchemaDefinition": self.text}

    def apply(self, schema, answer):
        first = Version(answer["SchemaVersionId"], self.text, answer["SchemaVersionStatus"])
        return Schema(self.name, self.description, "NONE", {1: first}, 1)

    def guess(self, observed):
        if observed is None or 1 not in observed.versions:
            return None
        return {"SchemaVersionId": observed.versions[1].id, "SchemaVersionStatus": "AVAILABLE"}


@dataclasses.dataclass
class Register(Change):
    schema: str
    text: str
    number: int  # the one it must get
    operation = "RegisterSchemaVersion"

    def body(self):
        return {"SchemaId": schema_id(self.schema), "SchemaDefinition": self.text}

    def apply(self, schema, answer):
        if answer["VersionNumber"] != self.number:
            raise AssertionError(f"version {self.number} of {self.schema} came as {answer}")
        schema.versions[self.number] = Version(answer["SchemaVersionId"], self.text,
                                               answer["Status"])
        schema.last_number = self.number
        return schema

    def guess(self, observed):
        made = observed and observed.versions.get(self.number)
        if not made:
            return None
        return {"VersionNumber": self.number, "SchemaVersionId": made.id, "Status": made.status}


@dataclasses.dataclass
class RegisterKnown(Change):
    """Register a definition that is a version already: the answer is that version."""

    schema: str
    text: str
    number: int
    id: str
    operation = "RegisterSchemaVersion"

    body = Register.body

    def apply(self, schema, answer):
        if (answer["VersionNumber"], answer["SchemaVersionId"]) != (self.number, self.id):
            raise AssertionError(f"version {self.number} ({self.id}) of {self.schema} was "
                                 f"registered again as {answer}")
        return schema

    def guess(self, observed):
        return {"VersionNumber": self.number, "SchemaVersionId": self.id}


@dataclasses.dataclass
class DeleteVersions(Change):
    schema: str
    first: int
    last: int
    operation = "DeleteSchemaVersions"

    def body(self):
        return {"SchemaId": schema_id(self.schema), "Versions": f"{self.first}-{self.last}"}

    def deletes(self, schema):
        return [schema.versions[number].id for number in range(self.first, self.last + 1)]

    def apply(self, schema, answer):
        for number in range(self.first, self.last + 1):
            schema.versions.pop(number, None)
        return schema


@dataclasses.dataclass
class DeleteSchema(Change):
    schema: str
    operation = "DeleteSchema"

    def body(self):
        return {"SchemaId": schema_id(self.schema)}

    def deletes(self, schema):
        return [version.id for version in schema.versions.values()]

    def apply(self, schema, answer):
        return None


@dataclasses.dataclass
class UpdateSchema(Change):
    schema: str
    description: str
    compatibility: str
    operation = "UpdateSchema"

    def body(self):
        # The checkpoint stays version 1, so that the others can be deleted.
        return {"SchemaId": schema_id(self.schema), "SchemaVersionNumber": {"VersionNumber": 1},
                "Description": self.description, "Compatibility": self.compatibility}

    def apply(self, schema, answer):
        schema.description, schema.compatibility = self.description, self.compatibility
        return schema


@dataclasses.dataclass
class ChangeMetadata(Change):
    schema: str
    number: int
    id: str
    key: str
    value: str
    put: bool

    @property
    def operation(self):
        return "PutSchemaVersionMetadata" if self.put else "RemoveSchemaVersionMetadata"

    def body(self):
        return {"SchemaVersionId": self.id,
                "MetadataKeyValue": {"MetadataKey": self.key, "MetadataValue": self.value}}

    def apply(self, schema, answer):
        metadata = schema.versions[self.number].metadata
        if self.put:
            metadata[self.key] = self.value
        else:
            metadata.pop(self.key)
        return schema


# ---- what a server shows ------------------------------------------------------------------------


def all_or_none(answers):
    """The bodies of successes; None where an answer was EntityNotFoundException."""
    bodies = []
    for answer in answers:
        try:
            bodies.append(answer.get())
        except Refused as refused:
            if refused.type != NOT_FOUND:
                raise
            bodies.append(None)
    return bodies


def in_pieces(items, size=64):
    return (items[at:at + size] for at in range(0, len(items), size))


def list_versions(connection, name):
    """{number: (id, status)}, all pages."""
    found, more = {}, {}
    while True:
        page = connection.call("ListSchemaVersions", SchemaId=schema_id(name), MaxResults=100,
                               **more)
        for item in page["Schemas"]:
            if item["VersionNumber"] in found:
                raise AssertionError(f"version {item['VersionNumber']} of {name} is listed twice")
            found[item["VersionNumber"]] = (item["SchemaVersionId"], item["Status"])
        if "NextToken" not in page:
            return found
        more = {"NextToken": page["NextToken"]}


def get_versions(connection, ids):
    """What GetSchemaVersion says of each id; None: not found."""
    return [body for piece in in_pieces(ids) for body in all_or_none(connection.call_all(
        [("GetSchemaVersion", {"SchemaVersionId": id_}) for id_ in piece]))]


def observe(connection, name, with_metadata=()):
    """The schema as the API shows it, or None. Its metadata is read where numbers say so."""
    try:
        head = connection.call("GetSchema", SchemaId=schema_id(name))
    except Refused as refused:
        if refused.type == NOT_FOUND:
            return None
        raise
    listed = list_versions(connection, name)
    schema = Schema(name, head.get("Description", ""), head["Compatibility"],
                    last_number=head["NextSchemaVersion"] - 1)
    bodies = get_versions(connection, [id_ for id_, _ in listed.values()])
    for (number, (id_, status)), body in zip(listed.items(), bodies):
        if body is None:
            raise AssertionError(f"{name}: version {number} ({id_}) is listed and cannot be got")
        if (body["SchemaVersionId"], body["VersionNumber"], body["Status"], body["SchemaArn"]) != (
                id_, number, status, head["SchemaArn"]):
            raise AssertionError(f"{name}: listed as {number}, {id_}, {status}, got as {body}")
        schema.versions[number] = Version(id_, body["SchemaDefinition"], status)
    for number in with_metadata:
        if number in schema.versions:
            found = connection.call("QuerySchemaVersionMetadata",
                                    SchemaVersionId=schema.versions[number].id, MaxResults=50)
            schema.versions[number].metadata = {
                key: value["MetadataValue"] for key, value in found["MetadataInfoMap"].items()
                if not key.startswith("limpet.")}  # the server's own, which explain a FAILURE
    return schema


def settle(before, doubt, observed):
    """Whether `observed` shows the doubtful change; an error when it is neither state."""
    if observed == before:
        return False
    reason = differences(before, observed)
    if doubt is not None:
        answer = doubt.guess(observed)
        if answer is not None:
            after = doubt.apply(copy.deepcopy(before), answer)
            if observed == after:
                return True
            reason += f"; with {doubt} as well: {differences(after, observed)}"
    raise AssertionError(reason)


def differences(expected, found):
    if expected is None or found is None:
        return f"expected {brief(expected)}, found {brief(found)}"
    texts = [f"{field}: expected {getattr(expected, field)!r}, found {getattr(found, field)!r}"
             for field in ("description", "compatibility", "last_number")
             if getattr(expected, field) != getattr(found, field)]
    for number in sorted(expected.versions.keys() | found.versions.keys()):
        one, other = expected.versions.get(number), found.versions.get(number)
        if one != other:
            texts.append(f"version {number}: expected {brief(one)}, found {brief(other)}")
    return f"{expected.name}: " + "; ".join(texts[:5])


def brief(item):
    text = "nothing" if item is None else repr(item)
    return text if len(text) < 300 else text[:300] + "…"
