#!/usr/bin/env python3
"""Does a bundle mean what its texts mean? Python's jsonschema reads the texts, each under its URI in a
registry; it, fastjsonschema (drafts 4 to 7) and Limpet read the bundle. All must say the same of the
same values. Everything follows from the seed.

Usage: differential.py --driver BINARY [--schemas N] [--seed N]
"""

import argparse
import collections
import json
import subprocess
import sys
import warnings

import fastjsonschema
import jsonschema
import referencing
import referencing.jsonschema

from generator import DRAFTS, Generator

VALIDATORS = {
    "draft-04": jsonschema.Draft4Validator,
    "draft-06": jsonschema.Draft6Validator,
    "draft-07": jsonschema.Draft7Validator,
    "2019-09": jsonschema.Draft201909Validator,
    "2020-12": jsonschema.Draft202012Validator,
}
VALUES = 25


def ask(driver, questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([driver], input=text.encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
    if len(answers) != len(questions):
        sys.exit(f"{driver} answered {len(answers)} of {len(questions)} questions")
    return answers


def with_registry(draft, root, resources, values):
    specification = referencing.jsonschema.specification_with(DRAFTS[draft])
    registry = referencing.Registry().with_resources(
        (uri, specification.create_resource(tree)) for uri, tree in resources.items())
    validator = VALIDATORS[draft](root, registry=registry)
    return [validator.is_valid(value) for value in values]


def alone(draft, whole, values):
    validator = VALIDATORS[draft](whole, registry=referencing.Registry())
    return [validator.is_valid(value) for value in values]


def fast(whole, values):
    check = fastjsonschema.compile(whole, use_default=False, use_formats=False, handlers={
        "http": refuse_to_fetch, "https": refuse_to_fetch, "urn": refuse_to_fetch})
    verdicts = []
    for value in values:
        try:
            check(value)
            verdicts.append(True)
        except fastjsonschema.JsonSchemaValueException:
            verdicts.append(False)
    return verdicts


def refuse_to_fetch(uri):
    raise LookupError(uri)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--driver", required=True)
    arguments.add_argument("--schemas", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--show", type=int, default=3, help="failures to print per topic")
    options = arguments.parse_args()
    warnings.simplefilter("ignore")

    counts, failures = collections.Counter(), []

    def check(holds, what, **facts):
        counts[what] += 1
        if not holds:
            failures.append((what, facts))

    sets = []
    for seed in range(options.seed, options.seed + options.schemas):
        for draft in DRAFTS:
            generator = Generator(seed, draft)
            root, imports, resources = generator.set()
            if imports:
                values = [generator.value() for _ in range(VALUES)]
                peculiar = generator.lookalikes or generator.inner_root
                sets.append((seed, draft, root, imports, resources, values, peculiar))
    bundles = ask(options.driver, [
        {"op": "bundle", "root": json.dumps(root),
         "imports": [{"name": name, "text": json.dumps(tree)} for name, tree in imports]}
        for _, _, root, imports, *_ in sets])
    ours = ask(options.driver, [
        {"op": "validate", "schema": bundle.get("text", "true"), "values": values}
        for bundle, (_, _, _, _, _, values, _) in zip(bundles, sets)])
    for bundle, mine, row in zip(bundles, ours, sets):
        seed, draft, root, imports, resources, values, peculiar = row
        facts = {"seed": seed, "draft": draft, "root": root, "imports": imports, "bundle": bundle}
        if not bundle["ok"]:
            endless = "would never end" in bundle["error"]
            check(endless, "sets that apply themselves without end" if endless else "bundles made",
                  **facts)
            continue
        check(True, "bundles made")
        whole = json.loads(bundle["text"])
        expected = with_registry(draft, root, resources, values)
        counts["values that are valid"] += sum(expected)
        counts["values that are not"] += len(expected) - sum(expected)
        check(mine.get("valid") == expected, "bundles judged by Limpet", mine=mine,
              expected=expected, values=values, **facts)
        check(alone(draft, whole, values) == expected, "bundles judged by jsonschema", **facts)
        # fastjsonschema follows what looks like a reference within an enum or a default, and is at a
        # loss with some identifiers, which roots keep.
        if draft in ("draft-04", "draft-06", "draft-07") and not peculiar:
            try:
                verdicts = fast(whole, values)
            except Exception as refused:  # pylint: disable=broad-except
                verdicts = repr(refused)
            check(verdicts == expected, "bundles judged by fastjsonschema", verdicts=verdicts,
                  expected=expected, values=values, **facts)

    print(f"seeds {options.seed} to {options.seed + options.schemas - 1}")
    for what, count in sorted(counts.items()):
        print(f"{count:8}  {what}")
    shown = collections.Counter()
    for what, facts in failures:
        shown[what] += 1
        if shown[what] <= options.show:
            print(f"\nFAILED {what}\n" + json.dumps(facts, indent=1, ensure_ascii=False))
    if failures:
        print("\n" + ", ".join(f"{count} x {what}" for what, count in shown.items()))
        return 1
    print("no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
