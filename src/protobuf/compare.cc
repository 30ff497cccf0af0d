#include "limpet/protobuf/compare.h"

#include "difference.h"
#include "document.h"
#include "field_kind.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

namespace limpet::protobuf {
namespace {

std::string_view without_package(const Message& message) {
  std::string_view name = message.full_name;
  if (!message.file->package.empty()) name.remove_prefix(message.file->package.size() + 1);
  return name;
}

std::string_view oneof_name(const Message& message, const Field& field) {
  return field.oneof ? std::string_view(message.oneofs[*field.oneof].name) : std::string_view();
}

std::string signature(const Method& method) {
  std::string out = "(";
  if (method.client_streaming) out += "stream ";
  out += method.input + ") returns (";
  if (method.server_streaming) out += "stream ";
  return out + method.output + ")";
}

// Two lists of named things, walked together by name: f(a, b), either nullptr when missing.
template <class T, class F>
void by_name(const std::vector<T>& a, const std::vector<T>& b, const F& f) {
  const auto sorted = [](const std::vector<T>& all) {
    std::vector<const T*> out;
    out.reserve(all.size());
    for (const auto& one : all) out.push_back(&one);
    std::ranges::sort(out, {}, [](const T* one) -> const std::string& { return one->name; });
    return out;
  };
  const auto left = sorted(a);
  const auto right = sorted(b);
  std::size_t i = 0;
  std::size_t k = 0;
  while (i < left.size() || k < right.size()) {
    const int order = i == left.size()    ? 1
                      : k == right.size() ? -1
                                          : left[i]->name.compare(right[k]->name);
    f(order <= 0 ? left[i] : nullptr, order >= 0 ? right[k] : nullptr);
    if (order <= 0) ++i;
    if (order >= 0) ++k;
  }
}

// The words of Confluent's algorithm: original = the writer's, update = the reader's.
class Comparer {
 public:
  explicit Comparer(const Comparison& comparison)
      : comparison_(comparison),
        options_(comparison.options),
        writer_(comparison.writer.file()),
        reader_(comparison.reader.file()),
        left_(std::min(options_.max_pairs, comparison.pairs_left != nullptr ? *comparison.pairs_left
                                                                            : options_.max_pairs)) {
  }

  Result<std::vector<Difference>> run() {
    const auto before = left_;
    if (writer_.package != reader_.package) {
      const auto shown = [](const std::string& package) {
        return package.empty() ? std::string(kAbsent) : "package " + package;
      };
      report(Rule::PackageChanged, {}, {shown(reader_.package)}, {shown(writer_.package)});
    }
    scope(writer_.messages, reader_.messages, writer_.enums, reader_.enums);
    imported_pairs();
    if (options_.profile == Profile::Glue) services();
    if (comparison_.pairs_left != nullptr) *comparison_.pairs_left -= before - left_;
    if (exhausted_) {
      return Error::limit_exceeded("the schemas are too large to be compared within " +
                                   std::to_string(before) + " steps");
    }
    return std::move(out_);
  }

 private:
  // Pairs of messages that are not both defined in the roots, met through fields.
  using ImportedPair = std::pair<const Message*, const Message*>;
  struct Reference {
    ImportedPair target;
    Difference difference;  // to be reported when the target breaks
  };

  bool charge(std::uint64_t steps = 1) {
    if (left_ < steps) exhausted_ = true;
    left_ -= std::min(left_, steps);
    return !exhausted_;
  }

  std::string path_with(std::string_view oneof, std::int32_t number) const {
    std::string out = path_;
    if (!oneof.empty()) out.append("/").append(oneof);
    if (number > 0) out.append("/").append(std::to_string(number));
    return out.size() == 1 ? "#/" : out;
  }

  void report(Rule rule, std::string field, Side reader, Side writer, std::string_view oneof = {},
              std::int32_t number = 0) {
    const bool breaking = breaks(rule, options_.profile);
    broken_ = broken_ || breaking;
    if ((!breaking && !options_.harmless) || out_.size() >= options_.max_differences) return;
    out_.push_back({rule, breaking, path_with(oneof, number), std::move(field), std::move(reader),
                    std::move(writer)});
  }

