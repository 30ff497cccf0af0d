"""A process that writes to the server, reads from it, and judges what it finds afterwards.

The conductor (torture.py) sends it one command at a time and gets one answer for each.
"""

import collections
import json
import random
import time
import traceback

import world
from wire import Connection, Lost, Refused

SCHEMAS = 6  # a writer's own
SHARED = "shared"  # the schema that all write to
SHARED_TEXTS = 40  # the next so many of its texts are tried by everybody

# Of a write that a disk refuses: certainly not there, or perhaps there.
REFUSED = (503, "ServiceUnavailableException")
UNKNOWN = (500, "InternalServiceException")


def definition(rng, name):
    """An Avro record; most are small, some large enough to move the log on."""
    size = rng.choices((0, rng.randrange(1, 8_000), rng.randrange(8_000, 150_000)),
                       (80, 14, 6))[0]
    return json.dumps({"type": "record", "name": "Order", "doc": "x" * size,
                       "fields": [{"name": name, "type": "int"}]})


class Progress:
    """Numbers that the conductor reads while the workers work."""

    FIELDS = ("acknowledged", "refused", "unknown", "reads", "done")

    def __init__(self, array, index):
        self._array, self._base = array, index * len(self.FIELDS)

    def __getitem__(self, field):
        return self._array[self._base + self.FIELDS.index(field)]

    def add(self, field):
        self._array[self._base + self.FIELDS.index(field)] += 1

    def clear(self):
        for at in range(len(self.FIELDS)):
            self._array[self._base + at] = 0


