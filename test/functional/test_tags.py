"""TagResource, UntagResource, GetTags."""

import pytest

from glue_calls import (INVALID, NOT_FOUND, TAG_COUNT, arn, bad_characters, make_schema, no_schema,
                        plain, refused)


@pytest.fixture(params=["registry/r", "schema/r/s"])
def resource(glue, request):
    """The ARN of a registry or a schema with the tag a=1."""
    tags = {"a": "1"}
    registry = request.param.startswith("registry")
    glue.create_registry(RegistryName="r", Tags=tags if registry else {})
    make_schema(glue, registry="r", Tags={} if registry else tags)
    return arn(glue, request.param)


def tags(glue, resource):
    answer = plain(glue.get_tags(ResourceArn=resource))
    assert answer.keys() == {"Tags"}
    return answer["Tags"]


def test_tag_and_untag(glue, resource):
    assert tags(glue, resource) == {"a": "1"}
    assert plain(glue.tag_resource(ResourceArn=resource,
                                   TagsToAdd={"a": "2", "b": "", "Ключ": "☃"})) == {}
    assert tags(glue, resource) == {"a": "2", "b": "", "Ключ": "☃"}
    assert plain(glue.untag_resource(ResourceArn=resource, TagsToRemove=["b", "nope"])) == {}
    assert tags(glue, resource) == {"a": "2", "Ключ": "☃"}
    glue.untag_resource(ResourceArn=resource, TagsToRemove=[])
    glue.untag_resource(ResourceArn=resource, TagsToRemove=["a", "Ключ"])
    assert tags(glue, resource) == {}


def test_fifty_tags_are_the_limit(glue, resource):
    glue.tag_resource(ResourceArn=resource, TagsToAdd={f"k{i}": "" for i in range(49)})
    assert len(tags(glue, resource)) == 50
    glue.tag_resource(ResourceArn=resource, TagsToAdd={"a": "3"})
    for given in ({"one more": ""}, {}, {f"n{i}": "" for i in range(51)}):
        with refused(INVALID, TAG_COUNT):
            glue.tag_resource(ResourceArn=resource, TagsToAdd=given)
    assert len(tags(glue, resource)) == 50


@pytest.mark.parametrize("given", [{"aws:x": "v"}, {"": "v"}, {"k" * 129: "v"}, {"k": "v" * 257},
                                   {"é" * 65: "v"}])
def test_bad_tags(glue, resource, given):
    with refused(INVALID):
        glue.tag_resource(ResourceArn=resource, TagsToAdd={"b": "2", **given})
    assert tags(glue, resource) == {"a": "1"}


def test_unknown_and_malformed_resources(glue):
    def calls(where):
        yield lambda: glue.get_tags(ResourceArn=where)
        yield lambda: glue.tag_resource(ResourceArn=where, TagsToAdd={"k": "v"})
        yield lambda: glue.untag_resource(ResourceArn=where, TagsToRemove=["k"])

    missing = arn(glue, "registry/nope")
    schema = arn(glue, "schema/r/nope")
    for where, type_, message in [
            (missing, NOT_FOUND, f"Registry is not found. RegistryArn: {missing}"),
            (schema, NOT_FOUND, no_schema("r", "nope", schema)),
            ("nope", INVALID, bad_characters("resourceArn")),
            ("arn:aws:s3:::bucket", INVALID, bad_characters("resourceArn"))]:
        for call in calls(where):
            with refused(type_, message):
                call()


def test_tags_are_not_shown_elsewhere(glue, resource):
    assert "Tags" not in glue.get_registry(RegistryId={"RegistryName": "r"})
    assert "Tags" not in glue.get_schema(SchemaId={"SchemaName": "s", "RegistryName": "r"})
