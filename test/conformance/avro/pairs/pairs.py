#!/usr/bin/env python3
"""Ask Limpet and Avro Java's SchemaCompatibility about the same pairs; every answer must be equal.

Usage: pairs.py --driver BINARY --java CLASSPATH [--schemas N] [--seed N]

An answer is the list of incompatibilities with kinds, places and messages, in order. Where Java throws
(aliases give a field two fields of the writer), Limpet must say AMBIGUOUS_ALIAS alone.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from generator import Generator  # noqa: E402  pylint: disable=wrong-import-position


def ask(command, questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
    if len(answers) != len(questions):
        sys.exit(f"{command[0]} answered {len(answers)} of {len(questions)} questions")
    return answers


def questions_of(seed):
    generator = Generator(seed)
    schema = generator.schema(generator.random.choice([3, 8, 20]))
    others = [schema] + [generator.evolve(schema, generator.random.choice([1, 1, 2, 4]))
                         for _ in range(3)]
    texts = [generator.text(other) for other in others] + [generator.text(generator.schema(3))]
    for reader in texts:
        for writer in texts:
            yield {"op": "pair", "reader": reader, "writer": writer}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--driver", required=True)
    arguments.add_argument("--java", required=True, metavar="CLASSPATH")
    arguments.add_argument("--schemas", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()

    questions = [question for seed in range(options.seed, options.seed + options.schemas)
                 for question in questions_of(seed)]
    ours = ask([options.driver], questions)
    java = ask(["java", "-Xss64m", "-cp", options.java, "PairPeer"], questions)
    counts = collections.Counter()
    failures = []
    for question, mine, theirs in zip(questions, ours, java):
        if not mine["ok"] or not theirs["ok"]:
            counts["texts that one of them refuses"] += 1
            continue
        if "thrown" in theirs:
            counts["exceptions in Java"] += 1
            if [kind for kind, _, _ in mine["found"]] != ["AMBIGUOUS_ALIAS"]:
                failures.append((question, mine, theirs))
            continue
        counts["incompatible" if theirs["found"] else "compatible"] += 1
        for kind, _, _ in theirs["found"]:
            counts["found " + kind] += 1
        if mine["found"] != theirs["found"]:
            failures.append((question, mine, theirs))
    print(f"seeds {options.seed} to {options.seed + options.schemas - 1}, {len(questions)} pairs")
    for what, count in sorted(counts.items()):
        print(f"{count:8}  {what}")
    for question, mine, theirs in failures[:3]:
        print("\nFAILED " + json.dumps(question, indent=1) + "\nours  " + json.dumps(mine) +
              "\ntheirs " + json.dumps(theirs))
    if failures:
        print(f"\n{len(failures)} answers differ")
        return 1
    print("no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
