# SPDX-License-Identifier: Apache-2.0
# How every target of the project is made: one language level, one set of warnings, one include root.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

add_library(aclc_options INTERFACE)
target_include_directories(aclc_options INTERFACE $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}> $<INSTALL_INTERFACE:include/aclc>)
set_property(GLOBAL APPEND PROPERTY aclc_exported aclc_options)
target_compile_features(aclc_options INTERFACE cxx_std_20)
target_compile_options(aclc_options INTERFACE $<BUILD_INTERFACE:-Wall -Wextra -Wshadow -Wno-missing-field-initializers>)
# g++ 12 sees overlapping copies in std::string where there are none (its bug 105651).
target_compile_options(aclc_options INTERFACE $<BUILD_INTERFACE:$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>>)
if(ACLC_WERROR)
  target_compile_options(aclc_options INTERFACE $<BUILD_INTERFACE:-Werror>)
endif()
if(ACLC_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)  # what libFuzzer steers by
endif()
if(ACLC_SANITIZE)
  add_compile_options(-fsanitize=${ACLC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${ACLC_SANITIZE})
  if(ACLC_SANITIZE MATCHES "undefined")
    # Two checks at every access, which make a build a fifth longer: the address sanitizer stops at a null pointer as well,
    # and nothing here is read from a place that is not its type's.
    add_compile_options(-fno-sanitize=null,alignment)
  endif()
endif()
# aclc_library(NAME DEPENDS targets...): a static library of every .cpp in the current folder.
# The folder is the unit: what it may use is what it links, and the `layering` test holds includes to that.
# Those that are made while ACLC_EXPORT is set are installed for others (packaging/libraries.cmake).
set(header_only nlohmann_json::nlohmann_json taocpp::pegtl Boost::headers)
function(aclc_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(library IN LISTS header_only)  # compiled in: who links the result needs none of them
    list(TRANSFORM ARG_PRIVATE_DEPENDS REPLACE "^${library}$" "$<BUILD_INTERFACE:${library}>")
  endforeach()
  if(ACLC_EXPORT)
    set_property(GLOBAL APPEND PROPERTY aclc_exported aclc_${name})
  endif()
  if(sources)
    add_library(aclc_${name} STATIC ${sources})
    target_link_libraries(aclc_${name} PUBLIC aclc_options ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE_DEPENDS})
  else()
    add_library(aclc_${name} INTERFACE)
    target_link_libraries(aclc_${name} INTERFACE aclc_options ${ARG_DEPENDS} ${ARG_PRIVATE_DEPENDS})
  endif()
endfunction()