  // ---- types ----

  // Entries of maps and types of groups come and go with their fields, which are compared.
  static bool is_declared(const Message* message) {
    return message != nullptr && !message->map_entry && !message->group;
  }

  void scope(const std::vector<Message>& original, const std::vector<Message>& update,
             const std::vector<Enum>& original_enums, const std::vector<Enum>& update_enums) {
    by_name(original, update, [this](const Message* from, const Message* to) {
      if (!charge()) return;
      if (from != nullptr && to != nullptr && from->map_entry && to->map_entry) return;
      const auto mark = path_.size();
      path_.append("/").append(from != nullptr ? from->name : to->name);
      if (from != nullptr && to != nullptr && from->map_entry == to->map_entry) {
        message(*from, *to);
        if (from->index != to->index) {
          report(Rule::MessageMoved, from->full_name, {std::to_string(to->index), to->line},
                 {std::to_string(from->index), from->line});
        }
      } else {
        if (is_declared(from)) {
          report(Rule::MessageRemoved, from->full_name, {std::string(kAbsent)},
                 {"message " + from->full_name, from->line});
        }
        if (is_declared(to)) {
          report(Rule::MessageAdded, to->full_name, {"message " + to->full_name, to->line},
                 {std::string(kAbsent)});
        }
      }
      path_.resize(mark);
    });
    by_name(original_enums, update_enums, [this](const Enum* from, const Enum* to) {
      if (!charge()) return;
      const auto mark = path_.size();
      path_.append("/").append(from != nullptr ? from->name : to->name);
      if (to == nullptr) {
        report(Rule::EnumRemoved, from->full_name, {std::string(kAbsent)},
               {"enum " + from->full_name, from->line});
      } else if (from == nullptr) {
        report(Rule::EnumAdded, to->full_name, {"enum " + to->full_name, to->line},
               {std::string(kAbsent)});
      } else {
        enumeration(*from, *to);
      }
      path_.resize(mark);
    });
  }

  void enumeration(const Enum& from, const Enum& to) {
    if (!options_.harmless) return;  // nothing here breaks
    std::map<std::int32_t, std::pair<const EnumValue*, const EnumValue*>> numbers;
    for (const auto& value : from.values) numbers[value.number].first = &value;
    for (const auto& value : to.values) numbers[value.number].second = &value;
    if (!charge(numbers.size())) return;
    for (const auto& [number, pair] : numbers) {
      const auto& [original, update] = pair;
      const auto shown = [](const EnumValue* value) {
        return value == nullptr ? std::string(kAbsent) : value->name;
      };
      const auto rule = update == nullptr     ? Rule::EnumConstRemoved
                        : original == nullptr ? Rule::EnumConstAdded
                                              : Rule::EnumConstChanged;
      if (rule == Rule::EnumConstChanged && original->name == update->name) continue;
      report(rule, from.full_name, {shown(update), to.line}, {shown(original), from.line},
             std::to_string(number));
    }
  }

  void message(const Message& from, const Message& to) {
    const auto deleted = oneofs(from, to);
    std::size_t i = 0;
    std::size_t k = 0;
    while (i < from.by_number.size() || k < to.by_number.size()) {
      if (!charge()) return;
      const auto* original = i < from.by_number.size() ? &from.fields[from.by_number[i]] : nullptr;
      const auto* update = k < to.by_number.size() ? &to.fields[to.by_number[k]] : nullptr;
      if (update == nullptr || (original != nullptr && original->number < update->number)) {
        if (!original->oneof || !deleted[*original->oneof]) removed(from, to, *original);
        ++i;
      } else if (original == nullptr || update->number < original->number) {
        added(from, to, *update);
        ++k;
      } else {
        field(from, *original, to, *update);
        ++i;
        ++k;
      }
    }
    scope(from.messages, to.messages, from.enums, to.enums);
  }

