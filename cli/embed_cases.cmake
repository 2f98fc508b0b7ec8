# SPDX-License-Identifier: Apache-2.0
# aclc_embed_cases(TARGET FOLDER): compiles every *.case under FOLDER into TARGET, so that `aclc explain` needs no files.
# Run as a script (with OUT and FOLDER) it writes the source.
if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB_RECURSE cases ${FOLDER}/*.case)
  list(SORT cases)
  file(WRITE ${OUT}.new "// Made from testdata/cases by cli/embed_cases.cmake.\n#include <iterator>\n#include \"cli/cases.h\"\n"
       "namespace aclc::cli {\nnamespace {\nusing namespace std::string_view_literals;\nconstexpr EmbeddedCase kCases[] = {\n")
  # With `sv` a text's length is known; counting all of them is more than clang does at compile time.
  foreach(case ${cases})
    get_filename_component(name ${case} NAME_WE)
    file(READ ${case} text)
    file(APPEND ${OUT}.new "{\"${name}\", R\"~case~(${text})~case~\"sv},\n")
  endforeach()
  file(APPEND ${OUT}.new "{{}, {}}};\n}  // namespace\n"
       "std::span<const EmbeddedCase> embedded_cases() { return std::span(kCases).first(std::size(kCases) - 1); }\n}\n")
  file(RENAME ${OUT}.new ${OUT})
  return()
endif()

function(aclc_embed_cases target folder)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_cases.cpp)
  set(script ${CMAKE_CURRENT_SOURCE_DIR}/embed_cases.cmake)
  file(GLOB_RECURSE cases CONFIGURE_DEPENDS ${folder}/*.case)
  add_custom_command(OUTPUT ${out} DEPENDS ${cases} ${script} VERBATIM
                     COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DFOLDER=${folder} -P ${script})
  target_sources(${target} PRIVATE ${out})
endfunction()
