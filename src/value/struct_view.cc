#include "limpet/value/struct_view.h"

#include "limpet/value/number.h"
#include "limpet/value/same_text.h"

#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace limpet::value {
namespace {

constexpr int kMaxDepth = 1000;

template <class T>
T& as(void* at) {
  return *static_cast<T*>(at);
}
template <class T>
const T& as(const void* at) {
  return *static_cast<const T*>(at);
}

void name_step(Fault& fault, std::string step) {
  if (!fault.path.empty() && fault.path.front() != '[') step += '.';
  fault.path.insert(0, step);
}

Fault too_deep() {
  return {FaultKind::TooDeep, 0, "", "nested deeper than " + std::to_string(kMaxDepth)};
}
Fault too_large() {
  return {FaultKind::TooLarge, 0, "", "the value takes more memory than the arena may give"};
}

/// Fills structs from views.
class StructFiller {
 public:
  explicit StructFiller(Arena& arena) : arena_(arena) {}

  bool record(const View& view, const StructType& type, void* out, int depth) {
    if (depth > kMaxDepth) return fail(too_deep());
    const bool is_record = view.kind() == Kind::Record;
    if (!is_record && view.kind() != Kind::Map) {
      return fail({FaultKind::TypeMismatch, 0, "",
                   "expected a record for struct " + std::string(type.name()) + ", found " +
                       std::string(to_string(view.kind()))});
    }
    std::size_t hint = 0;
    for (const auto& field : type.fields()) {
      auto* member = static_cast<std::byte*>(out) + field.offset;
      const auto* value =
          is_record ? find_field(view, field.name, hint) : find_entry(view, field.name, hint);
      if (!member_of(field, value, member, depth)) {
        name_step(fault_, std::string(field.name));
        return false;
      }
    }
    return true;
  }

  Fault take() && { return std::move(fault_); }

 private:
  bool fail(Fault fault) {
    fault_ = std::move(fault);
    return false;
  }
  [[gnu::cold]] bool mismatch(const TargetType& type, const View& view) {
    return fail({FaultKind::TypeMismatch, 0, "",
                 "expected a value for " + describe(type) + ", found " +
                     std::string(to_string(view.kind()))});
  }
  [[gnu::cold]] bool out_of_range(const TargetType& type) {
    return fail({FaultKind::OutOfRange, 0, "", "the number does not fit " + describe(type)});
  }

  // Fields tend to come in the order of the struct.
  static const View* find_field(const View& view, std::string_view name, std::size_t& hint) {
    const auto& names = view.shape().fields();
    if (hint < names.size() && same_text(names[hint], name)) return &view[hint++];
    const auto at = view.shape().find(name);
    if (!at) return nullptr;
    hint = *at + 1;
    return &view[*at];
  }
  static const View* find_entry(const View& view, std::string_view name, std::size_t& hint) {
    const auto entries = view.entries();
    const auto is_it = [&](std::size_t at) {
      const View& key = entries[at].key;
      return key.kind() == Kind::String && same_text(key.text(), name);
    };
    // A later entry of the name would count; readers of JSON leave none.
    if (hint < entries.size() && is_it(hint)) [[likely]]
      return &entries[hint++].value;
    for (std::size_t at = entries.size(); at > 0; --at) {
      if (!is_it(at - 1)) continue;
      hint = at;
      return &entries[at - 1].value;
    }
    return nullptr;
  }

  bool member_of(const StructField& field, const View* value, void* member, int depth) {
    const TargetType& type = field.type();
    if (value == nullptr) {
      if (field.may_be_absent) return true;
      if (type.kind == TargetKind::Optional) {
        type.optional->reset(member);
        return true;
      }
      return fail({FaultKind::MissingField, 0, "", "the field is missing"});
    }
    if (value->is_null() && field.may_be_absent && !takes_null(type)) return true;
    return this->value(*value, type, member, depth);
  }

  static bool takes_null(const TargetType& type) {
    return type.kind == TargetKind::Optional || type.kind == TargetKind::Nothing ||
           type.kind == TargetKind::Variant;
  }

