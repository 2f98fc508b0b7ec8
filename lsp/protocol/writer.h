// SPDX-License-Identifier: Apache-2.0
// Writes JSON text straight into a string: replies can be large, and a tree of them would be larger.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aclc::lsp {

/// The caller keeps objects and arrays balanced. Ill-formed UTF-8 in texts becomes U+FFFD, so that output is always JSON.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  /// The name of the next value; a literal of this program, without characters that need an escape.
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  /// A value that is JSON already.
  JsonWriter& raw(std::string_view json);

  const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  JsonWriter& open(char c);
  JsonWriter& close(char c);
  void separate();

  std::string out_;
  bool comma_ = false;
};

/// A text as a JSON string with its quotes.
std::string json_quote(std::string_view text);

}  // namespace aclc::lsp
