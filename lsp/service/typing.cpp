// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/typing.h"

#include <algorithm>
#include <array>
#include <vector>

namespace aclc::lsp {
namespace {

constexpr uint32_t kNowhere = UINT32_MAX;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_line_end(char c) { return c == '\r' || c == '\n'; }
bool comment_at(std::string_view text, uint32_t at) {
  return text[at] == '/' && at + 1 < text.size() && (text[at + 1] == '/' || text[at + 1] == '*');
}
/// One past a comment, its line's end left out.
uint32_t comment_end(std::string_view text, uint32_t at) {
  const size_t end = text[at + 1] == '/' ? text.find('\n', at) : text.find("*/", at + 2);
  if (end == std::string_view::npos) return static_cast<uint32_t>(text.size());
  return static_cast<uint32_t>(end) + (text[at + 1] == '/' ? 0 : 2);
}
/// The quote that closes the string opened at `at`, on its line; kNowhere where there is none.
uint32_t closing_quote(std::string_view text, uint32_t at) {
  for (uint32_t i = at + 1; i < text.size() && !is_line_end(text[i]); ++i) {
    if (text[i] == '\\') ++i;
    else if (text[i] == '"') return i;
  }
  return kNowhere;
}
uint32_t word_end(std::string_view text, uint32_t at) {
  while (at < text.size() && !is_space(text[at]) && std::string_view(",[]{}\"").find(text[at]) == std::string_view::npos &&
         !comment_at(text, at))
    ++at;
  return at;
}

/// Whether the rest of a line makes sense by itself: closed strings, brackets, commas, colons and literals.
bool line_makes_sense(std::string_view text, uint32_t at) {
  while (at < text.size() && !is_line_end(text[at])) {
    if (comment_at(text, at)) return true;
    if (text[at] == '"') {
      const uint32_t close = closing_quote(text, at);
      if (close == kNowhere) return false;
      at = close + 1;
    } else if (const uint32_t end = word_end(text, at); end > at && text[at] != ':') {
      const std::string_view word = text.substr(at, end - at);
      if (word != "true" && word != "false" && word != "null" &&
          word.find_first_not_of("0123456789+-.eE") != std::string_view::npos)
        return false;
      at = end;
    } else {
      ++at;
    }
  }
  return true;
}

/// `group` in `group:eng`: what begins names that hold a colon.
bool is_name_prefix(std::string_view word) {
  static constexpr std::array<std::string_view, 7> kWords = {"group", "tag", "ipset", "posture", "svc", "custom", "node"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

/// Reads up to the cursor, token by token, and knows what may come next.
class Reader {
 public:
  Reader(std::string_view text, uint32_t offset) : text_(text), offset_(offset) {}

  std::optional<Typing> read() {
    while (true) {
      while (at_ < text_.size() && is_space(text_[at_])) ++at_;
      if (at_ == text_.size()) return gap();
      if (comment_at(text_, at_)) {
        if (at_ >= offset_) return gap();
        const bool line = text_[at_ + 1] == '/';
        const uint32_t end = comment_end(text_, at_);
        // At the very end of a line comment one still writes into it.
        if (offset_ < end || (line && offset_ == end) || (!line && end == text_.size() && !text_.ends_with("*/"))) return {};
        at_ = end;
        continue;
      }
      const char c = text_[at_];
      if (c == '"') {
        if (at_ > offset_) return gap();
        if (at_ == offset_) return {};
        const uint32_t close = closing_quote(text_, at_);
        uint32_t end = close == kNowhere ? end_of_line(at_) : close + 1;
        if (close == kNowhere ? offset_ <= end : offset_ < end) return in_string(close);
        if (end == offset_) return {};
        took(end);
        value();
        continue;
      }
      if (c == ':' && !levels_.empty() && levels_.back().object && levels_.back().state != State::kValue) {
        if (at_ >= offset_) return gap();
        levels_.back().state = State::kValue;
        took(at_ + 1);
        continue;
      }
      if (std::string_view(",[]{}").find(c) != std::string_view::npos) {
        if (at_ >= offset_) return gap();
        punctuation(c);
        took(at_ + 1);
        continue;
      }
      if (at_ > offset_) return gap();
      const uint32_t end = end_of_word();
      if (offset_ <= end) return typing({at_, end}, false, false, at_, end);
      took(end);
      value();
    }
  }

 private:
  enum class State : uint8_t { kName, kColon, kValue, kComma };
  struct Level {
    bool object;
    State state;
  };

  void took(uint32_t end) { at_ = last_end_ = end; }
  uint32_t end_of_line(uint32_t at) const {
    while (at < text_.size() && !is_line_end(text_[at])) ++at;
    return at;
  }
  bool names_stand_here() const {
    return !levels_.empty() && levels_.back().object &&
           (levels_.back().state == State::kName || levels_.back().state == State::kComma);
  }
  /// A colon ends a name, but neither a selector nor the first word of a name such as `group:eng`.
  uint32_t end_of_word() const {
    const uint32_t end = std::max(word_end(text_, at_), at_ + 1);
    if (!names_stand_here()) return end;
    const std::string_view word = text_.substr(at_, end - at_);
    const size_t colon = word.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return end;
    // Before a list or an object it is the name's end all the same.
    const char next = colon + 1 == word.size() ? following(text_, end).next : '\0';
    if (next != '[' && next != '{' && is_name_prefix(word.substr(0, colon))) return end;
    return at_ + static_cast<uint32_t>(colon);
  }
  /// A string, a word or a bracket's pair stands here.
  void value() {
    if (levels_.empty()) {
      root_taken_ = true;
    } else if (levels_.back().object && levels_.back().state != State::kValue) {
      levels_.back().state = State::kColon;
    } else {
      levels_.back().state = State::kComma;
    }
  }
  void punctuation(char c) {
    if (c == ',') {
      if (!levels_.empty()) levels_.back().state = levels_.back().object ? State::kName : State::kValue;
    } else if (c == '{' || c == '[') {
      value();
      levels_.push_back({c == '{', c == '{' ? State::kName : State::kValue});
    } else {
      // A bracket of the other kind closes what it can; a stray one closes nothing.
      size_t depth = levels_.size();
      while (depth > 0 && levels_[depth - 1].object != (c == '}')) --depth;
      if (depth > 0) levels_.resize(depth - 1);
    }
  }

  std::optional<Typing> gap() const {
    return typing({offset_, offset_}, false, false, offset_, offset_);
  }

  /// The string's own closing quote, or the opening one of what comes next? As it makes sense of the rest of the line.
  std::optional<Typing> in_string(uint32_t close) const {
    const uint32_t begin = at_ + 1;
    uint32_t end = word_end(text_, offset_);
    // The colon behind a name is not the name's.
    if (names_stand_here() && end > offset_ && text_[end - 1] == ':') --end;
    if (close != kNowhere) {
      uint32_t next = close + 1;
      while (next < text_.size() && (text_[next] == ' ' || text_[next] == '\t')) ++next;
      const bool ends = next == text_.size() || is_line_end(text_[next]) ||
                        std::string_view(",:]}").find(text_[next]) != std::string_view::npos;
      if (line_makes_sense(text_, close + 1) || (ends && !line_makes_sense(text_, end)))
        return typing({begin, close}, true, true, at_, close + 1);
    }
    return typing({begin, end}, true, false, at_, end);
  }

  std::optional<Typing> typing(Span token, bool quoted, bool closed, uint32_t begin, uint32_t end) const {
    Typing out;
    out.token = token;
    out.quoted = quoted;
    out.closed = closed;
    const Following after = following(text_, end);
    if (levels_.empty()) {
      if (root_taken_ || after.next != 0) return {};
      out.role = Typing::Role::kRoot;
      return out;
    }
    const Level& level = levels_.back();
    if (level.state == State::kColon) return {};
    if (level.state == State::kComma && last_end_ <= begin) out.comma_before = last_end_;
    if (names_stand_here()) {
      out.role = Typing::Role::kName;
      out.colon_after = after.next != ':';
      return out;
    }
    const bool more = after.next != 0 && std::string_view(",]}").find(after.next) == std::string_view::npos;
    // A member has one value: what follows is either the next member, or this one's value.
    if (level.object && more && !after.member && !quoted && token.empty()) return {};
    out.comma_after = more;
    return out;
  }

  std::string_view text_;
  uint32_t offset_;
  uint32_t at_ = 0;
  uint32_t last_end_ = 0;  ///< of the last token
  bool root_taken_ = false;
  std::vector<Level> levels_;
};

}  // namespace

Following following(std::string_view text, uint32_t at) {
  const auto skip = [&](uint32_t from) {
    while (from < text.size()) {
      if (comment_at(text, from)) from = comment_end(text, from);
      else if (is_space(text[from])) ++from;
      else break;
    }
    return from;
  };
  at = skip(at);
  if (at == text.size()) return {};
  Following out{text[at], false};
  if (out.next == '"') {
    if (const uint32_t close = closing_quote(text, at); close != kNowhere) {
      at = skip(close + 1);
      out.member = at < text.size() && text[at] == ':';
    }
  }
  return out;
}

std::optional<Typing> typing_at(std::string_view text, uint32_t offset) {
  return Reader(text, std::min(offset, static_cast<uint32_t>(text.size()))).read();
}

std::string with_token_whole(std::string_view text, const Typing& typing, uint32_t& mark) {
  const uint32_t begin = typing.token.begin - (typing.quoted ? 1 : 0);
  const uint32_t end = typing.token.end + (typing.closed ? 1 : 0);
  std::string out(text.substr(0, begin));
  if (typing.comma_before) out += ',';
  out += '"';
  mark = static_cast<uint32_t>(out.size());
  out += '"';
  bool comma = typing.comma_after;
  if (typing.colon_after) {
    const char next = following(text, end).next;
    comma = next != 0 && next != ',' && next != '}';
    out += ":0";
  }
  if (comma) out += ',';
  return out.append(text.substr(end));
}

}  // namespace aclc::lsp
