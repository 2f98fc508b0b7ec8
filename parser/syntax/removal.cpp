// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/removal.h"

#include <algorithm>
#include <optional>

namespace aclc {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

/// The text around an element: its place in the tree, and the gaps up to what stands before and behind it.
struct Surroundings {
  uint32_t before = 0, behind = 0;  ///< where the gap before the element begins, where the one behind it ends
  bool first = false;  ///< of its siblings
};

struct Gap {
  std::vector<Span> comments;
  std::optional<uint32_t> comma;
  size_t before_comma = 0;  ///< how many of the comments
  bool closed = false;      ///< by a bracket, or the text's end: no sibling follows
};

struct Parts {
  std::vector<Span> comments;  ///< that belong to the element
  std::optional<uint32_t> comma;
};

class Removal {
 public:
  Removal(const SyntaxTree& tree, Span element) : tree_(tree), text_(tree.text()), element_(element), found_(look_around()) {
    if (found_) find_parts();
  }

  const Parts& parts() const { return parts_; }

  std::vector<Edit> edits() const {
    if (!found_) return {};
    std::vector<Span> pieces = parts_.comments;
    pieces.push_back(element_);
    if (parts_.comma) pieces.push_back({*parts_.comma, *parts_.comma + 1});
    std::sort(pieces.begin(), pieces.end(), [](Span a, Span b) { return a.begin < b.begin; });
    std::vector<Edit> out;
    for (size_t i = 0; i < pieces.size();) {
      Span piece = pieces[i++];
      while (i < pieces.size() && is_white({piece.end, pieces[i].begin})) piece.end = pieces[i++].end;
      out.push_back({with_white_space(piece), ""});
    }
    return out;
  }

 private:
  std::optional<Surroundings> look_around() const {
    size_t low = 0, high = tree_.size();
    while (low + 1 < high) {
      const size_t middle = low + (high - low) / 2;
      (tree_[NodeId(middle)].span.begin <= element_.begin ? low : high) = middle;
    }
    size_t node = tree_.size();
    // A member begins where its name does.
    for (size_t at = low;; --at) {
      if (at >= tree_.size() || tree_[NodeId(at)].span.begin != element_.begin) break;
      if (tree_[NodeId(at)].span == element_) node = at;
      if (at == 0) break;
    }
    if (node == 0 || node == tree_.size()) return std::nullopt;
    // By the neighbours in the order of the text alone: lists are long, and every finding about an entry comes here. The value of
    // a member is two behind it, its name one.
    const auto is_member = [&](size_t at) { return tree_[NodeId(at)].kind == NodeKind::kMember; };
    if (is_member(node - 1) || (node > 1 && is_member(node - 2) && tree_[NodeId(node - 2)].next == tree_[NodeId(node)].next)) return std::nullopt;
    Surroundings out;
    const SyntaxNode& previous = tree_[NodeId(node - 1)];
    out.first = previous.next > node;  // it is what holds the element
    out.before = out.first ? previous.span.begin + 1 : previous.span.end;
    const auto size = static_cast<uint32_t>(text_.size());
    const uint32_t next = tree_[NodeId(node)].next;
    out.behind = std::clamp(next < tree_.size() ? tree_[NodeId(size_t{next})].span.begin : size, element_.end, std::max(size, element_.end));
    out.before = std::min(out.before, element_.begin);
    return element_.end <= size ? std::optional(out) : std::nullopt;
  }

  /// What is neither comment nor comma nor white space ends a gap: a fault of syntax, whose neighbours are not ours to judge.
  Gap scan(uint32_t begin, uint32_t end, bool backwards) const {
    Gap out;
    for (uint32_t i = begin; i < end;) {
      if (text_[i] == '/' && i + 1 < end && (text_[i + 1] == '/' || text_[i + 1] == '*')) {
        const bool block = text_[i + 1] == '*';
        const size_t close = block ? text_.find("*/", i + 2) : text_.find('\n', i);
        uint32_t stop = close == std::string_view::npos ? end : std::min(end, static_cast<uint32_t>(close) + (block ? 2 : 0));
        if (!block && text_[stop - 1] == '\r') --stop;
        out.comments.push_back({i, stop});
        i = stop;
      } else if (text_[i] == ',' && (backwards || !out.comma)) {
        out.comma = i++;
        out.before_comma = out.comments.size();
      } else if (is_space(text_[i])) {
        ++i;
      } else if (backwards) {
        out = {};
        ++i;
      } else {
        out.closed = text_[i] == ']' || text_[i] == '}';
        return out;
      }
    }
    out.closed = end == text_.size();
    return out;
  }

