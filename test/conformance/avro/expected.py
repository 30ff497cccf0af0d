"""The differences that we know and want, each with its reason. Everything else is a failure.

A rule is (topic, test, reason); `test` gets the facts of one difference. The first rule that holds
explains it. The whole run fails when a rule of this list explained nothing: it is out of date.
"""

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
        "Duplicate field|Duplicate in union", facts["java"].get("thrown", "")) is not None


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


@rule("validator", "the writer's own default after renaming: Java checks it again and throws; "
                   "the specification never uses a writer's default")
def writer_default(facts):
    return "Invalid default for field" in facts["java"].get("thrown", "")


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


@rule("pair check", "the pair check does not look whether a default can be encoded")
def pair_default(facts):
    return facts["java"]["pair_check"] and "UNUSABLE_DEFAULT" in kinds(facts)


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
