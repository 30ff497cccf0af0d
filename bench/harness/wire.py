"""Requests as bytes: AWS JSON 1.1 over HTTP/1.1, signed with Signature Version 4 or not."""

import datetime
import hashlib
import hmac
import json
import struct

REGION = "us-east-1"
ACCOUNT = "123456789012"
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SIGNED_HEADERS = "content-type;host;x-amz-date;x-amz-target"
CONTENT_TYPE = "application/x-amz-json-1.1"


class Signer:
    """Signs with one key for one moment; a signature is good for the server's clock skew (300 s)."""

    def __init__(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        self.time = now.strftime("%Y%m%dT%H%M%SZ")
        self.scope = f"{self.time[:8]}/{REGION}/glue/aws4_request"
        key = ("AWS4" + SECRET_KEY).encode()
        for part in self.scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        self.key = key

    def authorization(self, host, target, body):
        canonical = (f"POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-amz-date:{self.time}\n"
                     f"x-amz-target:{target}\n\n{SIGNED_HEADERS}\n{hashlib.sha256(body).hexdigest()}")
        text = (f"AWS4-HMAC-SHA256\n{self.time}\n{self.scope}\n"
                f"{hashlib.sha256(canonical.encode()).hexdigest()}")
        signature = hmac.digest(self.key, text.encode(), "sha256").hex()
        return (f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{self.scope}, "
                f"SignedHeaders={SIGNED_HEADERS}, Signature={signature}")


def request(host, operation, members, signer=None):
    """The bytes of one call, with the headers that boto3 sends."""
    body = json.dumps(members).encode()
    target = f"AWSGlue.{operation}"
    head = [f"POST / HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: identity\r\n"
            f"X-Amz-Target: {target}\r\nContent-Type: {CONTENT_TYPE}\r\n"
            "User-Agent: Boto3/1.34.0 md/Botocore#1.34.0 ua/2.0 os/linux lang/python#3.11.2\r\n"]
    if signer:
        head.append(f"X-Amz-Date: {signer.time}\r\n"
                    f"Authorization: {signer.authorization(host, target, body)}\r\n")
    head.append(f"Content-Length: {len(body)}\r\n\r\n")
    return "".join(head).encode() + body


def write_requests(path, requests):
    """The file that bench_load sends from (bench/request_file.h)."""
    with open(path, "wb") as out:
        for text in requests:
            out.write(struct.pack("<I", len(text)) + text)
    return path


def definition(number, name="Event", size=1024):
    """An Avro record of about `size` bytes; every number is another schema, compatible with all the
    others under BACKWARD: they differ in one optional field."""
    fields = [f'{{"name":"added_{number:07d}","type":["null","string"],"default":null}}']
    head = f'{{"type":"record","name":"{name}","namespace":"org.example.bench","fields":['
    length = len(head) + len(fields[0])
    while length < size:
        fields.append(f'{{"name":"member_{len(fields):03d}","type":["null","string"],'
                      '"default":null,"doc":"What the sender saw."}')
        length += len(fields[-1]) + 1
    return head + ",".join(fields) + "]}"
