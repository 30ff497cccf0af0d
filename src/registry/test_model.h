// A plain-map model of the registry: what it should hold, without stores, indexes, caches or the
// Avro engine. For this room's tests.
#pragma once

#include "limpet/registry/entities.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::registry {

/// A record of the fields a, b, c: each absent, plain or with a default.
struct Shape {
  enum Field : std::uint8_t { Absent, Plain, Default };
  std::array<Field, 3> fields{};

  std::string text(bool spaced) const {
    std::string text = spaced ? "{ \"name\" : \"R\",\n \"type\" : \"record\", \"fields\" : ["
                              : R"({"type":"record","name":"R","fields":[)";
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields.at(i) == Absent) continue;
      if (text.back() == '}') text += ',';
      text += std::string(R"({"name":")") + static_cast<char>('a' + i) + R"(","type":"int")" +
              (fields.at(i) == Default ? R"(,"default":0})" : "}");
    }
    return text + "]}";
  }

  /// A record around this one. The other schema's text, unless it is to be named only.
  static std::string wrapped(std::string_view inner = R"("R")") {
    return R"({"type":"record","name":"W","fields":[{"name":"r","type":)" + std::string(inner) +
           "}]}";
  }

  /// Every field that `reader` cannot do without is in what `writer` writes.
  static bool reads(const Shape& reader, const Shape& writer) {
    for (std::size_t i = 0; i < reader.fields.size(); ++i) {
      if (reader.fields.at(i) == Plain && writer.fields.at(i) == Absent) return false;
    }
    return true;
  }
  friend auto operator<=>(const Shape&, const Shape&) = default;
};

using SchemaName2 = std::pair<std::string, std::string>;

/// A version of a schema.
struct ModelTarget {
  SchemaName2 schema;
  std::int64_t number = 0;
};

struct ModelVersion {
  VersionStatus status = VersionStatus::Available;
  Shape shape;
  std::string text;
  std::string circumstances;  // of a FAILURE's verdict
  std::map<std::string, std::vector<std::string>> metadata = {};
  std::optional<ModelTarget> reference = {};
};

struct ModelSchema {
  Mode mode = Mode::Backward;
  std::int64_t checkpoint = 1;
  std::int64_t next = 1;
  std::int64_t changes = 0;  // of the set of AVAILABLE versions
  std::map<std::int64_t, ModelVersion> versions = {};
  Tags::Map tags = {};

  std::int64_t latest() const {
    std::int64_t latest = 0;
    for (const auto& [number, version] : versions) {
      if (version.status == VersionStatus::Available) latest = number;
    }
    return latest;
  }
  bool many() const {
    return mode == Mode::BackwardAll || mode == Mode::ForwardAll || mode == Mode::FullAll;
  }
  std::string circumstances() const {
    return std::string(compat::to_string(mode)) + "/" + std::to_string(checkpoint) + "/" +
           std::to_string(many() ? changes : latest());
  }
  bool accepts(const Shape& shape) const {
    const bool backward = mode == Mode::Backward || mode == Mode::BackwardAll ||
                          mode == Mode::Full || mode == Mode::FullAll;
    const bool forward = mode == Mode::Forward || mode == Mode::ForwardAll || mode == Mode::Full ||
                         mode == Mode::FullAll;
    for (const auto& [number, version] : versions) {
      if (version.status != VersionStatus::Available) continue;
      if (many() ? number < checkpoint : number != latest()) continue;
      if (backward && !Shape::reads(shape, version.shape)) return false;
      if (forward && !Shape::reads(version.shape, shape)) return false;
    }
    return true;
  }
  void append(const Shape& shape, const std::string& text, bool accepted) {
    const std::string now = circumstances();
    versions[next++] = {.status = accepted ? VersionStatus::Available : VersionStatus::Failure,
                        .shape = shape,
                        .text = text,
                        .circumstances = accepted ? "" : now};
    if (accepted) ++changes;
  }
};

struct Model {
  std::map<std::string, std::string> registries;  // description by name
  std::map<SchemaName2, ModelSchema> schemas;

  /// Does an AVAILABLE version reference one that `goes`, and not go itself?
  template <class Goes>
  bool holds(const Goes& goes) const {
    for (const auto& [name, schema] : schemas) {
      for (const auto& [number, version] : schema.versions) {
        if (!version.reference || version.status != VersionStatus::Available) continue;
        const auto& target = *version.reference;
        if (goes(target.schema, target.number) && !goes(name, number)) return true;
      }
    }
    return false;
  }

  std::string told() const {
    std::string text;
    for (const auto& [name, about] : registries) text += "registry " + name + " " + about + "\n";
    for (const auto& [name, schema] : schemas) {
      text += "schema " + name.first + "/" + name.second + " " +
              std::string(compat::to_string(schema.mode)) + " " +
              std::to_string(schema.checkpoint) + " " + std::to_string(schema.latest()) + " " +
              std::to_string(schema.next) + " " + std::to_string(schema.tags.size()) + "\n";
      for (auto at = schema.versions.rbegin(); at != schema.versions.rend(); ++at) {
        const auto& version = at->second;
        text += "version " + std::to_string(at->first) + " " +
                std::string(to_string(version.status)) + " " + version.text;
        for (const auto& [key, values] : version.metadata) {
          for (const auto& value : values) text += " " + key + "=" + value;
        }
        if (version.reference) {
          const auto& [schema_name, target] = *version.reference;
          text +=
              " -> " + schema_name.first + "/" + schema_name.second + " " + std::to_string(target);
        }
        text += "\n";
      }
    }
    return text;
  }
};

}  // namespace limpet::registry
