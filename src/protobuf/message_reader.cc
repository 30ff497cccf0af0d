#include "limpet/protobuf/message_reader.h"

#include "message_parser.h"
#include "message_plan.h"

#include <utility>

namespace limpet::protobuf {

using value::Fault;
using value::FaultKind;

Result<MessageReader> MessageReader::make(const Schema& schema, const Message& message,
                                          const MessageReaderOptions& options) {
  LIMPET_TRY(auto plans, MessagePlans::make(schema, message));
  return MessageReader(std::move(plans), options);
}

std::optional<Fault> MessageReader::read(std::span<const std::byte> bytes, value::Arena& arena,
                                         value::View& out, UnknownFields* unknown) const {
  if (bytes.size() > kMaxMessage) {
    return Fault{FaultKind::TooLarge, 0, "", "the message is longer than 2 GiB"};
  }
  static constexpr std::uint8_t kNothing = 0;
  const auto* begin =
      bytes.empty() ? &kNothing : reinterpret_cast<const std::uint8_t*>(bytes.data());
  return MessageParser(begin, arena, options_, unknown)
      .run(plans_->root(), begin + bytes.size(), out);
}

const value::RecordShape& MessageReader::shape() const { return plans_->root().shape; }
const Message& MessageReader::message() const { return *plans_->root().message; }

}  // namespace limpet::protobuf
