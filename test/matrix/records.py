"""One schema and two records in each data format. What a record means is its JSON; a Protobuf message is
spelled by the Java peer in text format, and given to limpet in Protobuf's own JSON."""

import json

AVRO = {
    "schema": json.dumps({
        "type": "record", "name": "Order", "namespace": "shop", "fields": [
            {"name": "id", "type": "long"},
            {"name": "paid", "type": {"type": "enum", "name": "Paid", "symbols": ["NO", "YES"]}},
            {"name": "tags", "type": {"type": "map", "values": "string"}},
            {"name": "weights", "type": {"type": "array", "items": "double"}},
            {"name": "count", "type": "int"}]}),
    "records": [
        {"id": 1 << 40, "paid": "YES", "tags": {"färbe": "blåu"}, "weights": [0.5, -2.25],
         "count": -1},
        {"id": -7, "paid": "NO", "tags": {}, "weights": [], "count": 2147483647}],
}
JSON = {
    "schema": json.dumps({
        "$schema": "http://json-schema.org/draft-07/schema#", "title": "Order", "type": "object",
        "properties": {"id": {"type": "integer", "minimum": 1}, "price": {"type": "number"},
                       "lines": {"type": "array", "items": {"$ref": "#/definitions/line"}}},
        "required": ["id"],
        "definitions": {"line": {"type": "object", "properties": {"what": {"type": "string"}}}}}),
    "records": [{"id": 7, "lines": [{"what": "blåu €"}], "price": 2.5}, {"id": 1 << 50}],
}
PROTOBUF = {
    "schema": """syntax = "proto3";

package shop;

message Order {
  int64 id = 1;
  repeated Line lines = 2;
  map<string, int32> stock = 3;
  bool paid = 4;

  message Line {
    string what = 1;
    double weight = 2;
  }
}

message Customer {
  string name = 1;
}
""",
    "message": "Order",
    "full_name": "shop.Order",
    "records": [
        {"id": "1099511627776", "lines": [{"what": "blåu", "weight": 0.5}], "stock": {"a": -1},
         "paid": True},
        {"id": "-7"}],
    # Read by limpet as plain JSON: numbers are numbers, and fields without presence are there.
    "plain": [
        {"id": 1 << 40, "lines": [{"what": "blåu", "weight": 0.5}], "stock": {"a": -1},
         "paid": True},
        {"id": -7, "lines": [], "stock": {}, "paid": False}],
    "text": [
        'id: 1099511627776\nlines {\n  what: "bl\\303\\245u"\n  weight: 0.5\n}\n'
        'stock {\n  key: "a"\n  value: -1\n}\npaid: true\n',
        "id: -7\n"],
}
SAMPLES = {"AVRO": AVRO, "JSON": JSON, "PROTOBUF": PROTOBUF}
