"""Access keys change hands under load: nobody is refused who should not be, and a revoked key ends
with the answer that says so."""

import concurrent.futures
import http.client
import threading

from glue_calls import client, make_schema
from raw_http import Signer, call, encoded, json_headers

UNKNOWN = "UnrecognizedClientException"


class Caller:
    """Reads one schema version over and over, on one connection, with whatever pair it has."""

    def __init__(self, limpet, region, version_id, pair):
        self.limpet, self.region, self.pair = limpet, region, pair
        self.body = encoded({"SchemaVersionId": version_id})
        self.headers = json_headers(limpet, "GetSchemaVersion")
        self.connection = http.client.HTTPConnection("127.0.0.1", limpet.port, timeout=60)
        self.answered = 0

    def call(self, pair=None):
        """The type of the error, or None."""
        signed = Signer.of(self.limpet, self.region, **(pair or self.pair)).headers(
            self.headers, self.body)
        self.connection.request("POST", "/", self.body, signed)
        answer = self.connection.getresponse()
        answer.read()
        self.answered += 1
        return answer.getheader("x-amzn-ErrorType")

    def run(self, enough):
        while not enough.is_set():
            assert self.call() is None


def test_rotation_under_load(start_limpet, region):
    limpet = start_limpet()
    version_id = make_schema(client(limpet, region))["SchemaVersionId"]

    def create():
        made = call(limpet, "Limpet.CreateAccessKey", {}, region=region).json
        return {"access_key": made["AccessKeyId"], "secret_key": made["SecretAccessKey"]}

    old, enough = create(), threading.Event()
    callers = [Caller(limpet, region, version_id, old) for _ in range(4)]
    with concurrent.futures.ThreadPoolExecutor(len(callers)) as pool:
        running = [pool.submit(caller.run, enough) for caller in callers]
        try:
            witness = Caller(limpet, region, version_id, old)
            for _ in range(5):
                new = create()
                assert witness.call(new) is None  # it holds as soon as its maker knows it
                for caller in callers:
                    caller.pair = new
                seen = [caller.answered for caller in callers]
                while any(caller.answered < had + 2 for caller, had in zip(callers, seen)):
                    assert not any(one.done() for one in running), running
                assert witness.call(old) is None  # both hold
                call(limpet, "Limpet.RevokeAccessKey", {"AccessKeyId": old["access_key"]},
                     region=region)
                assert witness.call(old) == UNKNOWN  # on a connection that it had used before
                old = new
        finally:
            enough.set()
        for one in running:
            one.result()
    assert limpet.stop() == 0


def test_a_revoked_key_ends_everywhere_at_once(start_limpet, region):
    """Several clients use one key without a pause. What was sent after the revocation was answered
    is refused, to each of them; no state in between, and none comes back."""
    limpet = start_limpet()
    version_id = make_schema(client(limpet, region))["SchemaVersionId"]
    made = call(limpet, "Limpet.CreateAccessKey", {}, region=region).json
    pair = {"access_key": made["AccessKeyId"], "secret_key": made["SecretAccessKey"]}
    revoked, begun = threading.Event(), threading.Barrier(5, timeout=60)

    def use(caller):
        begun.wait()
        after = []
        while len(after) < 50:
            late = revoked.is_set()  # before it is sent
            error = caller.call()
            assert error in (None, UNKNOWN)
            if late:
                after.append(error)
        return after

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        using = [pool.submit(use, Caller(limpet, region, version_id, pair)) for _ in range(4)]
        begun.wait()
        call(limpet, "Limpet.RevokeAccessKey", {"AccessKeyId": pair["access_key"]}, region=region)
        revoked.set()
        for one in using:
            assert set(one.result()) == {UNKNOWN}
    assert limpet.stop() == 0
