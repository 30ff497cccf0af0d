// From librdkafka's message to our view of it. Private to the room.
#pragma once

#include "limpet/kafka/message.h"

namespace limpet::kafka {

/// Its topic's name. Valid while the message lives, or another one of that topic.
std::string_view topic_of(const rd_kafka_message_s& native);

/// Requires: not an error; `topic` is topic_of(). Valid while the message lives.
Message view_of(rd_kafka_message_s* native, std::string_view topic);

}  // namespace limpet::kafka
