#include "disk.h"

#include <algorithm>
#include <array>
#include <utility>

namespace limpet::simulation {

namespace {

void write_over(std::string& content, std::uint64_t offset, std::string_view bytes) {
  if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
  std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<std::ptrdiff_t>(offset));
}

/// Decides, write by write and sector by sector, what gets to the platter.
class Survival {
 public:
  Survival(Unsynced unsynced, std::size_t writes, Random& random)
      : unsynced_(unsynced), random_(random), prefix_(random.below(writes + 1)) {
    constexpr std::array<unsigned, 4> kOdds = {100, 500, 900, 990};
    odds_ = kOdds.at(random.below(kOdds.size()));
  }

  void next_write() {
    ++write_;
    whole_ = random_.chance(odds_);
  }
  bool next_sector() {
    switch (unsynced_) {
      case Unsynced::Lost:
        return false;
      case Unsynced::Kept:
        return true;
      case Unsynced::Torn:
        return random_.chance(odds_);
      case Unsynced::Reordered:
        return whole_;
      case Unsynced::Prefix:
        return write_ < prefix_ || (write_ == prefix_ && random_.chance(odds_));
    }
    return false;
  }

 private:
  const Unsynced unsynced_;
  Random& random_;
  const std::size_t prefix_;
  unsigned odds_ = 0;
  std::size_t write_ = 0;
  bool whole_ = false;
};

bool keeps_name(Unsynced unsynced, Random& random) {
  if (unsynced == Unsynced::Lost || unsynced == Unsynced::Kept) return unsynced == Unsynced::Kept;
  return random.chance(500);
}

}  // namespace

void DiskFile::write(std::uint64_t offset, std::string_view bytes) {
  write_over(now_, offset, bytes);
  unsynced_.push_back({offset, std::string(bytes)});
}

void DiskFile::truncate(std::uint64_t size) {
  now_.resize(size);
  unsynced_.push_back({size, std::nullopt});
}

// Of two writes to one sector, the later may be lost and the earlier kept.
void DiskFile::replay(const std::vector<Change>& changes, Unsynced unsynced, Random& random) {
  Survival survival(unsynced, changes.size(), random);
  for (const Change& change : changes) {
    survival.next_write();
    if (!change.bytes) {
      if (survival.next_sector()) durable_.resize(change.offset);
      continue;
    }
    const std::string_view bytes = *change.bytes;
    const std::uint64_t end = change.offset + bytes.size();
    for (std::uint64_t at = change.offset; at < end;) {
      const std::uint64_t next =
          std::min<std::uint64_t>(end, (at / kSectorBytes + 1) * kSectorBytes);
      if (survival.next_sector()) {
        write_over(durable_, at, bytes.substr(at - change.offset, next - at));
      }
      at = next;
    }
  }
}

void DiskFile::sync() {
  for (const Change& change : unsynced_) {
    if (change.bytes) {
      write_over(durable_, change.offset, *change.bytes);
    } else {
      durable_.resize(change.offset);
    }
  }
  unsynced_.clear();
}

void DiskFile::fail_sync(FailedSync how, Random& random) {
  if (how == FailedSync::StaysDirty) return;
  replay(unsynced_, static_cast<Unsynced>(random.below(kUnsyncedKinds)), random);
  unsynced_.clear();
  if (how == FailedSync::Reverted) {
    // The size is the kernel's own knowledge; it does not go back.
    const std::size_t size = now_.size();
    now_ = durable_;
    now_.resize(size);
  }
}

void DiskFile::lose_power(Unsynced unsynced, Random& random) {
  replay(unsynced_, unsynced, random);
  unsynced_.clear();
  now_ = durable_;
}

Disk::FilePtr Disk::find(const std::string& name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second.file;
}

Disk::FilePtr Disk::create(const std::string& name) {
  Entry& entry = entries_[name];
  if (!entry.file) entry.file = std::make_shared<DiskFile>();
  return entry.file;
}

void Disk::remove(const std::string& name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return;
  if (found->second.durable) removed_[name] = found->second.file;
  entries_.erase(found);
}

void Disk::sync_name(const std::string& name) {
  const auto found = entries_.find(name);
  if (found != entries_.end()) found->second.durable = true;
  removed_.erase(name);
}

void Disk::sync_names() {
  for (auto& [name, entry] : entries_) entry.durable = true;
  removed_.clear();
}

void Disk::lose_power(Unsynced unsynced, Random& random) {
  for (auto& [name, file] : removed_) {
    if (!keeps_name(unsynced, random)) entries_.try_emplace(name, Entry{file, true});
  }
  removed_.clear();
  std::erase_if(entries_, [&](const auto& named) {
    return !named.second.durable && !keeps_name(unsynced, random);
  });
  for (auto& [name, entry] : entries_) {
    entry.file->lose_power(unsynced, random);
    entry.durable = true;
  }
}

}  // namespace limpet::simulation
