// ServiceManager: tells systemd how the server is doing (sd_notify(3), Type=notify).
//
//   const ServiceManager manager(std::getenv("NOTIFY_SOCKET"));
//   manager.tell(ServiceManager::kReady);
#pragma once

#include <string>
#include <string_view>

namespace limpet::app {

/// Threads: safe. Whoever does not listen is not waited for.
class ServiceManager {
 public:
  static constexpr std::string_view kReady = "READY=1";
  static constexpr std::string_view kStopping = "STOPPING=1";

  /// `socket` is a path, "@name" for an abstract one, or null when nobody wants to know.
  explicit ServiceManager(const char* socket) : socket_(socket == nullptr ? "" : socket) {}

  /// One datagram; true when it was taken.
  bool tell(std::string_view state) const;
  /// A reload begins; kReady ends it.
  bool tell_reloading() const;

 private:
  std::string socket_;
};

}  // namespace limpet::app
