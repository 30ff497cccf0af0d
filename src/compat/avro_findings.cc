#include "findings.h"

#include <string>
#include <string_view>

namespace limpet::compat {
namespace {

using avro::MismatchKind;

std::string word(std::string_view text) { return shorten(text, kWordBytes); }

std::string type_or_absent(std::string_view type) {
  return type.empty() ? "absent" : shorten(type, kMemberBytes);
}

/// "User.address.street" → "address.street": the top-level record goes without saying.
std::string_view within_root(std::string_view field) {
  const auto dot = field.find('.');
  return dot == std::string_view::npos ? std::string_view() : field.substr(dot + 1);
}

/// The types that can read data of a primitive type (Avro 1.11.4, "Schema Resolution").
std::string_view wider_types(std::string_view type) {
  if (type == "int") return "long, float or double";
  if (type == "long") return "float or double";
  if (type == "float") return "double";
  if (type == "string") return "bytes";
  if (type == "bytes") return "string";
  return {};
}

/// The types whose data a primitive type can read.
std::string_view narrower_types(std::string_view type) {
  if (type == "long") return "int";
  if (type == "float") return "int or long";
  if (type == "double") return "int, long or float";
  if (type == "string") return "bytes";
  if (type == "bytes") return "string";
  return {};
}

/// Words for one mismatch, seen from one direction.
class Wording {
 public:
  Wording(const Comparison& comparison, const avro::Mismatch& mismatch)
      : mismatch_(mismatch),
        backward_(comparison.backward()),
        stored_(comparison.stored()),
        reader_(comparison.reader()),
        writer_(comparison.writer()),
        field_(within_root(mismatch.field)) {}

  std::string message() const {
    switch (mismatch_.kind) {
      case MismatchKind::ReaderFieldMissingDefaultValue:
        return "field " + quoted(name()) + " (" + word(mismatch_.reader_type) + ") at " + place() +
               " has no default, and records written with " + writer_ + " do not have it";
      case MismatchKind::UnusableDefault:
        return "field " + quoted(name()) + " (" + word(mismatch_.reader_type) + ") at " + place() +
               " is missing in records written with " + writer_ +
               ", and its default cannot be used there" + detail();
      case MismatchKind::TypeMismatch:
        return subject() + " is " + word(mismatch_.reader_type) + ", which cannot read the " +
               word(mismatch_.writer_type) + " that " + writer_ + " writes";
      case MismatchKind::NameMismatch:
        return subject() + " is " + word(mismatch_.reader_type) + ", and " + writer_ + " has " +
               word(mismatch_.writer_type) + " there: a type of another name cannot be read";
      case MismatchKind::FixedSizeMismatch:
        return subject() + " is " + word(mismatch_.reader_type) + ", and " + writer_ + " has " +
               word(mismatch_.writer_type) + " there, of another size" + detail();
      case MismatchKind::MissingEnumSymbols:
        return subject() + " (" + word(mismatch_.reader_type) +
               ") has no default and lacks symbols that " + writer_ +
               " can write: " + word(mismatch_.detail);
      case MismatchKind::AmbiguousAlias:
        return "the aliases of " + reader_ + " give one name to two things of " + writer_ + " at " +
               place() + detail();
      case MismatchKind::MissingUnionBranch:
        return subject() + " (" + word(mismatch_.reader_type) +
               ") has no branch that can read the " + word(mismatch_.writer_type) + " that " +
               writer_ + " writes";
    }
    return "the definitions differ";
  }

  std::string fix() const {
    const std::string reader_type = word(mismatch_.reader_type);
    const std::string writer_type = word(mismatch_.writer_type);
    switch (mismatch_.kind) {
      case MismatchKind::ReaderFieldMissingDefaultValue:
        return backward_ ? "Give " + quoted(name()) + " a default"
                         : "Keep " + quoted(name()) + " in the new definition";
      case MismatchKind::UnusableDefault:
        return backward_ ? "Give " + quoted(name()) +
                               " a default that fits its type (of a union, the first branch)"
                         : "Keep " + quoted(name()) + " in the new definition";
      case MismatchKind::TypeMismatch: {
        const std::string keep =
            "Keep " + target() + " as " + (backward_ ? writer_type : reader_type);
        const std::string_view others =
            backward_ ? wider_types(mismatch_.writer_type) : narrower_types(mismatch_.reader_type);
        if (others.empty()) return keep;
        return keep + ", or make it " + std::string(others);
      }
      case MismatchKind::NameMismatch:
        return backward_ ? "Keep the name, or list the old name in the aliases of the new type"
                         : "Keep the name";
      case MismatchKind::FixedSizeMismatch:
        return "Keep the size";
      case MismatchKind::MissingEnumSymbols:
        return backward_ ? "Keep these symbols, or give the enum a default"
                         : "Take these symbols out of the new definition";
      case MismatchKind::AmbiguousAlias:
        return backward_ ? "Take one of the aliases away" : "Keep only one of the two names";
      case MismatchKind::MissingUnionBranch:
        return backward_ ? "Add a branch for " + writer_type + " to the union"
                         : "Keep " + target() + " within the types that " + stored_ + " reads";
    }
    return "Keep the definition as it was";
  }

 private:
  std::string name() const { return std::string(field_.empty() ? "the value" : field_); }

  /// What is spoken of: `field "age" at /fields/1/type`.
  std::string subject() const {
    if (field_.empty()) return "the type at " + place();
    return "field " + quoted(field_) + " at " + place();
  }

  std::string target() const { return field_.empty() ? "the type" : quoted(field_); }

  /// A path of a stored version says so: the reader of the sentence looks at the new one.
  std::string place() const {
    const std::string path = word(mismatch_.path.empty() ? "/" : mismatch_.path);
    return backward_ ? path : path + " of " + stored_;
  }

  std::string detail() const {
    return mismatch_.detail.empty() ? "" : " (" + word(mismatch_.detail) + ")";
  }

  const avro::Mismatch& mismatch_;
  bool backward_;
  std::string stored_;
  std::string reader_;
  std::string writer_;
  std::string_view field_;
};

}  // namespace

Finding to_finding(const Comparison& comparison, const avro::Mismatch& mismatch) {
  const Wording wording(comparison, mismatch);
  return {
      .rule = std::string(avro::to_string(mismatch.kind)),
      .direction = comparison.direction,
      .version = comparison.version,
      .path = shorten(mismatch.path, kMemberBytes),
      .field = shorten(mismatch.field, kMemberBytes),
      .reader_type = type_or_absent(mismatch.reader_type),
      .writer_type = type_or_absent(mismatch.writer_type),
      .message = comparison.message(wording.message()),
      .fix = wording.fix(),
  };
}

}  // namespace limpet::compat
