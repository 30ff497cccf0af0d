"""TLS: kept connections, and a new one with a full handshake for every request."""

import subprocess

from .bench import stream
from .reads import compared, get_requests
from .report import Row, rate


def certificate(bench):
    """A self-signed P-256 certificate for 127.0.0.1, and its key."""
    folder = bench.work / "tls"
    folder.mkdir(exist_ok=True)
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    key.chmod(0o600)
    return cert, key


def measure_tls(bench):
    """GetSchemaVersion through TLS; a handshake is bound by its key exchange and signature."""
    if not bench.has_option("tls-certificate"):
        yield Row("tls", "TLS", "not measured", note="this build has no --tls-certificate")
        return
    sizes = bench.sizes
    data, ids = bench.filled(sizes.schemas)
    cert, key = certificate(bench)
    with bench.floor() as floor, bench.limpet(data, "--tls-certificate", cert, "--tls-key", key,
                                              tls=cert) as server:
        requests = get_requests(bench, server, "tls", ids.first(sizes.hot))
        yield compared("tls", "GetSchemaVersion, TLS, kept connections",
                       bench.alternate(server, requests, floor))
        [new] = bench.load.run(server, stream("new", requests, new=True), seconds=sizes.seconds,
                               warmup=sizes.warmup)
        yield Row("tls", "GetSchemaVersion, TLS 1.3, a new connection each (P-256)",
                  rate(new["rate"]), numbers=new,
                  note=f"{new['cpu_us']:,.0f} µs of the server's CPU for each")
