// SPDX-License-Identifier: Apache-2.0
// Text of the user's as a terminal may safely show it: how wide each character is, and nothing that moves the cursor,
// turns the writing direction or is invisible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aclc {

/// Columns of a terminal that a code point takes: 0 (combining), 1 or 2.
int display_width(char32_t code_point);

/// Would change how the rest of the line looks or not be seen at all: controls, bidirectional marks, zero-width
/// characters.
bool is_unprintable(char32_t code_point);

/// The text with unprintable characters as `<U+202E>`, ill-formed bytes as `<xFF>` and tabs as they are. Line feeds
/// become
/// `<U+000A>` too: a message is one line.
std::string printable(std::string_view text);

/// One character of a line made ready for a terminal.
struct Cell {
  std::string_view text;  ///< where it can be shown as it is
  std::string shown;      ///< else what to show in its place
  int width = 1;
  uint8_t bytes = 1;  ///< of the source

  std::string_view view() const { return shown.empty() ? text : std::string_view(shown); }
};

/// The character at byte `at` of the line, which begins at display column `column`: tabs reach to the next multiple of
/// four.
Cell cell_at(std::string_view line, size_t at, int column);

}  // namespace aclc
