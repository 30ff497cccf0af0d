#!/usr/bin/env python3
"""Ask Limpet, protoc, Python's protobuf (upb) and Java's the same questions and compare the answers.

Usage: differential.py --driver BINARY --java CLASSPATH [--schemas N] [--seed N]

Questions: is a text a schema; does our canonical text mean the same, and is it Java's; in which order do
message indexes count; which spellings are one schema; what JSON is a message, and what message is a JSON
text; can data of a schema that we call compatible be read; are a schema with its imports and their bundle
one schema. Everything follows from the seed.
"""

import argparse
import collections
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf import unknown_fields
# Files that the generator imports: loading them puts them into the default pool.
from google.protobuf import duration_pb2, timestamp_pb2, wrappers_pb2  # pylint: disable=unused-import

from generator import FileSet, Generator


# A number whose tenth byte holds more than its first bit: readers differ on what is left of it.
BEYOND_64_BITS = re.compile(rb"[\x80-\xff]{9}[\x02-\x7f]")


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
    command = driver if isinstance(driver, list) else [driver]
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
    if len(answers) != len(questions):
        sys.exit(f"{command[0]} answered {len(answers)} of {len(questions)} questions")
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
    """Python's classes for the messages of files, imports before their importers."""

    def __init__(self, *files):
        self.pool = descriptor_pool.DescriptorPool()
        for file in files:
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
    # Read and written as the serializers do: nothing that Python reads has changed.
    rewritten = ask(driver, [{"op": "rewrite", "schema": text, "message": name,
                              "bytes": message.SerializeToString().hex()}
                             for text, name, message in rows])
    for (text, name, message), answer in zip(rows, rewritten):
        given = message.SerializeToString(deterministic=True)
        again = type(message)()
        if answer["ok"]:
            again.ParseFromString(bytes.fromhex(answer["bytes"]))
        report.check(answer["ok"] and again.SerializeToString(deterministic=True) == given,
                     "messages rewritten alike", text=text, name=name, bytes=given.hex(),
                     answer=answer)


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


def check_java(report, driver, java, generators, texts, files):
    """What AWS's serializer registers for a schema, what its deserializer makes of our text, and
    what protobuf-java makes of messages."""
    ours = ask(driver, [{"op": "parse", "schema": text} for text in texts])
    kept = ask(driver, [{"op": "parse", "schema": generator.text(options=False)}
                        for generator in generators])
    printed = ask(java, [{"op": "print", "file": file.SerializeToString().hex()} for file in files])
    again = ask(driver, [{"op": "parse", "schema": answer["text"]} for answer in printed])
    read = ask(java, [{"op": "read", "schema": answer["canonical"]} for answer in ours])
    for text, file, our, keeps, java_text, reparsed, java_file in zip(texts, files, ours, kept,
                                                                     printed, again, read):
        report.check(without_trailing(java_text["text"]) == keeps["canonical"],
                     "canonical texts as Java registers them", text=text, java=java_text["text"],
                     canonical=keeps["canonical"])
        report.check(reparsed["ok"] and reparsed["identity"] == keeps["identity"],
                     "texts of Java with the identity of ours", text=text, java=java_text["text"])
        report.check(java_file["ok"] and java_file["messages"] == our["messages"],
                     "orders of message indexes that are Java's", text=text, answer=java_file)
        report.check(java_file["ok"] and shape_of(descriptor_pb2.FileDescriptorProto.FromString(
            bytes.fromhex(java_file["file"]))) == shape_of(file),
                     "canonical texts that mean the same to Java", text=text, answer=java_file)
    check_java_messages(report, driver, java, generators, [a["canonical"] for a in ours], files)


def check_bytes_defaults(report, driver, java, folder, generators):
    """Java prints them without quotes, whatever is in them."""
    texts = []
    for i, generator in enumerate(generators):
        values = ["".join(f"\\{byte:03o}" for byte in generator.bytes_default()) for _ in range(3)]
        texts.append(f'package b{i};\nmessage M {{ optional bytes a = 1 [default = "{values[0]}"]; '
                     f'optional bytes b = 2 [default = "{values[1]}", deprecated = true]; '
                     f'oneof o {{ bytes c = 3 [default = "{values[2]}"]; }} }}\n')
    printed = ask(java, [{"op": "print", "file": file.SerializeToString().hex()}
                         for file in protoc(folder, texts)])
    ours = ask(driver, [{"op": "parse", "schema": text} for text in texts])
    read = ask(driver, [{"op": "parse", "schema": answer["text"]} for answer in printed])
    for text, java_text, our, answer in zip(texts, printed, ours, read):
        report.check(answer["ok"] and answer["identity"] == our["identity"],
                     "defaults of bytes without quotes", text=text, java=java_text, answer=answer)


def without_trailing(text):
    """Wire indents empty lines too, and ends with some."""
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n")) + "\n"


def shape_of(file):
    """Types and fields, without options and order."""
    shape = {}
    def walk(scope, messages):
        for message in messages:
            name = f"{scope}.{message.name}"
            shape[name] = {
                field.number: (field.name, field.label, field.type, field.type_name,
                               message.oneof_decl[field.oneof_index].name
                               if field.HasField("oneof_index") and not field.proto3_optional
                               else None)
                for field in message.field}
            walk(name, message.nested_type)
    walk("." + file.package, file.message_type)
    return shape


