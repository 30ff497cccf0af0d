// Limpet.CreateAccessKey, Limpet.ListAccessKeys, Limpet.RevokeAccessKey: the access keys of the
// caller's account. Keys of configuration and environment are not listed: they are not ours.
#include "members.h"
#include "paging.h"
#include "served.h"

#include "limpet/glue_model/limpet.h"
#include "limpet/iam/access_keys.h"

namespace limpet::glue_api {
namespace {

using namespace glue_model;  // the API's structs

AccessKeyChanged changed(KeyChange change, const iam::AccessKey& key, const Context& context) {
  return {.change = change,
          .access_key_id = key.id,
          .account = key.account,
          .principal = context.principal,
          .request_id = context.request_id};
}

Result<Step<CreateAccessKeyResponse>> create_access_key(Call&, const CreateAccessKeyInput& input) {
  LIMPET_TRY(auto description, optional_description(input.description));
  return [description](Writing& writing) -> Result<CreateAccessKeyResponse> {
    LIMPET_TRY(auto key, iam::create_access_key(writing.txn, writing.context,
                                                description ? description->str() : ""));
    writing.facts.push_back(changed(KeyChange::Created, key, writing.context));
    return CreateAccessKeyResponse{.access_key_id = std::move(key.id),
                                   .secret_access_key = std::move(key.secret),
                                   .created_time = to_iso8601(key.created)};
  };
}

Result<Step<ListAccessKeysResponse>> list_access_keys(Call& call,
                                                      const ListAccessKeysInput& input) {
  const Paging paging(call, {.operation = "ListAccessKeys", .scope = call.context.scope});
  LIMPET_TRY(const auto request, paging.request(input));
  LIMPET_TRY(const auto page, iam::list_access_keys(call.snapshot, call.context,
                                                    request.after.value_or(""), request.limit));
  ListAccessKeysResponse response{.access_keys = std::vector<AccessKey>(),
                                  .next_token = paging.next_token(unless_empty(page.next))};
  for (const auto& key : page.keys) {
    response.access_keys->push_back({.access_key_id = key.id,
                                     .description = unless_empty(key.description),
                                     .status = std::string(to_string(key.status)),
                                     .created_time = to_iso8601(key.created)});
  }
  return response;
}

Result<Step<RevokeAccessKeyResponse>> revoke_access_key(Call&, const RevokeAccessKeyInput& input) {
  return [id = *input.access_key_id](Writing& writing) -> Result<RevokeAccessKeyResponse> {
    LIMPET_TRY(auto key, iam::revoke_access_key(writing.txn, writing.context, id));
    writing.facts.push_back(changed(KeyChange::Revoked, key, writing.context));
    return RevokeAccessKeyResponse{.access_key_id = std::move(key.id),
                                   .status = std::string(to_string(key.status))};
  };
}

}  // namespace

std::vector<Served> access_key_operations() {
  return {serve<op::CreateAccessKey>(create_access_key, no_resource),
          serve<op::ListAccessKeys>(list_access_keys, no_resource),
          serve<op::RevokeAccessKey>(revoke_access_key, no_resource)};
}

}  // namespace limpet::glue_api
