"""limpet.h through Python's ctypes: frames, registry, records, errors, batches, vectors."""

import ctypes
import json
import uuid

import pytest

from vectors import VECTORS, expected

USER = json.dumps({"type": "record", "name": "User", "namespace": "my.namespace", "fields": [
    {"name": "name", "type": "string"}, {"name": "age", "type": "int"},
    {"name": "subject", "type": "string"}]})
RECORD = {"name": "John Doe", "age": 6, "subject": "something"}
PAYLOAD = bytes.fromhex("104a6f686e20446f650c12736f6d657468696e67")

OK, NOT_FRAMED, BAD_COMPRESSION, TRUNCATED, TYPE_MISMATCH, MISSING_FIELD = 0, 1, 2, 5, 7, 8
UNKNOWN_SCHEMA, INCOMPATIBLE, NOT_REGISTERED, CONFIG, TOMBSTONE = 9, 11, 12, 17, 27


class Text(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_size_t)]

    def __init__(self, text=""):
        self.bytes = text.encode() if isinstance(text, str) else text
        super().__init__(self.bytes, len(self.bytes))


class Frame(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("framing", ctypes.c_int32), ("zlib", ctypes.c_int32),
                ("version", ctypes.c_uint8 * 16), ("id", ctypes.c_int32),
                ("fingerprint", ctypes.c_uint64), ("body_offset", ctypes.c_size_t)]


class Buffer(ctypes.Structure):
    _fields_ = [("data", ctypes.POINTER(ctypes.c_char)), ("size", ctypes.c_size_t)]

    def take(self, library):
        bytes_ = ctypes.string_at(self.data, self.size)
        library.limpet_buffer_free(ctypes.byref(self))
        assert not self.data and self.size == 0
        return bytes_


TEXTS = ("endpoint", "region", "profile", "access_key_id", "secret_access_key", "session_token",
         "ca_file", "registry_name", "compatibility")


class Options(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), *[(name, Text) for name in TEXTS],
                ("unsigned_requests", ctypes.c_int32), ("auto_register", ctypes.c_int32),
                ("deadline_ms", ctypes.c_uint32), ("entries_max", ctypes.c_uint32),
                ("inflated_bytes_max", ctypes.c_uint64)]


class EncodeOptions(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("zlib", ctypes.c_int32), ("message_name", Text)]


@pytest.fixture(scope="module")
def library(prefix):
    found = ctypes.CDLL(str(prefix / "lib/liblimpet.so"))
    found.limpet_version.restype = ctypes.c_char_p
    found.limpet_status_name.restype = ctypes.c_char_p
    found.limpet_error_message.restype = Text
    found.limpet_error_path.restype = Text
    found.limpet_error_offset.restype = ctypes.c_uint64
    found.limpet_schema_id.restype = ctypes.POINTER(ctypes.c_uint8 * 16)
    found.limpet_schema_definition.restype = Text
    found.limpet_schema_name.restype = Text
    found.limpet_batch_rows.restype = ctypes.c_size_t
    return found


def words(text):
    return ctypes.string_at(text.data, text.size).decode() if text.size else ""


class Failed(Exception):
    def __init__(self, library, status, error):
        self.status, self.path = status, words(library.limpet_error_path(error))
        self.offset = library.limpet_error_offset(error)
        super().__init__(words(library.limpet_error_message(error)))
        assert library.limpet_error_status(error) == status
        library.limpet_error_free(error)


class Api:
    """The functions with a registry, raising what fails."""

    def __init__(self, library, options):
        self._library, self._registry = library, ctypes.c_void_p()
        self.call("limpet_registry_open", ctypes.byref(options), ctypes.byref(self._registry))

    def call(self, name, *arguments):
        error = ctypes.c_void_p()
        status = getattr(self._library, name)(*arguments, ctypes.byref(error))
        if status:
            raise Failed(self._library, status, error)

    def schema(self, name, definition, format_=0):
        schema = ctypes.c_void_p()
        self.call("limpet_schema_for", self._registry, Text(name), format_, Text(definition),
                  ctypes.byref(schema))
        return schema

    def encode(self, schema, record, zlib=0):
        options = EncodeOptions(ctypes.sizeof(EncodeOptions), zlib, Text())
        out = Buffer()
        self.call("limpet_encode_json", self._registry, schema, ctypes.byref(options),
                  Text(json.dumps(record)), ctypes.byref(out))
        return out.take(self._library)

    def decode(self, message):
        out = Buffer()
        self.call("limpet_decode_json", self._registry, None, message,
                  ctypes.c_size_t(len(message or b"")), ctypes.byref(out))
        return json.loads(out.take(self._library))

    def batch(self, schema):
        batch = ctypes.c_void_p()
        self.call("limpet_batch_open", self._registry, schema, ctypes.byref(batch))
        return batch

    def close(self):
        self._library.limpet_registry_close(self._registry)


