"""Where the commands find credentials, against botocore in the same surroundings: both must sign
with the same key, and ask the same servers for it."""

import base64
import http.server
import json
import os
import re
import subprocess
import sys
import textwrap
import threading
import urllib.parse

import pytest

from limpet_process import limpet_binary

ROLE = "arn:aws:iam::123456789012:role/reader"
STS_ANSWER = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<{action}Result><Credentials><AccessKeyId>ASIA{name}</AccessKeyId>
<SecretAccessKey>secret+/&amp;</SecretAccessKey><SessionToken>token/{name}==</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></{action}Result>
</AssumeRoleResponse>"""

BOTOCORE = textwrap.dedent("""
    import json, sys, botocore.session
    keys = botocore.session.Session(profile=sys.argv[1] or None).get_credentials()
    frozen = keys and keys.get_frozen_credentials()
    print(json.dumps(frozen and [frozen.access_key, frozen.token or ""]))
""")


class World:
    """Glue, STS, a container's endpoint and an instance's, on one port."""

    def __init__(self):
        world = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                status, kind, text = world.answer(self.command, self.path, self.headers, body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *words):
                pass

        self.asked = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, method, path, headers, body):
        signed = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/",
                           headers.get("Authorization", ""))
        if headers.get("X-Amz-Target"):
            self.asked.append(("glue", signed[1], headers.get("X-Amz-Security-Token", "")))
            return 200, "application/json", '{"Registries":[]}'
        if "Action=" in body:
            form = dict(urllib.parse.parse_qsl(body))
            self.asked.append(("sts", form["Action"], form["RoleArn"], signed and signed[1],
                               form.get("WebIdentityToken"), form.get("ExternalId")))
            name = "WEB" if form["Action"].endswith("Identity") else "ROLE"
            return 200, "text/xml", STS_ANSWER.format(action=form["Action"], name=name)
        keys = json.dumps({"Code": "Success", "AccessKeyId": "ASIABOX", "SecretAccessKey": "s",
                           "Token": "box", "Expiration": "2099-01-01T00:00:00Z",
                           "Type": "AWS-HMAC", "LastUpdated": "2020-01-01T00:00:00Z"})
        self.asked.append((method, path, headers.get("Authorization")))
        if method == "PUT":
            return 200, "text/plain", "metadata-token"
        if path.endswith("/security-credentials/"):
            good = headers.get("X-aws-ec2-metadata-token") == "metadata-token"
            return (200, "text/plain", "box-role") if good else (401, "text/plain", "")
        return 200, "application/json", keys


@pytest.fixture
def world():
    world = World()
    yield world
    world.server.shutdown()
    world.server.server_close()


CONFIG = f"""
[default]
region = eu-west-1
[profile keys]
aws_access_key_id = AKFILE
aws_secret_access_key = s
[profile role]
role_arn = {ROLE}
source_profile = keys
external_id = e x/1
[profile chain]
role_arn = {ROLE}2
source_profile = role
[profile fromenv]
role_arn = {ROLE}
credential_source = Environment
[profile process]
credential_process = PYTHON "HELPER" "two words"
[profile web]
role_arn = {ROLE}
web_identity_token_file = TOKEN
[both]
region = eu-west-1
[profile both]
aws_access_key_id = AKCONFIG
aws_secret_access_key = s
"""
CREDENTIALS = """
[both]
aws_access_key_id = AKCREDENTIALS
aws_secret_access_key = s
aws_session_token = both
"""
HELPER = """import json, sys
assert sys.argv[1:] == ["two words"]
print(json.dumps({"Version": 1, "AccessKeyId": "ASIAPROC", "SecretAccessKey": "s",
                  "SessionToken": "proc", "Expiration": "2099-01-01T00:00:00Z"}))
