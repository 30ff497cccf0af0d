# limpet_room(): one library per folder of src/, with the checks that keep the rooms' doors one-way.
#
#   limpet_room(avro LAYER 2 PURE
#     DEPS    base json crypto              # rooms of a lower layer; a pure room only pure ones
#     LIBS    Boost::json                   # third-party targets, private unless in PUBLIC_LIBS
#     HEADERS include/limpet/avro/schema.h  # public doors; each must compile on its own
#     SOURCES schema.cc                     # private headers sit beside their sources
#     TESTS   schema_test.cc  BENCH schema_bench.cc  FUZZ schema_fuzz.cc)
#
# Checks: layer order and purity (when CMake configures, limpet_check_rooms), headers that compile
# alone (target all_verify_interface_header_sets), a link test (the whole archive and only its
# declared dependencies must link), includes and README line (tests room.<name>.declaration).

function(limpet_room name)
  cmake_parse_arguments(ROOM "PURE;IO" "LAYER"
    "DEPS;LIBS;PUBLIC_LIBS;HEADERS;SOURCES;TESTS;TEST_DEPS;TEST_LIBS;BENCH;FUZZ" ${ARGN})
  if(ROOM_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "limpet_room(${name}): unknown words ${ROOM_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT DEFINED ROOM_LAYER OR (ROOM_PURE AND ROOM_IO) OR NOT (ROOM_PURE OR ROOM_IO))
    message(FATAL_ERROR "limpet_room(${name}) needs LAYER and one of PURE, IO")
  endif()
  set(target limpet_${name})
  add_library(${target} STATIC ${ROOM_SOURCES})
  add_library(limpet::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${ROOM_HEADERS})
  set(dep_targets ${ROOM_DEPS})
  list(TRANSFORM dep_targets PREPEND "limpet_")
  target_link_libraries(${target} PUBLIC ${dep_targets} ${ROOM_PUBLIC_LIBS}
    PRIVATE $<BUILD_INTERFACE:limpet_flags> ${ROOM_LIBS})

  set_property(GLOBAL APPEND PROPERTY LIMPET_ROOMS ${name})
  set_property(GLOBAL PROPERTY LIMPET_LAYER_${name} ${ROOM_LAYER})
  set_property(GLOBAL PROPERTY LIMPET_PURE_${name} ${ROOM_PURE})
  set_property(GLOBAL PROPERTY LIMPET_DEPS_${name} ${ROOM_DEPS})

  if(LIMPET_FUZZ)
    foreach(source ${ROOM_FUZZ})
      get_filename_component(fuzzer ${source} NAME_WE)
      add_executable(${fuzzer} ${source})
      target_link_libraries(${fuzzer} PRIVATE ${target} limpet_flags ${ROOM_LIBS})
      target_link_options(${fuzzer} PRIVATE -fsanitize=fuzzer)
    endforeach()
  endif()
  if(NOT LIMPET_TESTS)
    return()
  endif()

  if(ROOM_TESTS)
    set(test_deps ${ROOM_TEST_DEPS})
    list(TRANSFORM test_deps PREPEND "limpet_")
    # A fuzz target's file also builds as an ordinary test that replays the committed corpus.
    add_executable(${name}_test ${ROOM_TESTS})
    target_include_directories(${name}_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_compile_definitions(${name}_test PRIVATE
      LIMPET_TESTDATA="${CMAKE_CURRENT_SOURCE_DIR}/testdata")
    target_link_libraries(${name}_test PRIVATE ${target} ${test_deps} limpet_flags ${ROOM_LIBS}
      ${ROOM_TEST_LIBS} GTest::gtest GTest::gmock GTest::gtest_main)
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES
      DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300 LABELS "unit;${name}")
  endif()
  if(LIMPET_BENCH)
    foreach(source ${ROOM_BENCH})
      get_filename_component(bench ${source} NAME_WE)
      add_executable(${bench} ${source})
      target_link_libraries(${bench} PRIVATE ${target} limpet_flags ${ROOM_LIBS}
        benchmark::benchmark_main)
      add_test(NAME bench.${bench} COMMAND ${bench} --benchmark_min_time=0.001)
      set_tests_properties(bench.${bench} PROPERTIES LABELS "bench;${name}")
    endforeach()
  endif()

  set(stub ${CMAKE_CURRENT_BINARY_DIR}/${name}_link_test.cc)
  if(NOT EXISTS ${stub})
    file(WRITE ${stub} "int main() { return 0; }\n")
  endif()
  add_executable(${name}_link_test EXCLUDE_FROM_ALL ${stub})
  target_link_libraries(${name}_link_test PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${target}>")
  set_property(GLOBAL APPEND PROPERTY LIMPET_LINK_TESTS ${name}_link_test)

  if(ROOM_PURE)
    set(kind pure)
  else()
    set(kind "I/O")
  endif()
  list(JOIN ROOM_DEPS ", " dep_list)
  if(NOT dep_list)
    set(dep_list "nothing")
  endif()
  add_test(NAME room.${name}.declaration
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/check_room.py
      ${CMAKE_CURRENT_SOURCE_DIR} ${name} "Layer ${ROOM_LAYER}, ${kind}. May use: ${dep_list}.")
  set_tests_properties(room.${name}.declaration PROPERTIES LABELS "house")
endfunction()

# Adds the rooms in dependency order: a room is added once all the rooms it names exist.
function(limpet_add_rooms)
  foreach(path ${ARGN})
    get_filename_component(dir ${path} DIRECTORY)
    add_subdirectory(${CMAKE_SOURCE_DIR}/src/${dir} ${CMAKE_BINARY_DIR}/src/${dir})
  endforeach()
endfunction()

# Refuses an upward or sideways dependency and a pure room that leans on an I/O room.
function(limpet_check_rooms)
  get_property(rooms GLOBAL PROPERTY LIMPET_ROOMS)
  foreach(room ${rooms})
    get_property(layer GLOBAL PROPERTY LIMPET_LAYER_${room})
    get_property(pure GLOBAL PROPERTY LIMPET_PURE_${room})
    get_property(deps GLOBAL PROPERTY LIMPET_DEPS_${room})
    foreach(dep ${deps})
      if(NOT dep IN_LIST rooms)
        message(FATAL_ERROR "room ${room} depends on ${dep}, which is not a room")
      endif()
      get_property(dep_layer GLOBAL PROPERTY LIMPET_LAYER_${dep})
      get_property(dep_pure GLOBAL PROPERTY LIMPET_PURE_${dep})
      if(NOT dep_layer LESS layer)
        message(FATAL_ERROR "room ${room} (layer ${layer}) may not use ${dep} (layer ${dep_layer}):"
          " a room uses only rooms of a lower layer")
      endif()
      if(pure AND NOT dep_pure)
        message(FATAL_ERROR "pure room ${room} may not use the I/O room ${dep}")
      endif()
    endforeach()
  endforeach()
  get_property(link_tests GLOBAL PROPERTY LIMPET_LINK_TESTS)
  if(link_tests)
    add_custom_target(all_link_tests DEPENDS ${link_tests})
  endif()
endfunction()
