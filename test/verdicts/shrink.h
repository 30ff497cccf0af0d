// Makes counter-examples small: whatever can be left out or shortened while it still fails.
//
//   auto small = shrink({writer, reader, value}, [](const Documents& documents) {
//     return says_compatible(documents) && refuses(documents);
//   });
#pragma once

#include "limpet/json/value.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace limpet::verdicts {

/// JSON documents that fail together: writer, reader, and perhaps a value.
using Documents = std::vector<json::Value>;

/// Takes away members and items, puts a part in place of its whole, shortens names, texts and
/// numbers; in the first two documents together, then in each. Requires: fails(documents).
/// `fails` is called at most `tries` times.
Documents shrink(Documents documents, const std::function<bool(const Documents&)>& fails,
                 std::size_t tries = 20'000);

/// Texts that fail together, line by line: takes away lines, blocks in braces and the braces around
/// a block; shortens words. The first two together, then each.
using Texts = std::vector<std::string>;
Texts shrink_lines(Texts texts, const std::function<bool(const Texts&)>& fails,
                   std::size_t tries = 5'000);

}  // namespace limpet::verdicts
