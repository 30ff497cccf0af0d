"""HTTP/1.1 over one kept connection, with as little between test and server as can be."""

import json
import socket


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, status, type_, message):
        super().__init__(f"{status} {type_}: {message}")
        self.status, self.type, self.message = status, type_, message


class Lost(Exception):
    """The connection ended before an answer had come whole."""


class Connection:
    """Calls operations of a server that runs with --auth off."""

    def __init__(self, port, timeout=60):
        self._received = b""
        try:
            self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise Lost(str(error)) from error
        self._head = (f"Host: 127.0.0.1:{port}\r\n"
                      "Content-Type: application/x-amz-json-1.1\r\n").encode()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        self._socket.close()

    def call(self, operation, **body):
        """The answer's body. Raises Refused, Lost."""
        return self.call_all([(operation, body)])[0].get()

    def call_all(self, calls):
        """Send all calls, then read their answers; as Answer, in order. Raises Lost."""
        data = b"".join(self._request(operation, body) for operation, body in calls)
        try:
            self._socket.sendall(data)
            return [self._answer() for _ in calls]
        except OSError as error:
            raise Lost(f"{type(error).__name__}: {error}") from error

    def get(self, target):
        """The answer to a GET. Raises Lost."""
        try:
            self._socket.sendall(b"GET " + target.encode() + b" HTTP/1.1\r\n" + self._head
                                 + b"\r\n")
            return self._answer()
        except OSError as error:
            raise Lost(f"{type(error).__name__}: {error}") from error

    def _request(self, operation, body):
        body = json.dumps(body, separators=(",", ":")).encode()
        return (b"POST / HTTP/1.1\r\n" + self._head + b"X-Amz-Target: AWSGlue."
                + operation.encode() + b"\r\nContent-Length: " + str(len(body)).encode()
                + b"\r\n\r\n" + body)

    def _more(self):
        data = self._socket.recv(1 << 18)
        if not data:
            raise Lost("the server closed the connection")
        self._received += data

    def _answer(self):
        while (end := self._received.find(b"\r\n\r\n")) < 0:
            self._more()
        head = self._received[:end].decode("latin-1")
        status = int(head[9:12])
        at = head.lower().index("content-length:") + len("content-length:")
        length = int(head[at:].split("\r\n", 1)[0])
        while len(self._received) < end + 4 + length:
            self._more()
        body = self._received[end + 4:end + 4 + length]
        self._received = self._received[end + 4 + length:]
        return Answer(status, body)


class Answer:
    def __init__(self, status, body):
        self.status, self.body = status, body

    def get(self):
        """The body of a success. Raises Refused."""
        if self.status == 200:
            return json.loads(self.body)
        try:
            error = json.loads(self.body)
            type_, message = error["__type"], error.get("message", error.get("Message", ""))
        except (ValueError, KeyError, TypeError):
            raise Refused(self.status, "untyped", repr(self.body[:200])) from None
        raise Refused(self.status, type_, message)
