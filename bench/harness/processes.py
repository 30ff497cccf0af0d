"""The processes of a run: the server, the floor, the load."""

import http.client
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import time

from . import machine, wire

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A measurement that cannot be had; the message says why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    """Processor time of all threads of a process."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


class Child:
    """A process on the server's core that listens on a port; ended with the `with`."""

    name = "child"
    tls = None

    def __init__(self):
        self.process = None
        self.port = 0

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()


class Responder(Child):
    """The bare responder of bench/responder.cc."""

    name = "responder"

    def __init__(self, programs, answer=None):
        super().__init__()
        self.command = [programs / "bench_responder"] + (["--answer", answer] if answer else [])

    def start(self):
        with machine.pinned(machine.SERVER_CORE):
            self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())


class Nginx(Child):
    """nginx with one worker and `return 200`."""

    name = "nginx"

    def __init__(self, folder, body_bytes):
        super().__init__()
        self.folder = folder
        self.body = "x" * body_bytes

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        (self.folder / "nginx.conf").write_text(
            "daemon off; worker_processes 1; master_process off; error_log stderr crit;\n"
            f"pid {self.folder}/pid;\n"
            "events { worker_connections 1024; }\n"
            "http { access_log off; keepalive_requests 100000000; default_type text/plain;\n"
            + "".join(f"{kind}_temp_path {self.folder}/{kind};\n"
                      for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            + f"server {{ listen 127.0.0.1:{self.port} backlog=1024;\n"
            f"location / {{ return 200 '{self.body}'; }} }} }}\n")
        with machine.pinned(machine.SERVER_CORE):
            self.process = subprocess.Popen(
                ["nginx", "-p", self.folder, "-c", self.folder / "nginx.conf"],
                stderr=subprocess.DEVNULL)
        wait_for_port(self)


class Kafka:
    """Apache Kafka on the load's core, by scripts/kafka; its topics go with the folder."""

    def __init__(self, folder):
        self.port = free_port()
        self.folder = folder

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    def __enter__(self):
        with machine.pinned(machine.LOAD_CORE):
            self.command("start")
        return self

    def __exit__(self, *_):
        self.command("stop")

    def command(self, word):
        done = subprocess.run([ROOT / "scripts" / "kafka", word, "--port", str(self.port),
                               "--dir", self.folder], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise Failed(f"scripts/kafka {word}: {done.stderr.strip()[-600:]}")


def wait_for_port(child, seconds=20):
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", child.port), 1).close()
            return
        except OSError:
            if child.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"{child.name} does not listen") from None
            time.sleep(0.01)


class Limpet(Child):
    """`limpet serve` with one thread and default logging, standard error to a file."""

    name = "limpet"

    def __init__(self, binary, folder, data, *options, signed=False, tls=None):
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True)
        self.binary = binary
        self.data = data
        self.log = folder / "limpet.log"
        self.options = [str(option) for option in options]
        self.signed = signed
        self.tls = tls  # the certificate that it shows; None: plain HTTP

    def spawn(self):
        """Start it without waiting."""
        self.port = free_port()
        env = {name: value for name, value in os.environ.items()
               if not name.startswith(("AWS_", "LIMPET_"))}
        if self.signed:
            env |= {"LIMPET_ACCESS_KEY_ID": wire.ACCESS_KEY,
                    "LIMPET_SECRET_ACCESS_KEY": wire.SECRET_KEY}
        with open(self.log, "wb") as log, machine.pinned(machine.SERVER_CORE):
            self.process = subprocess.Popen(
                [self.binary, "serve", "--listen", self.host, "--data", self.data, "--threads", "1",
                 "--auth", "sigv4" if self.signed else "off", *self.options],
                env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)

    def start(self):
        self.spawn()
        self.await_answer("GET", "/healthz")

    def await_answer(self, method, path, body=None, headers=None, seconds=120):
        """Ask until there is an answer of 200."""
        self.await_bytes(http_bytes(self.host, method, path, body, headers or {}), seconds)

    def await_bytes(self, request, seconds=120):
        deadline = time.monotonic() + seconds
        while True:
            try:
                with self.connect() as connection:
                    connection.sendall(request)
                    answer = connection.recv(1 << 16)
                if not answer.startswith(b"HTTP/1.1 200 "):
                    raise Failed(f"limpet answered {answer[:200]!r}")
                return
            except (ConnectionError, TimeoutError):
                if self.process.poll() is not None:
                    raise Failed(f"limpet ended: {self.log.read_text()[-600:]}") from None
                if time.monotonic() > deadline:
                    raise Failed(f"limpet does not answer after {seconds} s") from None
                time.sleep(0.0001)

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), 60)
        if not self.tls:
            return connection
        return ssl.create_default_context(cafile=self.tls).wrap_socket(
            connection, server_hostname="127.0.0.1")

    def exchange(self, request):
        """The bytes of the answer to these bytes."""
        with self.connect() as connection:
            connection.sendall(request)
            answer = b""
            while True:
                answer += connection.recv(1 << 16)
                head, end, body = answer.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head + b"\r\n")
                if end and len(body) == int(length[1]):
                    return answer

    def call(self, operation, signer=None, **members):
        """One call, its answer as a dict. Signed when the server wants it."""
        if self.signed and signer is None:
            signer = wire.Signer()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.connect()
            connection.sock.sendall(wire.request(self.host, operation, members, signer))
            response = http.client.HTTPResponse(connection.sock, method="POST")
            response.begin()
            body = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise Failed(f"{operation} answered {response.status}: {body[:300]!r}")
        return json.loads(body)

    def metrics(self):
        """Sums of /metrics by family."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/metrics")
        sums = {}
        for line in connection.getresponse().read().decode().splitlines():
            if match := re.match(r"([a-z_:]+)(?:\{.*\})? ([-+0-9.e]+)$", line):
                sums[match[1]] = sums.get(match[1], 0) + float(match[2])
        connection.close()
        return sums

    def memory(self):
        """MiB: resident, proportional, private."""
        rollup = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        kib = {match[1]: int(match[2]) for match in re.finditer(r"(\w+): +(\d+) kB", rollup)}
        return {"rss": kib["Rss"] / 1024, "pss": kib["Pss"] / 1024,
                "private": (kib["Private_Clean"] + kib["Private_Dirty"]) / 1024}


def http_bytes(host, method, path, body, headers):
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if body is not None:
        head += f"Content-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + (body or b"")


class Load:
    """bench_load: runs it, checks that every answer was 200, and charges the server's CPU time."""

    def __init__(self, programs):
        self.program = programs / "bench_load"

    def run(self, child, *streams, seconds, warmup=0.0):
        """One result per stream, with `cpu_us`: the server's processor time per answer."""
        command = [self.program, "--port", child.port, "--seconds", seconds, "--warmup", warmup]
        if child.tls:
            command += ["--tls", "--authority", child.tls]
        if machine.LOAD_CORE != machine.SERVER_CORE:
            command += ["--spin"]
        for stream in streams:
            command += ["--stream", stream]
        before = cpu_seconds(child.process.pid)
        with machine.pinned(machine.LOAD_CORE):
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                                  check=False)
        cpu = cpu_seconds(child.process.pid) - before
        if not done.stdout:
            raise Failed(f"bench_load: {done.stderr.strip()}")
        results = json.loads(done.stdout)["streams"]
        for result in results:
            if result["refusal"] or done.returncode != 0:
                raise Failed(f"{child.name} refused: {result['statuses']} {result['refusal'][-400:]}")
            if not result["answers"]:
                if seconds < 60:  # a machine this busy needs more time, and measures nothing
                    return self.run(child, *streams, seconds=seconds * 8, warmup=warmup)
                raise Failed(f"{child.name} has not answered within {seconds:.0f} s")
        answers = sum(sum(result["statuses"].values()) for result in results)
        for result in results:
            result["cpu_us"] = cpu / max(1, answers) * 1e6
        return results


def stream(name, requests, connections=64, rate=None, once=False, new=False):
    words = [f"name={name}", f"requests={requests}", f"connections={connections}"]
    words += [f"rate={rate:.3f}"] if rate else []
    words += ["once"] if once else []
    words += ["new"] if new else []
    return ",".join(words)
