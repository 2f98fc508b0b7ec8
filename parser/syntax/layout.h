// SPDX-License-Identifier: Apache-2.0
// The first half of formatting: which objects and arrays are written one member a line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "parser/syntax/extra.h"
#include "parser/syntax/tree.h"

namespace aclc {

/// A member or element of a composite with what stands around it.
struct Item {
  NodeId name;         ///< invalid in an array
  NodeId value;
  Extra before;        ///< after the opening bracket or comma
  Extra after_name;    ///< before the colon
  Extra before_value;  ///< after the colon; in an array unused
  Extra after;         ///< before the comma
};

struct Items {
  std::vector<Item> items;
  Extra rest;             ///< before the closing bracket, after the last comma or the last value
  bool trailing_comma = false;
};

/// The members or elements of a composite.
Items items_of(const SyntaxTree& tree, NodeId composite);

/// The text of a leaf as it is printed: a string with escapes in shortest form, everything else as it stands.
std::string leaf_text(const SyntaxTree& tree, NodeId leaf);

struct Layout {
  std::vector<bool> expanded;   ///< by node: a composite that is written one member a line
  std::vector<bool> multiline;  ///< by node: its text holds a line break
  bool plain_json = true;       ///< no comment and no trailing comma in the whole text
};

Layout lay_out(const SyntaxTree& tree);

}  // namespace aclc
