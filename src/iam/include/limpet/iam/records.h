// The record types that this room keeps in the store, for programs that check or convert a store.
#pragma once

#include "limpet/storage/record_type.h"

#include <vector>

namespace limpet::iam {

std::vector<storage::RecordKind> record_kinds();

}  // namespace limpet::iam