@pytest.fixture
def api(library, server, region):
    options = Options(size=ctypes.sizeof(Options), endpoint=Text(server.endpoint),
                      region=Text(region), access_key_id=Text(server.access_key),
                      secret_access_key=Text(server.secret_key), auto_register=1)
    api = Api(library, options)
    yield api
    api.close()


def test_versions(library):
    assert library.limpet_abi_version() == 2
    assert library.limpet_version().count(b".") == 2
    assert library.limpet_status_name(TRUNCATED) == b"truncated"


@pytest.mark.parametrize("message, status, framing, offset", [
    ("0300b7b4a7f09c964e4aa687fb5de9ef0c63" + PAYLOAD.hex(), OK, 1, 18),
    ("0000000001616263", OK, 2, 5),
    ("01b7b4a7f09c964e4aa687fb5de9ef0c6361", OK, 3, 17),
    ("c301441c8f573a99a09300", OK, 4, 10),
    ("0300b7b4", TRUNCATED, 0, 0),
    ("0301" + "00" * 16, BAD_COMPRESSION, 0, 0),
    ("7b7d", NOT_FRAMED, 0, 0),
    ("", NOT_FRAMED, 0, 0)])
def test_frames(library, message, status, framing, offset):
    frame, bytes_ = Frame(size=ctypes.sizeof(Frame)), bytes.fromhex(message)
    assert library.limpet_inspect(bytes_, len(bytes_), ctypes.byref(frame)) == status
    assert (frame.framing, frame.body_offset) == (framing, offset)


def test_an_older_caller_gets_what_it_knows(library):
    """Members behind the caller's `size` are left alone."""
    frame = Frame(size=Frame.id.offset)
    frame.id, frame.body_offset = 77, 99
    message = bytes.fromhex("0000000001616263")
    assert library.limpet_inspect(message, len(message), ctypes.byref(frame)) == OK
    assert (frame.framing, frame.id, frame.body_offset) == (2, 77, 99)


@pytest.mark.parametrize("zlib", [0, 1])
def test_records_there_and_back(library, api, glue, zlib):
    schema = api.schema("users", USER)
    message = api.encode(schema, RECORD, zlib)
    id_ = bytes(library.limpet_schema_id(schema).contents)
    assert message[:18] == bytes([3, 5 * zlib]) + id_
    if not zlib:
        assert message[18:] == PAYLOAD
    assert api.decode(message) == RECORD
    found = glue.get_schema_version(SchemaVersionId=str(uuid.UUID(bytes=id_)))
    assert found["Status"] == "AVAILABLE"
    assert json.loads(words(library.limpet_schema_definition(schema)))["name"] == "User"
    library.limpet_schema_free(schema)


@pytest.mark.parametrize("record, status, path", [
    ({"name": "x", "subject": "y"}, MISSING_FIELD, "age"),
    ({"name": "x", "age": "six", "subject": "y"}, TYPE_MISMATCH, "age")])
def test_bad_records_are_refused_with_their_place(library, api, record, status, path):
    schema = api.schema("users", USER)
    with pytest.raises(Failed) as caught:
        api.encode(schema, record)
    assert caught.value.status == status and path in caught.value.path
    library.limpet_schema_free(schema)


def test_incompatible_schemas_are_refused_with_the_reason(library, api):
    library.limpet_schema_free(api.schema("users", USER))
    wider = json.loads(USER)
    wider["fields"].append({"name": "email", "type": "string"})
    with pytest.raises(Failed) as caught:
        api.schema("users", json.dumps(wider))
    assert caught.value.status == INCOMPATIBLE and "email" in str(caught.value)


def test_unknown_ids_and_broken_messages(api):
    with pytest.raises(Failed) as caught:
        api.decode(bytes([3, 0]) + uuid.uuid4().bytes + b"x")
    assert caught.value.status == UNKNOWN_SCHEMA
    schema = api.schema("users", USER)
    message = api.encode(schema, RECORD)
    for end in range(len(message)):
        with pytest.raises(Failed) as caught:
            api.decode(message[:end])
        assert caught.value.status in (NOT_FRAMED, TRUNCATED), end
    with pytest.raises(Failed) as caught:
        api.decode(None)
    assert caught.value.status == TOMBSTONE


