"""Replays the golden transcripts; their README explains the members."""

import json
import pathlib
import re

import pytest

from glue_calls import TIMESTAMP, UUID, fresh_region
from limpet_process import ACCOUNT
from raw_http import call

FILE = pathlib.Path(__file__).parents[1] / "conformance/registry/transcripts.json"
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


def worlds():
    grouped = {}
    for row in json.loads(FILE.read_text(encoding="utf-8")):
        grouped.setdefault((row["world"], row.get("quotas")), []).append(row)
    return [pytest.param(quotas, rows, id=world) for (world, quotas), rows in grouped.items()]


class Bindings(dict):
    def fill(self, value):
        """`value` with every known placeholder replaced."""
        if isinstance(value, str):
            return PLACEHOLDER.sub(lambda match: self[match[1]], value)
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, dict):
            return {name: self.fill(item) for name, item in value.items()}
        return value

    def match(self, expected, actual, where):
        """Compare, and bind a placeholder that is new."""
        if isinstance(expected, dict):
            assert isinstance(actual, dict) and expected.keys() == actual.keys(), (where, actual)
            for name in expected:
                self.match(expected[name], actual[name], f"{where}.{name}")
        elif isinstance(expected, list):
            assert isinstance(actual, list) and len(expected) == len(actual), (where, actual)
            for index, item in enumerate(expected):
                self.match(item, actual[index], f"{where}[{index}]")
        elif (isinstance(expected, str) and (found := PLACEHOLDER.fullmatch(expected))
              and found[1] not in self):
            assert isinstance(actual, str) and actual, where
            form = {"id": UUID, "time": TIMESTAMP}.get(found[1].rpartition("_")[2])
            assert form is None or form.fullmatch(actual), (where, actual)
            self[found[1]] = actual
        else:
            expected = self.fill(expected)
            assert (type(expected), expected) == (type(actual), actual), where


@pytest.mark.parametrize("quotas, rows", worlds())
def test_transcripts(quotas, rows, request):
    server = request.getfixturevalue("quota_server" if quotas == "aws" else "server")
    region = fresh_region()
    bindings = Bindings(region=region, account=ACCOUNT)
    for row in rows:
        name = row["name"]
        body = row["body"].encode() if "body" in row else bindings.fill(row["request"])
        answer = call(server, row["target"], body, region=region)
        assert answer.status == row["status"], (name, answer.body)
        if "response" in row:
            bindings.match(row["response"], answer.json, name)
        if "response_includes" in row:
            wanted = row["response_includes"]
            shown = {k: v for k, v in answer.json.items() if k in wanted}
            bindings.match(wanted, shown, name)
        if "error" in row:
            assert answer.type == row["error"], (name, answer.body)
            assert answer.headers["x-amzn-errortype"] == row["error"], name
        if "message" in row:
            assert answer.message == bindings.fill(row["message"]), name
        if "message_prefix" in row:
            assert answer.message.startswith(bindings.fill(row["message_prefix"])), (
                name, answer.body)
