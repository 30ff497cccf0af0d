// What a Schema holds: libprotobuf's descriptors and our model of them.
#pragma once

#include "limpet/protobuf/model.h"

#include <cstddef>
#include <deque>
#include <google/protobuf/descriptor.h>
#include <string>
#include <unordered_map>
#include <vector>

namespace limpet::protobuf {

namespace pb = ::google::protobuf;

/// Our types by libprotobuf's.
struct Types {
  std::unordered_map<const pb::Descriptor*, Message*> messages;
  std::unordered_map<const pb::EnumDescriptor*, const Enum*> enums;
};

struct Document {
  explicit Document(const pb::DescriptorPool* underlay) : pool(underlay) {}

  pb::DescriptorPool pool;
  const pb::FileDescriptor* root = nullptr;
  std::deque<File> files;                ///< imports before their importers, the root last
  std::vector<const Message*> messages;  ///< of the root, by full name
  /// Of what the resolver supplied: equal = the same definitions.
  std::unordered_map<const File*, std::string> import_identities;
  Types types;             ///< of `files`
  std::size_t widest = 0;  ///< fields of the widest message that the schema can reach
};

}  // namespace limpet::protobuf
