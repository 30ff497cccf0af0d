#include "transfer.h"

#include "limpet/glue_model/schema_registry.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <algorithm>
#include <istream>

namespace limpet::app {
namespace {

namespace op = glue_model::op;

constexpr std::string_view kFormat = "limpet-registry-export";
constexpr std::size_t kLineBytes = 4UL << 20;
/// Limpet's own, made from the verdict; no caller can put it.
constexpr std::string_view kReasonKey = "limpet.reason";

void write_text(json::Writer& out, std::string_view name, const std::optional<std::string>& text) {
  if (text) out.key(name).value(*text);
}

void write_tags(json::Writer& out, const TextMap& tags) {
  out.key("tags").begin_object();
  for (const auto& [key, value] : tags) out.key(key).value(value);
  out.end_object();
}

std::string line_of(const ExportedRegistry& registry) {
  json::Writer out;
  out.begin_object().key("kind").value("registry").key("name").value(registry.name);
  write_text(out, "description", registry.description);
  write_tags(out, registry.tags);
  out.end_object();
  return std::move(out).take();
}

std::string line_of(const ExportedSchema& schema) {
  json::Writer out;
  out.begin_object().key("kind").value("schema").key("registry").value(schema.registry);
  out.key("name").value(schema.name).key("dataFormat").value(schema.data_format);
  out.key("compatibility").value(schema.compatibility);
  write_text(out, "description", schema.description);
  out.key("checkpoint").value(schema.checkpoint);
  write_tags(out, schema.tags);
  out.end_object();
  return std::move(out).take();
}

std::string line_of(const ExportedVersion& version) {
  json::Writer out;
  out.begin_object().key("kind").value("version").key("registry").value(version.registry);
  out.key("schema").value(version.schema).key("number").value(version.number);
  out.key("id").value(version.id).key("status").value(version.status);
  out.key("created").value(version.created).key("definition").value(version.definition);
  out.key("metadata").begin_array();
  for (const auto& [key, value] : version.metadata) {
    out.begin_object().key("key").value(key).key("value").value(value).end_object();
  }
  out.end_array().end_object();
  return std::move(out).take();
}

// ---- reading lines

Error broken(std::size_t line, std::string_view what) {
  return Error::invalid_input("this is no export that can be read: " + std::string(what),
                              "line " + std::to_string(line));
}

/// Members of one line; the first that is missing or of another kind is remembered.
class Members {
 public:
  explicit Members(const json::Value& document) : document_(document) {}

  std::string text(std::string_view name) {
    const json::Value* value = document_.find(name);
    if (value == nullptr || !value->is_string()) {
      fault(name);
      return {};
    }
    return value->text();
  }
  std::optional<std::string> optional_text(std::string_view name) {
    return document_.find(name) == nullptr ? std::nullopt : std::optional(text(name));
  }
  std::int64_t number(std::string_view name) {
    const json::Value* value = document_.find(name);
    const auto number = value == nullptr ? std::nullopt : value->as_int64();
    if (!number || *number < 0) {
      fault(name);
      return 0;
    }
    return *number;
  }
  TextMap tags() {
    TextMap tags;
    const json::Value* value = document_.find("tags");
    if (value == nullptr) return tags;
    if (!value->is_object()) fault("tags");
    for (const json::Member& member : value->members()) {
      if (!member.value.is_string()) {
        fault("tags");
        continue;
      }
      tags[member.name] = member.value.text();
    }
    return tags;
  }
  std::vector<std::pair<std::string, std::string>> metadata() {
    std::vector<std::pair<std::string, std::string>> pairs;
    const json::Value* value = document_.find("metadata");
    if (value == nullptr) return pairs;
    if (!value->is_array()) fault("metadata");
    for (const json::Value& item : value->items()) {
      Members pair(item);
      pairs.emplace_back(pair.text("key"), pair.text("value"));
      if (!pair.wrong().empty()) fault("metadata");
    }
    return pairs;
  }
  void fault(std::string_view name) {
    if (wrong_.empty()) wrong_ = name;
  }
  const std::string& wrong() const { return wrong_; }

