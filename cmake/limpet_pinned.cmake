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

# librdkafka, compiled once: docs/adr/0031. Linux with glibc; TLS, SASL PLAIN, SCRAM and OAUTHBEARER,
# all codecs. LIMPET_SYSTEM_RDKAFKA=ON takes the machine's own, 2.12 or newer, instead.
option(LIMPET_SYSTEM_RDKAFKA "Use the machine's librdkafka (2.12 or newer)" OFF)
if(LIMPET_SYSTEM_RDKAFKA)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka>=2.12)
  add_library(limpet_rdkafka INTERFACE)
  target_link_libraries(limpet_rdkafka INTERFACE PkgConfig::RDKAFKA)
elseif(EXISTS ${LIMPET_PINNED_DIR}/librdkafka/src/rdkafka.c)
  set(rdkafka_src ${LIMPET_PINNED_DIR}/librdkafka/src)
  set(rdkafka_build ${CMAKE_BINARY_DIR}/librdkafka)
  set(rdkafka_sources
    cJSON crc32c lz4 lz4frame lz4hc rdaddr rdavl rdbase64 rdbuf rdcrc32 rdfnv1a rdgz rdhdrhistogram
    rdkafka rdkafka_admin rdkafka_assignment rdkafka_assignor rdkafka_aux rdkafka_background
    rdkafka_broker rdkafka_buf rdkafka_cert rdkafka_cgrp rdkafka_conf rdkafka_coord rdkafka_error
    rdkafka_event rdkafka_feature rdkafka_fetcher rdkafka_header rdkafka_idempotence
    rdkafka_interceptor rdkafka_lz4 rdkafka_metadata rdkafka_metadata_cache rdkafka_mock
    rdkafka_mock_cgrp rdkafka_mock_handlers rdkafka_mock_sharegrp rdkafka_msg rdkafka_msgset_reader
    rdkafka_msgset_writer rdkafka_offset rdkafka_op rdkafka_partition rdkafka_pattern rdkafka_queue
    rdkafka_range_assignor rdkafka_request rdkafka_roundrobin_assignor rdkafka_sasl
    rdkafka_sasl_oauthbearer rdkafka_sasl_plain rdkafka_sasl_scram rdkafka_share_acknowledgement
    rdkafka_ssl rdkafka_sticky_assignor rdkafka_subscription rdkafka_telemetry
    rdkafka_telemetry_decode rdkafka_telemetry_encode rdkafka_timer rdkafka_topic rdkafka_transport
    rdkafka_txnmgr rdkafka_zstd rdlist rdlog rdmap rdmurmur2 rdports rdrand rdregex rdstring
    rdunittest rdunittest_acknowledge rdunittest_fetcher rdunittest_msgset_errors rdvarint rdxxhash
    snappy tinycthread tinycthread_extra nanopb/pb_common nanopb/pb_decode nanopb/pb_encode
    opentelemetry/common.pb opentelemetry/metrics.pb opentelemetry/resource.pb)
  list(TRANSFORM rdkafka_sources PREPEND ${rdkafka_src}/)
  list(TRANSFORM rdkafka_sources APPEND .c)
  set(WITH_CRC32C_HW OFF)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    set(WITH_CRC32C_HW ON)
  endif()
  # The sources include it as "../config.h", so a folder beside it has to exist.
  configure_file(${CMAKE_SOURCE_DIR}/third_party/librdkafka_config.h.in ${rdkafka_build}/config.h)
  file(MAKE_DIRECTORY ${rdkafka_build}/src)
  add_library(limpet_rdkafka STATIC ${rdkafka_sources}
    ${CMAKE_SOURCE_DIR}/third_party/librdkafka_headers.c)
  # Rooms and users include <librdkafka/rdkafka.h>, as with an installed one.
  file(MAKE_DIRECTORY ${rdkafka_build}/include/librdkafka)
  foreach(header rdkafka.h rdkafka_mock.h)
    configure_file(${rdkafka_src}/${header} ${rdkafka_build}/include/librdkafka/${header} COPYONLY)
  endforeach()
  target_include_directories(limpet_rdkafka PRIVATE ${rdkafka_build}/src ${rdkafka_src})
  target_include_directories(limpet_rdkafka SYSTEM INTERFACE
    $<BUILD_INTERFACE:${rdkafka_build}/include> $<INSTALL_INTERFACE:include/limpet/third_party>)
  target_compile_definitions(limpet_rdkafka INTERFACE LIBRDKAFKA_STATICLIB)
  # Always optimised: it copies, checksums and compresses every record.
  target_compile_options(limpet_rdkafka PRIVATE -w $<$<CONFIG:Debug>:-O2>)
  set_target_properties(limpet_rdkafka PROPERTIES C_EXTENSIONS ON POSITION_INDEPENDENT_CODE ON)
  if(LIMPET_SANITIZE OR LIMPET_FUZZ)
    target_compile_options(limpet_rdkafka PRIVATE -fno-sanitize=all)
  endif()
  # Static where there are such: a shared library costs every start of the program.
  find_library(LIMPET_ZSTD NAMES libzstd.a zstd REQUIRED)
  find_library(LIMPET_ZLIB NAMES libz.a z REQUIRED)
  target_link_libraries(limpet_rdkafka PRIVATE OpenSSL::SSL OpenSSL::Crypto ${LIMPET_ZSTD}
    ${LIMPET_ZLIB} Threads::Threads m)
else()
  message(FATAL_ERROR "pinned sources are missing: run third_party/fetch")
endif()
