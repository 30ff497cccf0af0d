"""Web pages stay outside: Host and Origin, as browsers, programs and proxies send them."""

import json
import subprocess

import pytest

from limpet_process import LimpetProcess, limpet_binary
from raw_http import Signer, call, json_headers, send

EVIL = "https://evil.example.com"
PATHS = ("/healthz", "/readyz", "/metrics", "/info", "/")


@pytest.fixture(scope="module")
def open_server(tmp_path_factory):
    """What a developer runs: on loopback, no signatures."""
    limpet = LimpetProcess(tmp_path_factory.mktemp("open"), auth="off").start()
    yield limpet
    assert limpet.stop() == 0


def post(server, headers, body=b"{}"):
    """ListRegistries as a page would send it: a simple request, without a question before it."""
    return send(server, {"X-Amz-Target": "AWSGlue.ListRegistries",
                         "Content-Type": "application/x-amz-json-1.1", **headers}, body)


def refusal(answer, option=True):
    assert (answer.status, answer.type) == (403, "AccessDeniedException"), answer.body
    assert "--allowed-hosts" in answer.message
    assert answer.headers["x-amzn-errortype"] == "AccessDeniedException"
    return answer.message


@pytest.mark.parametrize("host", [
    "127.0.0.1", "127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "localhost.:{port}",
    "[::1]:{port}", "[::1]", "192.168.0.17:{port}", "limpet:{port}", "my-stack_limpet.1:8484",
    "host.docker.internal:{port}", "limpet.default.svc.cluster.local:8484", "glue.localhost:1"])
def test_hosts_of_programs(open_server, host):
    """curl, SDKs, containers, Prometheus: addresses and names that only a network of one's own
    can have given."""
    assert post(open_server, {"Host": host.format(port=open_server.port)}).status == 200


@pytest.mark.parametrize("host", [
    "evil.example.com", "evil.example.com:{port}", "EVIL.EXAMPLE.COM", "localhost.evil.example.com",
    "127.0.0.1.evil.example.com:{port}", "localhost@evil.example.com", "evil.example.com.",
    "localhost:{port}, evil.example.com", "xn--e1awd7f.com", "[evil.example.com]"])
def test_rebound_names(open_server, server, host):
    """A page of evil.example.com whose name has come to mean 127.0.0.1 shares our origin by the
    browser's rules; its Host gives it away. Every page of the server is closed to it."""
    host = host.format(port=open_server.port)
    for target in (open_server, server):
        message = refusal(post(target, {"Host": host, "Origin": f"http://{host}"}))
        assert message.startswith("The Host header ")
        for path in PATHS:
            assert send(target, {"Host": host}, method="GET", target=path).status == 403


@pytest.mark.parametrize("origin", [
    EVIL, "http://evil.example.com:8484", "null", "", "file://", "chrome-extension://abcdefgh",
    "http://192.168.0.17", "https://localhost.evil.example.com", "http://127.0.0.1.evil.example.com",
    "http://localhost:3000/evil", "http://localhost:3000 " + EVIL, "http://user@localhost"])
def test_pages_of_other_sites(open_server, server, origin):
    """A simple cross-site POST needs no permission and would be carried out."""
    for target in (open_server, server):
        message = refusal(post(target, {"Host": target.host, "Origin": origin}))
        assert message.startswith("A web page of ")
        for path in PATHS:
            headers = {"Host": target.host, "Origin": origin}
            assert send(target, headers, method="GET", target=path).status == 403


@pytest.mark.parametrize("origin", [
    "http://{host}", "http://localhost:3000", "https://localhost", "http://127.0.0.1:5173",
    "http://[::1]:3000"])
def test_pages_of_this_machine(open_server, origin):
    origin = origin.format(host=open_server.host)
    assert post(open_server, {"Host": open_server.host, "Origin": origin}).status == 200


