// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/layout.h"

#include "parser/syntax/strings.h"

namespace aclc {
namespace {

constexpr uint32_t kWidth = 80;  // bytes of a line that an unbroken composite may reach

bool is_composite(NodeKind kind) { return kind == NodeKind::kObject || kind == NodeKind::kArray; }

/// Lengths of the lines that something takes when it is written after something else.
struct Lines {
  uint32_t first = 0;
  uint32_t last = 0;
  uint32_t longest = 0;
  bool broken = false;

  void add(uint32_t bytes) {
    last += bytes;
    if (!broken) first = last;
    longest = std::max(longest, last);
  }
  void add(const Lines& o) {
    add(o.first);
    if (!o.broken) return;
    broken = true;
    last = o.last;
    longest = std::max(longest, o.longest);
  }
  void add(const Extra& extra) {
    for (const Comment& comment : extra.comments) {
      if (comment.newlines > 0) line_break();
      add(1);
      const std::string text = print_comment(comment.text, 0);
      for (size_t at = 0; at <= text.size();) {
        const size_t stop = std::min(text.find('\n', at), text.size());
        if (at != 0) line_break();
        add(static_cast<uint32_t>(stop - at));
        at = stop + 1;
      }
    }
    if (extra.newlines > 0) line_break();
  }
  /// Before a colon or comma, where a comment is followed by a space and white space alone is dropped.
  void add_with_space(const Extra& extra) {
    if (!extra.has_comment()) return;
    add(extra);
    if (extra.newlines == 0) add(1);
  }
  void line_break() {
    broken = true;
    last = 0;
  }
};

/// Holds a line break that stays: white space alone is not kept where no line may end.
bool broken(const Extra& extra) { return extra.has_newline && extra.has_comment(); }

void append_escaped(char32_t c, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
    case '\\':
      out += '\\';
      out += static_cast<char>(c);
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      if (c >= 0x20) return append_utf8(c, out);
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 0xf];
  }
}

}  // namespace

std::string leaf_text(const SyntaxTree& tree, NodeId leaf) {
  const std::string_view text = tree.text_of(leaf);
  if (!(tree[leaf].flags & kHasEscape)) return std::string(text);
  std::string decoded;
  decode_string(text, decoded);
  std::string out = "\"";
  for (const char c : decoded) {
    if (static_cast<unsigned char>(c) >= 0x80) out += c;
    else append_escaped(static_cast<unsigned char>(c), out);
  }
  out += '"';
  return out;
}

Items items_of(const SyntaxTree& tree, NodeId composite) {
  Items out;
  const std::string_view text = tree.text();
  const auto between = [&](size_t begin, size_t end) { return read_extra(text.substr(begin, end - begin)); };
  const Span span = tree[composite].span;
  const size_t close = span.end - 1;
  size_t at = span.begin + 1;
  for (const NodeId child : tree.children(composite)) {
    const Span own = tree[child].span;
    Item item;
    item.before = between(at, own.begin);
    item.value = child;
    if (tree.is(child, NodeKind::kMember)) {
      item.name = tree.name_of(child);
      item.value = tree.value_of(child);
      const Span name = tree[item.name].span;
      const Span value = tree[item.value].span;
      const size_t colon = name.end + find_outside_comments(text.substr(name.end, value.begin - name.end), ':');
      item.after_name = between(name.end, colon);
      item.before_value = between(colon + 1, value.begin);
    }
    const uint32_t next = tree[child].next;
    const size_t stop = next < tree[composite].next ? tree[NodeId(size_t{next})].span.begin : close;
    const size_t comma = find_outside_comments(text.substr(own.end, stop - own.end), ',');
    if (comma == std::string_view::npos) {
      at = own.end;
      out.trailing_comma = false;
    } else {
      item.after = between(own.end, own.end + comma);
      at = own.end + comma + 1;
      out.trailing_comma = true;
    }
    out.items.push_back(std::move(item));
  }
  out.rest = between(at, close);
  return out;
}

// Children stand after their parents in the tree, so going backwards decides inner composites first.
Layout lay_out(const SyntaxTree& tree) {
  const size_t n = tree.size();
  Layout out{std::vector<bool>(n), std::vector<bool>(n)};
  std::vector<Lines> lines(n);
  const auto see = [&](const Extra& extra) { out.plain_json = out.plain_json && !extra.has_comment(); };
  for (size_t i = n; i-- > 0;) {
    const NodeId id(i);
    if (tree.is(id, NodeKind::kMember)) continue;
    Lines& own = lines[i];
    if (!is_composite(tree[id].kind)) {
      own.add(static_cast<uint32_t>(leaf_text(tree, id).size()));
      continue;
    }
    const Items items = items_of(tree, id);
    bool expand = items.rest.has_newline && (!items.items.empty() || items.rest.has_comment());
    if (items.trailing_comma) expand = expand || broken(items.items.back().after);
    bool multiline = false;
    own.add(1);
    for (const Item& item : items.items) {
      expand = expand || item.before.has_newline;
      for (const Extra* extra : {&item.before, &item.after_name, &item.before_value, &item.after}) see(*extra);
      own.add(item.before);
      if (item.name.valid()) {
        own.add(lines[item.name.value]);
        own.add_with_space(item.after_name);
        own.add(2);
        own.add(item.before_value);
      }
      own.add(lines[item.value.value]);
      own.add_with_space(item.after);
      own.add(2);
      multiline = multiline || broken(item.after_name) || item.before_value.has_newline ||
                  out.multiline[item.value.value] || broken(item.after);
    }
    see(items.rest);
    own.add(1);
    out.plain_json = out.plain_json && !items.trailing_comma;
    if (!items.items.empty() && own.longest > kWidth) expand = true;
    out.multiline[i] = multiline || (expand && !items.items.empty());
    out.expanded[i] = expand;
    if (expand) {
      own = {};
      own.add(1);
      own.add(items.items.empty() ? items.rest : items.items.front().before);
      own.line_break();
      own.add(1);
    }
  }
  const Span root = tree[tree.root()].span;
  see(read_extra(tree.text().substr(0, root.begin)));
  see(read_extra(tree.text().substr(root.end)));
  return out;
}

}  // namespace aclc
