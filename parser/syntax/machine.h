// SPDX-License-Identifier: Apache-2.0
// Which token may follow which: the automaton of builder.h without a tree, cheap to copy, for trying out repairs. It also counts
// what a good text does not have: lines whose indentation does not fit the brackets, and broken strings and words.
#pragma once

#include <cstdint>
#include <vector>

#include "parser/syntax/tokens.h"

namespace aclc {

class Machine {
 public:
  enum class Expect : uint8_t { kValue, kValueOrClose, kNameOrClose, kColon, kCommaOrClose, kEnd };
  struct Level {
    char open = 0;         ///< `{`, `[`, or 0 for the text itself
    uint32_t line = 0;     ///< of the bracket; 0: before the tokens begin
    uint32_t indent = 0;   ///< of that line; kAny where it is not known
    uint32_t child = kAny; ///< indentation of the first child that began a line
  };
  static constexpr uint32_t kAny = UINT32_MAX;

  std::vector<Level> levels{{}};
  Expect expect = Expect::kValue;
  uint32_t line = 0, line_indent = 0;  ///< of the last token
  uint32_t oddities = 0;

  /// False where the token is out of place; nothing has changed then but the count of oddities.
  bool step(const Token& t) {
    if (t.first_on_line) {
      line = t.line;
      line_indent = t.indent;
    }
    switch (t.kind) {
      case '{':
      case '[':
        if (expect != Expect::kValue && expect != Expect::kValueOrClose) return false;
        if (expect == Expect::kValueOrClose) see_child(t);
        levels.push_back({t.kind, line, line_indent, kAny});
        expect = t.kind == '{' ? Expect::kNameOrClose : Expect::kValueOrClose;
        return true;
      case '}':
      case ']':
        if (levels.back().open != (t.kind == '}' ? '{' : '[')) return false;
        if (expect == Expect::kColon || expect == Expect::kValue) return false;
        if (t.first_on_line && levels.back().indent != kAny && t.indent != levels.back().indent) ++oddities;
        leave();
        return true;
      case ',':
        if (expect != Expect::kCommaOrClose) return false;
        expect_next();
        return true;
      case ':':
        if (expect != Expect::kColon) return false;
        expect = Expect::kValue;
        return true;
      case Token::kStray:
        ++oddities;
        return true;
      default:
        break;
    }
    switch (expect) {
      case Expect::kNameOrClose:
        see_child(t);
        if (t.kind != Token::kString) ++oddities;
        expect = Expect::kColon;
        return true;
      case Expect::kValueOrClose:
        see_child(t);
        [[fallthrough]];
      case Expect::kValue:
        if (t.kind == Token::kCutString || t.kind == Token::kWord) ++oddities;
        end_value();
        return true;
      default:
        return false;
    }
  }

  void end_value() { expect = levels.size() == 1 ? Expect::kEnd : Expect::kCommaOrClose; }
  void leave() {
    levels.pop_back();
    end_value();
  }
  void expect_next() { expect = levels.back().open == '{' ? Expect::kNameOrClose : Expect::kValueOrClose; }
  bool complete() const { return levels.size() == 1 && expect == Expect::kEnd; }

 private:
  void see_child(const Token& t) {
    if (!t.first_on_line) return;
    Level& level = levels.back();
    const bool deeper = level.line == t.line || level.indent == kAny || t.indent > level.indent;
    // Once for all children: where nothing is indented, more of them are no odder.
    if (level.child == kAny ? !deeper : level.child != t.indent) ++oddities;
    if (level.child == kAny) level.child = t.indent;
  }
};

}  // namespace aclc
