"""HTTP requests byte by byte, and a signer that can be told to do wrong.

The signer is written from "AWS Signature Version 4 for API requests" (AWS IAM User Guide); nothing
of Limpet is in it.
"""

import dataclasses
import datetime
import hashlib
import hmac
import http.client
import json
import socket
import urllib.parse

TARGET = "AWSGlue."


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.json.get("__type")

    @property
    def message(self):
        return self.json.get("message", self.json.get("Message"))


def utc_now():
    return datetime.datetime.now(datetime.timezone.utc)


def compact(time):
    return time.strftime("%Y%m%dT%H%M%SZ")


def digest(data):
    return hashlib.sha256(data).hexdigest()


def _mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


@dataclasses.dataclass
class Signer:
    """Everything that goes into a signature; tests replace one part at a time."""

    access_key: str
    secret_key: str
    region: str
    service: str = "glue"
    terminator: str = "aws4_request"
    time: datetime.datetime = dataclasses.field(default_factory=utc_now)
    scope_date: str | None = None
    session_token: str | None = None
    payload_hash: str | None = None  # else that of the body
    leave_out: tuple = ()  # headers that stay unsigned
    extra_names: tuple = ()  # named as signed, but not there

    @classmethod
    def of(cls, server, region="us-east-1", **parts):
        return cls(**{"access_key": server.access_key, "secret_key": server.secret_key,
                      "region": region, **parts})

    @property
    def date(self):
        return self.scope_date or compact(self.time)[:8]

    @property
    def scope(self):
        return f"{self.date}/{self.region}/{self.service}/{self.terminator}"

    def _signature(self, method, query, lines, names, payload_hash):
        canonical = "\n".join([method, "/", query, *lines, "", ";".join(names), payload_hash])
        text = "\n".join(["AWS4-HMAC-SHA256", compact(self.time), self.scope,
                          digest(canonical.encode())])
        key = _mac(("AWS4" + self.secret_key).encode(), self.date)
        for part in (self.region, self.service, self.terminator):
            key = _mac(key, part)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def _lines(self, headers):
        names = sorted(name.lower() for name in headers if name.lower() not in self.leave_out)
        values = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
        return [f"{name}:{values[name]}" for name in names], names

    def headers(self, headers, body):
        """`headers` with X-Amz-Date and Authorization."""
        headers = {**headers, "X-Amz-Date": compact(self.time)}
        if self.session_token:
            headers["X-Amz-Security-Token"] = self.session_token
        lines, names = self._lines(headers)
        payload_hash = self.payload_hash or digest(body)
        names += self.extra_names
        signature = self._signature("POST", "", lines, names, payload_hash)
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.access_key}/{self.scope}, "
            f"SignedHeaders={';'.join(names)}, Signature={signature}")
        return headers

    def presigned_target(self, headers, body, expires="900"):
        """The target that carries the signature of `headers` and `body`."""
        lines, names = self._lines(headers)
        query = {"X-Amz-Algorithm": "AWS4-HMAC-SHA256",
                 "X-Amz-Credential": f"{self.access_key}/{self.scope}",
                 "X-Amz-Date": compact(self.time), "X-Amz-Expires": expires,
                 "X-Amz-SignedHeaders": ";".join(names)}
        text = "&".join(f"{name}={urllib.parse.quote(value, safe='-_.~')}"
                        for name, value in sorted(query.items()))
        signature = self._signature("POST", text, lines, names, digest(body))
        return f"/?{text}&X-Amz-Signature={signature}"


def json_headers(server, operation):
    headers = {"Host": server.host, "Content-Type": "application/x-amz-json-1.1"}
    if operation is not None:
        headers["X-Amz-Target"] = operation if "." in operation else TARGET + operation
    return headers


def encoded(body):
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def send(server, headers, body=b"", *, method="POST", target="/"):
    """One request exactly as given, and its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if "Content-Length" not in headers:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def call(server, operation, body, *, region="us-east-1", headers=None, **parts):
    """A signed call with this body, which need not be JSON."""
    body = encoded(body)
    unsigned = {**json_headers(server, operation), **(headers or {})}
    return send(server, Signer.of(server, region, **parts).headers(unsigned, body), body)


def send_bytes(server, data, *, limit=1 << 20):
    """Bytes as they are on a fresh connection; what comes back until the server closes it."""
    received = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it may answer and close before it has read everything
        try:
            while len(received) < limit and (chunk := connection.recv(65536)):
                received += chunk
        except ConnectionResetError:
            pass
    return received
