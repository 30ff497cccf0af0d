#include "limpet/compat/bundle.h"

#include "limpet/avro/bundle.h"
#include "limpet/json_schema/bundle.h"
#include "limpet/protobuf/bundle.h"

namespace limpet::compat {

Result<std::string> bundle_definition(Format format, std::string_view root,
                                      std::span<const NamedText> imports) {
  switch (format) {
    case Format::Avro: return avro::bundle(root, imports);
    case Format::Json: return json_schema::bundle(root, imports);
    case Format::Protobuf: return protobuf::bundle(root, imports);
  }
  return Error::internal("a format without an engine");
}

}  // namespace limpet::compat
