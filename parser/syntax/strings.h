// SPDX-License-Identifier: Apache-2.0
// The inside of a JSON string literal: faults, and decoding of escapes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aclc {

struct StringFault {
  enum class What : uint8_t { kBadEscape, kControl, kInvalidUtf8 } what;
  uint32_t offset;  ///< from the opening quote
  uint32_t length;
};

/// The first fault of a literal (with its quotes) from offset `from` on.
std::optional<StringFault> find_string_fault(std::string_view literal, uint32_t from = 1);

/// Appends the decoded content; the literal (with its quotes) may be faulty, faulty parts are kept as they stand. A lone
/// surrogate becomes U+FFFD.
void decode_string(std::string_view literal, std::string& out);

/// Length in bytes of the escape at the start of text (1 where it is none), and what it decodes to.
struct Escape {
  uint32_t length = 1;
  char32_t value = 0;
  bool valid = false;
};
Escape read_escape(std::string_view text);

void append_utf8(char32_t c, std::string& out);

}  // namespace aclc
