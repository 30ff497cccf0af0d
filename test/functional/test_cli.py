"""The program's own command line, as a person or a script uses it, against a real server."""

import json
import os
import re
import subprocess

import pytest

from command import Cli
from glue_calls import UUID
from limpet_process import ROOT, limpet_binary

FIRST = '{"type":"record","name":"Order","fields":[{"name":"id","type":"int"}]}'
SECOND = ('{"type":"record","name":"Order","fields":[{"name":"id","type":"int"},'
          '{"name":"note","type":"string","default":""}]}')
BROKEN = '{"type":"record","name":"Order","fields":[{"name":"id","type":"boolean"}]}'


@pytest.fixture
def orders(cli):
    """A schema with two versions."""
    cli.run("registry", "create", "orders")
    cli.run("schema", "create", "orders/order-value", "--definition", FIRST)
    cli.run("schema", "register", "orders/order-value", "--definition", SECOND)
    return cli


def test_registries(cli):
    made = cli.json("registry", "create", "shop", "--description", "all of it",
                    "--tag", "team=sales", "--tag", "tier=gold")
    assert made["RegistryName"] == "shop" and made["Tags"] == {"team": "sales", "tier": "gold"}
    shown = cli.text("registry", "get", made["RegistryArn"])
    assert re.search(r"^Description +all of it$", shown, re.M)
    cli.run("registry", "update", "shop", "--description", "less")
    assert cli.json("registry", "get", "shop")["Description"] == "less"
    table = cli.text("registry", "list").splitlines()
    assert table[0].split("  ")[0] == "REGISTRY NAME" and table[1].startswith("shop ")
    assert cli.json("registry", "delete", "shop")["Status"] == "DELETING"
    assert cli.text("registry", "list") == "nothing to list\n"
    error = cli.refused("registry", "get", "shop")
    assert re.match(r"limpet: EntityNotFoundException: Registry is not found\. "
                    r"RegistryName: shop \(request [0-9a-f-]{36}\)\n$", error)


def test_lists_follow_every_page(cli):
    names = [f"r{number:03}" for number in range(60)]
    for name in names:
        cli.run("registry", "create", name)
    whole = cli.json("registry", "list")
    assert [item["RegistryName"] for item in whole["Registries"]] == names
    assert "NextToken" not in whole
    assert len(cli.json("registry", "list", "--max-items", "30")["Registries"]) == 30


def test_definitions_come_from_files_and_standard_input(cli, tmp_path):
    file = tmp_path / "order.avsc"
    file.write_text(FIRST + "\n")
    cli.run("schema", "create", "s", "--definition-file", str(file))
    assert cli.text("schema", "get-version", "s", "--definition-only") == FIRST + "\n"
    answer = cli.json("schema", "register", "s", "--definition-file", "-", stdin=SECOND)
    assert answer["VersionNumber"] == 2 and re.fullmatch(UUID, answer["SchemaVersionId"])
    found = cli.json("schema", "find", "s", "--definition-file", str(file))
    assert found["Status"] == "AVAILABLE"
    assert cli.refused("schema", "register", "s", "--definition-file", "/nowhere",
                       status=2) == "limpet: cannot open /nowhere\n"
    assert "give --definition-file" in cli.refused("schema", "register", "s", status=2)


def test_versions(orders):
    schema = "orders/order-value"
    listed = orders.json("schema", "versions", schema)["Schemas"]
    assert [item["VersionNumber"] for item in listed] == [2, 1]
    by_number = orders.json("schema", "get-version", schema, "--version", "1")
    by_id = orders.json("schema", "get-version", "--id", by_number["SchemaVersionId"])
    assert by_number == by_id and by_id["SchemaDefinition"] == FIRST
    patch = json.loads(orders.text("schema", "diff", schema, "1", "latest"))
    assert [step["op"] for step in patch] == ["add"]
    orders.run("schema", "register", schema, "--definition", BROKEN, status=1)
    assert orders.text("schema", "delete-versions", schema, "3") == "deleted 3\n"
    missing = orders.text("schema", "delete-versions", schema, "9", status=1)
    assert missing.startswith("version 9: Schema version is not found.")


