// Replays transcripts against a whole service: the golden ones of the Schema Registry, and every
// error row of every operation (testdata/).
#include "testing_transcript.h"

#include <gtest/gtest.h>

#include <ostream>

namespace limpet::glue_api {
namespace {

struct Row {
  std::string file;
  World world;

  friend void PrintTo(const Row& row, std::ostream* out) {
    *out << row.file << ", world " << row.world.name;
  }
};

std::vector<Row> all_rows() {
  const std::string own = LIMPET_TESTDATA;
  const std::string golden = own + "/../../../test/conformance/registry/transcripts.json";
  std::vector<Row> rows;
  for (const std::string& path :
       {golden, own + "/registries.json", own + "/schemas.json", own + "/versions.json",
        own + "/metadata.json", own + "/tags.json", own + "/framework.json"}) {
    for (World& world : load_worlds(path)) {
      const auto begin = path.rfind('/') + 1;
      rows.push_back({path.substr(begin, path.rfind('.') - begin), std::move(world)});
    }
  }
  return rows;
}

class Transcripts : public testing::TestWithParam<Row> {};

TEST_P(Transcripts, Replay) {
  Settings settings = open_settings();
  if (GetParam().world.aws_quotas) settings.registry.quotas = registry::Quotas::aws();
  TestService service(std::move(settings));
  Replay(service, kRegion).run(GetParam().world);
  EXPECT_EQ(service.events.calls.size(), GetParam().world.calls.size());
}

/// The same calls in another region: only ARNs change.
TEST_P(Transcripts, ReplayElsewhere) {
  Settings settings = open_settings();
  if (GetParam().world.aws_quotas) settings.registry.quotas = registry::Quotas::aws();
  TestService service(std::move(settings));
  Replay(service, "eu-central-1").run(GetParam().world);
}

std::string row_name(const testing::TestParamInfo<Row>& row) {
  return row.param.file + "_" + row.param.world.name;
}

INSTANTIATE_TEST_SUITE_P(Worlds, Transcripts, testing::ValuesIn(all_rows()), row_name);

}  // namespace
}  // namespace limpet::glue_api
