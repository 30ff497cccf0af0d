#!/usr/bin/env python3
"""Ask Limpet, protoc and Python's protobuf (upb) the same questions and compare the answers.

Usage: differential.py --driver BINARY [--schemas N] [--seed N]

Questions: is a text a schema; does our canonical text mean the same; in which order do message indexes
count; which spellings are one schema; what JSON is a message, and what message is a JSON text; can data
of a schema that we call compatible be read. Everything follows from the seed.
"""

import argparse
import collections
import json
import math
import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf import unknown_fields
# Files that the generator imports: loading them puts them into the default pool.
from google.protobuf import duration_pb2, timestamp_pb2, wrappers_pb2  # pylint: disable=unused-import

from generator import Generator


class Report:
    def __init__(self):
        self.counts = collections.Counter()
        self.failures = []

    def check(self, holds, what, **facts):
        self.counts[what] += 1
        if not holds:
            self.failures.append((what, facts))


def ask(driver, questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([driver], input=text.encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
    if len(answers) != len(questions):
        sys.exit(f"{driver} answered {len(answers)} of {len(questions)} questions")
    return answers


def protoc(folder, texts):
    """Their FileDescriptorProtos, in one go; every one must be a schema."""
    names = []
    for i, text in enumerate(texts):
        names.append(f"t{i}.proto")
        (folder / names[-1]).write_text(text, encoding="utf-8")
    out = folder / "set"
    found = {}
    for at in range(0, len(names), 200):
        subprocess.run(["protoc", f"-I{folder}", f"--descriptor_set_out={out}"] +
                       names[at:at + 200], check=True, stderr=subprocess.DEVNULL)
        for file in descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file:
            found[file.name] = file
    return [found[name] for name in names]


def protoc_accepts(folder, text):
    (folder / "one.proto").write_text(text, encoding="utf-8")
    done = subprocess.run(["protoc", f"-I{folder}", "--descriptor_set_out=/dev/null", "one.proto"],
                          stderr=subprocess.PIPE, check=False)
    return done.returncode == 0


def normal(file):
    """A descriptor without what a canonical text may change."""
    file = descriptor_pb2.FileDescriptorProto.FromString(file.SerializeToString())
    file.ClearField("name")
    if file.syntax == "proto2":
        file.ClearField("syntax")
    for message in file.message_type:
        normal_message(message)
    return file


def normal_message(message):
    for field in message.field:
        if field.json_name == default_json_name(field.name):
            field.ClearField("json_name")
    def kind(field):
        if field.proto3_optional:
            return (1, 0)
        return (2, field.oneof_index) if field.HasField("oneof_index") else (0, 0)
    message.field.sort(key=kind)
    message.nested_type.sort(key=lambda nested: nested.name if nested.options.map_entry else "")
    for nested in message.nested_type:
        normal_message(nested)


def default_json_name(name):
    out, upper = "", False
    for c in name:
        if c == "_":
            upper = True
        else:
            out, upper = out + (c.upper() if upper else c), False
    return out


def names_of(file):
    """Full names of all messages in byte order: what the indexes of Glue's serializers count."""
    names = []
    def walk(scope, messages):
        for message in messages:
            names.append(f"{scope}.{message.name}")
            walk(names[-1], message.nested_type)
    walk(file.package, file.message_type)
    return sorted(names, key=str.encode)


class Classes:
    """Python's classes for one file's messages."""

    def __init__(self, file):
        self.pool = descriptor_pool.DescriptorPool()
        self.add(file)

    def add(self, file):
        for path in file.dependency:
            try:
                self.pool.FindFileByName(path)
            except KeyError:
                found = descriptor_pb2.FileDescriptorProto()
                descriptor_pool.Default().FindFileByName(path).CopyToProto(found)
                self.add(found)
        self.pool.Add(file)

    def of(self, name):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))


