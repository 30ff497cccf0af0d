"""Bodies of a CreateRegistry call: (name, bytes, status, type)."""

MIB = 1 << 20
SERIALIZATION = "SerializationException"
INVALID = "InvalidInputException"
TOO_LARGE = "RequestEntityTooLargeException"


def named(value, rest=b""):
    return b'{"RegistryName":' + value + rest + b"}"


def ignored(value):
    """A member that the operation does not know; it is read all the same."""
    return named(b'"r"', b',"Nope":' + value)


BODIES = [
    ("8 MB of blanks", b" " * (8 * MIB) + b"{}", 413, TOO_LARGE),
    ("name of 10 MB", named(b'"' + b"x" * (10 * MIB) + b'"'), 413, TOO_LARGE),
    ("4 MB of blanks", b" " * (4 * MIB), 400, SERIALIZATION),
    ("4 MB of blanks and a name", b" " * (4 * MIB - 100) + named(b'"a b"'), 400, INVALID),
    ("name of 4 MB", named(b'"' + b"x" * (4 * MIB - 100) + b'"'), 400, INVALID),
    ("name of escapes", named(b'"' + b"\\u0041" * 600_000 + b'"'), 400, INVALID),
    ("name of surrogates", named(b'"' + b"\\ud83d\\ude00" * 300_000 + b'"'), 400, INVALID),
    ("4 MB of opening brackets", b"[" * (4 * MIB), 400, SERIALIZATION),
    ("4 MB of opening braces", b'{"a":' * 800_000, 400, SERIALIZATION),
    ("4 MB of closing brackets", b"]" * (4 * MIB), 400, SERIALIZATION),
    ("4 MB of commas", b"[" + b"," * (4 * MIB - 2) + b"]", 400, SERIALIZATION),
    ("depth 128", ignored(b"[" * 127 + b"]" * 127), 200, None),
    ("depth 129", ignored(b"[" * 128 + b"]" * 128), 400, SERIALIZATION),
    ("a hundred thousand members",
     ignored(b"{" + b",".join(b'"k%d":1' % i for i in range(100_000)) + b"}"), 200, None),
    ("two hundred thousand values", ignored(b"[" + b"1," * 200_000 + b"1]"), 400, SERIALIZATION),
    ("a hundred thousand equal names",
     b"{" + b'"RegistryName":"a b",' * 100_000 + b'"RegistryName":"r"}', 200, None),
    ("one name, another spelling of it", named(b'"a b"', rb',"Registry\u004eame":"r"'), 200, None),
    ("number of a megabyte", ignored(b"1" * MIB), 200, None),
    ("fraction of a megabyte", ignored(b"0." + b"1" * MIB), 200, None),
    ("number of a megabyte that is read", b'{"RegistryName":' + b"1" * MIB + b"}",
     400, SERIALIZATION),
    ("exponent", ignored(b"1e400"), 200, None),
    ("exponent of ten digits", ignored(b"1e9999999999"), 400, SERIALIZATION),
    ("negative zero", ignored(b"-0"), 200, None),
    ("bare minus", ignored(b"-"), 400, SERIALIZATION),
    ("plus", ignored(b"+1"), 400, SERIALIZATION),
    ("point at the end", ignored(b"1."), 400, SERIALIZATION),
    ("infinity", ignored(b"Infinity"), 400, SERIALIZATION),
    ("hexadecimal", ignored(b"0x10"), 400, SERIALIZATION),
    ("comment", b'{/**/"RegistryName":"r"}', 400, SERIALIZATION),
    ("single quotes", b"{'RegistryName':'r'}", 400, SERIALIZATION),
    ("comma at the end", named(b'"r"', b","), 400, SERIALIZATION),
    ("form feed for a blank", b"{\x0c}", 400, SERIALIZATION),
    ("no-break space for a blank", b"{\xc2\xa0}", 400, SERIALIZATION),
    ("byte order mark", b"\xef\xbb\xbf" + named(b'"r"'), 400, SERIALIZATION),
    ("UTF-16", named(b'"r"').decode().encode("utf-16"), 400, SERIALIZATION),
    ("line feed in a string", named(b'"a\nb"'), 400, SERIALIZATION),
    ("unknown escape", named(rb'"\x41"'), 400, SERIALIZATION),
    ("half an escape", named(rb'"\u00"'), 400, SERIALIZATION),
    ("NUL", named(b'"a\x00b"'), 400, SERIALIZATION),
    ("NUL behind the body", named(b'"r"') + b"\x00", 400, SERIALIZATION),
    ("escaped NUL", named(rb'"a\u0000b"'), 400, INVALID),
    ("lone surrogate", named(rb'"\ud800"'), 400, SERIALIZATION),
    ("surrogates the wrong way round", named(rb'"\udc00\ud800"'), 400, SERIALIZATION),
    ("surrogate in UTF-8", named(b'"\xed\xa0\x80"'), 400, SERIALIZATION),
    ("overlong slash", named(b'"\xc0\xaf"'), 400, SERIALIZATION),
    ("beyond Unicode", named(b'"\xf4\x90\x80\x80"'), 400, SERIALIZATION),
    ("cut short in UTF-8", named(b'"\xf0\x9f\x98"'), 400, SERIALIZATION),
    ("Latin-1", named('"é"'.encode("latin-1")), 400, SERIALIZATION),
    ("path for a name", named(b'"../../etc/passwd"'), 400, INVALID),
    ("letters of another script", named('"ｒ"'.encode()), 400, INVALID),
    ("text that goes backwards", named('"a\u202eb"'.encode()), 400, INVALID),
    ("tags without number",
     named(b'"r"', b',"Tags":{%s}' % b",".join(b'"k%d":"v"' % i for i in range(90_000))),
     400, INVALID),
    ("tag of a megabyte", named(b'"r"', b',"Tags":{"k":"' + b"v" * MIB + b'"}'), 400, INVALID),
    ("description of a megabyte", named(b'"r"', b',"Description":"' + b"d" * MIB + b'"'),
     400, INVALID),
]
