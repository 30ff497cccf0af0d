"""The tutorial as data, and a folder in which its own code is run.

The code that runs is examples/tutorial/*.py, unchanged. What a reader of the tutorial edits between
two runs (the `data` of producer.py, the fields of user.avsc, the .env file) is edited here in the
same places. scripts/demo shows the walk, test/tutorial asserts it.
"""

from __future__ import annotations

import ast
import dataclasses
import os
import pathlib
import re
import selectors
import shutil
import subprocess
import sys
import time

EXAMPLE = pathlib.Path(__file__).resolve().parents[3] / "examples" / "tutorial"

REGISTRY = "my-demo-registry"
TOPIC = "aws_glue_schema"
BOOTSTRAP = "localhost:9092"
REGION = "us-east-1"


@dataclasses.dataclass(frozen=True)
class Step:
    """One edit of the tutorial and what its reader then sees."""

    title: str
    fields: tuple[tuple[str, str], ...]  # name and type, as user.avsc lists them
    data: dict[str, object]
    error: str | None = None  # the last line of producer.py's traceback, a regular expression


VALID = Step(
    "A valid record of a schema that nobody has registered",
    (("name", "string"), ("age", "int"), ("subject", "string")),
    {"name": "John Doe", "age": 6, "subject": "something"},
)
MISSING_FIELD = Step(
    "A record without the field 'subject'",
    VALID.fields,
    {"name": "John Doe", "age": 6},
    r"ValueError: no value and no default for subject",
)
WRONG_TYPE = Step(
    "A record with a string where the schema says int",
    VALID.fields,
    {"name": "John Doe", "age": "string", "subject": "something"},
    r"TypeError: an integer is required on field age",
)
FIELD_DELETED = Step(
    "The field 'subject' deleted from user.avsc",
    (("name", "string"), ("age", "int")),
    {"name": "John Doe", "age": 30},
)
FIELD_ADDED = Step(
    "The field 'height' added to user.avsc, without a default",
    (("name", "string"), ("age", "int"), ("height", "int")),
    {"name": "John Doe", "age": 30, "height": 190},
    r"aws_schema_registry\.exception\.SchemaRegistryException: Register schema :: Call failed when"
    r" registering the schema with the schema registry for schema name = \S+-value",
)
# The cause that the traceback of FIELD_ADDED names.
EVOLUTION_FAILED = re.compile(
    r"Schema evolution check failed\. schemaVersionId ([0-9a-f-]{36}) is in FAILURE status\.")


@dataclasses.dataclass(frozen=True)
class Run:
    """What one run of a script printed."""

    exit_status: int
    lines: list[str]
    traceback: str

    @property
    def last_error_line(self) -> str:
        lines = self.traceback.strip().splitlines()
        return lines[-1] if lines else ""


class Workspace:
    """A copy of the tutorial's files, as a reader has them on disk.

    The broker's address and the topic stay as printed unless another is asked for.
    """

    def __init__(self, folder: pathlib.Path, endpoint: str, access_key: str, secret_key: str,
                 bootstrap: str = BOOTSTRAP, topic: str = TOPIC, registry: str = REGISTRY):
        self.folder = folder
        self.topic = topic
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("producer.py", "consumer.py", "user.avsc"):
            shutil.copyfile(EXAMPLE / name, folder / name)
        for name in ("producer.py", "consumer.py"):
            self._replace(name, f"'{BOOTSTRAP}'", f"'{bootstrap}'")
            self._replace(name, f"'{TOPIC}'", f"'{topic}'")
            self._replace(name, f"'{REGISTRY}'", f"'{registry}'")
        env = folder / ".env"
        env.touch(mode=0o600)
        env.write_text(f"AWS_ENDPOINT_URL_GLUE={endpoint}\n"
                       f"AWS_ACCESS_KEY={access_key}\n"
                       f"AWS_SECRET_KEY={secret_key}\n", encoding="utf-8")

    def edit(self, step: Step) -> None:
        """Bring user.avsc and the data of producer.py to what this step asks for."""
        fields = ",\n".join(f'\t\t{{"name":"{name}", "type":"{kind}"}}'
                            for name, kind in step.fields)
        self._substitute("user.avsc", r'("fields": \[\n).*?(\n\t\])', fields)
        entries = ",\n".join(f"    {key!r}: {value!r}" for key, value in step.data.items())
        self._substitute("producer.py", r"(^data = \{\n).*?(\n\})", entries)

    def produce(self) -> Run:
        """Run `python producer.py`."""
        done = subprocess.run([sys.executable, "producer.py"], cwd=self.folder, env=self._env(),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, check=False)
        return Run(done.returncode, done.stdout.splitlines(), done.stderr)

    def consume(self, count: int, seconds: float = 30) -> list[str]:
        """Run `python consumer.py`, which never ends by itself, until it has printed `count` lines.

        Raises RuntimeError when it ends, or the time is over, before that.
        """
        process = subprocess.Popen([sys.executable, "-u", "consumer.py"], cwd=self.folder,
                                   env=self._env(), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=False)
        output = b""
        deadline = time.monotonic() + seconds
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(process.stdout, selectors.EVENT_READ)
                while output.count(b"\n") < count:
                    if not selector.select(max(0.0, deadline - time.monotonic())):
                        raise RuntimeError(f"consumer.py printed too little:\n{output.decode()}")
                    chunk = os.read(process.stdout.fileno(), 65536)
                    if not chunk:
                        raise RuntimeError(f"consumer.py ended:\n{output.decode()}")
                    output += chunk
        finally:
            process.terminate()
            process.wait(timeout=10)
            process.stdout.close()
        return output.decode().splitlines()[:count]

    @staticmethod
    def data_of(printed: str) -> object:
        """The record in a line that consumer.py printed: DataAndSchema(data={...}, schema=...)."""
        match = re.fullmatch(r"DataAndSchema\(data=(.*), schema=.*\)", printed)
        if not match:
            raise RuntimeError(f"not a record: {printed}")
        return ast.literal_eval(match.group(1))

    def _env(self) -> dict[str, str]:
        # Everything about the registry comes from .env, as for the tutorial's reader.
        return {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}

    def _replace(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise RuntimeError(f"{EXAMPLE / name} no longer holds {old}")
        path.write_text(text.replace(old, new), encoding="utf-8")

    def _substitute(self, name: str, pattern: str, middle: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        text, found = re.subn(pattern, lambda m: m.group(1) + middle + m.group(2), text,
                              flags=re.DOTALL | re.MULTILINE)
        if found != 1:
            raise RuntimeError(f"{path} no longer holds {pattern} once")
        path.write_text(text, encoding="utf-8")
