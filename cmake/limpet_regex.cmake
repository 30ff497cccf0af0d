# limpet_re2 and limpet_pcre2: regular expressions of JSON Schemas. Debian ships neither with CMake
# files that name them well. Used by our build and by applications that find_package(limpet).
foreach(limpet_regex_ re2 pcre2)
  if(NOT TARGET limpet_${limpet_regex_})
    string(REPLACE "pcre2" "pcre2-8" limpet_archive_ ${limpet_regex_})
    find_library(LIMPET_${limpet_regex_} NAMES lib${limpet_archive_}.a ${limpet_archive_} REQUIRED)
    add_library(limpet_${limpet_regex_} INTERFACE IMPORTED GLOBAL)
    target_link_libraries(limpet_${limpet_regex_} INTERFACE
      ${LIMPET_${limpet_regex_}} Threads::Threads)
  endif()
endforeach()