  // ---- oneofs ----

  // Tells of each oneof of `from` whether nothing of it is left in `to`, neither its name nor a
  // member: then nothing of it can be mistaken for something else.
  std::vector<bool> oneofs(const Message& from, const Message& to) {
    std::vector<bool> deleted(from.oneofs.size());
    if (!charge(from.oneofs.size() + to.oneofs.size())) return deleted;
    by_name(from.oneofs, to.oneofs, [&](const Oneof* original, const Oneof* update) {
      if (original == nullptr || update != nullptr) return;
      deleted[static_cast<std::size_t>(original - from.oneofs.data())] =
          charge(original->fields.size()) &&
          std::ranges::none_of(original->fields, [&](std::uint32_t i) {
            return to.find_field(from.fields[i].number) != nullptr;
          });
    });
    for (const auto& oneof : to.oneofs) moved_together(from, to, oneof);
    by_name(from.oneofs, to.oneofs, [&](const Oneof* original, const Oneof* update) {
      if (original != nullptr && update != nullptr) return;
      const auto rule = update == nullptr ? Rule::OneofRemoved : Rule::OneofAdded;
      const auto& name = update == nullptr ? original->name : update->name;
      const std::string there = "oneof " + name;
      const std::string missing(kAbsent);
      report(rule, from.full_name + "." + name, {update == nullptr ? missing : there, to.line},
             {update == nullptr ? there : missing, from.line}, name);
    });
    return deleted;
  }

  // Members that could be set together before cannot be kept together in one oneof.
  void moved_together(const Message& from, const Message& to, const Oneof& oneof) {
    std::set<std::uint32_t> from_oneofs;
    std::size_t from_top_level = 0;
    std::string moved;
    if (!charge(oneof.fields.size())) return;
    for (const auto i : oneof.fields) {
      const auto* original = from.find_field(to.fields[i].number);
      if (original == nullptr) continue;
      if (original->oneof) {
        from_oneofs.insert(*original->oneof);
      } else {
        ++from_top_level;
      }
      if (!moved.empty()) moved += ", ";
      moved += original->name;
    }
    if (from_oneofs.size() + from_top_level < 2) return;
    report(from_top_level > 1 ? Rule::MultipleFieldsMovedToOneof : Rule::FieldMovedToExistingOneof,
           to.full_name + "." + oneof.name, {"oneof " + oneof.name, to.line},
           {"fields " + moved, from.line}, oneof.name);
  }

  // ---- fields ----

  static Side side(const Field& field) { return {describe(field), field.line}; }
  static std::string name_of(const Message& message, const Field& field) {
    return message.full_name + "." + field.name;
  }

  void removed(const Message& from, const Message& to, const Field& field) {
    const auto rule = field.oneof                      ? Rule::OneofFieldRemoved
                      : field.label == Label::Required ? Rule::RequiredFieldRemoved
                                                       : Rule::FieldRemoved;
    report(rule, name_of(from, field), {std::string(kAbsent), to.line}, side(field),
           oneof_name(from, field), field.number);
  }

  void added(const Message& from, const Message& to, const Field& field) {
    const auto rule = field.oneof                      ? Rule::OneofFieldAdded
                      : field.label == Label::Required ? Rule::RequiredFieldAdded
                                                       : Rule::FieldAdded;
    report(rule, name_of(to, field), side(field), {std::string(kAbsent), from.line},
           oneof_name(to, field), field.number);
  }