  template <class Integer>
  bool integer(const View& view, const TargetType& type, void* out) {
    switch (to_integer(view, as<Integer>(out))) {
      case Fit::Yes:
        return true;
      case Fit::OutOfRange:
        return out_of_range(type);
      default:
        return mismatch(type, view);
    }
  }

  template <class Real>
  bool real(const View& view, const TargetType& type, void* out) {
    double number = 0;
    switch (to_double(view, number)) {
      case Fit::Yes:
        as<Real>(out) = static_cast<Real>(number);
        return true;
      case Fit::OutOfRange:
        return out_of_range(type);
      default:
        return mismatch(type, view);
    }
  }

  static std::optional<std::string_view> text_of(const View& view) {
    if (view.kind() != Kind::String && view.kind() != Kind::Enum && view.kind() != Kind::Number) {
      return std::nullopt;
    }
    return view.text();
  }
  std::optional<std::string_view> bytes_of(const View& view) {
    if (view.kind() == Kind::Bytes) return view.as_bytes();
    if (view.kind() == Kind::String) return decode_base64(view.text(), arena_);
    return std::nullopt;
  }

  template <class Integer>
  [[gnu::always_inline]] static bool take_long(const View& view, void* out) {
    if (view.kind() != Kind::Long || !std::in_range<Integer>(view.as_long())) return false;
    as<Integer>(out) = static_cast<Integer>(view.as_long());
    return true;
  }

  // Most values are of the kind that is wanted, and take no look at anything else.
  [[gnu::always_inline]] bool value(const View& view, const TargetType& type, void* out,
                                    int depth) {
    bool taken = false;
    switch (type.kind) {
      case TargetKind::Int32:
        taken = take_long<std::int32_t>(view, out);
        break;
      case TargetKind::Int64:
        taken = take_long<std::int64_t>(view, out);
        break;
      case TargetKind::UInt32:
        taken = take_long<std::uint32_t>(view, out);
        break;
      case TargetKind::Double:
        if (view.kind() != Kind::Double) break;
        as<double>(out) = view.as_double();
        return true;
      case TargetKind::StringView:
        if (view.kind() != Kind::String) break;
        as<std::string_view>(out) = view.text();
        return true;
      default:
        break;
    }
    return taken || other_value(view, type, out, depth);
  }

  [[gnu::noinline]] bool other_value(const View& view, const TargetType& type, void* out,
                                     int depth) {
    switch (type.kind) {
      case TargetKind::Nothing:
        return view.is_null() || mismatch(type, view);
      case TargetKind::Boolean:
        if (view.kind() != Kind::Boolean) return mismatch(type, view);
        as<bool>(out) = view.as_boolean();
        return true;
      case TargetKind::Int32:
        return integer<std::int32_t>(view, type, out);
      case TargetKind::Int64:
        return integer<std::int64_t>(view, type, out);
      case TargetKind::UInt32:
        return integer<std::uint32_t>(view, type, out);
      case TargetKind::UInt64:
        return integer<std::uint64_t>(view, type, out);
      case TargetKind::Float:
        return real<float>(view, type, out);
      case TargetKind::Double:
        return real<double>(view, type, out);
      case TargetKind::StringView:
      case TargetKind::String: {
        const auto text = text_of(view);
        if (!text) return mismatch(type, view);
        if (type.kind == TargetKind::String) {
          as<std::string>(out).assign(*text);
        } else {
          as<std::string_view>(out) = *text;
        }
        return true;
      }
      case TargetKind::BytesView:
      case TargetKind::Bytes:
      case TargetKind::Fixed:
        return bytes(view, type, out);
      case TargetKind::Enum:
        return symbol(view, type, out);
      case TargetKind::Optional:
        if (view.is_null()) {
          type.optional->reset(out);
          return true;
        }
        return value(view, type.element(), type.optional->engage(out), depth + 1);
      case TargetKind::Sequence:
        return sequence(view, type, out, depth);
      case TargetKind::Map:
        return map(view, type, out, depth);
      case TargetKind::Struct:
        return record(view, type.record(), out, depth + 1);
      case TargetKind::Variant:
        return variant(view, type, out, depth);
    }
    return mismatch(type, view);
  }