def test_wrong_use_is_told(library):
    with pytest.raises(Failed) as caught:
        Api(library, Options(size=ctypes.sizeof(Options), endpoint=Text("no url"),
                             unsigned_requests=1))
    assert caught.value.status == CONFIG
    library.limpet_registry_close(None)
    library.limpet_schema_free(None)
    library.limpet_error_free(None)
    library.limpet_buffer_free(None)
    library.limpet_batch_close(None)


def test_batches(library, api):
    schema = api.schema("users", USER)
    message = api.encode(schema, RECORD)
    batch = api.batch(schema)
    for _ in range(3):
        api.call("limpet_batch_push", batch, None, message, ctypes.c_size_t(len(message)))
    with pytest.raises(Failed) as caught:
        api.call("limpet_batch_push", batch, None, message, ctypes.c_size_t(len(message) - 1))
    assert caught.value.status == TRUNCATED
    assert library.limpet_batch_rows(batch) == 3
    schema_c, array_c = (ctypes.c_int64 * 32)(), (ctypes.c_int64 * 32)()
    api.call("limpet_batch_finish", batch, schema_c, array_c)
    assert array_c[0] == 3 and library.limpet_batch_rows(batch) == 0  # ArrowArray.length
    for struct, release in ((array_c, 8), (schema_c, 7)):
        ctypes.CFUNCTYPE(None, ctypes.c_void_p)(struct[release])(ctypes.addressof(struct))
        assert struct[release] == 0
    library.limpet_batch_close(batch)
    library.limpet_schema_free(schema)


COLUMNS = {  # definition, records, ArrowSchema.format of the columns
    0: (USER, [RECORD], ["u", "i", "u"]),
    1: (json.dumps({"type": "object", "properties": {"id": {"type": "integer"}, "more": {},
                                                     "tags": {"type": "array",
                                                              "items": {"type": "string"}}}}),
        [{"id": 1, "more": [1], "tags": ["x"]}, {}], ["l", "u", "+l"]),
    2: ('syntax = "proto3"; message Order { int64 id = 1; optional string who = 2; '
        'map<string, double> prices = 3; }',
        [{"id": "5", "prices": {"a": 1.5}}, {}], ["l", "u", "+m"])}


@pytest.mark.parametrize("format_", COLUMNS)
def test_batches_of_all_formats(library, api, format_):
    definition, records, formats = COLUMNS[format_]
    schema = api.schema("columns", definition, format_)
    batch = api.batch(schema)
    for record in records:
        message = api.encode(schema, record)
        api.call("limpet_batch_push", batch, None, message, ctypes.c_size_t(len(message)))
    schema_c, array_c = (ctypes.c_int64 * 32)(), (ctypes.c_int64 * 32)()
    api.call("limpet_batch_finish", batch, schema_c, array_c)
    assert array_c[0] == len(records)  # ArrowArray.length
    count, children = schema_c[4], schema_c[5]  # ArrowSchema.n_children, children
    pointers = ctypes.cast(children, ctypes.POINTER(ctypes.c_void_p))
    assert [ctypes.cast(pointers[i], ctypes.POINTER(ctypes.c_char_p))[0].decode()
            for i in range(count)] == formats
    for struct, release in ((array_c, 8), (schema_c, 7)):
        ctypes.CFUNCTYPE(None, ctypes.c_void_p)(struct[release])(ctypes.addressof(struct))
    library.limpet_batch_close(batch)
    library.limpet_schema_free(schema)


# A registry gives its own version ids, so these are the rows of which that is all that changes.
GLUE = [row for row in VECTORS["vectors"]
        if row["framing"] in ("glue", "payload") and "value" in row and "reader" not in row]


@pytest.mark.parametrize("row", GLUE, ids=[row["id"] for row in GLUE])
def test_vectors(library, api, row):
    definition = VECTORS["schemas"][row["schema"]]
    schema = api.schema("vectors", definition["definition"],
                        ["AVRO", "JSON", "PROTOBUF"].index(definition["format"]))
    id_ = bytes(library.limpet_schema_id(schema).contents)
    if row["framing"] == "payload":
        message = b"\x03\x00" + id_ + bytes.fromhex(row["payload"])
    else:
        given = bytes.fromhex(row["message"])
        message = given[:2] + id_ + given[18:]
    assert api.decode(message) == expected(row)
    library.limpet_schema_free(schema)
