"""Who may call at all: every refusal of a signature, in its order."""

import base64
import datetime

import pytest

from glue_calls import client, plain, refused
from limpet_process import ACCOUNT
from raw_http import Signer, call, compact, digest, json_headers, send, utc_now

INCOMPLETE = "IncompleteSignatureException"
INVALID_SIGNATURE = "InvalidSignatureException"
UNRECOGNIZED = "UnrecognizedClientException"
MISMATCH = ("The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method. Consult the service documentation for "
            "details.")
BAD_TOKEN = "The security token included in the request is invalid."
BODY = b"{}"


def list_registries(server, change=lambda headers: headers, **parts):
    signer = Signer.of(server, **parts)
    headers = signer.headers(json_headers(server, "ListRegistries"), BODY)
    return send(server, change(headers), BODY)


def edited(old, new):
    def change(headers):
        assert old in headers["Authorization"]
        return {**headers, "Authorization": headers["Authorization"].replace(old, new)}
    return change


def check(answer, type_, message):
    assert answer.status == 400
    assert answer.json == {"__type": type_, "message": message}
    assert answer.headers["x-amzn-errortype"] == type_
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"


def test_a_good_signature(server):
    assert list_registries(server).status == 200


def test_no_signature(server):
    answer = send(server, json_headers(server, "ListRegistries"), BODY)
    check(answer, "MissingAuthenticationTokenException", "Missing Authentication Token")


def test_boto3_names_the_errors(server):
    with refused(UNRECOGNIZED, BAD_TOKEN):
        client(server, aws_access_key_id="AKIAUNKNOWNUNKNOWN00").list_registries()
    with refused(INVALID_SIGNATURE, MISMATCH):
        client(server, aws_secret_access_key="wrong").list_registries()


REQUIRES = {part: f"Authorization header requires '{part}' parameter."
            for part in ("Credential", "Signature", "SignedHeaders")}
DATE = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."