class Worker:
    def __init__(self, index, port, progress, stopping):
        self.index, self.port, self.progress, self.stopping = index, port, progress, stopping
        self.journal = None

    def fresh(self, journal):
        """A new world: nothing is there."""
        if self.journal:
            self.journal.close()
        self.journal = open(journal, "a", encoding="utf-8")
        self.schemas = {f"own-{self.index}-{n}": None for n in range(SCHEMAS)}
        self.doubts = {}  # by schema name: the change whose answer did not come
        self.gone = collections.deque(maxlen=300)  # ids of deleted versions
        self.names = 0
        self.shared_at = 0

    def note(self, *items):
        self.journal.write(json.dumps(items, separators=(",", ":")) + "\n")

    # ---- writing --------------------------------------------------------------------------------

    def write(self, seed):
        """Change things until told to stop or the server is gone."""
        self.rng = random.Random(seed)
        report = {"operations": collections.Counter(), "errors": collections.Counter(),
                  "shared": [], "shared_doubts": [], "lost": None, "slowest": 0.0}
        try:
            with Connection(self.port) as connection:
                while not self.stopping.value:
                    if self.rng.random() < 0.12:
                        self.write_shared(connection, report)
                    else:
                        self.write_own(connection, report)
        except Lost as lost:
            report["lost"] = str(lost)
        self.journal.flush()
        return report

    def call(self, connection, operation, body, report):
        """(answer, None), or (None, what the failure means: "refused" or "unknown")."""
        begun = time.monotonic()
        try:
            answer = connection.call(operation, **body)
            self.progress.add("acknowledged")
            report["operations"][operation] += 1
            return answer, None
        except Refused as refused:
            kind = (refused.status, refused.type)
            if kind not in (REFUSED, UNKNOWN):
                raise AssertionError(f"{operation} was answered {refused}") from refused
            report["errors"][f"{refused.status} {refused.type}"] += 1
            outcome = "refused" if kind == REFUSED else "unknown"
            self.progress.add(outcome)
            return None, outcome
        finally:
            report["slowest"] = max(report["slowest"], time.monotonic() - begun)

    def write_own(self, connection, report):
        change = self.choose()
        if change is None:  # everything is in doubt
            time.sleep(0.001)
            return
        name = change.name if isinstance(change, world.CreateSchema) else change.schema
        repeated = name in self.doubts
        # Until there is an answer the change may have been made.
        self.doubts[name] = change
        self.note("ask", change.operation, {**change.body(), "SchemaDefinition": "…"})
        answer, failure = self.call(connection, change.operation, change.body(), report)
        self.note("answer", failure or answer)
        if answer is not None:
            if answer.get("SchemaVersionErrors"):
                raise AssertionError(f"{change} was answered {answer}")
            before = self.schemas[name]
            deleted = change.deletes(before)
            self.gone += deleted
            after = self.schemas[name] = change.apply(before, answer)
            del self.doubts[name]
            if self.rng.random() < 0.1:
                self.read_back(connection, after, deleted)
        elif failure == "refused" and not repeated:
            del self.doubts[name]

    def read_back(self, connection, schema, deleted):
        """What an answer said holds for the next call."""
        if deleted:
            id_ = self.rng.choice(deleted)
            if world.get_versions(connection, [id_]) != [None]:
                raise AssertionError(f"deletion of {id_} was acknowledged, and it is there")
        if schema:
            self.read_one(connection, self.rng, schema, self.rng.choice(list(schema.versions)))

    def choose(self):
        rng = self.rng
        name = rng.choice(list(self.schemas))
        doubt = self.doubts.get(name)
        if doubt is not None:
            # As an SDK does: the same call again, where repeating it is safe.
            return doubt if isinstance(doubt, (world.Register, world.RegisterKnown)) else None
        schema = self.schemas[name]
        self.names += 1
        if schema is None:
            return world.CreateSchema(name, definition(rng, f"f{self.index}_{self.names}"),
                                      f"made {self.names}")
        kind = rng.choices(("new", "known", "put", "remove", "versions", "schema", "update"),
                           (72, 8, 8, 3, 4, 1, 4))[0]
        number, version = rng.choice(list(schema.versions.items()))
        if kind == "known" and version.status == "AVAILABLE":
            return world.RegisterKnown(name, version.text, number, version.id)
        if kind == "put" and len(version.metadata) < 8:
            return world.ChangeMetadata(name, number, version.id, f"k{self.names}",
                                        f"v{rng.random()}", True)
        if kind == "remove" and version.metadata:
            key, value = rng.choice(list(version.metadata.items()))
            return world.ChangeMetadata(name, number, version.id, key, value, False)
        if kind == "versions" and (numbers := [n for n in schema.versions if n > 1]):
            first = rng.choice(numbers)
            last = first
            while last + 1 in schema.versions and rng.random() < 0.6:
                last += 1
            return world.DeleteVersions(name, first, last)
        if kind == "schema":
            return world.DeleteSchema(name)
        if kind == "update":
            return world.UpdateSchema(name, f"updated {self.names}",
                                      rng.choice(("NONE", "NONE", "BACKWARD")))
        return world.Register(name, definition(rng, f"f{self.index}_{self.names}"),
                              schema.last_number + 1)

    def write_shared(self, connection, report):
        """One of the next texts, which the other writers try at this moment too."""
        number = self.shared_at + self.rng.randrange(SHARED_TEXTS)
        if self.rng.random() < 0.3:
            self.shared_at += 1
        text = json.dumps({"type": "record", "name": "Shared",
                           "fields": [{"name": f"f{number}", "type": "int"}]})
        body = {"SchemaId": world.schema_id(SHARED), "SchemaDefinition": text}
        report["shared_doubts"].append(text)
        self.note("ask", "RegisterSchemaVersion", SHARED, number)
        answer, failure = self.call(connection, "RegisterSchemaVersion", body, report)
        self.note("answer", failure or answer)
        if answer is not None:
            report["shared"].append((text, answer["VersionNumber"], answer["SchemaVersionId"]))
        if answer is not None or failure == "refused":
            report["shared_doubts"].pop()

    # ---- reading --------------------------------------------------------------------------------

    def read(self, seed):
        """Read what is known to be there until told to stop or the server is gone."""
        rng = random.Random(seed)
        known = [(schema, number) for schema in self.schemas.values() if schema
                 for number in schema.versions]
        report = {"reads": 0, "slowest": 0.0, "lost": None}
        try:
            with Connection(self.port) as connection:
                while not self.stopping.value:
                    schema, number = rng.choice(known)
                    begun = time.monotonic()
                    self.read_one(connection, rng, schema, number)
                    report["slowest"] = max(report["slowest"], time.monotonic() - begun)
                    report["reads"] += 1
                    self.progress.add("reads")
        except Lost as lost:
            report["lost"] = str(lost)
        return report

    @staticmethod
    def read_one(connection, rng, schema, number):
        version = schema.versions[number]
        kind = rng.choices(("version", "number", "definition", "schema", "list"),
                           (50, 20, 20, 5, 5))[0]
        if kind == "schema":
            found = connection.call("GetSchema", SchemaId=schema.where)["NextSchemaVersion"]
            expected = schema.last_number + 1
        elif kind == "list":
            found = connection.call("ListSchemaVersions", SchemaId=schema.where,
                                    MaxResults=1)["Schemas"][0]["VersionNumber"]
            expected = max(schema.versions)
        elif kind == "definition" and version.status == "AVAILABLE":
            found = connection.call("GetSchemaByDefinition", SchemaId=schema.where,
                                    SchemaDefinition=version.text)["SchemaVersionId"]
            expected = version.id
        else:
            which = ({"SchemaVersionId": version.id} if kind == "version" else
                     {"SchemaId": schema.where, "SchemaVersionNumber": {"VersionNumber": number}})
            found = connection.call("GetSchemaVersion", **which)["SchemaDefinition"]
            expected = version.text
        if found != expected:
            raise AssertionError(f"{kind} of {schema.name} {number}: expected "
                                 f"{world.brief(expected)}, found {world.brief(found)}")

    # ---- judging --------------------------------------------------------------------------------

    def judge(self):
        """Compare everything of one's own with what the server shows, and settle every doubt."""
        report = {"versions": 0, "gone": 0, "doubts_kept": 0, "doubts_absent": 0, "ids": []}
        with Connection(self.port) as connection:
            for name, before in self.schemas.items():
                doubt = self.doubts.pop(name, None)
                numbers = [number for number, version in before.versions.items()
                           if version.metadata] if before else []
                if isinstance(doubt, world.ChangeMetadata):
                    numbers.append(doubt.number)
                observed = world.observe(connection, name, numbers)
                kept = world.settle(before, doubt, observed)
                if kept:
                    self.gone += doubt.deletes(before)
                self.schemas[name] = observed
                if doubt is not None:
                    report["doubts_kept" if kept else "doubts_absent"] += 1
                report["ids"] += [v.id for v in observed.versions.values()] if observed else []
            report["versions"] = len(report["ids"])
            for id_, body in zip(self.gone, world.get_versions(connection, list(self.gone))):
                if body is not None:
                    raise AssertionError(f"deleted, and there: {world.brief(body)}")
            report["gone"] = len(self.gone)
        return report


def serve(pipe, *arguments):
    """The process: commands come, answers go, until the pipe ends."""
    worker = Worker(*arguments)
    while True:
        try:
            command, parameters = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            answer = ("done", getattr(worker, command)(*parameters))
        except AssertionError as error:
            answer = ("wrong", str(error))
        except KeyboardInterrupt:
            return
        except BaseException:  # pylint: disable=broad-except
            answer = ("broken", traceback.format_exc())
        worker.progress.add("done")
        pipe.send(answer)
