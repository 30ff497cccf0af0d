"""A limpet server as a child process."""

import http.client
import os
import pathlib
import re
import resource
import secrets
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"


def limpet_binary():
    """The program under test: $LIMPET_BINARY, else what scripts/build makes."""
    return pathlib.Path(os.environ.get("LIMPET_BINARY", ROOT / "build/release/bin/limpet"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds=60, pause=0.01, why=lambda: ""):
    """Return once condition() holds; fail when it does not for so long."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, why()
        time.sleep(pause)


class LimpetProcess:
    """One `limpet serve`. The same object may be started again after it ended."""

    def __init__(self, folder, *options, auth="sigv4", account=ACCOUNT, data=None, limits=None):
        self.data = data or folder / "data"
        self.folder = folder
        self.log = folder / "limpet.log"  # stderr; stdout is greetings for people
        self.port = free_port()
        self.account = account
        self.auth = auth
        self.options = options
        self.limits = limits or {}  # {resource.RLIMIT_NOFILE: 64}
        self.access_key = "AKIA" + "".join(
            secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))
        self.secret_key = secrets.token_hex(20)
        self.process = None

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    def spawn(self):
        """Start it without waiting."""
        keys = {}
        if self.auth == "sigv4":
            keys = {"LIMPET_ACCESS_KEY_ID": self.access_key,
                    "LIMPET_SECRET_ACCESS_KEY": self.secret_key}
        self._run("serve", "--listen", self.host, "--data", self.data, "--auth", self.auth,
                  "--account", self.account, *self.options, **keys)

    def _run(self, *arguments, **environment):
        env = {name: value for name, value in os.environ.items()
               if not name.startswith(("AWS_", "LIMPET_"))}
        with open(self.log, "ab") as log, open(self.folder / "limpet.out", "ab") as out:
            self.process = subprocess.Popen(
                [limpet_binary(), *arguments], env={**env, **environment},
                stdin=subprocess.DEVNULL, stdout=out, stderr=log,
                preexec_fn=self._limit, restore_signals=False)  # SIGXFSZ stays ignored

    def _limit(self):
        for kind, value in self.limits.items():
            resource.setrlimit(kind, (value, value))

    def start(self, seconds=60):
        """Start it and return once /readyz answers 200."""
        self.spawn()
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"limpet ended with {self.process.returncode}: {self.words()}")
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"limpet was not ready after {seconds} s: {self.words()}")
            time.sleep(0.02)
        return self

    def is_ready(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self, seconds=30):
        """Ask it to stop; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self):
        """End it at once, as a crash would."""
        self.process.kill()
        self.process.wait()

    def words(self):
        return self.log.read_text(encoding="utf-8", errors="replace")


class DevProcess(LimpetProcess):
    """One `limpet dev`, and the variables that it tells people to export."""

    def __init__(self, folder):
        super().__init__(folder)
        self.exported = {}

    def spawn(self):
        self._run("dev", "--listen", self.host)

    def is_ready(self):
        said = self.said()
        self.exported = dict(re.findall(r"^export (AWS_\w+)=(.*)$", said, re.M))
        if "AWS_DEFAULT_REGION" not in self.exported:
            return False
        self.access_key = self.exported["AWS_ACCESS_KEY_ID"]
        self.secret_key = self.exported["AWS_SECRET_ACCESS_KEY"]
        self.data = pathlib.Path(re.search(r"/\S*limpet-dev-\w+", said)[0])
        return super().is_ready()

    def said(self):
        return (self.folder / "limpet.out").read_text(encoding="utf-8")
