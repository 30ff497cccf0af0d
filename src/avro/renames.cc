#include "renames.h"

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
  } else if (writer.type == Type::Record && !seen_[writer.id]) {
    seen_[writer.id] = true;
    for (const auto& field : writer.fields) apply(*field.type);
    apply_record(writer);
  }
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
    renamed.fields.push_back(new_name);
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

}  // namespace limpet::avro
