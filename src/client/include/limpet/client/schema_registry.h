// SchemaRegistry: what a serializer asks. Which schema has this id, which id has this definition.
//
//   auto registry = client::SchemaRegistry::open({.settings = settings});
//   auto schema = (*registry)->by_version(id);       // GetSchemaVersion, once; then from memory
//   if (!schema) return std::move(schema).error();
//   use((*schema)->format, (*schema)->definition);
//
//   auto version = (*registry)->by_definition({.schema_name = "orders",
//                                              .format = client::DataFormat::Avro,
//                                              .definition = text,
//                                              .transport = "orders"});
//   frame((*version)->version_id);
//
// The calls, their order and the meaning of every option are those of the AWS Glue Schema Registry
// library for Java, whose property names stand in brackets; what differs is said where it differs.
// Open one per process and share it.
//
// Ids. A schema version never changes, so an answer is kept until the bounds push it out: the one
// that was not used for longest, nearly (second chance). Many callers that miss the same id make
// one call. A failure is remembered for `negative_ttl`. A version that is PENDING is kept no
// longer.
//
// Definitions. Definition to id is looked up again `time_to_live` after it was found, on the next
// use; while that fails, the old answer holds.
//
// Every question ends within `deadline`. Attempts: 1 + 3, full jitter between them.
#pragma once

#include "limpet/base/data_format.h"
#include "limpet/base/result.h"
#include "limpet/base/time.h"
#include "limpet/base/uuid.h"
#include "limpet/client/client.h"
#include "limpet/client/settings.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::client {

using limpet::DataFormat;
using limpet::parse_data_format;

enum class VersionStatus : std::uint8_t { Available, Pending, Failure, Deleting };
std::string_view to_string(VersionStatus status);  ///< "AVAILABLE", …
std::optional<VersionStatus> parse_version_status(std::string_view text);

/// One schema version. Immutable, but for `status`, which is as it was when it was asked for.
struct RegisteredSchema {
  Uuid version_id{};
  DataFormat format = DataFormat::Avro;
  std::string definition;
  std::string schema_name;
  std::string schema_arn;                       ///< empty: the call that found it does not tell
  std::optional<std::uint64_t> version_number;  ///< nullopt: likewise
  VersionStatus status = VersionStatus::Available;

  friend bool operator==(const RegisteredSchema&, const RegisteredSchema&) = default;
};
using SchemaPointer = std::shared_ptr<const RegisteredSchema>;

/// What by_version does about an id that is not in memory.
enum class OnMiss : std::uint8_t {
  Wait,      ///< ask the server
  FailFast,  ///< answer Unavailable at once, and ask the server in the background: for poll loops
};

struct SchemaRegistryOptions {
  Settings settings{};           ///< where to call, as whom [region, endpoint]
  const Clock* clock = nullptr;  ///< for signatures; default: the machine's. Must outlive it
  std::string registry_name = "default-registry";  ///< [registry.name]