  void field(const Message& from, const Field& original, const Message& to, const Field& update) {
    const auto oneof = oneof_name(to, update);
    if (original.oneof && !update.oneof) {
      report(Rule::OneofFieldMovedToTopLevel, name_of(from, original), side(update), side(original),
             oneof, update.number);
    }
    if (original.name != update.name) {
      report(Rule::FieldNameChanged, name_of(from, original), {update.name, update.line},
             {original.name, original.line}, oneof, update.number);
    }
    std::optional<Rule> rule = type_changed(original, update, name_of(to, update), oneof);
    if (!rule) rule = label_changed(original, update);
    auto written = side(original);
    if (!rule && options_.profile == Profile::Glue && update.label == Label::Required &&
        update.enumeration != nullptr) {
      if (const auto value = unknown_value(original, *update.enumeration)) {
        written.value += *value;
        rule = Rule::FieldScalarKindChanged;
      }
    }
    if (rule) {
      report(*rule, name_of(to, update), side(update), std::move(written), oneof, update.number);
    }
  }

  // A required field with a value that the reader's enum lacks is a missing one: proto2 keeps such
  // values apart. nullopt: there is none; else what to say of it.
  std::optional<std::string> unknown_value(const Field& original, const Enum& update) {
    if (original.enumeration == nullptr) return ", which may be no value of the enum";
    const auto& values = original.enumeration->values;
    if (!charge(values.size() + update.values.size())) return std::nullopt;
    std::set<std::int32_t> known;
    for (const auto& value : update.values) known.insert(value.number);
    for (const auto& value : values) {
      if (known.contains(value.number)) continue;
      return " with " + value.name + " = " + std::to_string(value.number) +
             ", which the reader's enum lacks";
    }
    return std::nullopt;
  }

  std::optional<Rule> type_changed(const Field& original, const Field& update,
                                   const std::string& name, std::string_view oneof) {
    const auto category = category_of(original);
    if (category != category_of(update)) return Rule::FieldKindChanged;
    switch (category) {
      case Category::Scalar:
        if (wire_of(original.type) != wire_of(update.type)) return Rule::FieldScalarKindChanged;
        return std::nullopt;
      case Category::Map:
        for (const std::int32_t part : {1, 2}) {
          if (const auto rule = type_changed(*original.message->find_field(part),
                                             *update.message->find_field(part), name, oneof)) {
            return rule;
          }
        }
        return std::nullopt;
      case Category::Message:
      case Category::Group:
        return named_type_changed(original, update, name, oneof);
    }
    return std::nullopt;
  }

  std::optional<Rule> named_type_changed(const Field& original, const Field& update,
                                         const std::string& name, std::string_view oneof) {
    const auto& from = *original.message;
    const auto& to = *update.message;
    if (without_package(from) != without_package(to)) return Rule::FieldNamedTypeChanged;
    // Types of the roots are compared where they are defined.
    if (from.file == &writer_ && to.file == &reader_) return std::nullopt;
    if (same_import(from, to)) return std::nullopt;
    references_.push_back({{&from, &to},
                           {Rule::FieldNamedTypeChanged, true, path_with(oneof, update.number),
                            name, side(update), side(original)}});
    if (seen_.insert({&from, &to}).second) waiting_.emplace_back(&from, &to);
    edges_.push_back({current_, {&from, &to}});
    return std::nullopt;
  }

  bool same_import(const Message& from, const Message& to) const {
    if (from.file == to.file) return true;  // both of the bundle, or one schema
    const auto& writers = comparison_.writer.document().import_identities;
    const auto& readers = comparison_.reader.document().import_identities;
    const auto a = writers.find(from.file);
    const auto b = readers.find(to.file);
    return a != writers.end() && b != readers.end() && from.file->path == to.file->path &&
           a->second == b->second;
  }

  std::optional<Rule> label_changed(const Field& original, const Field& update) const {
    const auto category = category_of(original);
    if (options_.profile == Profile::Glue && original.label != update.label) {
      // AWS Glue developer guide: a required field may not be asked of old data.
      if (update.label == Label::Required) return Rule::FieldBecameRequired;
      if (original.label == Label::Required && update.label != Label::Repeated) {
        return Rule::FieldNoLongerRequired;
      }
    }
    if (category != Category::Scalar) return std::nullopt;
    const bool text = wire_of(original.type) == Wire::Length;
    // Packed numbers are lost on a singular field, whether or not a label was written.
    if (options_.profile == Profile::Glue && !text && original.repeated != update.repeated) {
      return Rule::FieldNumericLabelChanged;
    }
    if (original.label == Label::None || update.label == Label::None ||
        original.label == update.label) {
      return std::nullopt;
    }
    return text ? Rule::FieldStringOrBytesLabelChanged : Rule::FieldNumericLabelChanged;
  }

