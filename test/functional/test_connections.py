"""Clients that are slow, odd or gone, in numbers, and what everybody else notices of them.

LIMPET_CONNECTIONS is how many there are: 500 unless set. From 10,000 on, the slowest answer that
another client had meanwhile is held against a second as well.
"""

import contextlib
import http.client
import os
import random
import re
import resource
import socket
import struct
import threading
import time

import pytest

from limpet_process import wait_for
from raw_http import send

MANY = int(os.environ.get("LIMPET_CONNECTIONS", "500"))
LONG_FORM = 10_000
SECOND = 1.0
GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Neighbour:
    """Another client, with one small request after the other on a connection of its own."""

    def __init__(self, limpet):
        self.limpet, self.answered, self.slowest = limpet, 0, 0.0
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.limpet.port, timeout=60)
        while not self._enough.is_set():
            begun = time.monotonic()
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"ready\n")
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.answered += 1
        connection.close()

    def wait_for(self, more):
        """Until it has had `more` answers again."""
        wanted = self.answered + more
        wait_for(lambda: self.answered >= wanted or not self._thread.is_alive(), pause=0.005)
        assert self.answered >= wanted

    def __enter__(self):
        self._thread.start()
        self.wait_for(1)
        return self

    def __exit__(self, *_):
        self._enough.set()
        self._thread.join()
        print(f"{self.answered} answers meanwhile, the slowest after {self.slowest:.3f} s")
        if MANY >= LONG_FORM:
            assert self.slowest < SECOND


@pytest.fixture(scope="module")
def descriptors():
    """Leave to open enough connections, for us and for the servers we start."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MANY + 256
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextlib.contextmanager
def crowd(limpet, count=MANY):
    """`count` open connections."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(socket.create_connection(("127.0.0.1", limpet.port), timeout=60))
               for _ in range(count)]


def to_end(connection):
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            received += piece
    return received


def metric(limpet, name):
    text = send(limpet, {"Host": limpet.host}, method="GET", target="/metrics").body.decode()
    return float(re.search(rf"^{name} (\S+)$", text, re.MULTILINE).group(1))


def wait_for_connections(limpet, count):
    """Until the server has so many, and the one that asks."""
    wait_for(lambda: metric(limpet, "limpet_http_connections") == count + 1)


