#include "exposure.h"

#include <gtest/gtest.h>

namespace limpet::app {
namespace {

using glue_api::AuthMode;

struct ExposureRow {
  const char* name;
  const char* address;
  AuthMode auth;
  bool has_keys;
  bool insecure;
  const char* refused;  // a part of the message; nullptr: allowed
};

class ExposureTest : public testing::TestWithParam<ExposureRow> {};

TEST_P(ExposureTest, Decides) {
  const auto& row = GetParam();
  const auto status = check_exposure({.address = boost::asio::ip::make_address(row.address),
                                      .auth = row.auth,
                                      .has_keys = row.has_keys,
                                      .insecure = row.insecure});
  if (!row.refused) {
    EXPECT_TRUE(status.has_value());
    return;
  }
  ASSERT_EQ(code_of(status), Code::InvalidInput);
  EXPECT_NE(status.error().message.find(row.refused), std::string::npos) << status.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Exposure, ExposureTest,
    testing::Values(
        ExposureRow{"LoopbackNoKeys", "127.0.0.1", AuthMode::SigV4, false, false, nullptr},
        ExposureRow{"LoopbackAuthOff", "::1", AuthMode::Off, false, false, nullptr},
        ExposureRow{"WideNoKeys", "0.0.0.0", AuthMode::SigV4, false, false, "no access key"},
        ExposureRow{"WideKeys", "0.0.0.0", AuthMode::SigV4, true, false, nullptr},
        ExposureRow{"WideNoKeysInsecure", "10.0.0.1", AuthMode::SigV4, false, true, nullptr},
        ExposureRow{"WideAuthOff", "::", AuthMode::Off, false, false, "--auth off"},
        ExposureRow{"WideAuthOffKeys", "10.0.0.1", AuthMode::Off, true, false, "--auth off"},
        ExposureRow{"WideAuthOffInsecure", "10.0.0.1", AuthMode::Off, false, true, nullptr}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace limpet::app
