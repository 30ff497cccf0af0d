#!/usr/bin/env python3
"""Capture what boto3 sends, signed by botocore at a frozen time, as requests.json.

Run: python3 -m venv v && v/bin/pip install boto3==1.44.5 && v/bin/python capture.py

The signatures are botocore's, so they check Limpet's signer and verifier against another
implementation. Nothing is sent: an event handler answers before the socket is opened.
"""

import datetime
import io
import json
import pathlib
import uuid

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "SESSION/TOKEN+EX=="
rows = []


def freeze():
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: (
        NOW.replace(tzinfo=None) if remove_tzinfo else NOW)
    uuid.uuid4 = lambda: uuid.UUID(int=1)


class Raw(io.BytesIO):
    def stream(self, **_):
        yield self.read()


def keep(name, method, url, headers, body, region, service, token):
    target = url.split("//", 1)[1]
    host, slash, rest = target.partition("/")
    text = lambda v: v.decode() if isinstance(v, bytes) else str(v)
    # What a User-Agent says of the machine that captured is nobody's business; it is not signed.
    lines = [[text(k), "Boto3" if text(k) == "User-Agent" else text(v)]
             for k, v in headers.items()]
    if not any(k.lower() == "host" for k, _ in lines):
        lines.insert(0, ["Host", host])
    rows.append({"name": name, "method": method, "target": slash + rest, "headers": lines,
                 "body": text(body or b""), "now": NOW.strftime("%Y%m%dT%H%M%SZ"),
                 "region": region, "service": service, "token": token})


def client(region, token=None, endpoint="http://localhost:8484"):
    made = boto3.Session().client(
        "glue", region_name=region, endpoint_url=endpoint, aws_access_key_id=KEY,
        aws_secret_access_key=SECRET, aws_session_token=token,
        config=botocore.config.Config(retries={"max_attempts": 0}))
    made.captured = None

    def before_send(request, **_):
        made.captured = request
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, Raw(b"{}"))

    made.meta.events.register("before-send.glue.*", before_send)
    return made


def call(name, region, operation, token=None, endpoint="http://localhost:8484", **arguments):
    glue = client(region, token, endpoint)
    getattr(glue, operation)(**arguments)
    sent = glue.captured
    keep(name, sent.method, sent.url, sent.headers, sent.body, region, "glue", token)


def presigned(name, region, operation, token=None, **arguments):
    glue = client(region, token)
    model = glue.meta.service_model.operation_model(operation)
    request = glue._convert_to_request_dict(arguments, model, "http://localhost:8484")
    botocore.awsrequest.prepare_request_dict(request, "http://localhost:8484")
    aws = botocore.awsrequest.create_request_object(request)
    botocore.auth.SigV4QueryAuth(
        botocore.credentials.Credentials(KEY, SECRET, token), "glue", region,
        expires=900).add_auth(aws)
    sent = aws.prepare()
    keep(name, sent.method, sent.url, sent.headers, sent.body, region, "glue", token)


def plain(name, method, url, headers=None, data=b"", token=None):
    """A request of no particular service, to exercise canonicalisation."""
    aws = botocore.awsrequest.AWSRequest(method=method, url=url, headers=headers or {}, data=data)
    botocore.auth.SigV4Auth(botocore.credentials.Credentials(KEY, SECRET, token), "service",
                            "eu-central-1").add_auth(aws)
    sent = aws.prepare()
    keep(name, sent.method, sent.url, sent.headers, sent.body, "eu-central-1", "service", token)


def main():
    freeze()
    call("create_registry", "us-east-1", "create_registry", RegistryName="r1",
         Description="Gr\u00fc\u00dfe \u2603", Tags={"team": "a b"})
    call("create_schema", "us-east-1", "create_schema", SchemaName="s", DataFormat="AVRO",
         Compatibility="BACKWARD", SchemaDefinition='{"type": "int"}')
    call("list_registries_without_input", "ap-southeast-2", "list_registries")
    call("session_credentials", "us-east-1", "get_registry", token=TOKEN,
         RegistryId={"RegistryName": "r1"})
    call("default_port", "eu-west-1", "get_tags", endpoint="https://glue.eu-west-1.amazonaws.com",
         ResourceArn="arn:aws:glue:eu-west-1:123456789012:registry/r1")
    call("gov_region", "us-gov-west-1", "get_registry", RegistryId={"RegistryName": "r$#.-_1"})
    call("ipv6_host", "us-east-1", "get_registry", endpoint="http://[::1]:8484",
         RegistryId={"RegistryName": "r1"})
    presigned("presigned", "us-east-1", "GetRegistry", RegistryId={"RegistryName": "r1"})
    presigned("presigned_session", "us-east-1", "GetRegistry", token=TOKEN,
              RegistryId={"RegistryName": "r1"})
    plain("encoded_path", "GET", "https://example.com/a%20b/c%2Fd/~x/%E1%88%B4")
    plain("dots_and_slashes", "GET", "https://example.com/a/./b/../c//d/")
    plain("query_values", "GET", "https://example.com/?b=2&a=1&a=0&empty=&space=%20&tilde=~"
                                 "&slash=%2F&equals=%3D")
    plain("header_blanks", "POST", "https://example.com/", {
        "X-Custom": "  a   b  c ", "X-Tab": "a\tb", "x-amz-meta-z": '"a   b"', "X-Empty": ""},
        b"body")
    plain("body_hash_header", "POST", "https://example.com/", {
        "X-Amz-Content-SHA256":
            "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5"}, b"body")
    path = pathlib.Path(__file__).with_name("requests.json")
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(len(rows), "requests")


if __name__ == "__main__":
    main()
