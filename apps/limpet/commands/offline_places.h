// Where in two texts a finding is: the line to mark on each side.
//
//   const Sides sides = find_places(finding, candidate, stored);
//   if (sides.candidate) out << excerpt(candidate.text, *sides.candidate);
//
// A finding's path leads through the reader's definition. The writer's side is found by walking
// both at once: fields of Avro records by name, all else by the same steps. Pure.
#pragma once

#include "offline_definition.h"

#include "limpet/base/error.h"
#include "limpet/compat/check.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::app {

struct Place {
  std::size_t line = 0;    ///< from 1
  std::size_t column = 0;  ///< in code points, from 1
  /// The place itself, not what surrounds the spot where it would be.
  bool exact = true;

  friend bool operator==(const Place&, const Place&) = default;
};

struct Sides {
  std::optional<Place> candidate;
  std::optional<Place> stored;
};

/// nullopt on a side where no line can be told.
Sides find_places(const compat::Finding& finding, const OfflineDefinition& candidate,
                  const OfflineDefinition& stored);

/// Where a JSON pointer leads in a JSON text; where it leads last before it leads nowhere, with
/// `exact` false. nullopt: not JSON.
std::optional<Place> find_place(std::string_view text, std::string_view pointer);

std::optional<Place> find_place(std::string_view text, std::size_t byte);

/// The byte that an error names ("byte 17") as a place in its text.
std::optional<Place> find_place(std::string_view text, const Error& error);

/// "message (line 3, column 5)": like describe(error), for people.
std::string describe_in(std::string_view text, const Error& error);

/// The line, numbered, with a mark below the column; a long line is cut around it. Control
/// characters are dots.
std::string excerpt(std::string_view text, const Place& place);

}  // namespace limpet::app
