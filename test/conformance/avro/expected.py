"""The differences that we know and want, each with its reason. Everything else is a failure.

A rule is (topic, test, reason); `test` gets the facts of one difference. The first rule that holds
explains it. The whole run fails when a rule of this list explained nothing: it is out of date.
"""

import json
import re

RULES = []


def rule(topic, reason):
    def add(test):
        RULES.append((topic, test, reason))
        return test
    return add


def kinds(facts):
    return {mismatch["kind"] for mismatch in facts["ours"].get("mismatches", [])}


# Is it a schema?

@rule("parse", "comments: JSON has none, and only Java's parser reads them")
def comments(facts):
    return facts["java"]["ok"] and "/" in facts["text"] and "not valid JSON" in facts["ours"]["error"]


@rule("parse", "a lone surrogate is no character: it could not be stored or sent as UTF-8")
def surrogate(facts):
    return facts["java"]["ok"] and re.search(r"\\ud[89a-f]", facts["text"]) is not None


@rule("parse", "types within each other: we stop at 512, Java at the size of its stack")
def nesting(facts):
    return facts["java"]["ok"] and "nested deeper" in facts["ours"]["error"]


# Which words say that it is none?

@rule("wording", "Java's JSON parser has its own words")
def json_words(facts):
    return "JSON" in facts["ours"]["error"] and facts["java"]["class"] in (
        "SchemaParseException", "StackOverflowError")


@rule("wording", "Java tells of its own exception, we of the default that caused it")
def default_words(facts):
    return facts["ours"]["error"].startswith("Invalid default for field") and (
        facts["java"]["error"] in ("Schema fields not set yet", "empty String",
                                   "Index 0 out of bounds for length 0")
        or facts["java"]["error"].startswith("For input string:"))


@rule("wording", "Java tells of its own exception, we of the order that caused it")
def order_words(facts):
    return facts["ours"]["error"].startswith("Order is not") and facts["java"]["class"] in (
        "NullPointerException", "IllegalArgumentException")


# Which texts are one schema?

@rule("printed by Java", "Java prints a name of the null namespace like one of the enclosing namespace")
def null_namespace(facts):
    return re.search(r'"\.[^"]', facts["ours"][0]["identity"]) is not None


# Can it be read? Java's SchemaValidator.

@rule("validator", "aliases give two things one name: Java throws, we say which")
def ambiguous_alias(facts):
    return kinds(facts) == {"AMBIGUOUS_ALIAS"} and re.search(
        "Duplicate field|Duplicate in union|Invalid default for field", facts["java"].get("thrown", "")) is not None


@rule("validator", "a default that is no symbol of the enum: Java throws, we say which")
def unusable_default(facts):
    return not facts["ours"]["can_read"] and "Integer.intValue()" in facts["java"].get("thrown", "")


@rule("validator", "a fault of Java 1.11.4: it stumbles over some recursive records, a schema and itself "
                   "among them")
def recursive_records(facts):
    return 'Cannot read field "kind"' in facts["java"].get("thrown", "")


@rule("validator", "records that contain themselves have no finite value: Java overflows its stack")
def infinite_record(facts):
    return facts["java"].get("thrown", "").startswith("StackOverflowError")


@rule("validator", "the writer's own default after renaming: Java checks it again and throws, we say "
                   "which")
def writer_default(facts):
    return kinds(facts) == {"UNUSABLE_DEFAULT"} and (
        "Invalid default for field" in facts["java"].get("thrown", ""))


@rule("validator", "aliases that lead from one name to the next: Java's reader applies them twice, its "
                   "validator once; we refuse")
def alias_of_alias(facts):
    return kinds(facts) == {"AMBIGUOUS_ALIAS"} and facts["java"]["can_read"]


@rule("enum symbols", "a symbol is lost that the reader has no default for: SchemaValidator leaves it "
                      "to the moment of reading, we refuse (a setting)")
def enum_symbols(facts):
    return kinds(facts) == {"MISSING_ENUM_SYMBOLS"} and facts["java"]["can_read"]


# Can it be read? Java's SchemaCompatibility, another algorithm of the same library.

@rule("pair check", "the pair check compares names of records, the resolver does not")
def record_names(facts):
    return facts["ours"]["can_read"] and not facts["java"]["pair_check"] and (
        "NAME_MISMATCH" in facts["java"].get("pair_kinds", []))


@rule("pair check", "the pair check wants a record of that name in the reader's union, the resolver "
                    "takes one whose fields fit")