 private:
  const json::Value& document_;
  std::string wrong_;
};

std::optional<Exported> item_of(const std::string& kind, Members& members) {
  if (kind == "registry") {
    return ExportedRegistry{.name = members.text("name"),
                            .description = members.optional_text("description"),
                            .tags = members.tags()};
  }
  if (kind == "schema") {
    return ExportedSchema{.registry = members.text("registry"),
                          .name = members.text("name"),
                          .data_format = members.text("dataFormat"),
                          .compatibility = members.text("compatibility"),
                          .description = members.optional_text("description"),
                          .checkpoint = members.number("checkpoint"),
                          .tags = members.tags()};
  }
  if (kind == "version") {
    ExportedVersion version{.registry = members.text("registry"),
                            .schema = members.text("schema"),
                            .number = members.number("number"),
                            .id = members.text("id"),
                            .status = members.text("status"),
                            .created = members.optional_text("created").value_or(""),
                            .definition = members.text("definition"),
                            .metadata = members.metadata()};
    if (!Uuid::parse(version.id)) members.fault("id");
    return version;
  }
  return std::nullopt;
}

Status check_head(const std::string& kind, Members& members, std::size_t line) {
  if (kind != "head" || members.text("format") != kFormat) {
    return broken(line, "it does not begin as one");
  }
  if (members.number("version") != kExportVersion) {
    return broken(line, "it was written in another version of the format");
  }
  return {};
}

// ---- reading a server

std::string text(const std::optional<std::string>& value) { return value.value_or(""); }

TextMap tags_of(Session& source, const std::string& arn) {
  return source.call<op::GetTags>({.resource_arn = arn}).output.tags.value_or(TextMap());
}

class ServerReader {
 public:
  ServerReader(Session& source, Progress& progress, const Visit& visit)
      : source_(source), progress_(progress), visit_(visit) {}

  ExportCounts read(const std::vector<std::string>& wanted) {
    std::vector<std::string> names = wanted;
    if (names.empty()) {
      const auto all = source_.call_all<op::ListRegistries>({}, 0);
      for (const auto& item : all.output.registries.value_or(std::vector<Item>())) {
        names.push_back(text(item.registry_name));
      }
    }
    for (const std::string& name : names) read_registry(name);
    return counts_;
  }

 private:
  using Item = glue_model::RegistryListItem;

  void give(const Exported& item) {
    count(counts_, item);
    visit_(item);
    progress_.show(std::to_string(counts_.schemas) + " schemas, " +
                   std::to_string(counts_.versions) + " versions");
  }

  void read_registry(const std::string& name) {
    const glue_model::RegistryId id{.registry_name = name, .registry_arn = {}};
    const auto registry = source_.call<op::GetRegistry>({.registry_id = id}).output;
    give(ExportedRegistry{.name = name,
                          .description = registry.description,
                          .tags = tags_of(source_, text(registry.registry_arn))});
    const auto schemas = source_.call_all<op::ListSchemas>(
        {.registry_id = id, .max_results = {}, .next_token = {}}, 0);
    for (const auto& item :
         schemas.output.schemas.value_or(std::vector<glue_model::SchemaListItem>())) {
      read_schema(name, text(item.schema_name));
    }
  }

  void read_schema(const std::string& registry, const std::string& name) {
    const glue_model::SchemaId id{.schema_arn = {}, .schema_name = name, .registry_name = registry};
    const auto schema = source_.call<op::GetSchema>({.schema_id = id}).output;
    auto versions = source_.call_all<op::ListSchemaVersions>(
        {.schema_id = id, .max_results = {}, .next_token = {}}, 0);
    auto items = versions.output.schemas.value_or(std::vector<glue_model::SchemaVersionListItem>());
    std::ranges::sort(items, {}, [](const auto& item) { return item.version_number; });
    give(ExportedSchema{.registry = registry,
                        .name = name,
                        .data_format = text(schema.data_format),
                        .compatibility = text(schema.compatibility),
                        .description = schema.description,
                        .checkpoint = items.empty() ? 0 : schema.schema_checkpoint.value_or(0),
                        .tags = tags_of(source_, text(schema.schema_arn))});
    for (const auto& item : items) read_version(registry, name, text(item.schema_version_id));
  }

