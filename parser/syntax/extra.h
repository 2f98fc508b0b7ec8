// SPDX-License-Identifier: Apache-2.0
// What stands between two tokens: comments, and how many line breaks lie between them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aclc {

struct Comment {
  std::string_view text;    ///< from `//` or `/*` to its end, without the newline of a line comment
  uint32_t newlines = 0;    ///< before it, from the end of what stands before
};

/// The bytes between two tokens, taken apart. Holds views of the text.
struct Extra {
  std::vector<Comment> comments;
  uint32_t newlines = 0;     ///< after the last comment; all of them where there is none
  bool has_newline = false;  ///< anywhere, also inside a comment

  bool has_comment() const { return !comments.empty(); }
};

/// Only white space and whole comments may stand in text.
Extra read_extra(std::string_view text);

/// The position in text of the first `separator` outside comments, or npos.
size_t find_outside_comments(std::string_view text, char separator);

/// A comment as it is printed: line breaks normalised, trailing white space gone, the lines of a block after its first
/// indented by `tabs`.
std::string print_comment(std::string_view comment, uint32_t tabs);

}  // namespace aclc