def record_branches(facts):
    return facts["ours"]["can_read"] and not facts["java"]["pair_check"] and (
        "MISSING_UNION_BRANCH" in facts["java"].get("pair_kinds", []))


@rule("pair check", "the pair check looks fields up by every alias and throws when two fit")
def alias_lookup(facts):
    return facts["ours"]["can_read"] and "matches multiple fields" in facts["java"].get(
        "pair_thrown", "")


@rule("pair check", "aliases of fields hold for the record of that full name; the pair check applies them "
                    "whatever the record's namespace")
def alias_namespace(facts):
    return facts["java"]["can_read"] and facts["java"].get("pair_kinds") == ["TYPE_MISMATCH"] and (
        '"aliases"' in facts["reader"])


@rule("pair check", "the pair check is content when any branch of the reader's union fits or an alias "
                    "matches the full name; the resolver takes one branch, and renames first")
def one_branch(facts):
    return not facts["ours"]["can_read"] and facts["java"]["pair_check"] and not (
        facts["java"]["can_read"]) and kinds(facts) <= {
            "NAME_MISMATCH", "MISSING_UNION_BRANCH", "TYPE_MISMATCH", "FIXED_SIZE_MISMATCH",
            "AMBIGUOUS_ALIAS", "READER_FIELD_MISSING_DEFAULT_VALUE", "MISSING_ENUM_SYMBOLS"}


@rule("pair check", "the pair check applies aliases once, as the validator does")
def pair_alias_of_alias(facts):
    return facts["java"]["pair_check"] and facts["java"]["can_read"] and (
        kinds(facts) == {"AMBIGUOUS_ALIAS"})


@rule("pair check", "the pair check does not look whether a default can be encoded")
def pair_default(facts):
    return facts["java"]["pair_check"] and "UNUSABLE_DEFAULT" in kinds(facts)


# Is a document a datum? Java's JsonDecoder.

def first_violation(facts):
    return (facts["ours"].get("violations") or [""])[0]


@rule("datum", "Java skips what stands behind the last field of a record or the value of a union")
def skipped_members(facts):
    return facts["java"].get("valid") and re.search(
        "no member of this name|(one of|only branch) .*, found an object", first_violation(facts))


@rule("datum", "Java cuts the fraction of a number off to make an int or long of it")
def fraction(facts):
    return facts["java"].get("valid") and "it has a fraction" in first_violation(facts)


@rule("datum", "Java makes '?' of a character that is no byte")
def no_byte(facts):
    return facts["java"].get("valid") and "above U+00FF" in first_violation(facts)


@rule("datum", "Java 1.11 writes NaN and the infinities as strings, but reads them since 1.12 only")
def not_a_number(facts):
    return facts["ours"].get("valid") and re.search("Expected (float|double)", facts["java"].get(
        "why", "")) and re.search('"(NaN|-?Infinity)"', facts["data"]) is not None


# fastavro

@rule("fastavro", "fastavro checks defaults by Python's types: no 0 and no \"NaN\" for a float")
def fastavro_default(facts):
    return "must match schema type" in facts.get("error", "")


@rule("fastavro", "fastavro refuses a broken logical type; the specification says to ignore it")
def fastavro_logical(facts):
    return "decimal" in facts.get("error", "")


@rule("fastavro", "fastavro does not know the null namespace once it is inside another")
def fastavro_null_namespace(facts):
    inside = re.search(r'"\.[^"]', facts["ours"]["identity"] + facts["text"]) is not None
    return inside and ("fastavro" in facts or re.search(
        "UnknownType|redefined named type", facts["error"]) is not None)


@rule("fastavro datum", "fastavro writes the enclosing namespace before a branch of the null namespace")
def fastavro_null_namespace_branch(facts):
    return not facts["java"]["valid"] and '"namespace": ""' in facts["schema"]


# Bundles of several texts

@rule("bundle", "a bare name that could mean a type of its namespace and one of the null namespace: we ask "
                "for the full name, Java takes the first")
def ambiguous_name(facts):
    return facts["java"]["ok"] and "could mean" in facts["bundle"].get("error", "")


@rule("fastavro", "load_schema_ordered injects into records, not into a name or a union")
def injected_into_record(facts):
    return "root" in facts and not isinstance(json.loads(facts["root"]), dict)


class Expected:
    def __init__(self):
        self.used = set()

    def reason(self, topic, facts):
        for wanted, test, reason in RULES:
            if wanted == topic and test(facts):
                self.used.add(reason)
                return f"{topic}: {reason}"
        return None

    def unused(self):
        return [f"{topic}: {reason}" for topic, _, reason in RULES if reason not in self.used]
