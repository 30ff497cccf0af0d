// The AWS tools' shared files: sections in brackets, `name = value`, indented lines nested below.
#pragma once

#include "limpet/base/result.h"
#include "limpet/client/settings.h"

#include <map>
#include <string>
#include <string_view>

namespace limpet::client {

/// `name` to value; a nested line is "outer.name". Section names as written: "profile staging".
using Section = std::map<std::string, std::string>;
using Sections = std::map<std::string, Section>;

/// Errors: InvalidInput with the line's number as place.
Result<Sections> parse_sections(std::string_view text);

/// What both files say of one profile; the credentials file wins.
struct Profile {
  Section values;
  Section services;  ///< of the [services …] section that the profile names
  bool exists = false;

  /// Empty when it is not there.
  std::string value(const std::string& name) const;
  std::string service(const std::string& name) const;
};

/// Both files, read.
class Profiles {
 public:
  /// Errors: InvalidInput.
  static Result<Profiles> read(const SharedFiles& files);
  Profile find(const std::string& name) const;

 private:
  Sections config_;
  Sections credentials_;
};

}  // namespace limpet::client
