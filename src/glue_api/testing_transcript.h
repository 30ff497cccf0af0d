// Transcripts: lists of calls with what they must answer, as data. The format is that of
// test/conformance/registry/README.md: worlds, placeholders, exact or partial answers. One form is
// added:
// ${255*a} stands for 255 letters a.
#pragma once

#include "testing_service.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::glue_api {

/// The calls of one world, in order.
struct World {
  std::string name;
  std::vector<json::Value> calls;
  bool aws_quotas = false;
};

/// Fails the test when the file cannot be read.
std::vector<World> load_worlds(const std::string& path);

/// Replays calls against a service and reports every difference as a failure of the test.
class Replay {
 public:
  Replay(TestService& service, std::string_view region);
  void run(const World& world);

 private:
  using Bindings = std::map<std::string, std::string>;

  void run_call(const json::Value& call);
  std::string fill(std::string_view text) const;
  json::Value fill(const json::Value& value) const;
  void expect_same(const json::Value& expected, const json::Value& actual, const std::string& path,
                   bool exactly);
  void expect_text(const std::string& expected, const json::Value& actual, const std::string& path);

  TestService& service_;
  std::string region_;
  Bindings bindings_;
};

}  // namespace limpet::glue_api
