// Importer: makes on a server what an export holds, or tells what it would make.
//
//   Importer importer(target, /*dry_run=*/true);
//   for (…) importer.take(item);        // registry, its schemas, their versions
//   importer.finish();
//   importer.show();
//
// What is there already is left alone, so an import that was cut off is repeated from the start.
// What is there but different is a problem: it is told, and the rest goes on.
#pragma once

#include "session.h"
#include "transfer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace limpet::app {

class Importer {
 public:
  Importer(Session& target, bool dry_run) : target_(target), dry_run_(dry_run) {}

  /// Throws CommandFailed when going on makes no sense: no connection, no permission.
  void take(const Exported& item);
  /// After the last item.
  void finish();
  /// Of the source: versions that cannot be imported.
  void skipped(std::int64_t count) { skipped_ = count; }

  /// A line for each kind, and each problem.
  void show() const;
  std::size_t problems() const { return problems_.size(); }

 private:
  struct Tally {
    std::int64_t made = 0;
    std::int64_t present = 0;
  };
  struct Problem {
    std::string where;
    std::string message;
  };

  void take_registry(const ExportedRegistry& registry);
  void take_schema(const ExportedSchema& schema);
  void take_version(const ExportedVersion& version);
  void create_schema(const ExportedSchema& schema);
  void foresee(const ExportedVersion& version);
  void put_metadata(const ExportedVersion& version);
  void end_schema();
  void problem(std::string where, const client::CallError& error);
  void problem(std::string where, std::string message);

  Session& target_;
  bool dry_run_;
  Tally registries_;
  Tally schemas_;
  Tally versions_;
  Tally metadata_;
  std::int64_t skipped_ = 0;
  std::vector<Problem> problems_;

  // The schema whose versions come now.
  std::optional<ExportedSchema> schema_;
  bool schema_usable_ = false;
  bool schema_new_ = false;  // dry run: it would be made, so nothing can be in the way
  bool versions_were_made_ = false;
  std::int64_t first_number_ = 0;
  std::int64_t last_number_ = 0;
  std::int64_t next_number_ = 1;  // dry run: what the target would take next
  std::size_t problems_before_ = 0;
};

}  // namespace limpet::app
