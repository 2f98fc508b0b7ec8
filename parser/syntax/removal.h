// SPDX-License-Identifier: Apache-2.0
// Edits that take an element of an array or a member of an object out of a text, with all that belongs to it and nothing of
// its neighbours: left behind, its comment would become the next one's.
//
// A comment belongs to an element if it stands on lines of its own directly above, before it behind the comma of the one before,
// or behind it where no other element shares the line. It stays where one cannot tell: above a blank line, above a line
// of several elements, behind the opening bracket, further in than the element is, an element that was commented out, or about the whole file.
#pragma once

#include <vector>

#include "parser/diagnostics/diagnostic.h"
#include "parser/syntax/tree.h"

namespace aclc {

/// In the order of the text; `element` is the span of a child of an array or object, else there are none.
std::vector<Span> comments_of_element(const SyntaxTree& tree, Span element);

/// The element, its comments, its comma (or the one before, of the last without one), and the lines on which nothing else
/// stands. Empty where `element` is no child of an array or object.
std::vector<Edit> removal(const SyntaxTree& tree, Span element);

}  // namespace aclc
