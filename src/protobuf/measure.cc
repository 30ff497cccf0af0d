#include "measure.h"

#include "limpet/base/limits.h"

#include <string>

namespace limpet::protobuf {
namespace {

constexpr std::size_t kFullNameBytes = 8UL << 20;
constexpr std::uint64_t kComparisons = 50'000'000;
constexpr int kPackageParts = 100;

class Counter {
 public:
  explicit Counter(Measure& sums) : sums_(sums) {}

  void file(const pb::FileDescriptorProto& file) {
    const auto scope = file.package().size();
    for (const auto& message : file.message_type()) this->message(message, scope);
    for (const auto& enumeration : file.enum_type()) this->enumeration(enumeration, scope);
    for (const auto& extension : file.extension()) field(extension, scope);
    for (const auto& service : file.service()) {
      const auto inner = define(service.name(), scope);
      for (const auto& method : service.method()) {
        define(method.name(), inner);
        options(method.options());
      }
      options(service.options());
    }
    sums_.definitions += static_cast<std::size_t>(file.dependency_size());
    options(file.options());
  }

 private:
  // Returns the length of the definition's full name.
  std::size_t define(const std::string& name, std::size_t scope) {
    const auto length = scope + 1 + name.size();
    ++sums_.definitions;
    sums_.full_name_bytes += length;
    return length;
  }

  void message(const pb::DescriptorProto& message, std::size_t scope) {
    const auto inner = define(message.name(), scope);
    for (const auto& field : message.field()) this->field(field, inner);
    for (const auto& extension : message.extension()) field(extension, inner);
    for (const auto& oneof : message.oneof_decl()) {
      define(oneof.name(), inner);
      options(oneof.options());
    }
    for (const auto& enumeration : message.enum_type()) this->enumeration(enumeration, inner);
    const auto ranges = message.reserved_range_size() + message.extension_range_size();
    pairs(ranges, ranges + message.field_size());
    for (const auto& range : message.extension_range()) options(range.options());
    sums_.definitions += static_cast<std::size_t>(ranges + message.reserved_name_size());
    options(message.options());
    for (const auto& nested : message.nested_type()) this->message(nested, inner);
  }

  void enumeration(const pb::EnumDescriptorProto& enumeration, std::size_t scope) {
    define(enumeration.name(), scope);
    for (const auto& value : enumeration.value()) {
      define(value.name(), scope);  // enum values live beside their enum
      options(value.options());
    }
    pairs(enumeration.reserved_range_size(),
          enumeration.reserved_range_size() + enumeration.value_size());
    sums_.definitions += static_cast<std::size_t>(enumeration.reserved_range_size() +
                                                  enumeration.reserved_name_size());
    options(enumeration.options());
  }

  void field(const pb::FieldDescriptorProto& field, std::size_t scope) {
    define(field.name(), scope);
    options(field.options());
  }

  // Each option looks at those that were set before it.
  template <class Options>
  void options(const Options& options) {
    const auto count = options.uninterpreted_option_size();
    sums_.definitions += static_cast<std::size_t>(count);
    pairs(count, count);
  }

  void pairs(int a, int b) {
    sums_.comparisons += static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b);
  }

  Measure& sums_;
};

Error too_many(std::string_view what, std::uint64_t limit) {
  return Error::invalid_input("the schema is too large: more than " + std::to_string(limit) + " " +
                              std::string(what));
}

}  // namespace

Status measure(const pb::FileDescriptorProto& file, Measure& sums) {
  int parts = 1;
  for (const char c : file.package()) parts += c == '.' ? 1 : 0;
  if (parts > kPackageParts) return too_many("parts in a package name", kPackageParts);
  Counter(sums).file(file);
  if (sums.definitions > limits::kSchemaNodes) return too_many("definitions", limits::kSchemaNodes);
  if (sums.full_name_bytes > kFullNameBytes) return too_many("bytes of full names", kFullNameBytes);
  if (sums.comparisons > kComparisons) {
    return too_many("comparisons of reserved ranges, extension ranges and options", kComparisons);
  }
  return {};
}

}  // namespace limpet::protobuf
