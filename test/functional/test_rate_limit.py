"""Admission: a rate per access key and a cap on the calls in flight, with typed answers."""

import concurrent.futures
import re

import boto3
import botocore.config

from glue_calls import client, fresh_region, make_schema, record, register, schema_id
from raw_http import Signer, call, json_headers, send, send_bytes

THROTTLED = ("ThrottlingException", "Rate exceeded")


def patient_client(limpet, region, attempts):
    """A client as people use it: it waits and tries again."""
    return boto3.session.Session().client(
        "glue", endpoint_url=limpet.endpoint, region_name=region,
        aws_access_key_id=limpet.access_key, aws_secret_access_key=limpet.secret_key,
        config=botocore.config.Config(retries={"mode": "standard", "total_max_attempts": attempts}))


def metric(limpet, name):
    text = send(limpet, {"Host": limpet.host}, method="GET", target="/metrics").body.decode()
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.M).group(1))


def calls(limpet, count, operation="ListRegistries", **parts):
    """How many of `count` calls were answered; the others must have been throttled."""
    answered = 0
    for _ in range(count):
        answer = call(limpet, operation, {}, **parts)
        if answer.status == 200:
            answered += 1
            continue
        assert (answer.status, (answer.type, answer.message)) == (400, THROTTLED)
        assert answer.json.keys() == {"__type", "message"}
        assert answer.headers["x-amzn-errortype"] == "ThrottlingException"
    return answered


def test_beyond_the_rate_calls_are_throttled(start_limpet, region):
    """One a second after a burst of five; the calls below take less than five seconds, or would
    only find more tokens than the fewest that they must find."""
    limpet = start_limpet("--rate-limit", "1", "--rate-burst", "5")
    answered = calls(limpet, 50, region=region)
    throttled = 50 - answered
    assert 5 <= answered < 50
    assert metric(limpet, "limpet_api_throttled_total") == throttled
    assert metric(limpet, 'limpet_api_requests_total{code="ThrottlingException",'
                          'operation="ListRegistries"}') == throttled
    # What is no call is not counted.
    for _ in range(20):
        assert send(limpet, {"Host": limpet.host}, method="GET", target="/healthz").status == 200
    assert limpet.is_ready()


def test_keys_do_not_pay_for_each_other(start_limpet, region):
    limpet = start_limpet("--rate-limit", "1", "--rate-burst", "30")
    made = call(limpet, "Limpet.CreateAccessKey", {}, region=region)
    assert made.status == 200, made.body
    theirs = {"access_key": made.json["AccessKeyId"], "secret_key": made.json["SecretAccessKey"]}
    assert calls(limpet, 90, region=region) < 90
    assert calls(limpet, 30, region=region, **theirs) == 30


def test_a_key_has_one_rate_in_all_regions(start_limpet):
    limpet = start_limpet("--rate-limit", "1", "--rate-burst", "5")
    answered = sum(calls(limpet, 1, region=fresh_region()) for _ in range(50))
    assert 5 <= answered < 50


def test_who_is_not_known_spends_nobodys_tokens(start_limpet, region):
    """A wrong signature in somebody's name must not lock them out."""
    limpet = start_limpet("--rate-limit", "1", "--rate-burst", "10")
    for _ in range(50):
        assert call(limpet, "ListRegistries", {}, region=region,
                    secret_key="guess").type == "InvalidSignatureException"
    assert calls(limpet, 10, region=region) == 10


def test_boto3_waits_and_gets_through(start_limpet, region):
    limpet = start_limpet("--rate-limit", "20", "--rate-burst", "1")
    glue = patient_client(limpet, region, 10)
    for _ in range(6):
        assert glue.list_registries()["Registries"] == []


def test_without_a_rate_nobody_waits(server, region):
    assert calls(server, 200, region=region) == 200


def test_log_lines_of_refusals_are_bounded(start_limpet, region):
    """A client decides how often it is refused, not how much is written about it."""
    limpet = start_limpet("--rate-limit", "1", "--rate-burst", "1")
    headers = Signer.of(limpet, region).headers(json_headers(limpet, "ListRegistries"), b"{}")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    one = f"POST / HTTP/1.1\r\n{head}Content-Length: 2\r\n\r\n{{}}".encode()
    received = send_bytes(limpet, one * 3000, limit=1 << 24)
    throttled = received.count(b'"__type":"ThrottlingException"')
    assert throttled > 2000
    assert metric(limpet, "limpet_api_throttled_total") == throttled
    assert limpet.stop() == 0
    lines = [line for line in limpet.words().splitlines() if "ThrottlingException" in line]
    assert 0 < len(lines) < throttled


def test_calls_beyond_the_cap_are_refused_before_their_work(start_limpet, region):
    """One call at a time: of many registrations at once some are refused, typed so that every SDK
    tries again, and none of those was begun."""
    limpet = start_limpet("--max-calls", "1")
    glue = client(limpet, region)
    make_schema(glue, record(("id", "int")), compatibility="NONE")

    def attempt(number):
        text = record((f"f{number}", "int"))
        return text, call(limpet, "RegisterSchemaVersion",
                          {"SchemaId": schema_id(), "SchemaDefinition": text}, region=region)

    refused, kept, number = [], [], 0
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        while not refused:  # the first round will do, but for a machine that runs them in turn
            for text, answer in pool.map(attempt, range(number, number + 64)):
                if answer.status == 200:
                    kept.append(answer.json["VersionNumber"])
                    continue
                assert (answer.status, answer.type) == (503, "ServiceUnavailableException")
                assert answer.message == "Too many calls at once. Please retry."
                refused.append(text)
            number += 64
            assert number < 6400
    assert sorted(kept) == list(range(2, len(kept) + 2))
    assert metric(limpet, "limpet_api_overloaded_total") == len(refused)
    assert metric(limpet, "limpet_api_calls_in_flight") == 0
    assert register(glue, refused[0])["VersionNumber"] == len(kept) + 2


def test_boto3_gets_through_the_cap(start_limpet, region):
    limpet = start_limpet("--max-calls", "1")
    glue = patient_client(limpet, region, 20)
    make_schema(glue, compatibility="NONE")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda i: register(glue, record((f"f{i}", "int"))), range(24)))
    assert sorted(answer["VersionNumber"] for answer in made) == list(range(2, 26))
