# SPDX-License-Identifier: Apache-2.0
# cmake -DCASES=FOLDER -DOUTPUT=FILE -P EmbedCases.cmake: every FOLDER/*/*.case as a C++ string, so that `aclc explain` needs no files.
file(GLOB_RECURSE cases ${CASES}/*.case)
list(SORT cases)
set(rows "")
foreach(case IN LISTS cases)
  get_filename_component(slug ${case} NAME_WE)
  file(READ ${case} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${bytes}")
  string(REGEX REPLACE "(\\\\x0a)" "\\1\"\n    \"" escaped "${escaped}")
  string(APPEND rows "    {\"${slug}\",\n    \"${escaped}\"},\n")
endforeach()
file(WRITE ${OUTPUT}.new "// SPDX-License-Identifier: Apache-2.0\n// Made by the build from testdata/cases.\n#include \"cli/cases.h\"\n
namespace aclc::cli {\nnamespace {\n\nconstexpr EmbeddedCase kCases[] = {\n${rows}    {\"\", \"\"},\n};\n\n}  // namespace\n
std::span<const EmbeddedCase> embedded_cases() { return std::span(kCases).first(std::size(kCases) - 1); }\n\n}  // namespace aclc::cli\n")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