  bool bytes(const View& view, const TargetType& type, void* out) {
    const auto bytes = bytes_of(view);
    if (!bytes) return mismatch(type, view);
    const auto span = std::as_bytes(std::span(bytes->data(), bytes->size()));
    if (type.kind == TargetKind::BytesView) {
      as<std::span<const std::byte>>(out) = span;
    } else if (type.kind == TargetKind::Bytes) {
      as<std::vector<std::byte>>(out).assign(span.begin(), span.end());
    } else {
      if (span.size() != type.bytes) {
        return fail({FaultKind::TypeMismatch, 0, "",
                     "expected " + std::to_string(type.bytes) + " bytes, found " +
                         std::to_string(span.size())});
      }
      if (!span.empty()) std::memcpy(out, span.data(), span.size());
    }
    return true;
  }

  bool symbol(const View& view, const TargetType& type, void* out) {
    if (view.kind() == Kind::Enum || view.kind() == Kind::String) {
      for (const auto& entry : type.symbols->entries) {
        if (entry.symbol != view.text()) continue;
        type.symbols->store(out, entry.value);
        return true;
      }
      return fail({FaultKind::OutOfRange, 0, "",
                   "the enum has no symbol " + std::string(view.text().substr(0, 64))});
    }
    return mismatch(type, view);
  }

  bool sequence(const View& view, const TargetType& type, void* out, int depth) {
    if (depth > kMaxDepth) return fail(too_deep());
    if (view.kind() != Kind::Array) return mismatch(type, view);
    const TargetType& element = type.element();
    type.sequence->clear(out);
    type.sequence->reserve(out, view.size());
    std::size_t i = 0;
    for (const View& item : view.items()) {
      if (!value(item, element, type.sequence->append(out), depth + 1)) {
        name_step(fault_, "[" + std::to_string(i) + "]");
        return false;
      }
      ++i;
    }
    return true;
  }

  bool map(const View& view, const TargetType& type, void* out, int depth) {
    if (depth > kMaxDepth) return fail(too_deep());
    if (view.kind() != Kind::Map) return mismatch(type, view);
    const TargetType& element = type.element();
    type.map->clear(out);
    for (const MapEntry& entry : view.entries()) {
      std::array<char, 24> room{};
      const auto key = key_text(entry.key, room);
      if (!value(entry.value, element, type.map->insert(out, key), depth + 1)) {
        name_step(fault_, std::string(key.substr(0, 64)));
        return false;
      }
    }
    return true;
  }
  static std::string_view key_text(const View& key, std::array<char, 24>& room) {
    const auto write = [&room](auto number) {
      const char* end = std::to_chars(room.data(), room.data() + room.size(), number).ptr;
      return std::string_view(room.data(), static_cast<std::size_t>(end - room.data()));
    };
    switch (key.kind()) {
      case Kind::Boolean:
        return key.as_boolean() ? "true" : "false";
      case Kind::Int:
      case Kind::Long:
        return write(key.as_long());
      case Kind::UnsignedLong:
        return write(key.as_unsigned_long());
      default:
        return key.text();
    }
  }

  bool variant(const View& view, const TargetType& type, void* out, int depth) {
    if (depth > kMaxDepth) return fail(too_deep());
    for (std::size_t i = 0; i < type.alternatives.size(); ++i) {
      const TargetType& alternative = type.alternatives[i]();
      if (!takes(alternative, view)) continue;
      return value(view, alternative, type.variant->emplace(out, i), depth + 1);
    }
    return mismatch(type, view);
  }