def resident(limpet):
    with open(f"/proc/{limpet.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) * 1024


def test_headers_that_trickle(start_limpet, descriptors):
    """Slow-loris: every client sends a few bytes of its headers at a time, for ever."""
    limpet = start_limpet("--header-timeout", "2s", "--max-connections", str(MANY + 100))
    with crowd(limpet) as clients, Neighbour(limpet) as neighbour:
        for connection in clients:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n")
        waiting = set(clients)
        while waiting:
            for connection in list(waiting):
                try:
                    connection.sendall(b"X-A: b\r\n")
                    connection.setblocking(False)
                    received = connection.recv(4096)
                    assert received == b"" or received.startswith(b"HTTP/1.1 408 ")
                    waiting.remove(connection)
                except BlockingIOError:
                    connection.settimeout(60)
                except ConnectionError:
                    waiting.remove(connection)
            neighbour.wait_for(1)
    wait_for_connections(limpet, 0)
    assert limpet.stop() == 0


def test_bodies_that_do_not_come(start_limpet, descriptors):
    limpet = start_limpet("--body-timeout", "1s", "--max-connections", str(MANY + 100))
    with crowd(limpet) as clients, Neighbour(limpet):
        for number, connection in enumerate(clients):
            length = b"Content-Length: 9" if number % 2 else b"Transfer-Encoding: chunked"
            connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n" + length + b"\r\n\r\n5")
        for connection in clients:
            assert to_end(connection).startswith(b"HTTP/1.1 408 ")
    wait_for_connections(limpet, 0)
    assert limpet.stop() == 0


def test_idle_connections_cost_memory_only(start_limpet, descriptors):
    limpet = start_limpet("--max-connections", str(MANY + 100))
    with crowd(limpet, 50) as warm:
        for connection in warm:
            connection.sendall(GET)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
    wait_for_connections(limpet, 0)
    before = resident(limpet)
    with crowd(limpet) as clients, Neighbour(limpet) as neighbour:
        for connection in clients:
            connection.sendall(GET)
        for connection in clients:
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
        each = (resident(limpet) - before) / MANY
        print(f"{each / 1024:.1f} KiB for each idle connection")
        assert each < 16 * 1024
        neighbour.wait_for(100)
    wait_for_connections(limpet, 0)
    assert limpet.stop() == 0


def test_idle_connections_are_let_go(start_limpet, descriptors):
    limpet = start_limpet("--idle-timeout", "500ms", "--max-connections", str(MANY + 100))
    with crowd(limpet) as clients, Neighbour(limpet):
        for connection in clients:
            assert to_end(connection) == b""
    assert limpet.stop() == 0


def test_half_closed_and_reset(start_limpet, descriptors):
    limpet = start_limpet()
    with crowd(limpet, 300) as clients, Neighbour(limpet) as neighbour:
        for number, connection in enumerate(clients):
            connection.sendall(GET if number % 3 == 0 else GET[:-3 * (number % 7 + 1)])
            if number % 3 == 2:  # gone with a reset
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
            else:
                connection.shutdown(socket.SHUT_WR)
        for number, connection in enumerate(clients):
            if number % 3 == 0:
                assert to_end(connection).startswith(b"HTTP/1.1 200 ")
            elif number % 3 == 1:
                assert to_end(connection) == b""
        neighbour.wait_for(10)
    wait_for_connections(limpet, 0)
    assert limpet.stop() == 0


def test_clients_that_do_not_read(start_limpet, descriptors):
    """They ask again and again for a page and take nothing of it."""
    limpet = start_limpet()
    with crowd(limpet, 40) as clients, Neighbour(limpet) as neighbour:
        for connection in clients:
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    connection.send(100 * GET.replace(b"healthz", b"metrics"))
        neighbour.wait_for(30)
        assert resident(limpet) < 256 << 20
    wait_for_connections(limpet, 0)
    assert limpet.stop() == 0


@pytest.mark.parametrize("seed", range(5))
def test_pipelined_requests_in_odd_pieces(server, seed):
    """Requests of every form, one behind the other, cut anywhere: answers in order."""
    chance = random.Random(seed)
    post = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    forms = [(GET, 200), (GET.replace(b"healthz", b"nowhere"), None),
             (post + b"Content-Length: 2\r\n\r\n{}", 400),
             (post + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;a=b\r\n}\r\n0\r\n\r\n", 400),
             (post + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: t\r\n\r\n", 400)]
    chosen = [forms[chance.randrange(len(forms))] for _ in range(60)]
    data = b"".join(request for request, _ in chosen)
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        at = 0
        while at < len(data):
            size = chance.choice([1, 1, 2, 3, 7, 31, 64, 500, 4096])
            connection.sendall(data[at:at + size])
            at += size
        connection.shutdown(socket.SHUT_WR)
        received = to_end(connection)
    statuses = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d\d\d) ", received)]
    assert len(statuses) == len(chosen)
    for status, (_, wanted) in zip(statuses, chosen):
        assert status == (wanted or status) and status < 500


@pytest.mark.parametrize("message, status", [
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * (1 << 20) + b"\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * (1 << 18) + b"\r\n", 431),
    (b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\n", 431),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500, 400),
    (b"\x00" * 4096, 400),
], ids=["one header", "many headers", "request line", "HTTP/2 preface", "TLS hello", "zeros"])
def test_what_is_not_a_request(server, message, status):
    with Neighbour(server), crowd(server, 20) as clients:
        for connection in clients:
            with contextlib.suppress(ConnectionError):  # it may have answered by now
                connection.sendall(message)
        for connection in clients:
            assert to_end(connection).startswith(b"HTTP/1.1 %d " % status)
