# What `cmake --install` puts where: the program, and the library for applications with its CMake
# package and pkg-config files.
#
#   cmake --install build/release --prefix /usr/local
#   cmake --install build/release --prefix /usr/local --component library
#
# The library is the rooms below and those that they need; nothing of the server is in it.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The rooms that applications name; `limpet::NAME` for each.
set(LIMPET_LIBRARY_ROOMS serde columns client kafka)

# All rooms that `rooms` stand on, themselves included, lower ones first.
function(limpet_rooms_below rooms out)
  set(result "")
  foreach(room ${rooms})
    get_property(deps GLOBAL PROPERTY LIMPET_DEPS_${room})
    if(deps)
      limpet_rooms_below("${deps}" below)
      list(APPEND result ${below})
    endif()
    list(APPEND result ${room})
  endforeach()
  list(REMOVE_DUPLICATES result)
  set(${out} ${result} PARENT_SCOPE)
endfunction()

limpet_rooms_below("${LIMPET_LIBRARY_ROOMS}" installed_rooms)

install(TARGETS limpet RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)

foreach(room ${installed_rooms})
  set_target_properties(limpet_${room} PROPERTIES EXPORT_NAME ${room})
  install(TARGETS limpet_${room} EXPORT limpet
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
endforeach()
if(TARGET limpet_rdkafka)
  set_target_properties(limpet_rdkafka PROPERTIES EXPORT_NAME rdkafka)
  install(TARGETS limpet_rdkafka EXPORT limpet
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
  # For programs that use librdkafka itself beside limpet::serde.
  install(DIRECTORY ${CMAKE_BINARY_DIR}/librdkafka/include/librdkafka
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/limpet/third_party COMPONENT library)
endif()

install(EXPORT limpet NAMESPACE limpet:: FILE limpet-targets.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/limpet COMPONENT library)
configure_package_config_file(cmake/limpet-config.cmake.in
  ${CMAKE_BINARY_DIR}/package/limpet-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/limpet)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/limpet-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_BINARY_DIR}/package/limpet-config.cmake
  ${CMAKE_BINARY_DIR}/package/limpet-config-version.cmake
  cmake/limpet_regex.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/limpet COMPONENT library)