  void read_version(const std::string& registry, const std::string& schema, const std::string& id) {
    const auto version =
        source_
            .call<op::GetSchemaVersion>(
                {.schema_id = {}, .schema_version_id = id, .schema_version_number = {}})
            .output;
    if (version.status != "AVAILABLE" && version.status != "FAILURE") {
      ++counts_.skipped;
      return;
    }
    give(ExportedVersion{.registry = registry,
                         .schema = schema,
                         .number = version.version_number.value_or(0),
                         .id = id,
                         .status = text(version.status),
                         .created = text(version.created_time),
                         .definition = text(version.schema_definition),
                         .metadata = metadata_of(id)});
  }

  std::vector<std::pair<std::string, std::string>> metadata_of(const std::string& id) {
    // Page by page: a key's values may stand on both sides of a page's end.
    glue_model::QuerySchemaVersionMetadataInput input;
    input.schema_version_id = id;
    std::vector<std::pair<std::string, std::string>> pairs;
    while (true) {
      const auto page = source_.call<op::QuerySchemaVersionMetadata>(input).output;
      if (page.metadata_info_map) append(pairs, *page.metadata_info_map);
      if (text(page.next_token).empty() || page.next_token == input.next_token) return pairs;
      input.next_token = page.next_token;
    }
  }

  /// The oldest value of a key stands beside it, the others behind: so they are put again.
  static void append(std::vector<std::pair<std::string, std::string>>& pairs,
                     const std::map<std::string, glue_model::MetadataInfo>& found) {
    for (const auto& [key, info] : found) {
      if (key == kReasonKey) continue;
      pairs.emplace_back(key, text(info.metadata_value));
      if (!info.other_metadata_value_list) continue;
      for (const auto& other : *info.other_metadata_value_list) {
        pairs.emplace_back(key, text(other.metadata_value));
      }
    }
  }

  Session& source_;
  Progress& progress_;
  const Visit& visit_;
  ExportCounts counts_;
};

}  // namespace

void count(ExportCounts& counts, const Exported& item) {
  if (std::holds_alternative<ExportedRegistry>(item)) ++counts.registries;
  if (std::holds_alternative<ExportedSchema>(item)) ++counts.schemas;
  if (std::holds_alternative<ExportedVersion>(item)) ++counts.versions;
}

std::string export_head() {
  json::Writer out;
  out.begin_object().key("kind").value("head").key("format").value(kFormat);
  out.key("version").value(kExportVersion).end_object();
  return std::move(out).take() + "\n";
}

std::string export_line(const Exported& item) {
  return std::visit([](const auto& one) { return line_of(one); }, item) + "\n";
}

std::string export_end(const ExportCounts& counts) {
  json::Writer out;
  out.begin_object().key("kind").value("end").key("registries").value(counts.registries);
  out.key("schemas").value(counts.schemas).key("versions").value(counts.versions);
  out.key("skipped").value(counts.skipped).end_object();
  return std::move(out).take() + "\n";
}

Result<ExportCounts> read_export(std::istream& in, const Visit& visit) {
  ExportCounts counts;
  bool ended = false;
  std::string line;
  std::size_t number = 0;
  while (!ended && std::getline(in, line)) {
    ++number;
    if (line.size() > kLineBytes) return broken(number, "a line is longer than 4 MiB");
    const auto document = json::parse(line, {.max_bytes = kLineBytes, .max_depth = 8});
    if (!document || !document->is_object()) return broken(number, "a line is no JSON object");
    Members members(*document);
    const std::string kind = members.text("kind");
    if (number == 1) {
      LIMPET_CHECK(check_head(kind, members, number));
      continue;
    }
    if (kind == "end") {
      counts.skipped = members.number("skipped");
      const ExportCounts told{.registries = members.number("registries"),
                              .schemas = members.number("schemas"),
                              .versions = members.number("versions"),
                              .skipped = counts.skipped};
      if (!members.wrong().empty() || told != counts) {
        return broken(number, "it holds other numbers of things than it says");
      }
      ended = true;
      continue;
    }
    const auto item = item_of(kind, members);
    if (!item) return broken(number, "a line of no kind that we know");
    if (!members.wrong().empty()) return broken(number, "the member " + members.wrong());
    count(counts, *item);
    visit(*item);
  }
  if (in.bad()) return Error::unavailable("the export cannot be read");
  if (!ended) return broken(number, "its end is missing, so it is not whole");
  return counts;
}

ExportCounts read_server(Session& source, const std::vector<std::string>& registries,
                         Progress& progress, const Visit& visit) {
  return ServerReader(source, progress, visit).read(registries);
}

}  // namespace limpet::app
