// TagResource, UntagResource, GetTags, on registries and schemas.
#include "addressing.h"
#include "members.h"
#include "served.h"

#include "limpet/glue_model/schema_registry.h"
#include "limpet/registry/messages.h"
#include "limpet/registry/tags.h"

namespace limpet::glue_api {
namespace {

using namespace glue_model;  // the API's structs

Result<Step<TagResourceResponse>> tag_resource(Call& call, const TagResourceRequest& input) {
  LIMPET_TRY(auto resource, resource_address(call, input.resource_arn));
  LIMPET_TRY(auto tags, parse_tags(input.tags_to_add));
  return [resource, tags](Writing& writing) -> Result<TagResourceResponse> {
    LIMPET_CHECK(registry::tag_resource(writing.txn, writing.context, resource, tags));
    return TagResourceResponse{};
  };
}

Result<Step<UntagResourceResponse>> untag_resource(Call& call, const UntagResourceRequest& input) {
  LIMPET_TRY(auto resource, resource_address(call, input.resource_arn));
  if (!fits_count(shapes::kTagKeysList, input.tags_to_remove->size())) {
    return registry::wrong_number_of_tags();
  }
  return
      [resource, keys = *input.tags_to_remove](Writing& writing) -> Result<UntagResourceResponse> {
        LIMPET_CHECK(registry::untag_resource(writing.txn, writing.context, resource, keys));
        return UntagResourceResponse{};
      };
}

Result<Step<GetTagsResponse>> get_tags(Call& call, const GetTagsRequest& input) {
  LIMPET_TRY(const auto resource, resource_address(call, input.resource_arn));
  LIMPET_TRY(const auto tags, registry::get_tags(call.snapshot, call.context, resource));
  return GetTagsResponse{.tags = tag_map(tags)};
}

}  // namespace

std::vector<Served> tag_operations() {
  return {serve<op::TagResource>(tag_resource, tagged_resource),
          serve<op::UntagResource>(untag_resource, tagged_resource),
          serve<op::GetTags>(get_tags, tagged_resource)};
}

}  // namespace limpet::glue_api
