#include "oracle.h"

namespace limpet::verdicts {

Tally& Tally::operator+=(const Tally& other) {
  pairs += other.pairs;
  compatible += other.compatible;
  values += other.values;
  unsound += other.unsound;
  disputed += other.disputed;
  stricter += other.stricter;
  judged += other.judged;
  peer_pairs += other.peer_pairs;
  excused += other.excused;
  findings.insert(findings.end(), other.findings.begin(), other.findings.end());
  return *this;
}

}  // namespace limpet::verdicts
