#include "adapter.h"

#include "text_scan.h"

#include <algorithm>
#include <cstddef>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <optional>

namespace limpet::protobuf {
namespace {

// Keeps the first error: later ones mostly follow from it.
class FirstError final : public pb::io::ErrorCollector {
 public:
  void AddError(int line, pb::io::ColumnNumber column, const std::string& message) override {
    if (error_) return;
    std::string where;
    if (line >= 0) {
      where = place(static_cast<std::size_t>(line) + 1, static_cast<std::size_t>(column) + 1);
    }
    error_ = Error::invalid_input(message, std::move(where));
  }
  std::optional<Error> take() { return std::move(error_); }

 private:
  std::optional<Error> error_;
};

class FirstLinkError final : public pb::DescriptorPool::ErrorCollector {
 public:
  explicit FirstLinkError(const SourceFile& file) : file_(file) {}

  void AddError(const std::string& /*filename*/, const std::string& element,
                const pb::Message* definition, ErrorLocation location,
                const std::string& message) override {
    if (error_) return;
    // For some parts of a definition the parser keeps no place; then the definition's must do.
    auto where = place_of(definition, location);
    if (where.empty()) where = place_of(definition, NAME);
    if (where.empty()) where = place_of(message_named(element), NAME);
    // For a faulty import the element is the file itself, which says nothing.
    const bool named = !element.empty() && element != file_.proto.name() && location != IMPORT;
    error_ = Error::invalid_input(named ? element + ": " + message : message, std::move(where));
  }
  std::optional<Error> take() { return std::move(error_); }

 private:
  std::string place_of(const pb::Message* definition, ErrorLocation part) const {
    int line = 0;
    int column = 0;
    if (definition == nullptr || !file_.lines.Find(definition, part, &line, &column)) return {};
    return place(static_cast<std::size_t>(line) + 1, static_cast<std::size_t>(column) + 1);
  }

  // The innermost message that the full name leads through, as it was written; or nullptr.
  const pb::DescriptorProto* message_named(std::string_view full_name) const {
    const auto& package = file_.proto.package();
    if (!package.empty()) {
      if (!full_name.starts_with(package + ".")) return nullptr;
      full_name.remove_prefix(package.size() + 1);
    }
    const auto* scope = &file_.proto.message_type();
    const pb::DescriptorProto* found = nullptr;
    while (!full_name.empty()) {
      const auto name = full_name.substr(0, full_name.find('.'));
      full_name.remove_prefix(std::min(name.size() + 1, full_name.size()));
      const auto at = std::ranges::find(*scope, name, &pb::DescriptorProto::name);
      if (at == scope->end()) break;  // a field or value of `found`
      found = &*at;
      scope = &found->nested_type();
    }
    return found;
  }

  const SourceFile& file_;
  std::optional<Error> error_;
};

}  // namespace

void silence_libprotobuf() {
  static const auto kBefore = pb::SetLogHandler(nullptr);
  static_cast<void>(kBefore);
}

Status read_source(std::string_view text, SourceFile& file) {
  silence_libprotobuf();
  try {
    pb::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
    FirstError errors;
    pb::io::Tokenizer tokenizer(&stream, &errors);
    pb::compiler::Parser parser;
    parser.RecordErrorsTo(&errors);
    parser.RecordSourceLocationsTo(&file.lines);
    const bool read = parser.Parse(&tokenizer, &file.proto);
    if (auto error = errors.take()) return *std::move(error);
    if (!read) return Error::invalid_input("the text is no Protobuf schema");
    file.proto.clear_source_code_info();
    return {};
  } catch (const pb::FatalException& fatal) {
    return Error::internal(std::string("libprotobuf: ") + fatal.what());
  }
}

Result<const pb::FileDescriptor*> link(pb::DescriptorPool& pool, const SourceFile& file) {
  silence_libprotobuf();
  try {
    FirstLinkError errors(file);
    const auto* linked = pool.BuildFileCollectingErrors(file.proto, &errors);
    if (linked != nullptr) return linked;
    if (auto error = errors.take()) return *std::move(error);
    return Error::invalid_input("the schema cannot be linked");
  } catch (const pb::FatalException& fatal) {
    return Error::internal(std::string("libprotobuf: ") + fatal.what());
  }
}

std::uint32_t line_of(const SourceFile* file, const pb::Message& definition) {
  int line = -1;
  int column = 0;
  if (file == nullptr ||
      !file->lines.Find(&definition, pb::DescriptorPool::ErrorCollector::NAME, &line, &column) ||
      line < 0) {
    return 0;
  }
  return static_cast<std::uint32_t>(line) + 1;
}

}  // namespace limpet::protobuf
