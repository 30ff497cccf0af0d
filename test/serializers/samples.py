"""One schema in each data format: how it is first spelled, respelled, evolved and broken."""

import base64
import dataclasses
import functools
import json
import pathlib
import subprocess
import tempfile


@dataclasses.dataclass(frozen=True)
class Definition:
    """A schema and a record that it allows, as a producer holds them."""

    text: str
    record: str


@dataclasses.dataclass(frozen=True)
class Sample:
    """`first`, in other words `respelled`; `second` may follow it under BACKWARD, `bad` may not
    follow either, for a reason that names `culprit`."""

    first: Definition
    respelled: str
    second: Definition
    bad: Definition
    culprit: str


def avro(*more, **values):
    fields = [{"name": "id", "type": "long"},
              {"name": "paid", "type": {"type": "enum", "name": "Paid", "symbols": ["NO", "YES"]}},
              {"name": "tags", "type": {"type": "map", "values": "string"}},
              {"name": "weights", "type": {"type": "array", "items": "double"}}, *more]
    record = {"id": 1 << 40, "paid": "YES", "tags": {"färbe": "blåu"}, "weights": [0.5, -2.25],
              **values}
    return Definition(json.dumps({"type": "record", "name": "Order", "namespace": "shop",
                                  "fields": fields}, separators=(",", ":")), json.dumps(record))


AVRO = Sample(
    first=avro(),
    respelled="""{
  "name": "Order",
  "namespace": "shop",
  "type": "record",
  "fields": [
    {"type": {"type": "long"}, "name": "id"},
    {"type": {"name": "shop.Paid", "type": "enum", "symbols": ["NO", "YES"]}, "name": "paid"},
    {"type": {"values": "string", "type": "map"}, "name": "tags"},
    {"type": {"items": "double", "type": "array"}, "name": "weights"}
  ]
}
""",
    second=avro({"name": "note", "type": "string", "default": ""}, note="two"),
    bad=avro({"name": "customer", "type": "string"}, customer="nobody"),
    culprit="customer")


def json_schema(record, **properties):
    return Definition(json.dumps({
        "$schema": "http://json-schema.org/draft-07/schema#", "title": "Order", "type": "object",
        "properties": {"id": {"type": "integer", "minimum": 1},
                       "lines": {"type": "array", "items": {"$ref": "#/definitions/line"}},
                       **properties},
        "required": ["id"],
        "definitions": {"line": {"type": "object", "properties": {"what": {"type": "string"}}}},
    }), json.dumps(record))


JSON = Sample(
    first=json_schema({"id": 7, "lines": [{"what": "blåu"}], "price": 3},
                      price={"type": "integer"}),
    respelled="""{
  "type": "object",
  "title": "Order",
  "required": ["id"],
  "$schema": "http://json-schema.org/draft-07/schema#",
  "definitions": {
    "line": {"properties": {"what": {"type": "string"}}, "type": "object"}
  },
  "properties": {
    "price": {"type": "integer"},
    "lines": {"items": {"$ref": "#/definitions/line"}, "type": "array"},
    "id": {"minimum": 1, "type": "integer"}
  }
}
""",
    second=json_schema({"id": 7, "price": 2.5}, price={"type": "number"}),
    bad=json_schema({"id": 7, "price": "cheap"}, price={"type": "string"}),
    culprit="price")


def protobuf(price, more="", record=""):
    return Definition(f"""// What a customer ordered.
syntax = "proto3";

package shop;

import "google/protobuf/timestamp.proto";

option java_package = "example.shop";
option java_multiple_files = true;

/* An order
   and its lines. */
message Order {{
  int64 id = 1;  // from the till
  google.protobuf.Timestamp at = 2;
  repeated Line lines = 3;
  map<string, int32> stock = 4;
  oneof payment {{
    string card = 5;
    bool cash = 6;
  }}
  {price} price = 7;
  Paid paid = 8;
  {more}
  reserved 100 to 110;
  reserved "old";

  message Line {{
    string what = 1;
    optional uint32 count = 2;
  }}
}}

enum Paid {{
  PAID_UNKNOWN = 0;
  PAID_YES = 1;
}}

message Customer {{ string name = 1; }}
""", f"""id: 1099511627776
at {{
  seconds: 1
}}
lines {{
  what: "bl\\303\\245u"
  count: 0
}}
stock {{
  key: "a"
  value: -1
}}
cash: true
{record}paid: PAID_YES
""")


