#include "snapshot.h"

#include "limpet/crypto/sha256.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace limpet::client {
namespace {

constexpr std::string_view kFormat = "limpet-schema-snapshot";
/// Beside its texts, what an entry may take in the file; and how much longer escapes make a text.
constexpr std::size_t kLineBytes = 1'024;
constexpr std::size_t kEscaped = 6;
constexpr std::size_t kLineNodes = 64;

Error damaged(std::size_t line, std::string_view what) {
  return Error::invalid_input("the snapshot file is not used: " + std::string(what),
                              "line " + std::to_string(line));
}

Error disk(std::string_view what, const std::string& path) {
  return Error::unavailable("cannot " + std::string(what) + " " + path + ": " +
                            std::strerror(errno));
}

std::string text_of(const json::Value& document, std::string_view name) {
  const json::Value* value = document.find(name);
  return value != nullptr && value->is_string() ? value->text() : std::string();
}

std::string line_of(const RegisteredSchema& schema) {
  json::Writer out;
  out.begin_object().key("id").value(schema.version_id.to_string());
  out.key("dataFormat").value(to_string(schema.format)).key("name").value(schema.schema_name);
  out.key("arn").value(schema.schema_arn);
  if (schema.version_number) {
    out.key("number").value(static_cast<std::int64_t>(*schema.version_number));
  }
  out.key("status").value(to_string(schema.status));
  out.key("definition").value(schema.definition).end_object();
  return std::move(out).take();
}

Result<json::Value> object_of(std::string_view line, std::size_t number) {
  auto document =
      json::parse(line, {.max_bytes = line.size(), .max_depth = 4, .max_nodes = kLineNodes});
  if (!document || !document->is_object()) return damaged(number, "a line is no JSON object");
  return document;
}

Result<SchemaPointer> schema_of(const json::Value& document, std::size_t number) {
  const auto id = Uuid::parse(text_of(document, "id"));
  const auto format = parse_data_format(text_of(document, "dataFormat"));
  const auto status = parse_version_status(text_of(document, "status"));
  RegisteredSchema schema{.definition = text_of(document, "definition"),
                          .schema_name = text_of(document, "name"),
                          .schema_arn = text_of(document, "arn"),
                          .version_number = {}};
  if (!id || !format || !status || schema.definition.empty()) {
    return damaged(number, "a schema lacks a member");
  }
  schema.version_id = *id;
  schema.format = *format;
  schema.status = *status;
  if (const json::Value* version = document.find("number")) {
    const auto value = version->as_int64();
    if (!value || *value < 1) return damaged(number, "a version number is none");
    schema.version_number = static_cast<std::uint64_t>(*value);
  }
  return SchemaPointer(std::make_shared<const RegisteredSchema>(std::move(schema)));
}

/// A file descriptor that closes itself.
struct File {
  int fd = -1;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

Status write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return disk("write", path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

std::string encode_snapshot(const std::vector<SchemaPointer>& schemas) {
  json::Writer head;
  head.begin_object().key("format").value(kFormat).key("version").value(kSnapshotVersion);
  head.key("schemas").value(static_cast<std::int64_t>(schemas.size())).end_object();
  std::string out = std::move(head).take() + "\n";
  for (const SchemaPointer& schema : schemas) out += line_of(*schema) + "\n";
  return out + R"({"sha256":")" + crypto::sha256_hex(out) + "\"}\n";
}

Result<std::vector<SchemaPointer>> decode_snapshot(std::string_view text,
                                                   const TableBounds& bounds) {
  if (text.empty() || text.back() != '\n') return damaged(1, "it does not end with a line");
  const std::size_t last =
      text.size() < 2 ? std::string_view::npos : text.rfind('\n', text.size() - 2);
  if (last == std::string_view::npos) return damaged(1, "it has no check sum");
  const std::string_view body = text.substr(0, last + 1);
  const std::string_view sum = text.substr(last + 1, text.size() - last - 2);
  if (sum != R"({"sha256":")" + crypto::sha256_hex(body) + "\"}") {
    return damaged(1, "its check sum does not match");
  }
  std::vector<SchemaPointer> schemas;
  std::size_t bytes = 0;
  std::size_t line = 1;
  for (std::size_t at = 0; at < body.size(); ++line) {
    const std::size_t end = body.find('\n', at);
    LIMPET_TRY(const auto document, object_of(body.substr(at, end - at), line));
    at = end + 1;
    if (line == 1) {
      if (text_of(document, "format") != kFormat) return damaged(line, "it is another file");
      const json::Value* version = document.find("version");
      if (version == nullptr || version->as_int64() != kSnapshotVersion) {
        return damaged(line, "it was written by another version");
      }
      continue;
    }
    LIMPET_TRY(auto schema, schema_of(document, line));
    bytes += bytes_of(*schema);
    if (schemas.size() == bounds.entries_max || bytes > bounds.bytes_max) {
      return Error::limit_exceeded("the snapshot file holds more than may be kept",
                                   "line " + std::to_string(line));
    }
    schemas.push_back(std::move(schema));
  }
  return schemas;
}

Result<SnapshotReport> write_snapshot(const std::string& path,
                                      const std::vector<SchemaPointer>& schemas) {
  std::string pattern = path + ".XXXXXX";
  File file{.fd = ::mkostemp(pattern.data(), O_CLOEXEC)};
  if (file.fd < 0) return disk("make a file beside", path);
  constexpr mode_t kReadable = 0644;
  Status written = write_all(file.fd, encode_snapshot(schemas), pattern);
  if (written && (::fchmod(file.fd, kReadable) != 0 || ::fsync(file.fd) != 0)) {
    written = disk("write", pattern);
  }
  if (written && std::rename(pattern.c_str(), path.c_str()) != 0) written = disk("replace", path);
  if (!written) {
    ::unlink(pattern.c_str());
    return written.error();
  }
  return SnapshotReport{.schemas = schemas.size()};
}

Result<std::vector<SchemaPointer>> read_snapshot(const std::string& path,
                                                 const TableBounds& bounds) {
  const File file{.fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) {
    if (errno == ENOENT) return std::vector<SchemaPointer>();
    return disk("open", path);
  }
  struct stat about{};
  if (::fstat(file.fd, &about) != 0 || !S_ISREG(about.st_mode)) {
    return Error::invalid_input("the snapshot file is not used: it is no file");
  }
  const std::size_t most = kEscaped * bounds.bytes_max + kLineBytes * (bounds.entries_max + 2);
  if (about.st_size < 0 || static_cast<std::size_t>(about.st_size) > most) {
    return Error::limit_exceeded("the snapshot file is larger than all that may be kept");
  }
  std::string text(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t count = ::read(file.fd, text.data() + have, text.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk("read", path);
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  text.resize(have);
  return decode_snapshot(text, bounds);
}

}  // namespace limpet::client
