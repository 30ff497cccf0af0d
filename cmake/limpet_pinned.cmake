# Pinned outside sources: fetched and verified by third_party/fetch, never by CMake.
# third_party/pinned.txt lists name, package, integrity hash and the files that are used.

set(LIMPET_PINNED_DIR ${CMAKE_SOURCE_DIR}/third_party/cache CACHE PATH
  "Where third_party/fetch puts pinned sources")

# SQLite, compiled once. Options: docs/adr (embedded store).
if(EXISTS ${LIMPET_PINNED_DIR}/sqlite/sqlite3.c)
  add_library(limpet_sqlite3 STATIC ${LIMPET_PINNED_DIR}/sqlite/sqlite3.c)
  target_include_directories(limpet_sqlite3 SYSTEM PUBLIC ${LIMPET_PINNED_DIR}/sqlite)
  target_compile_options(limpet_sqlite3 PRIVATE -w $<$<CONFIG:Debug>:-O1>)
  if(LIMPET_SANITIZE OR LIMPET_FUZZ)
    # Sanitizers look at our code; instrumenting the amalgamation costs minutes and finds nothing of ours.
    target_compile_options(limpet_sqlite3 PRIVATE -fno-sanitize=all)
  endif()
  target_compile_definitions(limpet_sqlite3 PRIVATE
    SQLITE_DQS=0 SQLITE_THREADSAFE=2 SQLITE_DEFAULT_MEMSTATUS=0 SQLITE_OMIT_DEPRECATED
    SQLITE_OMIT_LOAD_EXTENSION SQLITE_OMIT_SHARED_CACHE SQLITE_LIKE_DOESNT_MATCH_BLOBS
    SQLITE_MAX_EXPR_DEPTH=0 SQLITE_USE_ALLOCA SQLITE_ENABLE_API_ARMOR HAVE_FDATASYNC=1)
else()
  message(FATAL_ERROR "pinned sources are missing: run third_party/fetch")
endif()