def test_a_page_cannot_change_anything(open_server):
    body = json.dumps({"RegistryName": "planted"}).encode()
    headers = {"Host": open_server.host, "Origin": EVIL, "Content-Type": "text/plain",
               "X-Amz-Target": "AWSGlue.CreateRegistry"}
    assert send(open_server, headers, body).status == 403
    assert b"planted" not in post(open_server, {"Host": open_server.host}).body
    # Nor may it ask beforehand whether it might.
    headers = {"Host": open_server.host, "Origin": EVIL, "Access-Control-Request-Method": "POST",
               "Access-Control-Request-Headers": "x-amz-target"}
    answer = send(open_server, headers, method="OPTIONS")
    assert answer.status == 403
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_good_signature_does_not_make_a_page_welcome(server, region):
    headers = {**json_headers(server, "ListRegistries"), "Origin": EVIL}
    assert send(server, Signer.of(server, region).headers(headers, b"{}"), b"{}").status == 403


def test_allowed_hosts(start_limpet, region):
    limpet = start_limpet("--allowed-hosts", "registry.example.com,*.corp.example.com")
    for host in ("registry.example.com", "REGISTRY.example.com:443", "a.corp.example.com"):
        assert call(limpet, "ListRegistries", {}, region=region,
                    headers={"Host": host}).status == 200
        assert call(limpet, "ListRegistries", {}, region=region,
                    headers={"Origin": f"https://{host}"}).status == 200
    for host in ("corp.example.com", "evilcorp.example.com", "a.registry.example.com"):
        refusal(call(limpet, "ListRegistries", {}, region=region, headers={"Host": host}))
        refusal(call(limpet, "ListRegistries", {}, region=region,
                     headers={"Origin": f"https://{host}"}))
    assert call(limpet, "ListRegistries", {}, region=region).status == 200  # by its address


def test_every_host(start_limpet, region):
    limpet = start_limpet("--allowed-hosts", "*")
    assert call(limpet, "ListRegistries", {}, region=region,
                headers={"Host": "anything.example.com"}).status == 200
    refusal(call(limpet, "ListRegistries", {}, region=region, headers={"Origin": EVIL}))


class EverywhereProcess(LimpetProcess):
    """A server on every address of the machine."""

    @property
    def host(self):
        return f"0.0.0.0:{self.port}"


@pytest.mark.parametrize("auth, status", [("sigv4", 200), ("off", 403)])
def test_beyond_this_machine(tmp_path, auth, status):
    """Where calls are signed a public name is no danger, and nobody has to list it; where they are
    not, `--insecure` lets programs in and still no pages."""
    limpet = EverywhereProcess(tmp_path, "--insecure", auth=auth).start()
    try:
        for path in ("/healthz", "/info"):
            answer = send(limpet, {"Host": "limpet.example.com"}, method="GET", target=path)
            assert answer.status == status
            for host in (f"limpet:{limpet.port}", "10.1.2.3"):
                assert send(limpet, {"Host": host}, method="GET", target=path).status == 200
            headers = {"Host": "limpet.example.com", "Origin": EVIL}
            assert send(limpet, headers, method="GET", target=path).status == 403
    finally:
        limpet.kill()


@pytest.mark.parametrize("hosts", ["http://registry.example.com", "registry.example.com:8484",
                                   "*.*.example.com", "a b", "reg*.example.com", "[::1]"])
def test_names_that_are_none(tmp_path, hosts):
    done = subprocess.run([limpet_binary(), "serve", "--data", tmp_path, "--allowed-hosts", hosts],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "allowed-hosts" in done.stderr


def test_refusals_are_counted_and_told(start_limpet):
    limpet = start_limpet()
    answer = post(limpet, {"Host": limpet.host, "Origin": EVIL})
    metrics = send(limpet, {"Host": limpet.host}, method="GET", target="/metrics").body.decode()
    assert 'limpet_http_refusals_total{status="403"} 1' in metrics
    assert limpet.stop() == 0
    line, = [line for line in limpet.words().splitlines()
             if answer.headers["x-amzn-requestid"] in line]
    assert "status=403" in line and EVIL in line
