// answer_lines: the loop of a driver that a differential test asks, one JSON text a line.
#pragma once

#include "limpet/base/result.h"
#include "limpet/json/writer.h"

#include <iostream>
#include <string>

namespace limpet {

/// Answers each line of standard input with one of standard output: what `answer` gives, or
/// {"ok":false,"error":…,"where":…}. For main() to return.
template <class Function>
int answer_lines(Function answer) {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const Result<std::string> text = answer(line);
    if (text) {
      std::cout << *text << '\n';
    } else {
      json::Writer out;
      out.begin_object().key("ok").value(false).key("error").value(text.error().message);
      out.key("where").value(text.error().where).end_object();
      std::cout << out.text() << '\n';
    }
  }
  return 0;
}

}  // namespace limpet
