#include "bundled.h"

#include "adapter.h"
#include "model_builder.h"

#include "limpet/base/assert.h"
#include "limpet/protobuf/schema.h"

#include <algorithm>
#include <google/protobuf/any.pb.h>
#include <google/protobuf/api.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/source_context.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/type.pb.h>
#include <google/protobuf/wrappers.pb.h>
#include <memory>

namespace limpet::protobuf {
namespace {

void add(Bundle& bundle, const SourceFile& source) {
  const auto linked = link(bundle.pool, source);
  LIMPET_ASSERT(linked);
  File& file = bundle.files.emplace_back();
  file.bundled = true;
  build_model(**linked, nullptr, {}, bundle.types, file);
  bundle.widest = std::max(bundle.widest, widest_message(file));
  bundle.paths.push_back(file.path);
}

// libprotobuf carries its own files compiled in.
void add_compiled(Bundle& bundle, const pb::FileDescriptor& compiled) {
  SourceFile source;
  compiled.CopyTo(&source.proto);
  add(bundle, source);
}

std::unique_ptr<const Bundle> build_bundle() {
  silence_libprotobuf();
  auto bundle = std::make_unique<Bundle>();
  for (const pb::Descriptor* sample :
       {// imports before importers
        pb::Any::descriptor(), pb::FileDescriptorProto::descriptor(), pb::Duration::descriptor(),
        pb::Empty::descriptor(), pb::FieldMask::descriptor(), pb::SourceContext::descriptor(),
        pb::Struct::descriptor(), pb::Timestamp::descriptor(), pb::DoubleValue::descriptor(),
        pb::Type::descriptor(), pb::Api::descriptor()}) {
    add_compiled(*bundle, *sample->file());
  }
  for (const auto& [path, text] : bundled_texts()) {
    SourceFile source;
    const auto read = read_source(text, source);
    LIMPET_ASSERT(read);
    source.proto.set_name(std::string(path));
    add(*bundle, source);
  }
  std::ranges::sort(bundle->paths);
  return bundle;
}

}  // namespace

const Bundle& bundle() {
  // Never destroyed: schemas of static storage may outlive this file's statics.
  static const Bundle* const kBundle = build_bundle().release();
  return *kBundle;
}

std::span<const std::string> bundled_imports() { return bundle().paths; }

}  // namespace limpet::protobuf
