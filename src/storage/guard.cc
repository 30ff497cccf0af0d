#include "limpet/storage/guard.h"

#include <exception>
#include <utility>

namespace limpet::storage {

namespace {

template <class Work, class Argument>
Status run_guarded(const Work& work, Argument& argument) {
  try {
    return work(argument);
  } catch (const std::exception& exception) {
    return Error::internal(std::string("a storage work threw: ") + exception.what());
  } catch (...) {
    return Error::internal("a storage work threw");
  }
}

}  // namespace

Status guarded(const ReadWork& work, Reader& reader) { return run_guarded(work, reader); }
Status guarded(const WriteWork& work, Txn& txn) { return run_guarded(work, txn); }

void finish(const Done& done, CommitResult result) {
  try {
    done(std::move(result));
  } catch (...) {  // NOLINT: the outcome stands whatever its hearer does
  }
}

Error stopping_error() { return Error::unavailable("the store is stopping"); }

}  // namespace limpet::storage