def same_json(a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_json(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_json, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return a == b or math.isclose(a, b, rel_tol=1e-7)
    return a == b


def lost(message, path=""):
    """A record that the reader passed over although it knows the number, or None."""
    known = {field.number: field for field in message.DESCRIPTOR.fields}
    for unknown in unknown_fields.UnknownFieldSet(message):
        field = known.get(unknown.field_number)
        if field is not None and not (field.enum_type and field.enum_type.is_closed):
            return f"{path}.{field.name}"
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            inner = value.values() if field.message_type.fields[1].message_type else []
        else:
            inner = value if field.is_repeated else [value]
        for one in inner:
            found = lost(one, f"{path}.{field.name}")
            if found:
                return found
    return None


def check_texts(report, driver, folder, generators):
    texts = [generator.text() for generator in generators]
    files = protoc(folder, texts)
    ours = ask(driver, [{"op": "parse", "schema": text} for text in texts])
    respelt = ask(driver, [{"op": "parse", "schema": generator.text(spelling=True)}
                           for generator in generators])
    for text, answer, other in zip(texts, ours, respelt):
        report.check(answer["ok"], "valid texts accepted", text=text, answer=answer)
        report.check(other["ok"] and other["identity"] == answer["identity"],
                     "spellings with one identity", text=text, answer=other)
    if report.failures:
        return texts, files
    printed = protoc(folder, [answer["canonical"] for answer in ours])
    again = ask(driver, [{"op": "parse", "schema": answer["canonical"]} for answer in ours])
    for text, file, reprint, answer, second in zip(texts, files, printed, ours, again):
        report.check(normal(file) == normal(reprint), "canonical texts that mean the same to protoc",
                     text=text, canonical=answer["canonical"])
        report.check(second["ok"] and second["canonical"] == answer["canonical"] and
                     second["identity"] == answer["identity"], "canonical texts that are stable",
                     text=text, canonical=answer["canonical"])
        report.check(answer["messages"] == names_of(file), "orders of message indexes", text=text,
                     answer=answer["messages"])
    return texts, files


def check_spoilt(report, driver, folder, generators):
    texts = [generator.spoilt() for generator in generators]
    for text, answer in zip(texts, ask(driver, [{"op": "parse", "schema": t} for t in texts])):
        accepted = protoc_accepts(folder, text)
        report.check(accepted == answer["ok"],
                     "spoilt texts accepted" if accepted else "spoilt texts refused", text=text,
                     answer=answer)


def check_messages(report, driver, generators, texts, files):
    rows = []
    for generator, text, file in zip(generators, texts, files):
        classes = Classes(file)
        for name in [f"{file.package}.{message.name}" for message in file.message_type]:
            message = classes.of(name)()
            generator.fill(message)
            rows.append((text, name, message))
    decoded = ask(driver, [{"op": "decode", "schema": text, "message": name,
                            "bytes": message.SerializeToString().hex()}
                           for text, name, message in rows])
    printed = [json_format.MessageToJson(message, indent=None) for _, _, message in rows]
    encoded = ask(driver, [{"op": "encode", "schema": text, "message": name, "json": given}
                           for (text, name, _), given in zip(rows, printed)])
    for (text, name, message), given, answer, back in zip(rows, printed, decoded, encoded):
        facts = {"text": text, "name": name, "bytes": message.SerializeToString().hex(),
                 "python": given}
        report.check(answer["ok"] and same_json(json.loads(answer["json"]), json.loads(given)),
                     "messages decoded alike", **facts, answer=answer)
        again = type(message)()
        if back["ok"]:
            again.ParseFromString(bytes.fromhex(back["bytes"]))
        same = same_json(json_format.MessageToDict(again), json_format.MessageToDict(message))
        report.check(back["ok"] and same, "messages encoded alike", **facts, answer=back)


def check_evolutions(report, driver, folder, generators, texts, files):
    evolved = [generator.copy() for generator in generators]
    for generator in evolved:
        generator.evolve()
    new_texts = [generator.text() for generator in evolved]
    new_files = protoc(folder, new_texts)
    verdicts = ask(driver, [{"op": "compare", "reader": new, "writer": old}
                            for old, new in zip(texts, new_texts)])
    for generator, old, new, old_file, new_file, verdict in zip(evolved, texts, new_texts, files,
                                                                new_files, verdicts):
        report.check(verdict["ok"], "pairs compared", old=old, new=new, answer=verdict)
        if verdict["differences"]:
            report.counts["pairs incompatible"] += 1
            continue
        writers, readers = Classes(old_file), Classes(new_file)
        for name in [f"{old_file.package}.{message.name}" for message in old_file.message_type]:
            written = writers.of(name)()
            generator.fill(written)
            try:
                found = lost(readers.of(name).FromString(written.SerializeToString()))
            except Exception as problem:  # pylint: disable=broad-except
                # bytes that are read as text must be text
                found = None if "UTF-8" in str(problem) else str(problem)
            report.check(found is None, "messages of compatible schemas read", old=old, new=new,
                         name=name, lost=found, bytes=written.SerializeToString().hex())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--driver", required=True)
    parser.add_argument("--schemas", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report = Report()
    generators = [Generator(options.seed + i) for i in range(options.schemas)]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        texts, files = check_texts(report, options.driver, folder, generators)
        if not report.failures:
            check_messages(report, options.driver, generators, texts, files)
            check_evolutions(report, options.driver, folder, generators, texts, files)
            check_spoilt(report, options.driver, folder, generators)
    for what, facts in report.failures[:5]:
        print(f"\nDIFFERS: {what}")
        for fact, value in facts.items():
            print(f"{fact}: {value}")
    for what, count in sorted(report.counts.items()):
        print(f"{count:7} {what}")
    print(f"{sum(report.counts.values())} answers compared, {len(report.failures)} differ")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
