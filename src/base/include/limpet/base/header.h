// Header: a name and a value beside a message, as HTTP has them.
#pragma once

#include <string>

namespace limpet {

struct Header {
  std::string name;  ///< as received; names compare without case
  std::string value;

  friend bool operator==(const Header&, const Header&) = default;
};

}  // namespace limpet