  // By its kind, and a record by its name.
  static bool takes(const TargetType& type, const View& view) {
    std::int64_t number = 0;
    std::uint64_t natural = 0;
    switch (type.kind) {
      case TargetKind::Nothing:
        return view.is_null();
      case TargetKind::Boolean:
        return view.kind() == Kind::Boolean;
      case TargetKind::Int32:
        return !is_real(view) && to_long(view, number) == Fit::Yes &&
               std::in_range<std::int32_t>(number);
      case TargetKind::Int64:
        return !is_real(view) && to_long(view, number) == Fit::Yes;
      case TargetKind::UInt32:
        return !is_real(view) && to_unsigned_long(view, natural) == Fit::Yes &&
               std::in_range<std::uint32_t>(natural);
      case TargetKind::UInt64:
        return !is_real(view) && to_unsigned_long(view, natural) == Fit::Yes;
      case TargetKind::Float:
      case TargetKind::Double:
        return view.kind() >= Kind::Int && view.kind() <= Kind::Number;
      case TargetKind::StringView:
      case TargetKind::String:
        return text_of(view).has_value();
      case TargetKind::BytesView:
      case TargetKind::Bytes:
        return view.kind() == Kind::Bytes;
      case TargetKind::Fixed:
        return view.kind() == Kind::Bytes && view.size() == type.bytes;
      case TargetKind::Enum:
        return view.kind() == Kind::Enum || view.kind() == Kind::String;
      case TargetKind::Optional:
        return view.is_null() || takes(type.element(), view);
      case TargetKind::Sequence:
        return view.kind() == Kind::Array;
      case TargetKind::Map:
        return view.kind() == Kind::Map;
      case TargetKind::Struct:
        if (view.kind() == Kind::Map) return true;
        return view.kind() == Kind::Record && view.shape().name() == type.record().name();
      case TargetKind::Variant:
        return true;
    }
    return false;
  }
  static bool is_real(const View& view) {
    return view.kind() == Kind::Float || view.kind() == Kind::Double;
  }

  Arena& arena_;
  Fault fault_;
};

}  // namespace

std::optional<Fault> read_struct(const View& view, const StructType& type, void* out,
                                 Arena& arena) {
  StructFiller filler(arena);
  if (filler.record(view, type, out, 0)) return std::nullopt;
  return std::move(filler).take();
}

/// Makes views of structs.
class StructViewer {
 public:
  StructViewer(const StructViews& names, Arena& arena) : names_(names), arena_(arena) {}

  bool record(const void* object, const StructType& type, View& out, int depth) {
    if (depth > kMaxDepth) return fail(too_deep());
    const auto values = make_record(arena_, names_.shapes_.at(&type));
    if (values.data() == nullptr) return fail(too_large());
    std::size_t i = 0;
    for (const auto& field : type.fields()) {
      const auto* member = static_cast<const std::byte*>(object) + field.offset;
      if (!value(member, field.type(), values[i++], depth)) {
        name_step(fault_, std::string(field.name));
        return false;
      }
    }
    out = View::record(values);
    return true;
  }

  Fault take() && { return std::move(fault_); }

 private:
  bool fail(Fault fault) {
    fault_ = std::move(fault);
    return false;
  }

  bool value(const void* at, const TargetType& type, View& out, int depth) {
    const auto bytes = [](const std::byte* data, std::size_t size) {
      return View::bytes({reinterpret_cast<const char*>(data), size});  // NOLINT: bytes
    };
    switch (type.kind) {
      case TargetKind::Nothing:
        out = View::null();
        return true;
      case TargetKind::Boolean:
        out = View::boolean(as<bool>(at));
        return true;
      case TargetKind::Int32:
        out = View::of_int(as<std::int32_t>(at));
        return true;
      case TargetKind::Int64:
        out = View::of_long(as<std::int64_t>(at));
        return true;
      case TargetKind::UInt32:
        out = View::of_long(as<std::uint32_t>(at));
        return true;
      case TargetKind::UInt64:
        out = View::unsigned_long(as<std::uint64_t>(at));
        return true;
      case TargetKind::Float:
        out = View::of_float(as<float>(at));
        return true;
      case TargetKind::Double:
        out = View::of_double(as<double>(at));
        return true;
      case TargetKind::StringView:
        out = View::string(as<std::string_view>(at));
        return true;
      case TargetKind::String:
        out = View::string(as<std::string>(at));
        return true;
      case TargetKind::BytesView: {
        const auto& span = as<std::span<const std::byte>>(at);
        out = bytes(span.data(), span.size());
        return true;
      }
      case TargetKind::Bytes: {
        const auto& vector = as<std::vector<std::byte>>(at);
        out = bytes(vector.data(), vector.size());
        return true;
      }
      case TargetKind::Fixed:
        out = bytes(static_cast<const std::byte*>(at), type.bytes);
        return true;
      case TargetKind::Enum:
        return symbol(at, type, out);
      case TargetKind::Optional: {
        const void* held = type.optional->peek(at);
        out = View::null();
        return held == nullptr || value(held, type.element(), out, depth + 1);
      }
      case TargetKind::Sequence:
        return sequence(at, type, out, depth);
      case TargetKind::Map:
        return map(at, type, out, depth);
      case TargetKind::Struct:
        return record(at, type.record(), out, depth + 1);
      case TargetKind::Variant:
        if (depth > kMaxDepth) return fail(too_deep());
        return value(type.variant->peek(at), type.alternatives[type.variant->index(at)](), out,
                     depth + 1);
    }
    return false;
  }

