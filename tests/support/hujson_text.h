// SPDX-License-Identifier: Apache-2.0
// Random HuJSON: valid documents with every kind of value, comment and layout, loose tokens, and single mutations.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

namespace aclc {

class HujsonText {
 public:
  explicit HujsonText(uint32_t seed) : random_(seed) {}

  std::string document() {
    std::string out = extra();
    value(out, 0);
    return out + extra();
  }

  /// A row of tokens that need not fit together.
  std::string tokens(size_t count) {
    static constexpr std::string_view kTokens[] = {"{",    "}",    "[",        "]",     ",",    ":",     "\"a\"",  "\"b\": ", "1",
                                                   "null", "true", "x",        "\"",    "'",    "\\",    "// c\n", "/* d */", "/*",
                                                   "\n",   " ",    "\"\\u00\"", "\"\xff\"", "\xef\xbb\xbf", "${A}", "#",      "=",       ";"};
    std::string out;
    for (size_t i = 0; i < count; ++i) out += kTokens[below(std::size(kTokens))];
    return out;
  }

  /// One byte or token removed, doubled, replaced or put in.
  std::string mutated(std::string text) {
    static constexpr std::string_view kIn[] = {",", ":", "{", "}", "[", "]", "\"", "x", "'", "\\", "/", "1", "\n", "\x01", "\xff", "*/"};
    const size_t at = below(text.size());
    switch (below(4)) {
      case 0:
        return text.erase(at, 1);
      case 1:
        return text.insert(at, 1, text[at]);
      case 2:
        return text.replace(at, 1, kIn[below(std::size(kIn))]);
      default:
        return text.insert(at, kIn[below(std::size(kIn))]);
    }
  }

 private:
  uint32_t below(size_t n) { return static_cast<uint32_t>(random_() % std::max<size_t>(n, 1)); }

  std::string extra() {
    static constexpr std::string_view kExtras[] = {" ",       "\n",          "\n\n\n",        "\t",           "\r\n",          "// note\n",
                                                   "/* b */", "/* b\n  c */", "\n  // own\n", "/*\n * s\n */", " // \"x\", [\n", "\n/* } */\n"};
    std::string out;
    for (uint32_t i = below(3); i > 0; --i) {
      if (below(3) == 0) out += kExtras[below(std::size(kExtras))];
    }
    return out;
  }

  void string(std::string& out) {
    static constexpr std::string_view kParts[] = {"a",  "group:eng", "tag:web:443", " ", "é", "日本", "😀", "\\n", "\\\"", "\\u00e9", "\\ud83d\\ude00",
                                                  "//", "/*",        ", ",          "{", "]", "\\/", "\\\\", "\\u2028", "x x x x x x x x x x x x x x"};
    out += '"';
    for (uint32_t i = below(4); i > 0; --i) out += kParts[below(std::size(kParts))];
    out += '"';
  }

  void value(std::string& out, int depth) {
    static constexpr std::string_view kLiterals[] = {"null", "true", "false", "0", "-1", "3.25", "1e9", "-0.5E-3", "12345678901234567890"};
    const uint32_t kind = below(depth > 4 ? 4 : 8);
    if (kind < 3) return string(out);
    if (kind == 3) {
      out += kLiterals[below(std::size(kLiterals))];
      return;
    }
    const bool object = kind % 2 == 0;
    out += object ? '{' : '[';
    const uint32_t count = below(5);
    for (uint32_t i = 0; i < count; ++i) {
      out += extra();
      if (object) {
        string(out);
        out += extra() + ":" + extra();
      }
      value(out, depth + 1);
      out += extra();
      if (i + 1 < count || below(4) == 0) out += ',';
    }
    out += extra();
    out += object ? '}' : ']';
  }

  std::mt19937 random_;
};

}  // namespace aclc