  void find_parts() {
    const Gap before = scan(found_->before, element_.begin, true), behind = scan(element_.end, found_->behind, false);
    const bool shares_line = !behind.closed && !breaks({element_.begin, found_->behind});
    // Above, and before it on its line.
    uint32_t top = element_.begin, on_line = element_.begin;
    for (size_t i = before.comments.size(); i-- > before.before_comma;) {
      const Span c = before.comments[i];
      const uint32_t lines = breaks({c.end, top});
      if (lines == 0 && (starts_line(c.begin) || !found_->first)) {
        if (on_line == top) on_line = c.begin;
      } else if (lines != 1 || !starts_line(c.begin) || !starts_line(on_line) || shares_line || column(c.begin) > column(on_line) || is_of_another(c)) {
        break;
      }
      parts_.comments.insert(parts_.comments.begin(), c);
      top = c.begin;
    }
    // Behind: up to the comma the line is its own anyway, but for a comment to the line's end.
    const bool alone = breaks(element_) > 0 || starts_line(on_line);
    const bool has_comma = behind.comma.has_value();
    uint32_t end = element_.end;
    for (size_t i = 0; i < behind.comments.size(); ++i) {
      const Span c = behind.comments[i];
      const bool inner = has_comma ? i < behind.before_comma : behind.closed;
      if (has_comma && i == behind.before_comma) end = std::max(end, *behind.comma);
      if (breaks({end, c.begin}) > 0) break;
      const bool to_line_end = ends_line(behind.comments[last_on_line(behind.comments, i)].end);
      const bool is_line_comment = text_[c.begin + 1] == '/';
      if (inner ? is_line_comment && !alone && !has_comma : !alone || !to_line_end || !has_comma) break;
      parts_.comments.push_back(c);
      end = c.end;
    }
    if (has_comma) parts_.comma = behind.comma;
    else if (behind.closed && before.comma) parts_.comma = before.comma;
  }

  size_t last_on_line(const std::vector<Span>& comments, size_t i) const {
    while (i + 1 < comments.size() && breaks({comments[i].end, comments[i + 1].begin}) == 0) ++i;
    return i;
  }

  /// Neither documentation of what comes next nor a note on it.
  bool is_of_another(Span comment) const {
    std::string_view words = text_.substr(comment.begin, comment.length());
    while (!words.empty() && (words.front() == '/' || words.front() == '*' || is_space(words.front()))) words.remove_prefix(1);
    return words.starts_with("aclc:ignore-file") || (!words.empty() && std::string_view("\"{}[],").find(words.front()) != std::string_view::npos);
  }

  uint32_t breaks(Span s) const {
    return static_cast<uint32_t>(std::count(text_.begin() + s.begin, text_.begin() + std::max(s.begin, s.end), '\n'));
  }
  uint32_t line_start(uint32_t at) const {
    const size_t newline = at == 0 ? std::string_view::npos : text_.rfind('\n', at - 1);
    return newline == std::string_view::npos ? 0 : static_cast<uint32_t>(newline) + 1;
  }
  uint32_t column(uint32_t at) const { return at - line_start(at); }
  bool starts_line(uint32_t at) const {
    while (at > 0 && is_blank(text_[at - 1])) --at;
    return at == 0 || text_[at - 1] == '\n';
  }
  bool ends_line(uint32_t at) const {
    while (at < text_.size() && is_blank(text_[at])) ++at;
    return at == text_.size() || text_[at] == '\n' || text_.substr(at, 2) == "\r\n";
  }
  bool is_white(Span s) const {
    const std::string_view between = text_.substr(s.begin, s.end - s.begin);
    return std::all_of(between.begin(), between.end(), is_space);
  }

  Span with_white_space(Span s) const {
    const bool from_start = starts_line(s.begin);
    if (ends_line(s.end)) {
      while (s.begin > 0 && is_blank(text_[s.begin - 1])) --s.begin;
      if (!from_start) return s;
      const size_t newline = text_.find('\n', s.end);
      s.end = static_cast<uint32_t>(newline == std::string_view::npos ? text_.size() : newline + 1);
      return s;
    }
    // What follows on the line moves up to what stands before.
    const char before = s.begin == 0 ? '\n' : text_[s.begin - 1];
    if (is_space(before) || before == '[' || before == '{') {
      while (s.end < text_.size() && is_blank(text_[s.end])) ++s.end;
    }
    return s;
  }

  const SyntaxTree& tree_;
  std::string_view text_;
  Span element_;
  std::optional<Surroundings> found_;
  Parts parts_;
};

}  // namespace

std::vector<Span> comments_of_element(const SyntaxTree& tree, Span element) { return Removal(tree, element).parts().comments; }

std::vector<Edit> removal(const SyntaxTree& tree, Span element) { return Removal(tree, element).edits(); }

}  // namespace aclc