  bool symbol(const void* at, const TargetType& type, View& out) {
    const auto number = type.symbols->load(at);
    const auto& names = names_.symbols_.at(type.symbols);
    for (std::uint32_t i = 0; i < names.size(); ++i) {
      if (type.symbols->entries[i].value != number) continue;
      out = View::enumeration(&names[i], i);
      return true;
    }
    return fail(
        {FaultKind::OutOfRange, 0, "", "the enum has no symbol for " + std::to_string(number)});
  }

  bool sequence(const void* at, const TargetType& type, View& out, int depth) {
    if (depth > kMaxDepth) return fail(too_deep());
    const auto size = type.sequence->size(at);
    out = View::array({});
    if (size == 0) return true;
    auto* items = arena_.allocate_array<View>(size);
    if (items == nullptr) return fail(too_large());
    const auto* data = static_cast<const std::byte*>(type.sequence->data(at));
    const TargetType& element = type.element();
    for (std::size_t i = 0; i < size; ++i) {
      new (items + i) View();
      if (!value(data + i * type.item_bytes, element, items[i], depth + 1)) {
        name_step(fault_, "[" + std::to_string(i) + "]");
        return false;
      }
    }
    out = View::array({items, size});
    return true;
  }

  struct Entries {
    StructViewer* self;
    MapEntry* entries;
    const TargetType* element;
    std::size_t count;
    int depth;
    bool ok;
  };
  bool map(const void* at, const TargetType& type, View& out, int depth) {
    if (depth > kMaxDepth) return fail(too_deep());
    const auto size = type.map->size(at);
    out = View::map({});
    if (size == 0) return true;
    auto* room = arena_.allocate_array<MapEntry>(size);
    if (room == nullptr) return fail(too_large());
    Entries entries{this, room, &type.element(), 0, depth, true};
    type.map->for_each(at, &entries, [](void* context, std::string_view key, const void* value) {
      auto& to = *static_cast<Entries*>(context);
      auto* entry = new (to.entries + to.count) MapEntry{View::string(key), View()};
      to.ok = to.self->value(value, *to.element, entry->value, to.depth + 1);
      if (!to.ok) name_step(to.self->fault_, std::string(key.substr(0, 64)));
      ++to.count;
      return to.ok;
    });
    if (!entries.ok) return false;
    out = View::map({room, entries.count});
    return true;
  }

  const StructViews& names_;
  Arena& arena_;
  Fault fault_;
};

StructViews::StructViews(const StructType& type) : root_(&type) {
  add(type);
  while (!open_.empty()) {
    const auto* next = open_.back();
    open_.pop_back();
    for (const auto& field : next->fields()) add(field.type());
  }
}

void StructViews::add(const StructType& type) {
  std::vector<std::string> names;
  for (const auto& field : type.fields()) names.emplace_back(field.name);
  const auto [at, fresh] = shapes_.try_emplace(&type, std::string(type.name()), std::move(names));
  if (fresh) open_.push_back(&type);
}

void StructViews::add(const TargetType& type) {
  if (type.record != nullptr) add(type.record());
  if (type.element != nullptr) add(type.element());
  for (const auto alternative : type.alternatives) add(alternative());
  if (type.symbols == nullptr) return;
  auto& names = symbols_[type.symbols];
  if (!names.empty()) return;
  for (const auto& entry : type.symbols->entries) names.emplace_back(entry.symbol);
}

std::optional<Fault> StructViews::view(const void* object, Arena& arena, View& out) const {
  StructViewer viewer(*this, arena);
  if (viewer.record(object, *root_, out, 0)) return std::nullopt;
  return std::move(viewer).take();
}

}  // namespace limpet::value
