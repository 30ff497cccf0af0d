// One fuzz input as what comes from outside: a file, a process, a server. See client_fuzz.cc.
#pragma once

#include "chain.h"
#include "profiles.h"
#include "snapshot.h"
#include "sources.h"

#include "limpet/base/assert.h"
#include "limpet/client/schema_registry.h"
#include "limpet/crypto/sha256.h"

#include <string>
#include <string_view>

namespace limpet::client {

/// The first byte chooses the reader, the rest is what it reads. Checks that nothing that is
/// accepted is half a pair, that a snapshot survives being written again, that an id is answered
/// with its own schema only.
inline void fuzz_client(std::string_view input) {
  if (input.empty()) return;
  const char kind = input.front();
  input.remove_prefix(1);
  const auto whole = [](const Fetched& fetched) {
    if (!fetched || !*fetched) return;
    LIMPET_ASSERT(!(*fetched)->keys.access_key_id.empty());
    LIMPET_ASSERT(!(*fetched)->keys.secret_access_key.empty());
  };
  const auto answer = [input](const http::Url&, const http::Outgoing&) -> Result<http::Answer> {
    return http::Answer{.status = 200, .body = std::string(input)};
  };
  const World world{
      .environment = [](const std::string&) { return std::optional<std::string>(); },
      .send = answer,
      .run = [input](const std::string&) -> Result<std::string> { return std::string(input); },
      .clock = &machine_clock()};
  switch (kind) {
    case 's': {
      const std::string sum = R"({"sha256":")" + crypto::sha256_hex(input) + "\"}\n";
      const auto read = decode_snapshot(std::string(input) + sum, {.entries_max = 100});
      if (!read) break;
      const auto again = decode_snapshot(encode_snapshot(*read), {});
      LIMPET_ASSERT(again && again->size() == read->size());
      for (std::size_t i = 0; i < read->size(); ++i) LIMPET_ASSERT(*(*again)[i] == *(*read)[i]);
      break;
    }
    case 'x':
      whole(assume_role(world, {.endpoint = "http://127.0.0.1", .region = "us-east-1"},
                        {.arn = "a"}, {"AK", "s", ""}));
      break;
    case 'c':
      whole(from_process(world, "x"));
      (void)split_command(input);
      (void)parse_expiration(input);
      break;
    case 'i':
      whole(from_instance(world));
      break;
    case 'p': {
      const auto profiles = Profiles::read({.config = std::string(input), .credentials = {}});
      if (!profiles) break;
      const auto chain = make_chain({.profile = "a", .send = answer, .run = world.run},
                                    world.environment, *profiles, machine_clock());
      if (const auto keys = chain ? chain->provider->get() : Result<LimitedCredentials>(); keys) {
        LIMPET_ASSERT(!keys->keys.access_key_id.empty());
      }
      break;
    }
    default: {
      static const Uuid id = *Uuid::parse("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63");
      const auto registry = SchemaRegistry::open(
          {.settings = {.endpoint = "http://h", .region = "us-east-1", .credentials = {}},
           .retry = {.attempts = 1},
           .send = answer});
      const auto schema = (*registry)->by_version(id);
      if (schema) LIMPET_ASSERT((*schema)->version_id == id && !(*schema)->definition.empty());
    }
  }
}

}  // namespace limpet::client