def test_schemas(orders):
    schema = "orders/order-value"
    orders.run("schema", "update", schema, "--checkpoint", "2", "--description", "values")
    orders.run("schema", "update", schema, "--compatibility", "FULL")
    shown = orders.json("schema", "get", schema)
    assert (shown["Compatibility"], shown["SchemaCheckpoint"], shown["Description"]) == (
        "FULL", 2, "values")
    assert "order-value" in orders.text("schema", "list", "orders")
    assert len(orders.json("schema", "list")["Schemas"]) == 1
    orders.run("schema", "delete", shown["SchemaArn"])
    assert "Schema is not found." in orders.refused("schema", "get", schema)


def test_check(cli):
    assert cli.json("schema", "check", "--definition", '"int"') == {"Valid": True}
    answer = cli.json("schema", "check", "--definition", "{", status=1)
    assert answer["Valid"] is False and answer["Error"]


def test_a_refusal_is_explained_in_plain_words(orders):
    schema = "orders/order-value"
    answer = orders.json("schema", "register", schema, "--definition", BROKEN, status=1)
    assert answer["Status"] == "FAILURE"
    explained = orders.json("schema", "explain", "--id", answer["SchemaVersionId"])
    finding = explained["Findings"][0]
    assert (finding["WriterType"], finding["ReaderType"]) == ("int", "boolean")
    for words in (("schema", "explain", schema, "--version", "3"),
                  ("schema", "register", schema, "--definition", BROKEN.replace("boolean", "bytes"))):
        text = orders.text(*words, status=0 if words[1] == "explain" else 1)
        assert "Not BACKWARD compatible with version 2" in text
        assert "/fields/0/type" in text and "Fix: " in text
    assert "nothing to explain" in orders.text("schema", "explain", schema, "--version", "1")


def test_metadata(orders):
    version = ("orders/order-value", "--version", "1")
    orders.run("schema", "metadata", "put", *version, "--key", "team", "--value", "sales")
    orders.run("schema", "metadata", "put", *version, "--key", "team", "--value", "ops")
    orders.run("schema", "metadata", "put", *version, "--key", "tier", "--value", "gold")
    lines = orders.text("schema", "metadata", "query", *version).splitlines()
    assert [(line.split()[0], line.split()[-1]) for line in lines[1:]] == [
        ("team", "sales"), ("team", "ops"), ("tier", "gold")]
    only = orders.json("schema", "metadata", "query", *version, "--key", "tier")
    assert list(only["MetadataInfoMap"]) == ["tier"]
    orders.run("schema", "metadata", "remove", *version, "--key", "team", "--value", "sales")
    left = orders.json("schema", "metadata", "query", *version)["MetadataInfoMap"]
    assert left["team"]["MetadataValue"] == "ops"


def test_tags(orders):
    for resource in ("registry/orders", "schema/orders/order-value"):
        orders.run("tags", "add", resource, "team=sales", "tier=gold")
        orders.run("tags", "remove", resource, "team", "absent")
        assert orders.json("tags", "list", resource)["Tags"] == {"tier": "gold"}
    assert orders.text("tags", "list", "registry/orders") == "tier  gold\n"
    orders.run("tags", "remove", "registry/orders", "tier")
    assert orders.text("tags", "list", "registry/orders") == "nothing to list\n"


def test_keys(start_limpet, tmp_path):
    server = start_limpet()
    cli = Cli(server, tmp_path)
    made = cli.json("keys", "create", "--description", "a service")
    own = Cli(server, tmp_path, AWS_ACCESS_KEY_ID=made["AccessKeyId"],
              AWS_SECRET_ACCESS_KEY=made["SecretAccessKey"])
    assert own.json("registry", "list") == {"Registries": []}
    listed = cli.json("keys", "list")["AccessKeys"]
    assert [(key["AccessKeyId"], key["Status"]) for key in listed] == [
        (made["AccessKeyId"], "ACTIVE")]
    assert "SecretAccessKey" not in listed[0]
    assert cli.json("keys", "revoke", made["AccessKeyId"])["Status"] == "REVOKED"
    assert "UnrecognizedClientException" in own.refused("registry", "list")