  // ---- imported types ----

  // Each pair is compared once, without recursion: imported types may refer to each other at will.
  // A field whose imported type breaks, directly or through other imports, breaks too.
  void imported_pairs() {
    std::set<ImportedPair> broken;
    while (!waiting_.empty() && !exhausted_) {
      current_ = waiting_.back();
      waiting_.pop_back();
      path_ = "#";
      std::string name(without_package(*current_.first));
      std::ranges::replace(name, '.', '/');
      path_.append("/").append(name);
      const bool before = std::exchange(broken_, false);
      message(*current_.first, *current_.second);
      if (broken_) broken.insert(current_);
      broken_ = broken_ || before;
    }
    path_ = "#";
    if (broken.empty()) return;
    spread(broken);
    for (auto& [target, difference] : references_) {
      if (!broken.contains(target) || out_.size() >= options_.max_differences) continue;
      out_.push_back(std::move(difference));
    }
  }

  void spread(std::set<ImportedPair>& broken) const {
    std::multimap<ImportedPair, ImportedPair> users;
    for (const auto& [user, used] : edges_) users.emplace(used, user);
    std::vector<ImportedPair> open(broken.begin(), broken.end());
    while (!open.empty()) {
      const auto used = open.back();
      open.pop_back();
      const auto [begin, end] = users.equal_range(used);
      for (auto at = begin; at != end; ++at) {
        if (at->second.first != nullptr && broken.insert(at->second).second) {
          open.push_back(at->second);
        }
      }
    }
  }

  // ---- services ----

  void services() {
    by_name(writer_.services, reader_.services, [this](const Service* from, const Service* to) {
      if (!charge()) return;
      const auto mark = path_.size();
      const auto& name = from != nullptr ? from->name : to->name;
      path_.append("/").append(name);
      if (to == nullptr) {
        report(Rule::ServiceRemoved, name, {std::string(kAbsent)}, {"service " + name, from->line});
      } else if (from == nullptr) {
        report(Rule::ServiceAdded, name, {"service " + name, to->line}, {std::string(kAbsent)});
      } else {
        methods(*from, *to);
      }
      path_.resize(mark);
    });
  }

  void methods(const Service& from, const Service& to) {
    by_name(from.methods, to.methods, [&](const Method* original, const Method* update) {
      if (!charge()) return;
      const auto& name = original != nullptr ? original->name : update->name;
      const auto shown = [](const Method* method) {
        return method == nullptr ? Side{std::string(kAbsent)}
                                 : Side{signature(*method), method->line};
      };
      const auto rule = update == nullptr     ? Rule::MethodRemoved
                        : original == nullptr ? Rule::MethodAdded
                                              : Rule::MethodChanged;
      const auto reader = shown(update);
      const auto writer = shown(original);
      if (reader.value == writer.value) return;
      report(rule, from.name + "." + name, reader, writer, name);
    });
  }

  const Comparison& comparison_;
  const CompareOptions& options_;
  const File& writer_;
  const File& reader_;
  std::uint64_t left_;
  bool exhausted_ = false;
  bool broken_ = false;
  std::string path_ = "#";
  std::vector<Difference> out_;

  ImportedPair current_{nullptr, nullptr};  // nullptr: the roots themselves
  std::vector<ImportedPair> waiting_;
  std::set<ImportedPair> seen_;
  std::vector<Reference> references_;
  std::vector<std::pair<ImportedPair, ImportedPair>> edges_;  // user, used
};

}  // namespace

Result<std::vector<Difference>> compare(const Comparison& comparison) {
  return Comparer(comparison).run();
}

}  // namespace limpet::protobuf