def check_java_messages(report, driver, java, generators, texts, files):
    rows = []
    for generator, text, file in zip(generators, texts, files):
        classes = Classes(file)
        for name in [f"{file.package}.{message.name}" for message in file.message_type]:
            message = classes.of(name)()
            generator.fill(message)
            good = message.SerializeToString()
            rows.append((text, name, good, True))
            spoilt = generator.spoil(good)
            if not BEYOND_64_BITS.search(spoilt):
                rows.append((text, name, spoilt, False))
    rewritten = ask(java, [{"op": "rewrite", "schema": text, "message": name.rpartition(".")[2],
                            "bytes": given.hex()} for text, name, given, _ in rows])
    decode = lambda bytes_of: ask(driver, [
        {"op": "decode", "schema": row[0], "message": row[1], "bytes": given}
        for row, given in zip(rows, bytes_of)])
    ours = decode([given.hex() for _, _, given, _ in rows])
    javas = decode([answer.get("bytes", "") for answer in rewritten])
    written = ask(driver, [{"op": "rewrite", "schema": text, "message": name,
                            "bytes": given.hex()} for text, name, given, _ in rows])
    read = decode([answer.get("bytes", "") for answer in written])
    for (text, name, given, good), their, other, mine, our in zip(rows, rewritten, javas, written,
                                                                  read):
        facts = {"text": text, "name": name, "bytes": given.hex(), "java": their, "limpet": mine}
        if their["ok"] and not mine["ok"] and mine["error"].endswith("is not UTF-8"):
            report.check("efbfbd" in their["bytes"], "texts that are not UTF-8, rewritten", **facts)
        elif good or their["ok"]:
            report.check(their["ok"] and mine["ok"] and
                         same_json(json.loads(our["json"]), json.loads(other["json"])),
                         "messages that Java rewrites alike" if good else
                         "spoilt messages rewritten alike", **facts)
        else:
            report.check(not mine["ok"], "spoilt messages not rewritten by either", **facts)
    for (text, name, given, good), their, our, other in zip(rows, rewritten, ours, javas):
        facts = {"text": text, "name": name, "bytes": given.hex(), "java": their, "limpet": our}
        if their["ok"] and not our["ok"] and our["error"].endswith("is not UTF-8"):
            # JSON cannot hold it; Java puts U+FFFD in its place.
            report.check("efbfbd" in their["bytes"], "texts that are not UTF-8", **facts)
        elif good or their["ok"]:
            report.check(their["ok"] and our["ok"] and other["ok"] and
                         same_json(json.loads(our["json"]), json.loads(other["json"])),
                         "messages that Java reads alike" if good else "spoilt messages read alike",
                         **facts)
        else:
            report.check(not our["ok"], "spoilt messages refused by both", **facts)


def check_bundles(report, driver, java, folder, sets):
    answers = ask(driver, [{"op": "bundle", "schema": one.root.text(), "imports": [
        {"name": path, "text": file.text()} for path, file in one.files.items()
        if path != one.root_path]} for one in sets])
    texts = [answer.get("bundle", "") for answer in answers]
    ours = ask(driver, [{"op": "parse", "schema": text} for text in texts])
    javas = ask(java, [{"op": "read", "schema": text} for text in texts])
    for one, answer, our, java_file in zip(sets, answers, ours, javas):
        texts = {path: file.text() for path, file in one.files.items()}
        report.check(answer["ok"] and protoc_accepts(folder, answer["bundle"]),
                     "bundles that protoc accepts", texts=texts, answer=answer)
        if not answer["ok"]:
            continue
        # Without a package, Java's deserializer takes inner messages for outer ones, too.
        report.check(not one.root.package or
                     java_file["ok"] and java_file["messages"] == our["messages"],
                     "bundles that Java reads", texts=texts, answer=java_file)
        for path, text in texts.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        out = folder / "set"
        subprocess.run(["protoc", f"-I{folder}", "--include_imports", f"--descriptor_set_out={out}",
                        one.root_path], check=True, stderr=subprocess.DEVNULL)
        linked = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file
        separate = Classes(*(file for file in linked if not file.name.startswith("google/")))
        bundled = Classes(*protoc(folder, [answer["bundle"]]))
        for name in one.root.names:
            name = f"{one.root.package}.{name}".lstrip(".")
            for here, there in [(separate.of(name), bundled.of(name)),
                                (bundled.of(name), separate.of(name))]:
                message = here()
                one.root.fill(message)
                given = message.SerializeToString(deterministic=True)
                other = there.FromString(given)
                other.DiscardUnknownFields()
                report.check(other.SerializeToString(deterministic=True) == given and
                             there.DESCRIPTOR.full_name == name,
                             "messages of a schema with imports that its bundle reads and writes",
                             texts=texts, bundle=answer["bundle"], name=name, bytes=given.hex())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--driver", required=True)
    parser.add_argument("--java", required=True, help="class path of JavaPeer")
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
            count = options.schemas // 4  # slower questions
            java = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", options.java,
                    "JavaPeer"]
            check_java(report, options.driver, java, generators[:count], texts[:count],
                       files[:count])
            check_bytes_defaults(report, options.driver, java, folder, generators[:count])
            check_bundles(report, options.driver, java, folder,
                          [FileSet(options.seed + i) for i in range(count)])
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
