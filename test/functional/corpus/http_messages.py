"""Messages on which readers of HTTP differ, and what this server makes of each.

(name, bytes, statuses): the status of every answer on the connection, in order. A message that is
refused ends its connection, so what an attacker hid behind it (`HIDDEN`) is never answered. 501 and 505 are the client's doing too.
Sources: RFC 9112; the request smuggling literature (CL.TE, TE.CL, TE.TE, CL.0, chunk extensions).
"""

HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def post(headers, body=b"", target=b"/healthz"):
    return b"POST " + target + b" HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n" + body


def get(headers=b"", target=b"/healthz", version=b"HTTP/1.1"):
    return b"GET " + target + b" " + version + b"\r\nHost: localhost\r\n" + headers + b"\r\n"


def chunked(body):
    return post(b"Transfer-Encoding: chunked\r\n", body)


# POST /healthz is a request like any other, answered 405.
TAKEN = 405

AMBIGUOUS = [
    ("length and chunked", post(b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                                b"0\r\n\r\n" + HIDDEN), [400]),
    ("chunked and length", post(b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                                b"0\r\n\r\n" + HIDDEN), [400]),
    ("two lengths", post(b"Content-Length: 0\r\nContent-Length: 5\r\n", b"abcde" + HIDDEN), [400]),
    ("one length twice", post(b"Content-Length: 5\r\nContent-Length: 5\r\n", b"abcde" + HIDDEN),
     [400]),
    ("list of lengths", post(b"Content-Length: 5, 5\r\n", b"abcde" + HIDDEN), [400]),
    ("length with sign", post(b"Content-Length: +5\r\n", b"abcde" + HIDDEN), [400]),
    ("negative length", post(b"Content-Length: -5\r\n", HIDDEN), [400]),
    ("length in hex", post(b"Content-Length: 0x5\r\n", b"abcde" + HIDDEN), [400]),
    ("length with fraction", post(b"Content-Length: 5.0\r\n", b"abcde" + HIDDEN), [400]),
    ("length of blanks", post(b"Content-Length: \r\n", HIDDEN), [400]),
    ("length in other digits", post("Content-Length: ٥\r\n".encode(), b"abcde" + HIDDEN), [400]),
    ("length beyond 64 bits", post(b"Content-Length: 18446744073709551621\r\n",
                                   b"abcde" + HIDDEN), [400]),
    ("length of a gigabyte", post(b"Content-Length: 1073741824\r\n", HIDDEN), [413]),
    ("blank before the colon", post(b"Content-Length : 5\r\n", b"abcde" + HIDDEN), [400]),
    ("folded coding", post(b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n" + HIDDEN), [400]),
    ("coding in a folded line", post(b"X: y\r\n\tTransfer-Encoding: chunked\r\n",
                                     b"0\r\n\r\n" + HIDDEN), [400]),
    ("coding after a bare CR", post(b"X: y\rTransfer-Encoding: chunked\r\n",
                                    b"0\r\n\r\n" + HIDDEN), [400]),
    ("coding after a vertical tab", post(b"Transfer-Encoding: \x0bchunked\r\n",
                                         b"0\r\n\r\n" + HIDDEN), [400]),
    ("coding in quotes", post(b'Transfer-Encoding: "chunked"\r\n', b"0\r\n\r\n" + HIDDEN), [501]),
    ("unknown coding", post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n" + HIDDEN), [501]),
    ("coding identity", post(b"Transfer-Encoding: identity\r\n", HIDDEN), [501]),
    ("chunked and identity", post(b"Transfer-Encoding: chunked, identity\r\n",
                                  b"0\r\n\r\n" + HIDDEN), [501]),
    ("chunked twice", post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                           b"0\r\n\r\n" + HIDDEN), [400]),
    ("coding in HTTP/1.0", get(b"Transfer-Encoding: chunked\r\n", version=b"HTTP/1.0")
     + b"0\r\n\r\n" + HIDDEN, [400]),
    ("NUL in a name", get(b"A\x00B: c\r\n") + HIDDEN, [400]),
    ("NUL in a value", get(b"A: b\x00c\r\n") + HIDDEN, [400]),
    ("no colon", get(b"Nonsense\r\n") + HIDDEN, [400]),
    ("no name", get(b": value\r\n") + HIDDEN, [400]),
    ("name with a blank", get(b"A B: c\r\n") + HIDDEN, [400]),
    ("blank before the first header", b"GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n" + HIDDEN,
     [400]),
    ("two hosts", get(b"Host: evil\r\n") + HIDDEN, [400]),
    ("no host", b"GET /healthz HTTP/1.1\r\n\r\n" + HIDDEN, [400]),
    ("blank in the target", get(target=b"/health z") + HIDDEN, [505]),
    ("control in the target", get(target=b"/healthz\x7f") + HIDDEN, [400]),
    ("two blanks", b"GET  /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" + HIDDEN, [400]),
    ("empty lines before", b"\r\n\r\n" + HIDDEN, [400]),
    ("blank before the method", b" " + get() + HIDDEN, [400]),
    ("lower-case version", get(version=b"http/1.1") + HIDDEN, [505]),
    ("HTTP/1.2", get(version=b"HTTP/1.2") + HIDDEN, [505]),
    ("HTTP/2.0", get(version=b"HTTP/2.0") + HIDDEN, [505]),
    ("HTTP/0.9", b"GET /healthz\r\n\r\n" + HIDDEN, [400]),
    ("preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN, [505]),
    ("hello of TLS", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"\x5a" * 154 + b"\r\n\r\n",
     [400]),
    ("proxy protocol", b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n" + HIDDEN, [505]),
    ("unknown expectation", post(b"Expect: 200-ok\r\nContent-Length: 0\r\n") + HIDDEN, [417]),
    ("header of a megabyte", get(b"A: " + b"b" * (1 << 20) + b"\r\n"), [431]),
    ("target of a megabyte", get(target=b"/" + b"a" * (1 << 20)), [431]),
    ("headers without end", get(b"A: b\r\n" * 200_000), [431]),
    ("names of a megabyte", get(b"a" * (1 << 20) + b": b\r\n"), [431]),
    ("a hundred and thirty headers", get(b"A: b\r\n" * 130), [431]),
]

CHUNKS = [
    ("no size", chunked(b"\r\na\r\n0\r\n\r\n" + HIDDEN), [400]),
    ("size with sign", chunked(b"+1\r\na\r\n0\r\n\r\n" + HIDDEN), [400]),
    ("negative size", chunked(b"-1\r\na\r\n0\r\n\r\n" + HIDDEN), [400]),
    ("size with prefix", chunked(b"0x1\r\na\r\n0\r\n\r\n" + HIDDEN), [400]),
    ("size beyond 64 bits", chunked(b"10000000000000001\r\na\r\n0\r\n\r\n" + HIDDEN), [400]),
    ("size of a gigabyte", chunked(b"40000000\r\na\r\n0\r\n\r\n" + HIDDEN), [413]),
    ("size too small", chunked(b"1\r\nab\r\n0\r\n\r\n" + HIDDEN), [400]),
    ("size too large", chunked(b"3\r\na\r\n0\r\n\r\n" + HIDDEN), [400]),
    ("extension in bad form", chunked(b"1;=\r\na\r\n0\r\n\r\n" + HIDDEN), [400]),
    ("extension of a megabyte", chunked(b"1;" + b"a" * (1 << 20) + b"\r\na\r\n0\r\n\r\n"), [400]),
    ("trailer of a megabyte", chunked(b"0\r\n" + b"a: b\r\n" * 200_000 + b"\r\n"), [400]),
    ("length in the trailer", chunked(b"0\r\nContent-Length: 9\r\n\r\n" + HIDDEN), [400]),
]

# What is unusual but says one thing only.
UNUSUAL = [
    ("extension", chunked(b"1;a=b;c=\"d e\"\r\nx\r\n0\r\n\r\n") + HIDDEN, [TAKEN, 200]),
    ("trailer", chunked(b"1\r\nx\r\n0\r\nX-Sum: 1\r\n\r\n") + HIDDEN, [TAKEN, 200]),
    ("leading zeros", chunked(b"0001\r\nx\r\n000\r\n\r\n") + HIDDEN, [TAKEN, 200]),
    ("chunks of one byte", chunked(b"1\r\nx\r\n" * 1000 + b"0\r\n\r\n") + HIDDEN, [TAKEN, 200]),
    ("blanks around the length", post(b"Content-Length:  \t5 \t\r\n", b"abcde") + HIDDEN,
     [TAKEN, 200]),
    ("upper-case coding", post(b"TRANSFER-ENCODING: CHUNKED\r\n", b"0\r\n\r\n") + HIDDEN,
     [TAKEN, 200]),
    ("absolute target", get(target=b"http://localhost/healthz") + HIDDEN, [200, 200]),
    ("empty query", get(target=b"/healthz?") + HIDDEN, [200, 200]),
    ("upgrade to HTTP/2", get(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                              b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n") + HIDDEN, [200, 200]),
    ("body of a GET", get(b"Content-Length: 5\r\n") + b"abcde" + HIDDEN, [200, 200]),
    ("junk behind a request", get() + b"\x00\x01junk\r\n\r\n", [200, 400]),
    ("a thousand requests at once", get() * 1000 + HIDDEN, [200] * 1001),
    ("CONNECT", b"CONNECT evil:443 HTTP/1.1\r\nHost: localhost\r\n\r\n" + HIDDEN, [404, 200]),
    ("OPTIONS *", b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n" + HIDDEN, [404, 200]),
    ("TRACE", b"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n" + HIDDEN, [404, 200]),
    ("unknown method", b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n" + HIDDEN, [404, 200]),
]

# What is not all there: the server waits, lets go, or says that it is no request.
NEVER = [
    ("bare line feeds", b"GET /healthz HTTP/1.1\nHost: localhost\n\n"),
    ("half a request", b"GET /healthz HTTP/1.1\r\nHost: loc"),
    ("half a body", post(b"Content-Length: 10\r\n", b"abc")),
    ("half a chunk", chunked(b"5\r\nab")),
]
