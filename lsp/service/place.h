// SPDX-License-Identifier: Apache-2.0
// What the language expects at a place of the text: a name of which object, or a value of which field. The basis of
// completion and of hover texts of fields; works in the gaps of a broken text too.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "lsp/service/walk.h"
#include "parser/policy/fields.h"
#include "parser/syntax/tree.h"

namespace aclc::lsp {

struct Place {
  enum class What : uint8_t {
    kNothing,    ///< inside a comment, or where no name or value may stand
    kFieldName,  ///< a name of an object with fixed members: `shape`
    kMapName,    ///< a name of a map: `field->key`
    kValue,      ///< a value of `field` (one element where it is a list)
  };
  What what = What::kNothing;
  Shape shape = Shape::kPolicy;  ///< of kFieldName; of the others the object that holds the field
  uint32_t field_index = 0;
  const Field* field = nullptr;  ///< null for kFieldName; for kValue in an opaque part null as well
  NodeId holder;                 ///< the object or array around
  NodeId member;                 ///< of kFieldName and kMapName: the member, where there is one
  NodeId leaf;                   ///< the string or word under the cursor; invalid in a gap
  Span token;                    ///< what a completion replaces: the inside of the string, the word, or nothing at the offset
  bool quoted = false;           ///< token stands inside quotes
  bool closed = false;           ///< ... and the closing quote is there
  bool element = false;          ///< an element of a list or map stands here, not the list itself
  bool list_of_map = false;      ///< kValue: the list under one name of a map of lists stands here
  std::optional<Standpoint> standpoint;  ///< of selectors
  std::optional<uint32_t> comma_at;      ///< the end of the member or element before, where no comma follows it
  std::vector<NodeId> chain;     ///< the nodes around, from the root to the leaf
};

Place place_at(const SyntaxTree& tree, uint32_t offset, Target target);

/// Which list of selectors a field holds, if it holds one.
std::optional<Standpoint> standpoint_of(Shape shape, uint32_t field_index);

/// The bytes between two offsets hold neither nodes nor strings: the last significant one (`,`, `:`, a bracket), 0 for none,
/// and whether `end` is inside a comment.
struct Gap {
  char last = 0;
  uint32_t last_at = 0;
  bool in_comment = false;
};
Gap read_gap(std::string_view text, uint32_t begin, uint32_t end);

}  // namespace aclc::lsp
