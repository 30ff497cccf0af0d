// Epoll: the kernel's epoll, for one thread. Failures throw std::runtime_error. Threads: confined.
#pragma once

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <sys/epoll.h>
#include <unistd.h>

namespace limpet::bench {

class Epoll {
 public:
  Epoll() : descriptor_(epoll_create1(EPOLL_CLOEXEC)) {
    if (descriptor_ < 0) throw std::runtime_error("epoll_create1 failed");
  }
  ~Epoll() { ::close(descriptor_); }
  Epoll(const Epoll&) = delete;
  Epoll& operator=(const Epoll&) = delete;

  void watch(int operation, int descriptor, std::uint32_t events, void* what) const {
    epoll_event event{.events = events, .data = {.ptr = what}};
    if (epoll_ctl(descriptor_, operation, descriptor, &event) < 0) {
      throw std::runtime_error("epoll_ctl failed");
    }
  }

  /// Calls `each(what)` for what is ready, after `limit` at the latest.
  template <class Function>
  void wait(std::chrono::nanoseconds limit, Function each) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(limit);
    const timespec timeout{.tv_sec = seconds.count(), .tv_nsec = (limit - seconds).count()};
    const int count = epoll_pwait2(descriptor_, events_.data(), static_cast<int>(events_.size()),
                                   &timeout, nullptr);
    if (count < 0 && errno != EINTR) throw std::runtime_error("epoll_pwait2 failed");
    for (int i = 0; i < count; ++i) each(events_[static_cast<std::size_t>(i)].data.ptr);
  }

 private:
  int descriptor_;
  std::array<epoll_event, 256> events_{};
};

}  // namespace limpet::bench
