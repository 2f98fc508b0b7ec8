// SPDX-License-Identifier: Apache-2.0
// The lossless tree of a HuJSON text: a flat array of nodes in document order over the untouched bytes.
//
// White space, comments and punctuation are the gaps between nodes, so printing is exact whatever the text; they are found
// again from the bytes where someone asks. A node costs 16 bytes. Broken text gives a tree too: what is missing is a node of
// kind kMissing with an empty span, what makes no sense a node of kind kError that covers it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/span.h"

namespace aclc {

using NodeId = Id<struct NodeTag>;

enum class NodeKind : uint8_t {
  kObject,   ///< children: kMember
  kArray,    ///< children: values
  kMember,   ///< children: name (kString, or kError), value
  kString,   ///< span includes the quotes
  kNumber,
  kTrue,
  kFalse,
  kNull,
  kMissing,  ///< a value or name that should stand here
  kError,    ///< bytes that are no value
};

enum NodeFlag : uint8_t {
  kHasEscape = 1,      ///< string with a backslash
  kBroken = 2,         ///< an error was reported in this node or below it
  kTrailingComma = 4,  ///< composite with a comma after its last child
  kUnclosed = 8,       ///< composite without its closing bracket
};

struct SyntaxNode {
  Span span;             ///< first to last byte of the node itself
  uint32_t next = 0;     ///< index one past the last descendant: the next sibling, if there is one
  NodeKind kind{};
  uint8_t flags = 0;
};

/// Holds a view of the text: the SourceBuffer that owns it must outlive the tree.
class SyntaxTree {
 public:
  SyntaxTree(std::string_view text, std::vector<SyntaxNode> nodes) : text_(text), nodes_(std::move(nodes)) {}

  std::string_view text() const { return text_; }
  /// The one top-level value; kMissing for a text without one.
  NodeId root() const { return NodeId(size_t{0}); }
  size_t size() const { return nodes_.size(); }
  /// Bytes of memory behind the tree, the text not counted.
  size_t memory() const { return nodes_.capacity() * sizeof(SyntaxNode); }
  const SyntaxNode& operator[](NodeId id) const { return nodes_[id.value]; }
  std::string_view text_of(NodeId id) const { return text_.substr(nodes_[id.value].span.begin, nodes_[id.value].span.length()); }
  bool is(NodeId id, NodeKind kind) const { return nodes_[id.value].kind == kind; }

  /// Children of a node in order: `for (NodeId child : tree.children(id))`.
  class Children {
   public:
    struct Iterator {
      const SyntaxNode* nodes;
      uint32_t at;
      NodeId operator*() const { return NodeId(size_t{at}); }
      Iterator& operator++() {
        at = nodes[at].next;
        return *this;
      }
      bool operator!=(const Iterator& o) const { return at != o.at; }
    };
    Children(const SyntaxNode* nodes, uint32_t first, uint32_t end) : nodes_(nodes), first_(first), end_(end) {}
    Iterator begin() const { return {nodes_, first_}; }
    Iterator end() const { return {nodes_, end_}; }
    bool empty() const { return first_ == end_; }

   private:
    const SyntaxNode* nodes_;
    uint32_t first_, end_;
  };
  Children children(NodeId id) const { return {nodes_.data(), id.value + 1, nodes_[id.value].next}; }
  /// Of a kMember.
  NodeId name_of(NodeId member) const { return NodeId(size_t{member.value} + 1); }
  NodeId value_of(NodeId member) const { return NodeId(size_t{nodes_[member.value + 1].next}); }

  /// The decoded content of a kString: a view of the text itself where there is no escape, else of scratch. Lone surrogates
  /// become U+FFFD.
  std::string_view string_value(NodeId id, std::string& scratch) const;
  /// Where byte `index` of the decoded content stands in the text, escapes counted.
  uint32_t string_offset(NodeId id, uint32_t index) const;

  /// The deepest node whose span holds the offset (an offset at a node's end belongs to it where nothing follows).
  NodeId node_at(uint32_t offset) const;
  /// The text again, put together from nodes and the gaps between them: equal to text() for every input.
  std::string print() const;
  /// One line a node: kind, span, flags, text of leaves; for `aclc dump --phase syntax` and goldens.
  std::string dump() const;

 private:
  std::string_view text_;
  std::vector<SyntaxNode> nodes_;
};

}  // namespace aclc
