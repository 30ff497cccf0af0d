// The life of an access key: made, used, listed, revoked.
#include "testing_service.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace limpet::glue_api {
namespace {

constexpr std::string_view kList = "AWSGlue.ListRegistries";

class AccessKeyLife : public testing::Test {
 protected:
  Answer call(const aws::Credentials& key, std::string_view target, std::string_view body = "{}") {
    return service.call_signed(key, "us-east-1", target, body);
  }

  aws::Credentials create(std::string_view body = "{}") {
    const Answer made = call(kCallerKey, "Limpet.CreateAccessKey", body);
    EXPECT_EQ(made.status, 200) << made.body;
    EXPECT_EQ(made.text("CreatedTime"), "2021-11-07T16:42:28.617Z");
    return {made.text("AccessKeyId"), made.text("SecretAccessKey"), ""};
  }

  TestService service{signed_settings(kCallerKey)};
};

TEST_F(AccessKeyLife, ANewKeyWorksAtOnceInItsAccount) {
  const aws::Credentials key = create();
  const Answer answer = call(key, "AWSGlue.CreateRegistry", R"({"RegistryName":"r"})");
  EXPECT_EQ(answer.text("RegistryArn"), "arn:aws:glue:us-east-1:123456789012:registry/r");
  EXPECT_EQ(
      call(kCallerKey, "AWSGlue.GetRegistry", R"({"RegistryId":{"RegistryName":"r"}})").status,
      200);
}

TEST_F(AccessKeyLife, ARevokedKeyStopsAtOnce) {
  const aws::Credentials key = create();
  ASSERT_EQ(call(key, kList).status, 200) << "its signing key is cached from here on";
  const std::string body = R"({"AccessKeyId":")" + key.access_key_id + "\"}";
  const Answer revoked = call(kCallerKey, "Limpet.RevokeAccessKey", body);
  EXPECT_EQ(revoked.text("Status"), "REVOKED");
  EXPECT_EQ(call(key, kList).type(), "UnrecognizedClientException");
  EXPECT_EQ(call(kCallerKey, "Limpet.RevokeAccessKey", body).text("Status"), "REVOKED") << "again";
}

TEST_F(AccessKeyLife, AKeyMayRevokeItself) {
  const aws::Credentials key = create();
  EXPECT_EQ(
      call(key, "Limpet.RevokeAccessKey", R"({"AccessKeyId":")" + key.access_key_id + "\"}").status,
      200);
  EXPECT_EQ(call(key, kList).type(), "UnrecognizedClientException");
}

TEST_F(AccessKeyLife, KeysSurviveTheProcess) {
  const aws::Credentials key = create();
  TestService next(service.store, signed_settings(kCallerKey));
  EXPECT_EQ(next.call_signed(key, "us-east-1", kList, "{}").status, 200);
}

TEST_F(AccessKeyLife, ListsWithoutSecretsInPages) {
  std::vector<std::string> made;
  for (const char* body : {R"({"Description":"one"})", "{}", "{}"}) {
    made.push_back(create(body).access_key_id);
  }
  const Answer first = call(kCallerKey, "Limpet.ListAccessKeys", R"({"MaxResults":2})");
  EXPECT_EQ(first.body.find("Secret"), std::string::npos);
  ASSERT_EQ(first.document.find("AccessKeys")->items().size(), 2U);
  const Answer rest = call(kCallerKey, "Limpet.ListAccessKeys",
                           R"({"NextToken":")" + first.text("NextToken") + "\"}");
  ASSERT_EQ(rest.document.find("AccessKeys")->items().size(), 1U);
  EXPECT_EQ(rest.text("NextToken"), "");
  std::vector<std::string> seen;
  for (const Answer* page : {&first, &rest}) {
    for (const auto& key : page->document.find("AccessKeys")->items()) {
      seen.push_back(key.find("AccessKeyId")->text());
      EXPECT_EQ(key.find("Status")->text(), "ACTIVE");
      EXPECT_EQ(key.find("Description") != nullptr, seen.back() == made[0]);
    }
  }
  std::sort(made.begin(), made.end());
  EXPECT_EQ(seen, made);
}

TEST_F(AccessKeyLife, AnUnknownKeyCannotBeRevoked) {
  EXPECT_EQ(call(kCallerKey, "Limpet.RevokeAccessKey", R"({"AccessKeyId":"LIMPETNOSUCHKEYATALL"})")
                .message(),
            "Access key is not found. AccessKeyId: LIMPETNOSUCHKEYATALL");
  EXPECT_EQ(call(kCallerKey, "Limpet.RevokeAccessKey",
                 R"({"AccessKeyId":")" + kCallerKey.access_key_id + "\"}")
                .type(),
            "EntityNotFoundException")
      << "keys of the configuration are not in the store";
}

TEST_F(AccessKeyLife, IsToldWithoutTheSecret) {
  const aws::Credentials key = create();
  call(kCallerKey, "Limpet.RevokeAccessKey", R"({"AccessKeyId":")" + key.access_key_id + "\"}");
  ASSERT_EQ(service.events.key_changes.size(), 2U);
  EXPECT_EQ(service.events.key_changes[0].change, KeyChange::Created);
  EXPECT_EQ(service.events.key_changes[1].change, KeyChange::Revoked);
  for (const auto& event : service.events.key_changes) {
    EXPECT_EQ(event.access_key_id, key.access_key_id);
    EXPECT_EQ(event.account, kAccount);
  }
}

TEST(HasAccessKeys, CountsConfiguredAndStoredOnes) {
  TestService with(signed_settings(kCallerKey));
  EXPECT_TRUE(with.service.has_access_keys());
  TestService without{Settings{}};
  EXPECT_FALSE(without.service.has_access_keys());
}

}  // namespace
}  // namespace limpet::glue_api