def test_first_key_of_a_folder_without_a_server(start_limpet, tmp_path):
    folder = tmp_path / "data"
    home = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}

    def keys(*words):
        return subprocess.run([limpet_binary(), "keys", *words, "--data", folder, "--output", "json"],
                              env=home, capture_output=True, text=True, timeout=60)

    made = json.loads(keys("create", "--account", "210987654321").stdout)
    assert [key["AccessKeyId"] for key in json.loads(keys("list").stdout)["AccessKeys"]] == []
    assert [key["AccessKeyId"] for key in
            json.loads(keys("list", "--account", "210987654321").stdout)["AccessKeys"]] == [
                made["AccessKeyId"]]

    server = start_limpet(data=folder)
    cli = Cli(server, tmp_path, AWS_ACCESS_KEY_ID=made["AccessKeyId"],
              AWS_SECRET_ACCESS_KEY=made["SecretAccessKey"])
    arn = cli.json("registry", "create", "orders")["RegistryArn"]
    assert ":210987654321:registry/orders" in arn

    busy = keys("list")
    assert busy.returncode == 1 and str(folder) in busy.stderr and "in use" in busy.stderr


def test_profiles_of_the_aws_tools(server, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(
        f"[profile here]\nregion = eu-west-3\nendpoint_url = {server.endpoint}\n")
    (tmp_path / ".aws" / "credentials").write_text(
        f"[here]\naws_access_key_id = {server.access_key}\n"
        f"aws_secret_access_key = {server.secret_key}\n")
    cli = Cli(server, tmp_path, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_REGION="",
              AWS_ENDPOINT_URL_GLUE="")
    made = cli.json("registry", "create", "p", "--profile", "here")
    assert made["RegistryArn"].startswith("arn:aws:glue:eu-west-3:")
    cli.run("registry", "delete", "p", "--profile", "here")
    assert "no credentials" in cli.refused("registry", "list", status=2)
    assert "no profile nope" in cli.refused("registry", "list", "--profile", "nope", status=2)


def test_wrong_use_is_status_two(cli):
    for words in (("schema", "get"), ("registry",), ("schema", "get-version"),
                  ("registry", "list", "--output", "yaml"), ("schema", "invent"),
                  ("schema", "get-version", "a", "--id", "b"),
                  ("schema", "get-version", "a", "--version", "v2"),
                  ("registry", "list", "--endpoint", "ftp://x")):
        cli.run(*words, status=2)


def test_nobody_listens(cli):
    error = cli.refused("registry", "list", "--endpoint", "http://127.0.0.1:9")
    assert "cannot connect" in error and "http://127.0.0.1:9" in error


def test_without_signatures(start_limpet, tmp_path):
    cli = Cli(start_limpet(auth="off"), tmp_path, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert cli.json("registry", "list", "--no-sign") == {"Registries": []}


def test_every_command_has_a_help_page_with_an_example(cli):
    pages, todo = 0, [()]
    while todo:
        words = todo.pop()
        page = cli.text(*words, "--help")
        names = re.findall(r"^  ([a-z-]+) {2,}\S", page.partition("Subcommands:")[2], re.M)
        if names:
            todo += [(*words, name) for name in names]
        elif words[0] in ("registry", "schema", "tags", "keys", "operations", "import", "export",
                          "codegen", "produce", "consume", "decode", "topic"):
            pages += 1
            assert "Examples:\n  limpet " + " ".join(words) in page, page
    assert pages >= 41


def test_operations_are_those_of_the_reference_page(cli):
    listed = json.loads(cli.text("operations", "--output", "json"))["Operations"]
    names = sorted(row["Target"].partition(".")[2] for row in listed)
    served = sorted(row["Target"].partition(".")[2] for row in listed if row["Served"])
    page = (ROOT / "docs" / "reference" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\w+)\]\([^)]*\) \| (yes)? \|$", page, re.M)
    assert sorted(name for name, _ in rows) == names
    assert sorted(name for name, mark in rows if mark) == served
    assert len(served) >= 30
    text = cli.text("operations", "--served")
    assert len(text.splitlines()) == 1 + len(served)
