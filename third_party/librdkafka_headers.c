/* What librdkafka knows and does not tell: compiled together with the pinned one, against its own
 * private headers. With the machine's librdkafka the room kafka does without. */
#include "rd.h"

#include "rdkafka_int.h"
#include "rdkafka_msg.h"

/* Whether a message that a consumer got may have headers; 0: it has none. rd_kafka_message_headers()
 * allocates to find that out, which takes half as long as the message took to arrive. */
int limpet_rdkafka_may_have_headers(const rd_kafka_message_t *message) {
  const rd_kafka_msg_t *msg = rd_kafka_message2msg((rd_kafka_message_t *)message);
  if (msg->rkm_headers != NULL || (msg->rkm_flags & RD_KAFKA_MSG_F_PRODUCER) != 0) return 1;
  /* Not parsed yet: their number first, as a zigzag varint. None before version 2 of the format. */
  const rd_kafkap_bytes_t *unparsed = &msg->rkm_u.consumer.binhdrs;
  return RD_KAFKAP_BYTES_LEN(unparsed) > 0 && *(const char *)unparsed->data != 0;
}
