// SPDX-License-Identifier: Apache-2.0
// Looking around a token out of place: what follows, and how the line is indented.
#pragma once

#include <cstddef>
#include <string_view>

namespace aclc {

/// The length of a character at `at` that looks like a space or like nothing, and is no white space to HuJSON: a no-break space, a
/// zero-width space, a control. 0 for any other.
size_t invisible_length(std::string_view text, size_t at);

/// What literals and names without quotes are made of.
bool is_word_character(char c);

/// Where the string that begins at `at` ends; its line's end at the latest.
size_t string_end(std::string_view text, size_t at);

/// Where the first byte from `at` on stands that is no blank and in no comment; the text's size at the end.
size_t next_place(std::string_view text, size_t at);
/// That byte; 0 at the end.
char next_character(std::string_view text, size_t at);

/// The same, but looking no farther than a few hundred bytes: a space where nothing stands there.
char near_character(std::string_view text, size_t at);

size_t line_start(std::string_view text, size_t at);

/// The same, but looking no farther back than layout is made by hand: a longer line tells nothing.
size_t near_line_start(std::string_view text, size_t at);

/// The white space that the line of `at` begins with.
std::string_view indentation(std::string_view text, size_t at);

/// The length of a typographic double quote at `at`; 0 of anything else.
size_t typographic_quote(std::string_view text, size_t at);

/// 'a', `a` or typographic quotes: where the inside begins and ends, and the end of all; 0 where there are none.
struct Requoted {
  size_t inner = 0, close = 0, end = 0;
};
Requoted quoted_otherwise(std::string_view text, size_t at);

/// Whether one of the marks of a merge conflict (`<<<<<<<`, `=======`, `>>>>>>>`, `|||||||`) begins a line at `at`.
bool is_merge_marker(std::string_view text, size_t at);

/// A comment as other languages write it: `/ text`, `-- text`, `<!-- text -->`. All 0 where none begins at `at`.
struct OtherComment {
  size_t text = 0;   ///< after the mark
  size_t close = 0;  ///< where a closing mark begins; `end` where there is none
  size_t end = 0;
};
OtherComment comment_of_others(std::string_view text, size_t at);

/// Where the bracket that opens at `at` is closed, counting brackets of either kind, strings and comments apart; npos where it is
/// not, or only very far on.
size_t closing_bracket(std::string_view text, size_t at);

/// How a text is encoded that is no UTF-8: `UTF-16`, `UTF-32`; `no text` of bytes that are none. Empty for any other, broken or not.
std::string_view foreign_encoding(std::string_view text);

/// The end of a `${NAME}` that stands at `at`; 0 where none does.
size_t placeholder_end(std::string_view text, size_t at);

/// The end of text that lacks its quotes and is more than one word, as `10.0.0.0/8`, `tag:web:443` or `*:*`; 0 where none begins at
/// `at`. Where a name is expected, it ends before the colon that the name ends with.
size_t bare_text_end(std::string_view text, size_t at, bool name);

}  // namespace aclc
