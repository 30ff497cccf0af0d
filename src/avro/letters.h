// Which characters Avro Java allows in names: letters and digits of any script.
#pragma once

namespace limpet::avro {

/// False for everything outside the Basic Multilingual Plane: Java looks at UTF-16 code units.
bool is_letter(char32_t c);
bool is_digit(char32_t c);

}  // namespace limpet::avro
