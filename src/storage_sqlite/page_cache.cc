#include "page_cache.h"

#include <sqlite3.h>

#include <algorithm>
#include <mutex>
#include <new>

namespace limpet::storage {

namespace {

constexpr int kLookasideBytes = 512;
constexpr int kLookasideCount = 16;

sqlite3_pcache_methods2 real;  // set once, before the first cache is made

// No page has a larger number than `max`, or has number `passing`. What was dropped meanwhile may
// make both too large, which is harmless.
struct Cache {
  sqlite3_pcache* real = nullptr;
  unsigned max = 0;
  unsigned passing = 0;  // 0 = none

  void arrived(unsigned number) { max = std::max(max, number); }
  void moved(unsigned from, unsigned to) {
    if (from == passing) passing = 0;
    if (to > max && passing == 0) {
      passing = to;
    } else {
      arrived(to);
    }
  }
  bool has_none_from(unsigned limit) const { return limit > max && limit > passing; }
  void cut(unsigned limit) {
    max = std::min(max, limit - 1);
    if (passing >= limit) passing = 0;
  }
};

Cache& own(sqlite3_pcache* cache) { return *reinterpret_cast<Cache*>(cache); }

int init(void* argument) { return real.xInit(argument); }
void shutdown(void* argument) { real.xShutdown(argument); }

sqlite3_pcache* create(int page_bytes, int extra_bytes, int purgeable) {
  auto* cache = new (std::nothrow) Cache;
  if (cache == nullptr) return nullptr;
  cache->real = real.xCreate(page_bytes, extra_bytes, purgeable);
  if (cache->real == nullptr) {
    delete cache;
    return nullptr;
  }
  return reinterpret_cast<sqlite3_pcache*>(cache);
}

void destroy(sqlite3_pcache* cache) {
  real.xDestroy(own(cache).real);
  delete &own(cache);
}

sqlite3_pcache_page* fetch(sqlite3_pcache* cache, unsigned number, int create_flag) {
  if (create_flag != 0) own(cache).arrived(number);
  return real.xFetch(own(cache).real, number, create_flag);
}

void rekey(sqlite3_pcache* cache, sqlite3_pcache_page* page, unsigned from, unsigned to) {
  own(cache).moved(from, to);
  real.xRekey(own(cache).real, page, from, to);
}

void truncate(sqlite3_pcache* cache, unsigned limit) {
  if (own(cache).has_none_from(limit)) return;
  own(cache).cut(limit);
  real.xTruncate(own(cache).real, limit);
}

void resize(sqlite3_pcache* cache, int pages) { real.xCachesize(own(cache).real, pages); }
int count(sqlite3_pcache* cache) { return real.xPagecount(own(cache).real); }
void unpin(sqlite3_pcache* cache, sqlite3_pcache_page* page, int discard) {
  real.xUnpin(own(cache).real, page, discard);
}
void shrink(sqlite3_pcache* cache) { real.xShrink(own(cache).real); }

void configure() {
  // Many connections are opened ahead and hardly used: none gets memory in advance, for pages (20
  // by default) or for statements (48 KiB by default).
  sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
  sqlite3_config(SQLITE_CONFIG_LOOKASIDE, kLookasideBytes, kLookasideCount);
  if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &real) != SQLITE_OK) return;
  sqlite3_pcache_methods2 ours{};
  ours.iVersion = 1;
  ours.pArg = real.pArg;
  ours.xInit = init;
  ours.xShutdown = shutdown;
  ours.xCreate = create;
  ours.xCachesize = resize;
  ours.xPagecount = count;
  ours.xFetch = fetch;
  ours.xUnpin = unpin;
  ours.xRekey = rekey;
  ours.xTruncate = truncate;
  ours.xDestroy = destroy;
  ours.xShrink = shrink;
  sqlite3_config(SQLITE_CONFIG_PCACHE2, &ours);
}

}  // namespace

void use_page_cache() {
  static std::once_flag once;
  std::call_once(once, configure);
}

}  // namespace limpet::storage
