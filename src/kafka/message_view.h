// From librdkafka's message to our view of it. Private to the room.
#pragma once

#include "limpet/kafka/message.h"

namespace limpet::kafka {

/// Requires: not an error. Valid while the message lives.
Message view_of(rd_kafka_message_s* native);

}  // namespace limpet::kafka
