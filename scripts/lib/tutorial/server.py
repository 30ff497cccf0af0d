"""Start and stop a limpet server from Python."""

from __future__ import annotations

import http.client
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]


def limpet_binary() -> pathlib.Path:
    """The program under test: $LIMPET_BINARY, else what scripts/build makes."""
    return pathlib.Path(os.environ.get("LIMPET_BINARY", ROOT / "build/release/bin/limpet"))


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def new_key_pair() -> tuple[str, str]:
    """An access key id and a secret key in AWS's form."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return "AKIA" + "".join(secrets.choice(alphabet) for _ in range(16)), secrets.token_hex(20)


class LimpetServer:
    """One `limpet serve` with signature checks on, as a child process of its own session.

    A server that was never stopped outlives the Python program: the demo wants that.
    """

    def __init__(self, data: pathlib.Path, log: pathlib.Path, port: int, key_pair: tuple[str, str]):
        self.data = data
        self.log = log
        self.port = port
        self.access_key, self.secret_key = key_pair
        self.process: subprocess.Popen | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, seconds: float = 30) -> None:
        """Start it and return once /readyz answers 200. Raises RuntimeError with its last words."""
        env = {key: value for key, value in os.environ.items()
               if not key.startswith(("AWS_", "LIMPET_"))}
        env["LIMPET_ACCESS_KEY_ID"] = self.access_key
        env["LIMPET_SECRET_ACCESS_KEY"] = self.secret_key
        self.data.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [limpet_binary(), "serve", "--listen", f"127.0.0.1:{self.port}",
                 "--data", self.data, "--auth", "sigv4"],
                env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + seconds
        while not self._ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"limpet ended with {self.process.returncode}:\n{self._tail()}")
            if time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"limpet was not ready after {seconds} s:\n{self._tail()}")
            time.sleep(0.02)

    def stop(self, seconds: float = 20) -> int:
        """Ask it to stop and return its exit status; after `seconds` it is killed."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def _ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _tail(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
