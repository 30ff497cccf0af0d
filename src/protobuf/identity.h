// The form by which definitions are told apart.
#pragma once

#include <google/protobuf/descriptor.h>
#include <string>

namespace limpet::protobuf {

/// A FileDescriptorProto in normal form, serialized; see identity_form().
std::string identity_of(const ::google::protobuf::FileDescriptor& file);

}  // namespace limpet::protobuf
