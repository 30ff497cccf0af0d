#include "faults.h"

namespace limpet::simulation {

namespace {

bool changes(Call call) { return call != Call::Read && call != Call::Open; }

/// How long a full disk stays full, in writes.
constexpr std::size_t kFullForMax = 40;
/// How long a spell of failures lasts, in operations, and how many of them, in a thousand, fail.
constexpr std::size_t kSpellForMax = 12;
constexpr unsigned kSpellOdds = 600;

}  // namespace

std::string_view to_string(Fate fate) {
  constexpr std::array<std::string_view, kFateCount> kNames = {"pass",
                                                               "I/O error",
                                                               "disk full",
                                                               "short write",
                                                               "late I/O error",
                                                               "sync failed, stays dirty",
                                                               "sync failed, pages dropped",
                                                               "sync failed, pages reverted",
                                                               "power loss",
                                                               "kill",
                                                               "sync lies",
                                                               "write is lost"};
  return kNames.at(static_cast<std::size_t>(fate));
}

Faults::Faults(const FaultOdds& odds, std::optional<ScriptedFault> script, std::uint64_t seed,
               Plant& plant)
    : odds_(odds), script_(script), random_(seed), plant_(plant) {}

Fate Faults::meet(const Operation& operation) {
  if (changes(operation.call) && meanwhile) meanwhile(operation);
  const Fate fate = plant_.disk(operation, enabled_ ? choose(operation) : Fate::Pass);
  if (fate != Fate::Pass) {
    ++counts_.at(static_cast<std::size_t>(fate));
    if (told) told(operation, fate);
  }
  return fate;
}

Fate Faults::choose(const Operation& operation) {
  if (!script_) return by_chance(operation);
  const bool counted = script_->call ? operation.call == *script_->call : changes(operation.call);
  if (!counted) return Fate::Pass;
  const std::size_t number = ++operations_;
  const bool struck = number >= script_->at && number < script_->at + script_->count;
  return struck ? script_->fate : Fate::Pass;
}

Fate Faults::by_chance(const Operation& operation) {
  if (changes(operation.call)) {
    ++operations_;
    if (random_.chance(odds_.power_loss)) return Fate::PowerLoss;
    if (random_.chance(odds_.kill)) return Fate::Kill;
    if (spell_for_ > 0) {
      --spell_for_;
      if (random_.chance(kSpellOdds)) return failure(operation);
    }
  }
  if (operation.call == Call::Write && operation.grows) {
    if (full_for_ > 0) {
      --full_for_;
      return Fate::Full;
    }
    if (random_.chance(odds_.full)) {
      full_for_ = random_.below(kFullForMax);
      return Fate::Full;
    }
  }
  const bool read = operation.call == Call::Read;
  const bool sync = operation.call == Call::Sync;
  if (!random_.chance(read ? odds_.read_error : sync ? odds_.failed_sync : odds_.io_error)) {
    return Fate::Pass;
  }
  if (!read && random_.chance(odds_.spell)) spell_for_ = random_.below(kSpellForMax);
  return failure(operation);
}

Fate Faults::failure(const Operation& operation) {
  constexpr std::array kSyncs = {Fate::SyncStaysDirty, Fate::SyncDropped, Fate::SyncReverted};
  if (operation.call == Call::Sync) return kSyncs.at(random_.below(kSyncs.size()));
  constexpr std::array kWrites = {Fate::IoError, Fate::ShortWrite, Fate::LateError};
  if (operation.call == Call::Write) return kWrites.at(random_.below(kWrites.size()));
  return Fate::IoError;
}

FaultOdds odds_of(std::uint64_t seed) {
  constexpr std::array kCharacters = {
      kEverything,
      // A disk that is dying, in a machine that often loses power.
      FaultOdds{.io_error = 10, .failed_sync = 150, .spell = 700, .power_loss = 12, .kill = 4},
      // A disk that is full again and again.
      FaultOdds{.io_error = 2, .failed_sync = 10, .full = 60, .spell = 200, .power_loss = 4},
      // A sound disk in a machine that crashes.
      FaultOdds{.power_loss = 20, .kill = 10},
      // A disk whose reads fail, too.
      FaultOdds{.io_error = 4, .read_error = 8, .failed_sync = 30, .spell = 300, .kill = 5},
  };
  return kCharacters.at(seed % kCharacters.size());
}

}  // namespace limpet::simulation