  // Registering.
  bool auto_register = false;                 ///< [schemaAutoRegistrationEnabled]
  std::string compatibility = "BACKWARD";     ///< [compatibility] of a schema that is created
  std::optional<std::string> description{};   ///< [description] default DEFAULT-DESCRIPTION-R-N
  std::map<std::string, std::string> tags{};  ///< [tags] of a schema that is created
  /// [metadata] put on versions that are registered, beside x-amz-meta-transport.
  std::map<std::string, std::string> metadata{};
  std::chrono::milliseconds poll_wait{3'000};  ///< before the first look at a PENDING version
  int poll_attempts = 10;                      ///< looks, back to back

  // Memory.
  std::chrono::milliseconds time_to_live{86'400'000};  ///< [timeToLiveMillis]
  std::size_t entries_max = 4'096;                     ///< [cacheSize], there 200
  std::size_t bytes_max = 64UL << 20;                  ///< of texts
  std::chrono::milliseconds negative_ttl{1'000};       ///< 0: off
  OnMiss on_miss = OnMiss::Wait;
  /// by_version refuses a version that is not AVAILABLE, as the Python package does. Java does not.
  bool require_available = false;

  // Time.
  std::chrono::milliseconds deadline{10'000};  ///< of one question, pauses included
  RetryPolicy retry{.attempts = 4};
  std::size_t workers = 4;          ///< threads of the asynchronous forms, made when needed
  std::size_t queued_max = 10'000;  ///< questions that wait for them

  std::string user_agent = "limpet-client";

  // For tests: as in ClientOptions.
  Send send{};
  std::function<void(std::chrono::milliseconds)> pause{};
  std::function<double()> chance{};
  std::function<std::chrono::steady_clock::time_point()> steady{};
};

/// Views: for the call.
struct DefinitionRequest {
  std::string_view schema_name{};  ///< see naming.h
  DataFormat format = DataFormat::Avro;
  std::string_view definition{};
  std::string_view transport{};  ///< the topic, for x-amz-meta-transport; empty: default-stream
};

struct RegistryStats {
  std::uint64_t hits = 0;              ///< answered from memory, but for hits of `peek` and handles
  std::uint64_t misses = 0;            ///< had to ask, or to wait for one that asked
  std::uint64_t negative_hits = 0;     ///< a failure that was remembered
  std::uint64_t calls = 0;             ///< requests sent, attempts counted one by one
  std::uint64_t errors = 0;            ///< questions that failed
  std::uint64_t refreshes_failed = 0;  ///< a definition's old answer was kept
  std::uint64_t metadata_failed = 0;   ///< PutSchemaVersionMetadata refused: Java only logs it
  std::uint64_t evictions = 0;
  std::size_t entries = 0;
  std::size_t bytes = 0;
};

struct Preloaded {
  std::size_t loaded = 0;                        ///< in memory now, those that were there included
  std::vector<std::pair<Uuid, Error>> failed{};  ///< in no order
};

struct SnapshotReport {
  std::size_t schemas = 0;  ///< read or written
  std::string note{};       ///< why the file was not used; empty: it was, or there was none
};

/// A definition that is asked for record after record: its text is looked at once. Made by
/// SchemaRegistry::handle. Must not outlive the registry. Threads: safe.
class DefinitionHandle {
 public:
  DefinitionHandle() = default;
  explicit operator bool() const { return slot_ != nullptr; }

 private:
  friend class SchemaRegistry;
  struct Slot;
  explicit DefinitionHandle(std::shared_ptr<Slot> slot) : slot_(std::move(slot)) {}
  std::shared_ptr<Slot> slot_;
};

/// Threads: safe.
class SchemaRegistry {
 public:
  using Done = std::function<void(Result<SchemaPointer>)>;

  /// Asks nothing yet. Errors: InvalidInput (endpoint, compatibility, an option out of range).
  static Result<std::shared_ptr<SchemaRegistry>> open(SchemaRegistryOptions options);
  SchemaRegistry(const SchemaRegistry&) = delete;
  SchemaRegistry& operator=(const SchemaRegistry&) = delete;
  /// Waits for the questions that its threads are asking; those that wait get Unavailable.
  ~SchemaRegistry();

  /// The version of that id. Errors: NotFound (unknown id), AccessDenied, Throttled, Unavailable
  /// (no connection, deadline, server's fault, fail-fast miss), InvalidInput (require_available;
  /// the server's 4xx), Internal (an answer that makes no sense).
  Result<SchemaPointer> by_version(const Uuid& id);

  /// The same, from memory only, in a few nanoseconds and without a write that other threads see;
  /// nullptr when it is not there. Borrowed: valid until this thread's next call of `peek` or
  /// `by_version` on any registry, and while the registry lives.
  const RegisteredSchema* peek(const Uuid& id) noexcept;

  /// `done` is called once: here when the answer is in memory, else on a thread of the registry.
  /// It must not throw and may ask again. Errors: as by_version; LimitExceeded (queued_max).
  void by_version_async(const Uuid& id, Done done);

  /// Fetches what is not in memory yet, several at a time, and waits for it, at most `deadline`.
  Preloaded preload(std::span<const Uuid> ids);

  /// The version of that definition; registered or created first when the options allow it.
  /// Errors: NotFound (unknown, and auto-registration is off), InvalidInput (incompatible: tells
  /// why, if the server does; not a definition), and as by_version. Messages: the Java library's,
  /// outermost first, joined by ": ".
  Result<SchemaPointer> by_definition(const DefinitionRequest& request);

  /// For by_definition of a handle: hashes and copies the texts once.
  DefinitionHandle handle(const DefinitionRequest& request);
  /// A few nanoseconds when the answer is known and fresh. Requires: a handle of this registry.
  Result<SchemaPointer> by_definition(const DefinitionHandle& handle);
  /// The same without counting references; nullptr: ask by_definition. Borrowed: valid while the
  /// handle lives.
  const RegisteredSchema* peek(const DefinitionHandle& handle) noexcept;

  /// Put what is known into memory: from a snapshot, a test, a header of one's own.
  void remember(RegisteredSchema schema);

  /// Write every version in memory to one file, replaced whole. It holds definitions, no keys.
  /// Errors: Unavailable (disk).
  Result<SnapshotReport> save_snapshot(const std::string& path) const;
  /// Read such a file. One that is damaged, foreign, or too large is not used: `note` tells why.
  /// Limits: `bytes_max`, `entries_max`. A file that is not there is an empty one.
  SnapshotReport load_snapshot(const std::string& path);

  RegistryStats stats() const;
  const SchemaRegistryOptions& options() const;

 private:
  struct Impl;
  explicit SchemaRegistry(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace limpet::client
