// SPDX-License-Identifier: Apache-2.0
// Findings as text. Each format is one function in one file; all take findings in the order in which they are to stand.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/diagnostics/diagnostic.h"

namespace aclc {

struct TextStyle {
  bool colour = false;
  bool upstream = false;   ///< also show the hosted service's own words
  size_t max_shown = 200;  ///< findings; how many more there are is said at the end. 0: all
  int line_width = 160;    ///< columns of source shown; longer lines are cut to a window round the place
};

/// For people: place, message, the source line with the place underlined, labels, help.
std::string render_text(const SourceMap& sources, std::span<const Diagnostic> findings, const TextStyle& style = {});

/// A further member of the object that `render_json` writes; the value is JSON already.
using JsonMember = std::pair<std::string, std::string>;

/// {"ok": .., "diagnostics": [..]} and the further members, ended by a line feed. Lines and columns count from 1,
/// columns count code points, offsets and lengths bytes. Ill-formed UTF-8 comes out as U+FFFD: the result is always
/// valid.
std::string render_json(const SourceMap& sources, std::span<const Diagnostic> findings, bool ok,
                        std::span<const JsonMember> more = {});

}  // namespace aclc
