// Settings: where operators may choose how the registry behaves.
#pragma once

#include "limpet/compat/check.h"
#include "limpet/compat/format.h"

#include <cstdint>
#include <optional>

namespace limpet::registry {

/// How many of each an account may have in a region; nullopt: as many as fit.
struct Quotas {
  std::optional<std::int64_t> registries;
  std::optional<std::int64_t> schemas;
  std::optional<std::int64_t> schema_versions;
  std::optional<std::int64_t> metadata_per_version;

  /// The defaults that the AWS Glue developer guide documents.
  static Quotas aws() {
    return {.registries = 10, .schemas = 1000, .schema_versions = 1000, .metadata_per_version = 10};
  }
  static Quotas unlimited() { return {}; }
};

/// Which version the modes that compare with one version take.
enum class SingleBaseline : std::uint8_t { Latest, Checkpoint };
/// Which versions the *_ALL modes take.
enum class ManyBaseline : std::uint8_t { FromCheckpoint, Everything };

struct Settings {
  Quotas quotas = Quotas::unlimited();
  /// UpdateSchema may come without a version number; the checkpoint then stays.
  bool lenient_update_schema = false;
  /// Under a *_ALL mode, AVAILABLE versions from the checkpoint on cannot be deleted.
  bool strict_delete_all_modes = false;
  SingleBaseline baseline_for_single_modes = SingleBaseline::Latest;
  ManyBaseline all_modes_scope = ManyBaseline::FromCheckpoint;
  /// The mode of a schema that is created without one; nullopt: it must name one.
  std::optional<compat::Mode> default_compatibility;
  /// QuerySchemaVersionMetadata shows why a version failed, under `limpet.reason`.
  bool reason_metadata = true;
  /// The rules' own choices (enum symbols, record names) and their bounds on work.
  compat::CheckOptions check;
};

}  // namespace limpet::registry