PROTOBUF = Sample(
    first=protobuf("int32", record="price: 3\n"),
    respelled="""syntax='proto3';
package shop;
import "google/protobuf/timestamp.proto";
option java_multiple_files=true; option java_package="example.shop";
message Order { int64 id = 0x1; .google.protobuf.Timestamp at = 2;
  repeated .shop.Order.Line lines = 3;
  map < string, int32 > stock = 4;
  oneof payment { string card = 5; bool cash = 6; };
  int32 price = 07; Paid paid = 8;
  reserved 100 to 110; reserved 'old';
  message Line { string what = 1; optional uint32 count = 2; }
}
enum Paid { PAID_UNKNOWN = 0; PAID_YES = 1; }
message Customer { string name = 1; }
""",
    second=protobuf("int32", "string note = 9;", record="price: 3\n"),
    bad=protobuf("string", record='price: "cheap"\n'),
    culprit="price")

# format: the name of a reference, what it names, a definition with it, and a record.
REFERENCING = {
    "AVRO": ("geo.Address",
             '{"type":"record","name":"geo.Address","fields":[{"name":"city","type":"string"}]}',
             '{"type":"record","name":"shop.Order","fields":[{"name":"to","type":"geo.Address"},'
             '{"name":"bill","type":"geo.Address"}]}',
             '{"to":{"city":"Åbo"},"bill":{"city":"Riga"}}'),
    "JSON": ("address.json", '{"type":"object","properties":{"city":{"type":"string"}}}',
             '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":'
             '{"to":{"$ref":"address.json"},"city":{"$ref":"address.json#/properties/city"}}}',
             '{"to":{"city":"Åbo"},"city":"Riga"}'),
    "PROTOBUF": ("geo/address.proto",
                 'syntax = "proto3"; package geo; message Address { string city = 1; }',
                 'syntax = "proto3"; package shop; import "geo/address.proto"; '
                 'message Order { geo.Address to = 1; repeated geo.Address others = 2; }',
                 'to {\n  city: "Riga"\n}\nothers {\n  city: "Tartu"\n}\n'),
}

PROTO2 = Definition("""syntax = "proto2";
package shop;
message Order {
  required int64 id = 1;
  optional string note = 2 [default = "none, blåu"];
  optional Paid paid = 3 [default = YES, deprecated = true];
  repeated int32 packed = 4 [packed = true];
  optional double weight = 5 [default = 1.5e30];
  optional float most = 6 [default = -inf];
  optional Outer.Middle.Inner inner = 7;
  map<int64, Outer> outers = 8;
  reserved 20, 30 to 40, 1000 to max;
  enum Paid { option allow_alias = true; NO = 0; YES = 1; JA = 1; BELOW = -1; }
}
message Outer {
  message Middle { message Inner { optional sint32 n = 1; } }
}
service Shop {
  rpc Buy(Order) returns (stream Outer);
}
""", """id: 1
paid: BELOW
packed: 1
packed: -2
inner {
  n: -7
}
outers {
  key: 3
  value {
  }
}
""")


def bytes_defaults(word="abc", other=r"""a b\"c\'\\d\n\000\377]"""):
    """Java sends both defaults without quotes."""
    return Definition(f"""syntax = "proto2";
package shop;
message Order {{
  required bytes id = 1;
  optional bytes word = 2 [default = "{word}"];
  optional bytes listed = 3 [default = "{other}", deprecated = true];
  oneof o {{ bytes inside = 4 [default = "{other}"]; }}
}}
""", """id: "\\377\\000"
""")


SAMPLES = {"AVRO": AVRO, "JSON": JSON, "PROTOBUF": PROTOBUF}


@functools.cache
def descriptors(text):
    """The FileDescriptorSet that protoc makes of a .proto file, in base64."""
    with tempfile.TemporaryDirectory() as folder:
        source, result = pathlib.Path(folder, "order.proto"), pathlib.Path(folder, "set")
        source.write_text(text, encoding="utf-8")
        subprocess.run(["protoc", f"-I{folder}", "--include_imports",
                        f"--descriptor_set_out={result}", source], check=True)
        return base64.b64encode(result.read_bytes()).decode()
