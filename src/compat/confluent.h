// What a difference means in the words of Confluent Schema Registry. One function per format.
#pragma once

#include "findings.h"

#include "limpet/avro/pair_check.h"
#include "limpet/json_schema/confluent.h"

namespace limpet::compat {

// The message says what the registry's description says; `confluent_message` is the whole entry of
// its list. The fix is ours.
Finding to_confluent_finding(const Comparison& comparison, const avro::Incompatibility& found);
Finding to_confluent_finding(const Comparison& comparison,
                             const json_schema::ConfluentDifference& found);
Finding to_confluent_finding(const Comparison& comparison, const protobuf::Difference& found);

/// The stored version is of another format.
Finding other_format(const Comparison& comparison, Format candidate, Format stored);

}  // namespace limpet::compat
