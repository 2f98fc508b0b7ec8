// SPDX-License-Identifier: Apache-2.0
// The comments of a text, found again in the gaps between the nodes of its tree.
#pragma once

#include <string>
#include <vector>

#include "parser/syntax/tree.h"

namespace aclc::lsp {

struct Comment {
  Span span;  ///< with its marks, without the newline that ends it
  bool block = false;
};

std::vector<Comment> comments(const SyntaxTree& tree);
/// Those in the bytes [begin, end), which hold no node.
void comments_in_gap(std::string_view text, uint32_t begin, uint32_t end, std::vector<Comment>& out);

/// The `//` lines or the block comment that end on the line before `offset`'s, or on the same line before it; without
/// marks, joined by newlines. What a person wrote about the thing at the offset.
std::string comment_above(std::string_view text, uint32_t offset);

}  // namespace aclc::lsp
