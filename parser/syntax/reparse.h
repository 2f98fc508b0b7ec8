// SPDX-License-Identifier: Apache-2.0
// The tree of a text that was edited, from the tree of the text before: only what the edit damaged is read again.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "parser/syntax/parse.h"
#include "parser/syntax/tree.h"

namespace aclc {

/// What one edit or several have changed: bytes [begin, old_end) of the old text are bytes [begin, new_end) of the new one.
struct Damage {
  uint32_t begin = 0, old_end = 0, new_end = 0;

  /// Adds a replacement of [replaced.begin, replaced.end) of the present text by `length` bytes.
  void add(Span replaced, uint32_t length);
};

/// `before` is a tree in which parse() found no fault; its text is not looked at and may be gone. The same tree as parse(text)
/// gives, or nothing where the smallest object or array around the damage does not tell: it has a fault now, or is the whole
/// text. Costs a parse of that object or array and a copy of the nodes.
std::optional<SyntaxTree> reparse(const SyntaxTree& before, const Damage& damage, std::string_view text, const ParseLimits& limits = {});

}  // namespace aclc
