// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/format.h"

#include <algorithm>

#include "base/check.h"
#include "parser/syntax/layout.h"

namespace aclc {
namespace {

/// How line breaks and comments between two tokens are printed.
struct Between {
  uint32_t tabs = 0;          ///< indentation of comments and of what follows
  uint32_t most_before = 2;   ///< line breaks kept before the first comment (2: one blank line)
  uint32_t most_after = 2;    ///< line breaks kept after the last
  std::string_view bare;      ///< printed where there is no comment and no line break is wanted
};

class Printer {
 public:
  explicit Printer(const SyntaxTree& tree) : tree_(tree), layout_(lay_out(tree)) {}

  std::string print() {
    const std::string_view text = tree_.text();
    const Span root = tree_[tree_.root()].span;
    Extra before = read_extra(text.substr(0, root.begin));
    if (before.has_comment()) before.comments.front().newlines = 0;
    between(before, {.most_before = 0});
    if (out_.starts_with(' ')) out_.erase(0, 1);
    if (!before.has_comment()) out_.clear();
    value(tree_.root(), 0);
    Extra after = read_extra(text.substr(root.end));
    if (after.has_comment()) between(after, {});
    out_.erase(out_.find_last_not_of(" \t\r\n") + 1);
    out_ += '\n';
    return std::move(out_);
  }

 private:
  void breaks(uint32_t newlines, uint32_t tabs) {
    out_.append(newlines, '\n');
    out_.append(tabs, '\t');
  }

  void between(const Extra& extra, const Between& how) {
    if (!extra.has_comment()) {
      const uint32_t newlines = std::min({extra.newlines, how.most_before, how.most_after});
      if (newlines > 0) return breaks(newlines, how.tabs);
      out_ += how.bare;
      return;
    }
    bool first = true;
    for (const Comment& comment : extra.comments) {
      const uint32_t newlines = std::min(comment.newlines, first ? how.most_before : 2);
      if (newlines > 0) breaks(newlines, how.tabs);
      else out_ += ' ';
      out_ += print_comment(comment.text, how.tabs);
      first = false;
    }
    const uint32_t newlines = std::min(extra.newlines, how.most_after);
    if (newlines > 0) breaks(newlines, how.tabs);
    else out_ += ' ';
  }

  void value(NodeId id, uint32_t depth) {
    const bool object = tree_.is(id, NodeKind::kObject);
    if (!object && !tree_.is(id, NodeKind::kArray)) {
      out_ += leaf_text(tree_, id);
      return;
    }
    out_ += object ? '{' : '[';
    Items items = items_of(tree_, id);
    if (layout_.expanded[id.value]) expanded(items, depth);
    else inlined(items, depth);
    out_ += object ? '}' : ']';
  }

  // A comment after a name, before a value or before a comma hangs two levels deep, whatever is expanded.
  void name_and_value(const Item& item, uint32_t depth, uint32_t member_depth, uint32_t padding) {
    const uint32_t hanging = depth + 2;
    if (item.name.valid()) {
      out_ += leaf_text(tree_, item.name);
      if (item.after_name.has_comment()) between(item.after_name, {.tabs = hanging, .most_before = 1, .most_after = 1});
      out_ += ':';
      between(item.before_value, {.tabs = hanging, .most_before = 1, .most_after = 1, .bare = " "});
      out_.append(padding, ' ');
    }
    const bool moved =
        item.name.valid() && (item.before_value.has_newline || (item.after_name.has_newline && item.after_name.has_comment()));
    value(item.value, moved ? member_depth + 1 : member_depth);
    if (item.after.has_comment()) between(item.after, {.tabs = hanging, .most_before = 1, .most_after = 1});
  }

  void inlined(const Items& items, uint32_t depth) {
    for (size_t i = 0; i < items.items.size(); ++i) {
      const Item& item = items.items[i];
      const bool last = i + 1 == items.items.size();
      between(item.before, {.bare = i == 0 ? "" : " "});
      name_and_value(item, depth, depth, 0);
      const bool comma = !last || (items.trailing_comma && item.after.has_comment() && items.rest.has_comment());
      if (comma) out_ += ',';
    }
    if (items.rest.has_comment()) between(items.rest, {.tabs = depth + 1});
  }

  void expanded(Items& items, uint32_t depth) {
    const std::vector<uint32_t> padding = paddings(items);
    const uint32_t inner = depth + 1;
    for (size_t i = 0; i < items.items.size(); ++i) {
      Item& item = items.items[i];
      if (!item.before.has_newline) {
        (item.before.has_comment() ? item.before.comments.front().newlines : item.before.newlines) = 1;
      }
      const uint32_t most = i == 0 ? 1 : 2;
      between(item.before, {.tabs = inner, .most_before = most, .most_after = item.before.has_comment() ? 2 : most});
      name_and_value(item, depth, inner, padding[i]);
      const bool last = i + 1 == items.items.size();
      if (!last || !layout_.plain_json) out_ += ',';
    }
    if (items.rest.has_comment()) {
      items.rest.newlines = 0;
      between(items.rest, {.tabs = inner, .most_before = items.items.empty() ? 1u : 2u});
      out_.pop_back();
    }
    breaks(1, depth);
  }

  /// Spaces after each member's colon beyond the first, so that values of neighbouring one-line members line up.
  std::vector<uint32_t> paddings(const Items& items) const {
    std::vector<uint32_t> out(items.items.size(), 0);
    size_t begin = 0;
    std::vector<uint32_t> widths(items.items.size(), 0);
    const auto close_run = [&](size_t end) {
      uint32_t widest = 0;
      for (size_t i = begin; i < end; ++i) widest = std::max(widest, widths[i]);
      for (size_t i = begin; i < end; ++i) out[i] = widest - widths[i];
    };
    for (size_t i = 0; i < items.items.size(); ++i) {
      const Item& item = items.items[i];
      if (!item.name.valid()) return out;
      const auto broken = [](const Extra& extra) { return extra.has_newline && extra.has_comment(); };
      if (broken(item.after_name) || item.before_value.has_newline || layout_.multiline[item.value.value] ||
          broken(item.after)) {
        close_run(i);
        begin = i + 1;
        continue;
      }
      if (line_breaks(item.before) > 1) {
        close_run(i);
        begin = i;
      }
      widths[i] = static_cast<uint32_t>(leaf_text(tree_, item.name).size()) + (item.after_name.has_comment() ? 1 : 0);
      for (const Extra* extra : {&item.after_name, &item.before_value}) {
        for (const Comment& comment : extra->comments) widths[i] += static_cast<uint32_t>(comment.text.size()) + 1;
      }
    }
    close_run(items.items.size());
    return out;
  }

  static size_t line_breaks(const Extra& extra) {
    size_t out = extra.newlines;
    for (const Comment& c : extra.comments) out += c.newlines + static_cast<size_t>(std::count(c.text.begin(), c.text.end(), '\n'));
    return out;
  }

  const SyntaxTree& tree_;
  const Layout layout_;
  std::string out_;
};

}  // namespace

std::string format(const SyntaxTree& tree) { return Printer(tree).print(); }

}  // namespace aclc
