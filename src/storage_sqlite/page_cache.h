// Page cache: SQLite's own, but a commit does not walk through all of it.
//
// While SQLite balances a tree it moves pages through a page number behind the largest file
// (balance_nonroot, sqlite3PagerRekey). After that its cache believes to hold a page of that number
// for ever, and looks for it in every slot at the end of each such transaction: with 8,192 pages
// kept, longer than the commit's own work. This remembers which numbers were only passed through.
// Nor does a connection allocate memory before it needs it.
#pragma once

namespace limpet::storage {

/// For the whole process, and before SQLite's first use; later it changes nothing, which costs time
/// only. Threads: safe.
void use_page_cache();

}  // namespace limpet::storage
