#include "system.h"

#include "limpet/base/assert.h"

#include <cerrno>
#include <chrono>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>

namespace limpet::app {

Timestamp SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

namespace {

/// More than 256 bytes may come in pieces, or be interrupted (getrandom(2)).
void fill_random(void* out, std::size_t size) {
  auto* at = static_cast<std::uint8_t*>(out);
  while (size > 0) {
    const auto got = getrandom(at, size, 0);
    LIMPET_ASSERT(got > 0 || errno == EINTR);
    if (got <= 0) continue;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
}

}  // namespace

Uuid RandomIds::next() {
  // A system call per id would cost more than the ids of a whole request, so take several at once.
  constexpr std::size_t kBatch = 256;
  thread_local std::array<std::array<std::uint8_t, 16>, kBatch> pool;
  thread_local std::size_t left = 0;
  if (left == 0) {
    fill_random(pool.data(), sizeof pool);
    left = kBatch;
  }
  return Uuid::v4(pool[--left]);
}

void forbid_core_dumps() {
  // The limit does not hold where the kernel pipes cores to a program (core(5)); the other does.
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace limpet::app