@pytest.mark.parametrize("change, missing", [
    (edited("Signature=", "Sig="), [REQUIRES["Signature"]]),
    (edited("Credential=", "Cred="), [REQUIRES["Credential"]]),
    (edited("SignedHeaders=", "Signed="), [REQUIRES["SignedHeaders"]]),
    (edited("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), list(REQUIRES.values())),
    (lambda h: {**h, "Authorization": "AWS4-HMAC-SHA256"}, list(REQUIRES.values())),
    (lambda h: {**h, "Authorization": "AWS AKID:signature"}, list(REQUIRES.values())),
    (lambda h: {**h, "Authorization": "Bearer top.secret.token"}, list(REQUIRES.values())),
    (lambda h: {k: v for k, v in h.items() if k != "X-Amz-Date"}, [DATE]),
], ids=["signature", "credential", "headers", "sigv4a", "truncated", "sigv2", "bearer", "date"])
def test_pieces_missing(server, change, missing):
    answer = list_registries(server, change)
    assert (answer.status, answer.type) == (400, INCOMPLETE)
    assert answer.message.startswith(" ".join(missing) + " Authorization=")
    assert "secret" not in answer.message


def test_no_equal_sign(server):
    answer = list_registries(server, lambda h: {**h, "Authorization": h["Authorization"] + ", foo"})
    assert answer.type == INCOMPLETE
    assert answer.message.startswith(
        "'foo' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC")


def test_signed_header_absent(server):
    check(list_registries(server, edited("SignedHeaders=", "SignedHeaders=accept;")), INCOMPLETE,
          "'accept' is named as a SignedHeader, but it does not exist in the HTTP request.")


def test_host_not_signed(server):
    check(list_registries(server, leave_out=("host",)), INCOMPLETE,
          "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")


def test_credential_parts(server):
    now = utc_now()
    check(list_registries(server, edited("/aws4_request", ""), time=now), INCOMPLETE,
          "Credential must have exactly 5 slash-delimited elements, e.g. "
          f"keyid/date/region/service/term, got '{server.access_key}/{compact(now)[:8]}/us-east-1"
          "/glue'")


def test_unparsable_date(server):
    check(list_registries(server, lambda h: {**h, "X-Amz-Date": "yesterday"}), INCOMPLETE,
          "Date must be in ISO-8601 'basic format'. Got 'yesterday'. "
          "See http://en.wikipedia.org/wiki/ISO_8601")


@pytest.mark.parametrize("region", ["nowhere", "US-EAST-1", "us_east_1", ""])
def test_wrong_region(server, region):
    check(list_registries(server, region=region), INVALID_SIGNATURE,
          "Credential should be scoped to a valid region.")


def test_wrong_service(server):
    check(list_registries(server, service="s3"), INVALID_SIGNATURE,
          "Credential should be scoped to correct service: 'glue'.")


def test_wrong_terminator(server):
    check(list_registries(server, terminator="aws5_request"), INVALID_SIGNATURE,
          "Credential should be scoped with a valid terminator: 'aws4_request', not "
          "'aws5_request'.")


def test_scope_of_another_day(server):
    now = utc_now()
    check(list_registries(server, time=now, scope_date="20200101"), INVALID_SIGNATURE,
          "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
          f"HTTP: '20200101' != '{compact(now)[:8]}', from '{compact(now)}'.")


def test_expired_and_early(server):
    for minutes, words, note in [(-6, "Signature expired: {} is now earlier than ", " - 5 min.)"),
                                 (6, "Signature not yet current: {} is still later than ",
                                  " + 5 min.)")]:
        time = utc_now() + datetime.timedelta(minutes=minutes)
        answer = list_registries(server, time=time)
        assert answer.type == INVALID_SIGNATURE
        assert answer.message.startswith(words.format(compact(time)))
        assert answer.message.endswith(note)
    for minutes in (-4, 4):
        assert list_registries(server,
                               time=utc_now() + datetime.timedelta(minutes=minutes)).status == 200


def test_unknown_key(server):
    signer = Signer("AKIAUNKNOWNUNKNOWN00", server.secret_key, "us-east-1")
    headers = signer.headers(json_headers(server, "ListRegistries"), BODY)
    check(send(server, headers, BODY), UNRECOGNIZED, BAD_TOKEN)


def test_the_time_is_looked_at_before_the_key(server):
    signer = Signer("AKIAUNKNOWNUNKNOWN00", "x", "nowhere",
                    time=utc_now() - datetime.timedelta(hours=1))
    headers = signer.headers(json_headers(server, "ListRegistries"), BODY)
    assert "valid region" in send(server, headers, BODY).message
    signer.region = "us-east-1"
    headers = signer.headers(json_headers(server, "ListRegistries"), BODY)
    assert send(server, headers, BODY).message.startswith("Signature expired")


def cut(headers):
    return {**headers, "Authorization": headers["Authorization"][:-1]}


def forged(headers):
    text = headers["Authorization"]
    return {**headers, "Authorization": text[:-1] + ("0" if text[-1] != "0" else "1")}


@pytest.mark.parametrize("change", [
    cut, forged, lambda h: {**h, "Authorization": h["Authorization"][:-64]},
    lambda h: {**h, "X-Amz-Target": "AWSGlue.ListSchemas"},
    lambda h: {**h, "Content-Type": "application/json"},
    lambda h: {**h, "Host": "elsewhere:1"}], ids=["cut", "forged", "empty", "target", "type",
                                                  "host"])
def test_wrong_signatures(server, change):
    check(list_registries(server, change), INVALID_SIGNATURE, MISMATCH)


def test_changed_body(server):
    headers = Signer.of(server).headers(json_headers(server, "ListRegistries"), BODY)
    check(send(server, headers, b"[]"), INVALID_SIGNATURE, MISMATCH)
    check(send(server, headers, b"{ }"), INVALID_SIGNATURE, MISMATCH)


@pytest.mark.parametrize("claimed", ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                                     digest(b"another body")])
def test_payload_hash_must_be_that_of_the_body(server, claimed):
    answer = call(server, "ListRegistries", BODY, headers={"X-Amz-Content-Sha256": claimed},
                  payload_hash=claimed)
    check(answer, INVALID_SIGNATURE, MISMATCH)


def test_payload_hash_header(server):
    answer = call(server, "ListRegistries", BODY,
                  headers={"X-Amz-Content-Sha256": digest(BODY)})
    assert answer.status == 200


def test_more_signed_headers_and_blanks(server):
    answer = call(server, "ListRegistries", BODY, headers={
        "X-Amz-User-Agent": "a   b \t c", "Amz-Sdk-Request": "attempt=1;  max=3",
        "Content-Length": "2"})
    assert answer.status == 200


def presigned(server, expires="900", **parts):
    headers = json_headers(server, "ListRegistries")
    target = Signer.of(server, **parts).presigned_target(headers, BODY, expires)
    return headers, target


def test_presigned(server):
    headers, target = presigned(server)
    answer = send(server, headers, BODY, target=target)
    assert answer.status == 200, answer.body
    check(send(server, headers, b"{ }", target=target), INVALID_SIGNATURE, MISMATCH)
    check(send(server, {**headers, "X-Amz-Target": "AWSGlue.ListSchemas"}, BODY, target=target),
          INVALID_SIGNATURE, MISMATCH)
    check(send(server, headers, BODY, target=target.replace("Expires=900", "Expires=901")),
          INVALID_SIGNATURE, MISMATCH)


def test_presigned_lives_as_long_as_it_says(server):
    hour_ago = utc_now() - datetime.timedelta(hours=1)
    headers, target = presigned(server, time=hour_ago, expires="604800")
    assert send(server, headers, BODY, target=target).status == 200
    headers, target = presigned(server, time=hour_ago, expires="3000")
    answer = send(server, headers, BODY, target=target)
    assert answer.type == INVALID_SIGNATURE
    assert answer.message.startswith("Signature expired: ")
    for expires in ("0", "604801", "-1", "x", ""):
        headers, target = presigned(server, expires=expires)
        answer = send(server, headers, BODY, target=target)
        assert answer.type in (INCOMPLETE, INVALID_SIGNATURE)


def test_authentication_comes_before_everything_in_the_body(server):
    for operation, body in [("ListRegistries", b"{"), ("CreateRegistry", b"{}"),
                            ("ListRegistries", b"[" * 10_000)]:
        answer = send(server, json_headers(server, operation), body)
        assert answer.type == "MissingAuthenticationTokenException"


def test_without_authentication(start_limpet):
    limpet = start_limpet(auth="off")
    headers = json_headers(limpet, "CreateRegistry")
    answer = send(limpet, headers, b'{"RegistryName": "r"}')
    assert answer.status == 200
    assert answer.json["RegistryArn"].endswith(f":{ACCOUNT}:registry/r")
    glue = client(limpet, "eu-west-3", aws_access_key_id="any", aws_secret_access_key="thing")
    arn = glue.create_registry(RegistryName="r")["RegistryArn"]
    assert arn == f"arn:aws:glue:eu-west-3:{ACCOUNT}:registry/r"
    basic = "Basic " + base64.b64encode(b"a:b").decode()
    for authorization in (basic, "AWS4-HMAC-SHA256 Credential=x/y", "=,;", "AWS4-HMAC-SHA256"):
        answer = send(limpet, {**json_headers(limpet, "ListRegistries"),
                               "Authorization": authorization}, BODY)
        assert answer.status == 200


def test_partitions_follow_from_the_region(server):
    for region, partition in [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"),
                              ("us-iso-east-1", "aws-iso"), ("us-isob-east-1", "aws-iso-b"),
                              ("eu-isoe-west-1", "aws-iso-e"), ("us-isof-south-1", "aws-iso-f"),
                              ("eu-central-1", "aws")]:
        answer = call(server, "CreateRegistry", {"RegistryName": "partition"}, region=region)
        assert answer.json["RegistryArn"] == (
            f"arn:{partition}:glue:{region}:{ACCOUNT}:registry/partition")


def test_regions_do_not_meet(server, region):
    here, there = client(server, region), client(server, region.replace("-1", "-2"))
    here.create_registry(RegistryName="r")
    assert plain(there.list_registries()) == {"Registries": []}
    there.create_registry(RegistryName="r")
    there.delete_registry(RegistryId={"RegistryName": "r"})
    assert len(here.list_registries()["Registries"]) == 1
