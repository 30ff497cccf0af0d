#include "renames.h"

#include "defaults.h"
#include "identity.h"

#include <algorithm>
#include <unordered_map>

namespace limpet::avro {
namespace {

constexpr std::size_t kConflictsMax = 20;

// One step of a path; taken back at the end of the scope.
class Step {
 public:
  Step(std::string& path, std::string_view step) : path_(path), length_(path.size()) {
    path_.append(step);
  }
  ~Step() { path_.resize(length_); }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  std::string& path_;
  std::size_t length_;
};

// Text order, so the depth of recursion is that of the text.
class AliasSearch {
 public:
  explicit AliasSearch(std::size_t nodes) : seen_(nodes, false) {}

  bool found_in(const Node& node) {
    if (!node.aliases.empty()) return true;
    if (node.element != nullptr) return found_in(*node.element);
    const auto found = [this](const Node* branch) { return found_in(*branch); };
    if (node.type == Type::Union) return std::ranges::any_of(node.branches, found);
    if (node.type != Type::Record || seen_[node.id]) return false;
    seen_[node.id] = true;
    return std::ranges::any_of(node.fields, [&](const Field& field) {
      return !field.aliases.empty() || found_in(*field.type);
    });
  }

 private:
  std::vector<bool> seen_;
};

bool has_aliases(const Schema& schema) {
  return AliasSearch(schema.node_count()).found_in(schema.root());
}

}  // namespace

Renames::Renames(const Schema& reader, const Schema& writer) {
  if (!has_aliases(reader) || equal_in_java(reader, writer)) return;
  seen_.assign(reader.node_count(), false);
  collect(reader.root());
  seen_.assign(writer.node_count(), false);
  apply(writer.root());
  if (records_.empty() || !conflicts_.empty()) return;
  for (const auto* record : with_defaults_) check_defaults(*record);
}

const Name& Renames::name_of(const Node& writer) const {
  const auto found = types_.find(writer.name.full);
  return found == types_.end() ? writer.name : found->second.node->name;
}

std::string_view Renames::field_name(const Node& record, std::size_t index) const {
  const auto found = records_.find(&record);
  return found == records_.end() ? std::string_view(record.fields[index].name)
                                 : found->second.fields[index];
}

const Field* Renames::find_field(const Node& record, std::string_view name) const {
  const auto found = records_.find(&record);
  if (found == records_.end()) return record.find_field(name);
  const auto at = found->second.at.find(name);
  return at == found->second.at.end() ? nullptr : &record.fields[at->second];
}

void Renames::collect(const Node& reader) {
  for (const auto& alias : reader.aliases) {
    types_.insert_or_assign(alias.full, TypeTarget{&reader, path_});
  }
  if (reader.element != nullptr) {
    const Step step(path_, reader.type == Type::Array ? "/items" : "/values");
    collect(*reader.element);
  } else if (reader.type == Type::Union) {
    for (std::size_t i = 0; i < reader.branches.size(); ++i) {
      const Step step(path_, "/" + std::to_string(i));
      collect(*reader.branches[i]);
    }
  } else if (reader.type == Type::Record && !seen_[reader.id]) {
    seen_[reader.id] = true;
    collect_record(reader);
  }
}

void Renames::collect_record(const Node& record) {
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    const auto& field = record.fields[i];
    const Step step(path_, "/fields/" + std::to_string(i));
    for (const auto& alias : field.aliases) {
      auto& aliases = fields_[record.name.full];
      if (aliases == nullptr) aliases = std::make_shared<FieldAliases>();
      aliases->insert_or_assign(alias, Target{field.name, path_});
    }
    const Step type(path_, "/type");
    collect(*field.type);
  }
  const auto own = fields_.find(record.name.full);
  if (own == fields_.end()) return;
  const auto shared = own->second;  // inserting may move the entry
  for (const auto& alias : record.aliases) fields_.insert_or_assign(alias.full, shared);
}

void Renames::apply(const Node& writer) {
  if (writer.element != nullptr) {
    apply(*writer.element);
  } else if (writer.type == Type::Union) {
    for (const auto* branch : writer.branches) apply(*branch);
    apply_union(writer);
  } else if (writer.type == Type::Enum || writer.type == Type::Fixed) {
    if (seen_[writer.id]) return;
    seen_[writer.id] = true;
    renamed_again(writer);
  } else if (writer.type == Type::Record && !seen_[writer.id]) {
    seen_[writer.id] = true;
    renamed_again(writer);
    for (const auto& field : writer.fields) apply(*field.type);
    apply_record(writer);
    if (writer.required_fields < writer.fields.size()) with_defaults_.push_back(&writer);
  }
}