"""
KEYS = {"AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "s"}


@pytest.mark.parametrize("profile, environment, expected", [
    ("", KEYS, ["AKENV", ""]),
    ("", {**KEYS, "AWS_SESSION_TOKEN": "env"}, ["AKENV", "env"]),
    ("", {**KEYS, "AWS_PROFILE": "keys"}, ["AKENV", ""]),
    ("keys", KEYS, ["AKFILE", ""]),
    ("", {"AWS_PROFILE": "keys"}, ["AKFILE", ""]),
    ("both", {}, ["AKCREDENTIALS", "both"]),
    ("role", {}, ["ASIAROLE", "token/ROLE=="]),
    ("chain", {}, ["ASIAROLE", "token/ROLE=="]),
    ("fromenv", KEYS, ["ASIAROLE", "token/ROLE=="]),
    ("process", {}, ["ASIAPROC", "proc"]),
    ("web", {}, ["ASIAWEB", "token/WEB=="]),
    ("", {"AWS_WEB_IDENTITY_TOKEN_FILE": "TOKEN", "AWS_ROLE_ARN": ROLE},
     ["ASIAWEB", "token/WEB=="]),
])
def test_the_same_key_as_botocore(world, tmp_path, profile, environment, expected):
    token, helper = tmp_path / "token", tmp_path / "helper.py"
    token.write_text(base64.b64encode(os.urandom(30)).decode() + "\n")
    helper.write_text(HELPER)
    fill = {"PYTHON": sys.executable, "HELPER": str(helper), "TOKEN": str(token)}

    def filled(text):
        for word, value in fill.items():
            text = text.replace(word, value) if word != "PYTHON" else text.replace(
                "= PYTHON", f"= {value}")
        return text

    (tmp_path / "config").write_text(filled(CONFIG))
    (tmp_path / "credentials").write_text(CREDENTIALS)
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path),
           "AWS_CONFIG_FILE": str(tmp_path / "config"),
           "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
           "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL_STS": world.endpoint,
           "AWS_EC2_METADATA_DISABLED": "true",
           **{key: filled(value) for key, value in environment.items()}}
    oracle = subprocess.run([sys.executable, "-c", BOTOCORE, profile], env=env, text=True,
                            capture_output=True, timeout=60)
    assert oracle.returncode == 0, oracle.stderr
    asked_by_botocore, world.asked = world.asked, []
    words = ["registry", "list", "--endpoint", world.endpoint]
    done = subprocess.run([limpet_binary(), *words, *(("--profile", profile) if profile else ())],
                          env=env, text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    *asked, (_, *used) = world.asked
    assert used == json.loads(oracle.stdout) == expected
    # The same questions to STS, signed by the same keys. botocore strips nothing off the token.
    assert [tuple(part and part.strip() if isinstance(part, str) else part for part in each)
            for each in asked_by_botocore] == asked


def test_machine_endpoints_are_left_alone(world, tmp_path):
    """A command on a Limpet server asks neither the container nor the instance."""
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path),
           "AWS_CONTAINER_CREDENTIALS_FULL_URI": world.endpoint + "/box",
           "AWS_EC2_METADATA_SERVICE_ENDPOINT": world.endpoint}
    done = subprocess.run([limpet_binary(), "registry", "list", "--endpoint", world.endpoint],
                          env=env, text=True, capture_output=True, timeout=60)
    assert done.returncode == 2 and "no credentials: set AWS_ACCESS_KEY_ID" in done.stderr
    assert world.asked == []


def test_single_sign_on_tells_the_way_out(world, tmp_path):
    (tmp_path / "config").write_text("[profile corp]\nsso_session = corp\n")
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path),
           "AWS_CONFIG_FILE": str(tmp_path / "config")}
    done = subprocess.run([limpet_binary(), "registry", "list", "--endpoint", world.endpoint,
                           "--profile", "corp"], env=env, text=True, capture_output=True,
                          timeout=60)
    assert done.returncode == 2
    assert "aws configure export-credentials --profile corp --format env" in done.stderr
