// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/library_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/text/quote.h"
#include "base/text/utf8.h"
#include "parser/syntax/strings.h"
#include "parser/syntax/tree.h"
#include "parser/syntax/words.h"

namespace aclc {
namespace {

class LibraryReader {
 public:
  explicit LibraryReader(std::string_view text) : text_(text) {}

  std::string read() {
    while (!failed_ && !done_) {
      if (extra()) value();
    }
    if (!failed_) return "";
    const std::string_view before = text_.substr(0, at_);
    const size_t newline = before.rfind('\n');
    const size_t column = at_ - (newline == std::string_view::npos ? 0 : newline + 1) + 1;
    return fmt::format("hujson: line {}, column {}: {}", std::count(before.begin(), before.end(), '\n') + 1, column, error_);
  }

 private:
  struct Open {
    bool object;
    bool is_name;      ///< stands where a name must, which is only said after its end
    bool wants_name;   ///< of an object: a name or its end comes next, else a value
    size_t begin;
  };

  void fail(size_t at, std::string error) {
    at_ = at;
    error_ = std::move(error);
    failed_ = true;
  }
  void wrong_character(size_t at, std::string_view where) {
    fail(at, fmt::format("invalid character {} {}", quote_go_character(text_.substr(at)), where));
  }

  /// White space and comments. False: a comment is at fault.
  bool extra() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (std::string_view(" \t\r\n").find(rest[0]) != std::string_view::npos) {
        ++at_;
        continue;
      }
      const bool line = rest.starts_with("//");
      if (!line && !rest.starts_with("/*")) return true;
      const std::string_view end = line ? "\n" : "*/";
      const size_t stop = text_.find(end, at_ + 2);
      if (stop == std::string_view::npos) {
        fail(at_, "parsing comment: unexpected EOF");
        return false;
      }
      if (first_invalid_utf8(text_.substr(at_, stop - at_)) != std::string_view::npos) {
        fail(at_, "invalid UTF-8 in comment");
        return false;
      }
      at_ = stop + end.size();
    }
    return true;
  }

  bool at_name() const { return !open_.empty() && open_.back().object && open_.back().wants_name; }

  void value() {
    const size_t begin = at_;
    if (begin == text_.size()) return fail(begin, "parsing value: unexpected EOF");
    const char c = text_[begin];
    const bool name = at_name();
    const bool may_close = name || (!open_.empty() && !open_.back().object);
    if (may_close && c == (open_.back().object ? '}' : ']')) {
      ++at_;
      return close();
    }
    if (c == '{' || c == '[') {
      open_.push_back({c == '{', name, true, begin});
      ++at_;
      return;
    }
    if (c == '"') {
      if (!string()) return;
    } else {
      at_ = std::min(text_.find_first_not_of(kWordCharacters, begin), text_.size());
      if (at_ == begin) return wrong_character(begin, "at start of value");
      const std::string_view word = text_.substr(begin, at_ - begin);
      if (word_kind(word) == NodeKind::kError) return fail(begin, fmt::format("invalid literal: {}", word));
    }
    end_value(begin, name, c == '"');
  }

  bool string() {
    const size_t begin = at_;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ >= text_.size()) {
      fail(text_.size(), "parsing string: unexpected EOF");
      return false;
    }
    ++at_;
    const std::string_view literal = text_.substr(begin, at_ - begin);
    for (auto fault = find_string_fault(literal); fault; fault = find_string_fault(literal, fault->offset + fault->length)) {
      if (fault->what == StringFault::What::kInvalidUtf8) continue;  // the library does not look
      fail(begin, fmt::format("invalid literal: {}", literal));
      return false;
    }
    return true;
  }

  void close() {
    const Open done = open_.back();
    open_.pop_back();
    end_value(done.begin, done.is_name, false);
  }

  // A loop, since every closing bracket ends a value itself, and a text may have a million of them in a row.
  void end_value(size_t begin, bool name, bool is_string) {
    while (extra()) {
      if (name) {
        if (!is_string) return wrong_character(begin, "at start of object name");
        if (at_ == text_.size()) return fail(at_, "parsing object after name: unexpected EOF");
        if (text_[at_] != ':') return wrong_character(at_, "after object name");
        open_.back().wants_name = false;
        ++at_;
        return;
      }
      if (open_.empty()) {
        if (at_ < text_.size()) return wrong_character(at_, "after top-level value");
        done_ = true;
        return;
      }
      const Open outer = open_.back();
      if (at_ == text_.size()) return fail(at_, fmt::format("parsing {} after value: unexpected EOF", outer.object ? "object" : "array"));
      const char c = text_[at_];
      if (c == ',') {
        open_.back().wants_name = true;
        ++at_;
        return;
      }
      if (c != (outer.object ? '}' : ']')) {
        return wrong_character(at_, outer.object ? "after object value (expecting ',' or '}')" : "after array value (expecting ',' or ']')");
      }
      ++at_;
      open_.pop_back();
      begin = outer.begin;
      name = outer.is_name;
      is_string = false;
    }
  }

  static constexpr std::string_view kWordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";

  std::string_view text_;
  size_t at_ = 0;
  std::vector<Open> open_;
  std::string error_;
  bool failed_ = false;
  bool done_ = false;
};

}  // namespace

std::string library_error(std::string_view text) {
  return LibraryReader(text).read();
}

}  // namespace aclc
