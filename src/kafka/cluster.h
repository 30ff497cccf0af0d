// Questions to a cluster that consumers and administration share. Private to the room.
#pragma once

#include "handle.h"

#include "limpet/kafka/admin.h"

#include <functional>
#include <string>
#include <vector>

namespace limpet::kafka {

/// Makes an admin call's queue and options, sends it, and waits for the answer.
Result<OwnedEvent> ask(
    Handle& handle, rd_kafka_admin_op_t operation, const Remaining& remaining,
    const std::function<Status(rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue)>& send);

Result<Cluster> describe_cluster(Handle& handle, const Remaining& remaining);
/// Errors: NotFound.
Result<Topic> describe_topic(Handle& handle, const std::string& name, const Remaining& remaining);
/// All of them.
Result<std::vector<Topic>> describe_topics(Handle& handle, const Remaining& remaining);

/// The same position in each partition, resolved by their leaders, in the order asked. A time
/// behind the last record is the end as it was before the time was looked for, so that nothing
/// falls between. Errors: NotFound; InvalidInput (Kind::Committed).
Result<std::vector<PartitionOffset>> resolve(Handle& handle,
                                             const std::vector<TopicPartition>& partitions,
                                             Position position, const Remaining& remaining);

}  // namespace limpet::kafka
