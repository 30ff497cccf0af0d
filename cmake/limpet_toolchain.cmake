# Compiler flags, sanitizers and the Debian libraries that rooms may name in LIBS.

add_library(limpet_flags INTERFACE)
target_compile_options(limpet_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  $<$<BOOL:${LIMPET_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives for these through std::variant and std::string at -O2.
  target_compile_options(limpet_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict
    -Wno-stringop-overflow -Wno-array-bounds -Wno-dangling-pointer)
endif()

if(LIMPET_SANITIZE)
  add_compile_options(-fsanitize=${LIMPET_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${LIMPET_SANITIZE})
endif()
if(LIMPET_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "LIMPET_FUZZ needs clang (libFuzzer); use the fuzz preset")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(LIMPET_CCACHE ccache)
if(LIMPET_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LIMPET_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${LIMPET_CCACHE})
endif()
find_program(LIMPET_MOLD mold)
if(LIMPET_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(Boost_USE_STATIC_LIBS ON)
set(OPENSSL_USE_STATIC_LIBS OFF)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL 3.0 REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
# The static one where there is one: it is read at most once, and a shared library costs every start.
find_library(LIMPET_YAML libyaml-cpp.a)
if(NOT LIMPET_YAML)
  set(LIMPET_YAML yaml-cpp)
endif()
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp REQUIRED CONFIG COMPONENTS core)
include(limpet_regex)
# Static, as the schema engine that stands on it is part of every start.
set(Protobuf_USE_STATIC_LIBS ON)
find_package(Protobuf 3.21 REQUIRED)
if(LIMPET_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
if(LIMPET_BENCH)
  find_package(benchmark REQUIRED)
endif()
