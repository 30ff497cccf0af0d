#!/usr/bin/env python3
"""Ask Limpet, Avro Java and fastavro the same questions and compare the answers.

Usage: differential.py --driver BINARY --java CLASSPATH [--schemas N] [--seed N]

Questions: is a text a schema; its canonical form and fingerprints; which texts are one schema; can one
schema read another's data; is a JSON document a datum; what is in binary data, also as another schema; does a
patch lead from one text to the other.
Random schemas (everything follows from the seed) and the rows of cases.json. A difference that expected.py does not explain is a
failure; so is an explanation that is no longer needed.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

import fastavro
import fastavro.schema
import jsonpatch

import data
from expected import Expected
from generator import Generator


class Peer:
    """A process that answers one JSON line with one JSON line; asked in one go."""

    def __init__(self, command):
        self.command = command

    def ask(self, questions):
        text = "".join(json.dumps(question) + "\n" for question in questions)
        done = subprocess.run(self.command, input=text.encode(), stdout=subprocess.PIPE, check=True)
        answers = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
        if len(answers) != len(questions):
            sys.exit(f"{self.command[0]} answered {len(answers)} of {len(questions)} questions")
        return answers


class Report:
    def __init__(self, expected):
        self.expected = expected
        self.counts = collections.Counter()
        self.failures = []

    def count(self, what):
        self.counts[what] += 1

    def differ(self, topic, facts):
        """A difference: expected for a reason, or a failure."""
        reason = self.expected.reason(topic, facts)
        if reason is None:
            self.failures.append((topic, facts))
        else:
            self.counts["expected: " + reason] += 1


def compare_parse(report, text, ours, java, where):
    report.count("texts parsed by both" if ours["ok"] and java["ok"] else "texts refused by both"
                 if not ours["ok"] and not java["ok"] else "texts disputed")
    facts = {"text": text, "ours": ours, "java": java, "where": where}
    if ours["ok"] != java["ok"]:
        report.differ("parse", facts)
        return
    if not ours["ok"]:
        if not same_wording(ours["error"], java["error"]):
            report.differ("wording", facts)
        return
    for member in ("canonical", "crc64", "md5", "sha256"):
        if ours[member] != java[member]:
            report.differ("canonical", {**facts, "member": member})
            return


def same_wording(ours, java):
    """The sentence up to the first quoted piece of the schema."""
    def head(text):
        for mark in (": ", '"', "union:"):
            text = text.split(mark)[0]
        return text
    return head(ours) == head(java)


def normal(text):
    """What two texts of one schema that Java printed have in common."""
    return json.dumps(json.loads(text), sort_keys=True)


def compare_identity(report, first, second):
    """Same identity exactly when Java prints the same schema."""
    (text_a, ours_a, java_a), (text_b, ours_b, java_b) = first, second
    same = ours_a["identity"] == ours_b["identity"]
    report.count("pairs of one identity" if same else "pairs of two identities")
    if same != (normal(java_a["text"]) == normal(java_b["text"])):
        report.differ("identity", {"first": text_a, "second": text_b, "ours": ours_a["identity"],
                                   "java": [java_a["text"], java_b["text"]]})


def compare_read(report, question, ours, java, where):
    facts = {**question, "ours": ours, "java": java, "where": where}
    if not ours["ok"] or not java["ok"]:
        report.differ("read", facts)
        return
    report.count("readers that can read" if ours["can_read"] else "readers that cannot read")
    if ours["can_read_lenient"] != java["can_read"] or java.get("thrown"):
        report.differ("validator", facts)
    elif ours["can_read"] != java["can_read"]:
        report.differ("enum symbols", facts)
    if ours["can_read"] != java["pair_check"]:
        report.differ("pair check", facts)


def compare_fastavro(report, text, ours):
    try:
        parsed = fastavro.parse_schema(json.loads(text))
        canonical = fastavro.schema.to_parsing_canonical_form(parsed)
        prints = {"canonical": canonical}
        for name, member in (("CRC-64-AVRO", "crc64"), ("MD5", "md5"), ("SHA-256", "sha256")):
            prints[member] = fastavro.schema.fingerprint(canonical, name)
    except Exception as refused:  # pylint: disable=broad-except
        report.differ("fastavro", {"text": text, "ours": ours, "error": repr(refused)})
        return
    little_endian = int.from_bytes(bytes.fromhex(prints["crc64"]), "little", signed=True)
    prints["crc64"] = str(little_endian)
    wrong = [member for member, value in prints.items() if ours[member] != value]
    report.count("schemas compared with fastavro")
    if wrong:
        report.differ("fastavro", {"text": text, "ours": ours, "fastavro": prints})


def compare_patch(report, question, ours):
    first, second = json.loads(question["first"]), json.loads(question["second"])
    report.count("patches applied by jsonpatch")
    patched = jsonpatch.apply_patch(first, ours["patch"])
    if json.dumps(patched, sort_keys=True) != json.dumps(second, sort_keys=True):
        report.differ("patch", {**question, "ours": ours})


def compare_letters(report, limpet, java):
    """Every code unit as a name of one character, and behind an underscore."""
    ranges = java.ask([{"op": "letters"}])[0]
    member = {kind: {c for first, last in ranges[kind] for c in range(first, last + 1)}
              for kind in ("letters", "digits")}
    units = [c for c in range(0x20, 0x10000) if not 0xD800 <= c <= 0xDFFF]
    questions = []
    for c in units:
        for prefix in ("", "_"):
            schema = {"type": "fixed", "name": prefix + chr(c), "size": 1}
            questions.append({"op": "parse", "schema": json.dumps(schema)})
    answers = iter(limpet.ask(questions))
    for c in units:
        legal = c in member["letters"] or c == ord("_")
        # A dot ends the namespace.
        for expected in (legal, c != ord(".") and (legal or c in member["digits"])):
            ok = next(answers)["ok"]
            report.count("characters tried in names")
            if ok != expected:
                report.differ("letters", {"code unit": hex(c), "ours": ok})


def random_documents(seed, count):
    """(text, respelled text, evolved texts) per seed."""
    for number in range(seed, seed + count):
        generator = Generator(number)
        schema = generator.schema(generator.random.choice([3, 8, 20]))
        texts = [generator.text(schema), generator.text(generator.respelled(schema))]
        evolved = [generator.evolve(schema, generator.random.choice([1, 1, 2, 4])) for _ in range(2)]
        evolved.append(generator.schema(3))
        yield number, texts + [generator.text(other) for other in evolved]


def run_random(report, limpet, java, seed, count):
    documents = list(random_documents(seed, count))
    questions = [{"op": "parse", "schema": text} for _, texts in documents for text in texts]
    ours, theirs = limpet.ask(questions), java.ask(questions)
    # What Java and Python print must be the same schema to us.
    printed = [{"op": "parse", "schema": answer["text"]} if answer["ok"] else questions[i]
               for i, answer in enumerate(theirs)]
    reparsed = limpet.ask(printed)
    forms = [{"op": "parse", "schema": answer.get("identity", questions[i]["schema"])}
             for i, answer in enumerate(ours)]
    again, java_again = limpet.ask(forms), java.ask(forms)

    reads, patches, at = [], [], 0
    for number, texts in documents:
        where = f"seed {number}"
        rows = []
        for text in texts:
            compare_parse(report, text, ours[at], theirs[at], where)
            if ours[at]["ok"] and theirs[at]["ok"]:
                rows.append((text, ours[at], theirs[at]))
                if reparsed[at].get("identity") != ours[at]["identity"]:
                    report.differ("printed by Java", {"text": text, "java": theirs[at]["text"],
                                                      "ours": [ours[at], reparsed[at]]})
                if again[at].get("identity") != ours[at]["identity"] or not java_again[at]["ok"]:
                    report.differ("idempotence", {"text": text, "ours": [ours[at], again[at]],
                                                  "java": java_again[at]})
                compare_fastavro(report, text, ours[at])
            at += 1
        for i, first in enumerate(rows):
            for second in rows[i + 1:]:
                compare_identity(report, first, second)
        for reader in rows[:1] + rows[2:]:
            for writer in rows[:1] + rows[2:]:
                reads.append((where, {"op": "read", "reader": reader[0], "writer": writer[0]}))
        for other in texts[1:]:
            patches.append({"op": "diff", "first": texts[0], "second": other})

    questions = [question for _, question in reads]
    for (where, question), mine, yours in zip(reads, limpet.ask(questions), java.ask(questions)):
        compare_read(report, question, mine, yours, where)
    for question, mine in zip(patches, limpet.ask(patches)):
        compare_patch(report, question, mine)


def run_bundles(report, limpet, java, seed, count):
    """A schema split into texts and bundled is the schema; Java, with one parser for all texts, and
    fastavro, which injects one into the other, make the same of the texts."""
    questions, assemblies, wholes = [], [], []
    for number in range(seed, seed + count):
        generator = Generator(number)
        schema = generator.schema(generator.random.choice([5, 12, 30]))
        root, imports = generator.split(schema)
        if not imports:
            continue
        named = [{"name": name, "text": generator.text(tree)} for name, tree in imports]
        questions.append({"op": "bundle", "root": generator.text(root), "imports": named})
        texts = [entry["text"] for entry in named] + [questions[-1]["root"]]
        assemblies.append({"op": "assemble", "texts": texts})
        wholes.append({"op": "parse", "schema": generator.text(schema)})
    bundles = limpet.ask(questions)
    again = [{"op": "parse", "schema": answer.get("text", "")} for answer in bundles]
    rows = zip(questions, limpet.ask(wholes), bundles, limpet.ask(again), java.ask(again),
               java.ask(assemblies))
    for question, whole, bundle, ours, read, assembled in rows:
        facts = {**question, "whole": whole, "bundle": bundle, "java": assembled}
        report.count("bundles of texts" if bundle["ok"] else "texts that make no bundle")
        if not (whole["ok"] and bundle["ok"] and read["ok"] and assembled["ok"]):
            if whole["ok"] or bundle["ok"] or assembled["ok"]:
                report.differ("bundle", {**facts, "java reads": read})
            continue
        if ours["identity"] != whole["identity"]:
            report.differ("identity of a bundle", facts)
        if not ours["canonical"] == read["canonical"] == assembled["canonical"]:
            report.differ("canonical form of a bundle", {**facts, "java reads": read})
        compare_injected(report, question, ours)


def compare_injected(report, question, ours):
    texts = [entry["text"] for entry in question["imports"]] + [question["root"]]
    facts = {"text": "\n".join(texts), "root": question["root"], "ours": ours}
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, f"{i}.avsc") for i in range(len(texts))]
        for path, text in zip(paths, texts):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        try:
            loaded = fastavro.schema.load_schema_ordered(paths)
            canonical = fastavro.schema.to_parsing_canonical_form(loaded)
        except Exception as refused:  # pylint: disable=broad-except
            report.differ("fastavro", {**facts, "error": repr(refused)})
            return
    report.count("bundles compared with fastavro")
    if canonical != ours["canonical"]:
        report.differ("fastavro", {**facts, "fastavro": canonical})


def run_data(report, limpet, java, seed, count):
    """Documents in the JSON encoding: valid to us exactly when they are to Java's JsonDecoder, and
    always when fastavro wrote them."""
    rows = []
    for number, texts in random_documents(seed, count):
        for what, line in data.documents(texts[0], number):
            rows.append((f"seed {number}", what, {"op": "datum", "schema": texts[0], "data": line}))
    questions = [question for _, _, question in rows]
    for (where, what, question), ours, theirs in zip(rows, limpet.ask(questions),
                                                     java.ask(questions)):
        facts = {**question, "what": what, "ours": ours, "java": theirs, "where": where}
        if not ours["ok"] and not theirs["ok"]:
            continue  # no schema to either
        if not ours["ok"] or not theirs["ok"]:
            report.differ("datum", facts)
            continue
        report.count("data valid" if ours["valid"] else "data not valid")
        if ours["valid"] != theirs["valid"]:
            report.differ("datum", facts)
        if what == "written" and not ours["valid"]:
            report.differ("fastavro datum", facts)


def run_payloads(report, limpet, java, seed, count):
    """Binary data, ours and fastavro's: read and written again it is the same to us and to Java; read as an
    evolved schema it is the same value, or refused by both."""
    documents = list(random_documents(seed, count))
    made = limpet.ask([{"op": "random", "schema": texts[0], "seed": number, "count": 4}
                       for number, texts in documents])
    questions = []
    for (number, texts), answer in zip(documents, made):
        if not answer["ok"]:
            continue
        written = data.payloads(texts[0], number)
        for payload in answer["payloads"]:
            if "logicalType" in texts[0]:
                continue  # fastavro makes dates and UUIDs of numbers and texts that are none
            report.count("payloads read by fastavro")
            refused = data.read_whole(texts[0], payload)
            if refused:
                report.differ("fastavro payload", {"text": texts[0], "ours": payload,
                                                   "error": refused})
        for reader in [texts[0]] + texts[2:]:
            questions.append({"op": "payloads", "writer": texts[0], "reader": reader,
                              "payloads": answer["payloads"] + written})
    for question, ours, theirs in zip(questions, limpet.ask(questions), java.ask(questions)):
        facts = {**question, "ours": ours, "java": theirs}
        if not ours["ok"] or not theirs["ok"]:
            if ours["ok"] != theirs["ok"]:
                report.differ("payload schema", facts)
            continue
        same = question["writer"] == question["reader"]
        for payload, mine, yours in zip(question["payloads"], ours["read"], theirs["read"]):
            if (mine or "").startswith("written again") and "a decimal of at most" in mine:
                # A writer's rule: Java's and fastavro's look at precision only in their conversions.
                report.count("decimals of more digits than their precision, refused")
            elif same and mine != payload:
                report.differ("payload written again", {**facts, "payload": payload})
            elif mine == yours:
                report.count("payloads refused by both" if mine is None else "payloads read alike")
            elif not ours["made"]:
                # Java fails where such a value comes, we before the first.
                report.count("payloads of pairs that do not resolve, read by Java")
            else:
                report.differ("payload", {**facts, "payload": payload, "mine": mine,
                                          "yours": yours})


def run_cases(report, limpet, java, path):
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    texts = [case["schema"] for case in cases["schemas"]]
    texts = [text if isinstance(text, str) else json.dumps(text) for text in texts]
    questions = [{"op": "parse", "schema": text} for text in texts]
    for case, text, mine, yours in zip(cases["schemas"], texts, limpet.ask(questions),
                                       java.ask(questions)):
        compare_parse(report, text, mine, yours, case["name"])
        if mine["ok"] != case["valid"]:
            report.differ("case", {"case": case, "ours": mine})
    questions = [{"op": "read", "reader": json.dumps(case["reader"]),
                  "writer": json.dumps(case["writer"])} for case in cases["reads"]]
    for case, question, mine, yours in zip(cases["reads"], questions, limpet.ask(questions),
                                           java.ask(questions)):
        compare_read(report, question, mine, yours, case["name"])
        if mine.get("can_read") != case["can_read"]:
            report.differ("case", {"case": case, "ours": mine})


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--driver", required=True)
    arguments.add_argument("--java", required=True, metavar="CLASSPATH")
    arguments.add_argument("--cases", required=True)
    arguments.add_argument("--schemas", type=int, default=3000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--show", type=int, default=5, help="failures to print per topic")
    options = arguments.parse_args()

    limpet = Peer([options.driver])
    java = Peer(["java", "-Xss16m", "-XX:-OmitStackTraceInFastThrow", "-cp", options.java, "AvroPeer"])
    report = Report(Expected())
    compare_letters(report, limpet, java)
    run_cases(report, limpet, java, options.cases)
    run_random(report, limpet, java, options.seed, options.schemas)
    run_data(report, limpet, java, options.seed, options.schemas)
    run_payloads(report, limpet, java, options.seed, options.schemas)
    run_bundles(report, limpet, java, options.seed, options.schemas)

    print(f"seeds {options.seed} to {options.seed + options.schemas - 1}")
    for what, count in sorted(report.counts.items()):
        print(f"{count:8}  {what}")
    shown = collections.Counter()
    for topic, facts in report.failures:
        shown[topic] += 1
        if shown[topic] <= options.show:
            print(f"\nFAILED {topic}\n" + json.dumps(facts, indent=1, ensure_ascii=False))
    if report.failures:
        print("\n" + ", ".join(f"{count} x {topic}" for topic, count in shown.items()))
        return 1
    if options.schemas >= 3000:  # enough for each of them
        for reason in report.expected.unused():
            print(f"FAILED never happened, remove it from expected.py: {reason}")
        if report.expected.unused():
            return 1
    print("no unexpected difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
