"""Glue clients, what they are refused with, and the texts of the service."""

import contextlib
import itertools
import json
import re
import string

import boto3
import botocore.config
import botocore.exceptions
import pytest

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

INVALID = "InvalidInputException"
NOT_FOUND = "EntityNotFoundException"
EXISTS = "AlreadyExistsException"
LIMIT = "ResourceNumberLimitExceededException"

RID = "One of registryName or registryArn has to be provided, both cannot be provided."
SID2 = ("One of (registryName and schemaName) or schemaArn has to be provided, "
        "both cannot be provided.")
SID0 = "At least one of (registryName and schemaName) or schemaArn has to be provided."
VER2 = "Only one of VersionNumber or LatestVersion is required."
VER0 = "One of version number (or) latest version is required."
VID_AND_MORE = "No other input parameters can be specified when fetching by SchemaVersionId."
FORMAT = "Data format is not valid."
COMPATIBILITY = "Compatibility is not valid."
TAG_COUNT = "New Tags cannot be empty or more than 50"
AVRO_INVALID = "Schema definition of AVRO data format is invalid: "
METADATA_LIMIT = "Your resource limits for Schema Version Metadata have been exceeded."


def too_long(parameter):
    return ("The resource name contains too many or too few characters. "
            f"Parameter Name: {parameter}")


def bad_characters(parameter):
    return ("The parameter value contains one or more characters that are not valid. "
            f"Parameter Name: {parameter}")


def no_registry(name):
    return f"Registry is not found. RegistryName: {name}"


def no_schema(registry, schema, arn=None):
    return (f"Schema is not found. RegistryName: {registry}, SchemaName: {schema}, "
            f"SchemaArn: {arn or 'null'}")


def no_version_id(version_id):
    return f"Schema version is not found. SchemaVersionId: {version_id}"


def no_version(registry, schema, number=None, latest=False, arn=None):
    return (f"Schema version is not found. RegistryName: {registry}, SchemaName: {schema}, "
            f"SchemaArn: {arn or 'null'}, VersionNumber: {number or 'null'}, "
            f"isLatestVersion: {'true' if latest else 'false'}")


def violation(*violations):
    count = len(violations)
    return (f"{count} validation error{'s' if count > 1 else ''} detected: "
            + "; ".join(f"Value {value} at '{path}' failed to satisfy constraint: {constraint}"
                        for path, value, constraint in violations))


def _region_names():
    for length in itertools.count(2):
        for letters in itertools.product(string.ascii_lowercase, repeat=length):
            yield f"us-{''.join(letters)}-1"


_regions = _region_names()


def fresh_region():
    """A region that no other test of this run uses."""
    return next(_regions)


_session = boto3.Session(aws_access_key_id="unused", aws_secret_access_key="unused")


def client(server, region=None, **overrides):
    """A Glue client that checks nothing itself and never retries."""
    arguments = {"endpoint_url": server.endpoint, "region_name": region or fresh_region(),
                 "aws_access_key_id": server.access_key,
                 "aws_secret_access_key": server.secret_key}
    return _session.client("glue", **{**arguments, **overrides}, config=botocore.config.Config(
        parameter_validation=False, retries={"total_max_attempts": 1},
        max_pool_connections=64, read_timeout=120))


@contextlib.contextmanager
def refused(type_, message=None, *, prefix=None, status=400):
    """The block's call must fail with exactly this."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        yield
    error = caught.value.response["Error"]
    assert error["Code"] == type_, error
    if message is not None:
        assert error["Message"] == message
    if prefix is not None:
        assert error["Message"].startswith(prefix), error["Message"]
        assert len(error["Message"]) > len(prefix), "a reason is missing"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def plain(answer):
    """An answer without what boto3 adds to it."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def arn(glue, resource, account="123456789012"):
    return f"arn:aws:glue:{glue.meta.region_name}:{account}:{resource}"


def record(*fields, name="Order", **more):
    """An Avro record as text: record(("id", "int"), ("note", "string", ""))."""
    members = [{"name": f[0], "type": f[1], **({"default": f[2]} if len(f) > 2 else {})}
               for f in fields]
    return json.dumps({"type": "record", "name": name, **more, "fields": members})


INT, LONG, BOOLEAN, STRING = '"int"', '"long"', '"boolean"', '"string"'


def make_schema(glue, definition=INT, *, schema="s", registry=None, compatibility="BACKWARD",
                **more):
    """Create a schema; the answer. Without `registry` in the default one."""
    where = {"RegistryId": {"RegistryName": registry}} if registry else {}
    return glue.create_schema(SchemaName=schema, DataFormat="AVRO", Compatibility=compatibility,
                              SchemaDefinition=definition, **where, **more)


def schema_id(schema="s", registry="default-registry"):
    return {"RegistryName": registry, "SchemaName": schema}


def register(glue, definition, where=None):
    return plain(glue.register_schema_version(SchemaId=where or schema_id(),
                                              SchemaDefinition=definition))


def numbered(number):
    return {"VersionNumber": number}


LATEST = {"LatestVersion": True}
