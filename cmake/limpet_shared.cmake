# liblimpet.so: the C interface (room capi) with all that it stands on, exporting limpet.h alone.
#
# The rooms are linked as archives, but the third-party libraries as shared ones: Debian's archives are
# not made for shared libraries.

limpet_rooms_below(capi shared_rooms)
set(shared_archives "")
foreach(room ${shared_rooms})
  list(APPEND shared_archives $<TARGET_FILE:limpet_${room}>)
endforeach()

add_library(limpet_shared SHARED ${CMAKE_SOURCE_DIR}/src/capi/shared.cc)
foreach(room ${shared_rooms})
  add_dependencies(limpet_shared limpet_${room})
endforeach()
find_library(LIMPET_SHARED_PROTOBUF libprotobuf.so REQUIRED)
find_library(LIMPET_SHARED_RE2 libre2.so REQUIRED)
find_library(LIMPET_SHARED_PCRE2 libpcre2-8.so REQUIRED)
find_library(LIMPET_SHARED_BOOST_JSON libboost_json.so REQUIRED)
find_library(LIMPET_SHARED_ZLIB libz.so REQUIRED)
find_library(LIMPET_SHARED_DEFLATE libdeflate.so REQUIRED)
target_link_libraries(limpet_shared PRIVATE
  -Wl,--whole-archive $<TARGET_FILE:limpet_capi> -Wl,--no-whole-archive
  -Wl,--start-group ${shared_archives} -Wl,--end-group
  ${LIMPET_SHARED_PROTOBUF} ${LIMPET_SHARED_RE2} ${LIMPET_SHARED_PCRE2}
  ${LIMPET_SHARED_BOOST_JSON} ${LIMPET_SHARED_ZLIB} ${LIMPET_SHARED_DEFLATE}
  OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
target_link_options(limpet_shared PRIVATE
  -Wl,--version-script=${CMAKE_SOURCE_DIR}/src/capi/limpet.map -Wl,--no-undefined -Wl,--as-needed)
set_target_properties(limpet_shared PROPERTIES OUTPUT_NAME limpet LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION} SOVERSION 1
  LINK_DEPENDS "${CMAKE_SOURCE_DIR}/src/capi/limpet.map;${shared_archives}")

install(TARGETS limpet_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
  NAMELINK_COMPONENT library)
install(FILES ${CMAKE_SOURCE_DIR}/src/capi/include/limpet.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
configure_file(${CMAKE_SOURCE_DIR}/packaging/limpet.pc.in ${CMAKE_BINARY_DIR}/package/limpet.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/package/limpet.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