// GenericDatumReader applies aliases twice, SchemaValidator once, so the two do not agree on names
// that lead from one alias to the next.
void Renames::renamed_again(const Node& writer) {
  const auto first = types_.find(writer.name.full);
  if (first == types_.end() || conflicts_.size() == kConflictsMax) return;
  const auto& name = first->second.node->name;
  const auto second = types_.find(name.full);
  if (second == types_.end() || second->second.node->name == name) return;
  conflicts_.push_back({second->second.path, name.full,
                        "the writer's " + writer.name.full + " becomes " + name.full +
                            " by an alias, and by another one " + second->second.node->name.full});
}

void Renames::renamed_again(const FieldAliases& aliases, const Target& first,
                            std::string_view record) {
  const auto second = aliases.find(first.name);
  if (second == aliases.end() || second->second.name == first.name) return;
  if (conflicts_.size() == kConflictsMax) return;
  conflicts_.push_back({second->second.path, std::string(record).append(".").append(first.name),
                        "a field of the writer becomes " + std::string(first.name) +
                            " by an alias, and by another one " +
                            std::string(second->second.name)});
}

void Renames::apply_record(const Node& record) {
  const auto& name = name_of(record);
  const auto found = fields_.find(name.full);
  if (found == fields_.end()) return;
  const auto& aliases = *found->second;
  auto& renamed = records_[&record];
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    const auto& old_name = record.fields[i].name;
    const auto target = aliases.find(old_name);
    const auto new_name =
        target == aliases.end() ? std::string_view(old_name) : target->second.name;
    if (new_name != old_name) renamed_again(aliases, target->second, name.full);
    renamed.fields.push_back(new_name);
    if (new_name != old_name && !record.fields[i].default_value) ++renamed.renamed_required;
    const auto [at, fresh] = renamed.at.emplace(new_name, static_cast<std::uint32_t>(i));
    if (fresh || conflicts_.size() == kConflictsMax) continue;
    const auto& other = record.fields[at->second].name;
    const auto culprit = target == aliases.end() ? aliases.find(other) : target;
    conflicts_.push_back(
        {culprit->second.path, name.full + "." + std::string(new_name),
         "aliases make one field of the writer's fields " + other + " and " + old_name});
  }
}

void Renames::apply_union(const Node& node) {
  std::unordered_map<std::string_view, const Node*> seen;
  for (const auto* branch : node.branches) {
    if (!is_named(branch->type)) continue;
    const auto& name = name_of(*branch);
    const auto [other, fresh] = seen.emplace(name.full, branch);
    if (fresh || conflicts_.size() == kConflictsMax) continue;
    auto culprit = types_.find(branch->name.full);
    if (culprit == types_.end()) culprit = types_.find(other->second->name.full);
    conflicts_.push_back({culprit->second.path, name.full,
                          "aliases give one name to two branches of the writer's union, " +
                              other->second->name.full + " and " + branch->name.full});
  }
}

// Avro Java makes the writer's fields anew with their new names, and checks their defaults again.
void Renames::check_defaults(const Node& record) {
  for (const auto& field : record.fields) {
    if (!field.default_value || conflicts_.size() == kConflictsMax) continue;
    const auto* culprit = loses_default(*field.type, *field.default_value);
    if (culprit == nullptr) continue;
    const auto& name = name_of(*culprit);
    const auto& aliases = *fields_.find(name.full)->second;
    const auto renamed = std::ranges::find_if(
        culprit->fields, [&](const Field& own) { return aliases.contains(own.name); });
    const auto& target = aliases.find(renamed->name)->second;
    conflicts_.push_back({target.path, name.full + "." + std::string(target.name),
                          "the default of the writer's field " + field.name + " does not fit " +
                              describe(*culprit) + " any more once the alias " + renamed->name +
                              " has renamed its field",
                          true});
  }
}

// The record whose renamed fields a part of the default does not fit; nullptr = it fits.
// Depth and cost are those of the value. What is no record was checked when the writer was parsed.
const Node* Renames::loses_default(const Node& type, const json::Value& value) const {
  switch (type.type) {
    case Type::Array:
    case Type::Map:
      for (const auto& item : value.items()) {
        if (const auto* culprit = loses_default(*type.element, item)) return culprit;
      }
      for (const auto& member : value.members()) {
        if (const auto* culprit = loses_default(*type.element, member.value)) return culprit;
      }
      return nullptr;
    case Type::Union:
      return loses_default(*type.branches.front(), value);
    case Type::Record:
      break;
    default:
      return nullptr;
  }
  const auto own = records_.find(&type);
  auto required = own == records_.end() ? 0 : own->second.renamed_required;
  for (const auto& member : value.members()) {
    const auto* field = find_field(type, member.name);
    if (field == nullptr) continue;
    const bool renamed = field->name != member.name;
    if (renamed && !field->default_value) --required;
    // Under its new name a field may meet what was no member of it before.
    if (renamed && check_default(*field->type, member.value) == DefaultVerdict::Invalid)
      return &type;
    if (const auto* culprit = loses_default(*field->type, member.value)) return culprit;
  }
  return required > 0 ? &type : nullptr;
}

}  // namespace limpet::avro
