"""What operators see: health, readiness, metrics, logs, access keys, explanations."""

import json
import re
import subprocess

import pytest

from glue_calls import (BOOLEAN, INVALID, NOT_FOUND, UUID, client, make_schema, no_version_id,
                        record, refused, register, schema_id)
from limpet_process import limpet_binary
from raw_http import Signer, call, json_headers, send


def get(server, path):
    return send(server, {"Host": server.host}, method="GET", target=path)


def test_health_and_readiness(server):
    for path in ("/healthz", "/readyz"):
        assert get(server, path).status == 200


def samples(server):
    answer = get(server, "/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return dict(re.findall(r"^(limpet_[^ ]+) (\S+)$", answer.body.decode(), re.M))


def test_metrics_count_calls(server, glue):
    def counted():
        return sum(float(value) for name, value in samples(server).items()
                   if "ListRegistries" in name and name.partition("{")[0].endswith("_total"))

    before = counted()
    for _ in range(3):
        glue.list_registries()
    assert counted() == before + 3


def test_metrics_have_no_names_in_their_labels(server, glue):
    glue.create_registry(RegistryName="secret-registry-name")
    call(server, "AWSGlue.NoSuchOperationEver", {})
    text = get(server, "/metrics").body.decode()
    assert "secret-registry-name" not in text
    assert "NoSuchOperationEver" not in text
    for line in text.splitlines():
        assert line.startswith("#") or line.startswith("limpet_") or line.startswith("process_")


def test_log_lines_carry_the_request_id_and_no_secret(start_limpet, region):
    limpet = start_limpet()
    answers = [call(limpet, "CreateRegistry", {"RegistryName": "r"}, region=region),
               call(limpet, "CreateRegistry", {"RegistryName": "r"}, region=region),
               call(limpet, "GetRegistry", {}, region=region),
               send(limpet, json_headers(limpet, "ListRegistries"), b"{}")]
    signer = Signer.of(limpet, region, secret_key="guessed-secret")
    headers = signer.headers(json_headers(limpet, "ListRegistries"), b"{}")
    answers.append(send(limpet, headers, b"{}"))
    assert limpet.stop() == 0
    words = limpet.words()
    for answer in answers:
        line = [line for line in words.splitlines() if answer.headers["x-amzn-requestid"] in line]
        assert line, answer
    created = [line for line in words.splitlines()
               if answers[0].headers["x-amzn-requestid"] in line]
    assert any("CreateRegistry" in line for line in created)
    assert limpet.secret_key not in words
    assert "guessed-secret" not in words
    assert headers["Authorization"].rpartition("=")[2] not in words
    for line in words.splitlines():
        assert line.strip() == "" or re.search(r'\bevent=|"event":', line), line


def test_a_rejected_version_is_logged_with_its_reason(start_limpet, region):
    limpet = start_limpet()
    glue = client(limpet, region)
    make_schema(glue)
    failed = register(glue, BOOLEAN)
    assert limpet.stop() == 0
    line = next(line for line in limpet.words().splitlines() if "version_rejected" in line)
    assert failed["SchemaVersionId"] in line
    assert "boolean" in line and "int" in line


def test_explain(server, region, glue):
    make_schema(glue, record(("id", "int"), ("name", "string")))
    failed = register(glue, record(("id", "int"), ("name", "int")))

    def explain(**request):
        return call(server, "Limpet.ExplainSchemaVersion", request, region=region)

    by_id = explain(SchemaVersionId=failed["SchemaVersionId"])
    assert by_id.status == 200, by_id.body
    answer = by_id.json
    assert answer["Status"] == "FAILURE"
    assert answer["VersionNumber"] == 2
    assert answer["Compatibility"] == "BACKWARD"
    assert answer["SchemaArn"].endswith("schema/default-registry/s")
    assert "name" in answer["Reason"] and "string" in answer["Reason"] and "int" in answer["Reason"]
    finding, = answer["Findings"]
    assert (finding["ReaderType"], finding["WriterType"], finding["Direction"]) == (
        "int", "string", "BACKWARD")
    assert finding["AgainstVersionNumber"] == 1
    assert all(finding[member] for member in ("Rule", "Path", "Message", "Fix"))
    assert explain(SchemaId=schema_id(), SchemaVersionNumber={"VersionNumber": 2}).json == answer
    good = explain(SchemaId=schema_id(), SchemaVersionNumber={"VersionNumber": 1}).json
    assert good["Status"] == "AVAILABLE"
    assert not good.get("Findings")
    unknown = "00000000-0000-4000-8000-000000000000"
    missing = explain(SchemaVersionId=unknown)
    assert (missing.type, missing.message) == (NOT_FOUND, no_version_id(unknown))
    assert explain().type == INVALID


def test_access_keys(server, region):
    made = call(server, "Limpet.CreateAccessKey", {"Description": "for a test"}, region=region)
    assert made.status == 200, made.body
    key = made.json
    theirs = client(server, region, aws_access_key_id=key["AccessKeyId"],
                    aws_secret_access_key=key["SecretAccessKey"])
    assert theirs.create_registry(RegistryName="r")["RegistryArn"].endswith(
        ":123456789012:registry/r")
    listed = call(server, "Limpet.ListAccessKeys", {}, region=region)
    assert key["SecretAccessKey"] not in listed.body.decode()
    mine, = [k for k in listed.json["AccessKeys"] if k["AccessKeyId"] == key["AccessKeyId"]]
    assert (mine["Status"], mine["Description"]) == ("ACTIVE", "for a test")
    assert call(server, "Limpet.RevokeAccessKey", {"AccessKeyId": key["AccessKeyId"]},
                region=region).status == 200
    with refused("UnrecognizedClientException"):
        theirs.list_registries()
    assert key["SecretAccessKey"] not in server.words()


def test_operations_command_names_what_is_served():
    done = subprocess.run([limpet_binary(), "operations"], capture_output=True, text=True,
                          timeout=60, check=True)
    for name in ("CreateSchema", "GetTags", "StartJobRun", "ExplainSchemaVersion"):
        assert name in done.stdout


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0"])
def test_other_addresses_need_keys(tmp_path, listen):
    done = subprocess.run([limpet_binary(), "serve", "--listen", listen, "--data", tmp_path,
                           "--auth", "off"], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "insecure" in done.stderr + done.stdout


def test_reset_is_for_dev_only(server, glue):
    glue.create_registry(RegistryName="r")
    answer = send(server, {"Host": server.host}, method="POST", target="/_limpet/reset")
    assert answer.status in (400, 403, 404)
    assert len(glue.list_registries()["Registries"]) == 1


def test_request_ids_are_uuids(server):
    for path in ("/", "/nope"):
        assert UUID.fullmatch(get(server, path).headers["x-amzn-requestid"])


def test_limpet_operations_are_signed_too(server):
    answer = send(server, json_headers(server, "Limpet.ListAccessKeys"), b"{}")
    assert json.loads(answer.body)["__type"] == "MissingAuthenticationTokenException"
