// SPDX-License-Identifier: Apache-2.0
#include "parser/policy/posture_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/nearest.h"

namespace aclc {
namespace {

using sv = std::string_view;

constexpr sv kAttributes[] = {"node:os",           "node:osVersion",        "node:tsVersion", "node:tsReleaseTrack",
                              "node:tsAutoUpdate", "node:tsStateEncrypted", "ip:country",     "ip:publicAddress"};
constexpr sv kSystems[] = {"macos", "windows", "linux", "ios", "android", "freebsd", "openbsd", "illumos", "js"};
constexpr sv kTracks[] = {"stable", "unstable"};

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_word(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
}

bool same_word(sv a, sv lower) {
  if (a.size() != lower.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] + ('a' - 'A')) : a[i];
    if (c != lower[i]) return false;
  }
  return true;
}

class Reader {
 public:
  explicit Reader(sv text) : text_(text) {}

  AssertionForm read() {
    if (read_all()) out_.ok = true;
    return std::move(out_);
  }

 private:
  bool read_all() {
    skip();
    if (at_end()) return fail(0, text_.size(), "it is empty");
    if (!attribute()) return false;
    skip();
    if (at_end()) return true;  // a bare attribute: is it true
    if (!operation()) return false;
    skip();
    if (at_end()) return true;
    const sv rest = text_.substr(at_);
    if (rest.substr(0, 2) == "&&" || rest.substr(0, 2) == "||") {
      return fail(at_, text_.size(), "one assertion is one comparison; assertions of one posture must all hold");
    }
    return fail(at_, text_.size(), "nothing may follow here");
  }

  bool attribute() {
    const size_t begin = at_;
    while (!at_end() && (is_word(text_[at_]) || text_[at_] == ':')) ++at_;
    const sv name = text_.substr(begin, at_ - begin);
    out_.attribute = name;
    const size_t colon = name.find(':');
    if (name.empty()) return fail(begin, word_end(begin), "an attribute such as `node:os` belongs here");
    if (colon == sv::npos || colon == 0 || colon + 1 == name.size() || name.find(':', colon + 1) != sv::npos) {
      return fail(begin, at_, "an attribute is written `namespace:name`");
    }
    return true;
  }

  bool operation() {
    const size_t begin = at_;
    struct Symbol {
      sv text;
      PostureOp op;
    };
    static constexpr Symbol kSymbols[] = {{"==", PostureOp::kEqual},     {"!=", PostureOp::kNotEqual},
                                          {"<=", PostureOp::kLessEqual}, {">=", PostureOp::kGreaterEqual},
                                          {"<", PostureOp::kLess},       {">", PostureOp::kGreater}};
    for (const Symbol& s : kSymbols) {
      if (text_.substr(at_, s.text.size()) != s.text) continue;
      const size_t next = text_.find_first_not_of(' ', at_ + s.text.size());
      if (next != sv::npos && sv("=<>!~").find(text_[next]) != sv::npos) {
        const size_t marks = std::min(text_.find_first_not_of("=<>!~ ", at_), text_.size());
        return fail(begin, marks, "the comparisons are ==, !=, <, <=, > and >=");
      }
      at_ += s.text.size();
      return comparison(s.op, begin);
    }
    const size_t marks = std::min(text_.find_first_not_of("=<>!~ ", at_), text_.size());
    if (text_[at_] == '=' && text_.substr(at_, marks - at_).find_first_not_of("= ") != sv::npos)
      return fail(begin, marks, "the comparisons are ==, !=, <, <=, > and >=");
    if (text_[at_] == '=') return fail(begin, begin + 1, "the comparison is `==`", "==");
    const sv first = word();
    skip();
    const size_t after_first = at_;
    if (same_word(first, "in")) return list(PostureOp::kIn, begin, begin + first.size());
    const sv second = word();
    const size_t end = at_;
    if (same_word(first, "not") && same_word(second, "in")) return list(PostureOp::kNotIn, begin, end);
    if (same_word(first, "is") && same_word(second, "set")) return unary(PostureOp::kIsSet, begin, end);
    if (same_word(first, "not") && same_word(second, "set")) return unary(PostureOp::kNotSet, begin, end);
    if (same_word(first, "is") && same_word(second, "not"))
      return fail(begin, end, "the test for a missing attribute is `NOT SET`");
    return fail(begin, first.empty() ? word_end(begin) : std::min(after_first, begin + first.size()),
                "an operator belongs here: ==, !=, <, <=, >, >=, IN, NOT IN, IS SET or NOT SET");
  }

  bool unary(PostureOp op, size_t begin, size_t end) {
    out_.op = op;
    out_.op_text = text_.substr(begin, end - begin);
    return true;
  }

  bool comparison(PostureOp op, size_t begin) {
    unary(op, begin, at_);
    skip();
    const size_t value = at_;
    if (!literal()) return false;
    const bool ordered = op == PostureOp::kLess || op == PostureOp::kLessEqual || op == PostureOp::kGreater ||
                         op == PostureOp::kGreaterEqual;
    const bool version = same_word(out_.attribute, "node:osversion") || same_word(out_.attribute, "node:tsversion");
    if (ordered && !version && out_.literals.back().type != PostureValue::Type::kNumber) {
      return fail(value, at_, fmt::format("`{}` compares numbers and versions only", out_.op_text));
    }
    return true;
  }

  bool list(PostureOp op, size_t begin, size_t end) {
    unary(op, begin, end);
    skip();
    if (at_end() || text_[at_] != '[')
      return fail(at_, word_end(at_), "a list in square brackets belongs here: ['a', 'b']");
    const size_t open = at_++;
    skip();
    if (!at_end() && text_[at_] == ']') return fail(open, at_ + 1, "the list is empty");
    for (;;) {
      skip();
      if (!literal()) return false;
      skip();
      if (!at_end() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (!at_end() && text_[at_] == ']') {
        ++at_;
        return true;
      }
      return fail(at_end() ? open : at_, at_end() ? text_.size() : word_end(at_),
                  at_end() ? "the list has no closing bracket" : "a comma or the end of the list belongs here");
    }
  }

  bool literal() {
    const size_t begin = at_;
    AssertionForm::Literal l;
    if (at_end()) return fail(begin, begin, "a value belongs here");
    if (text_[at_] == '\'') {
      const size_t close = text_.find('\'', at_ + 1);
      if (close == sv::npos) return fail(begin, text_.size(), "the closing quote is missing");
      l.text = text_.substr(begin + 1, close - begin - 1);
      at_ = close + 1;
    } else {
      const size_t end = word_end(begin);
      l.text = text_.substr(begin, end - begin);
      at_ = end;
      const auto [rest, error] = std::from_chars(l.text.data(), l.text.data() + l.text.size(), l.number);
      if (same_word(l.text, "true") || same_word(l.text, "false")) {
        l.type = PostureValue::Type::kBool;
        l.boolean = same_word(l.text, "true");
      } else if (error == std::errc() && rest == l.text.data() + l.text.size() &&
                 (is_digit(l.text.front()) || l.text.front() == '-')) {
        l.type = PostureValue::Type::kNumber;
      } else if (l.text.size() > 1 && l.text.front() == '"' && l.text.back() == '"') {
        return fail(begin, end, "text stands in single quotes",
                    fmt::format("'{}'", l.text.substr(1, l.text.size() - 2)));
      } else {
        return fail(begin, end, l.text.empty() ? "a value belongs here" : "text stands in single quotes",
                    l.text.empty() ? "" : fmt::format("'{}'", l.text));
      }
    }
    out_.literals.push_back(l);
    return true;
  }

  sv word() {
    const size_t begin = at_;
    while (!at_end() && is_letter(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  /// The end of what stands at `from` up to white space, a comma or a bracket; at least one byte where there is one.
  size_t word_end(size_t from) const {
    size_t end = from;
    while (end < text_.size() && !is_space(text_[end]) && text_[end] != ',' && text_[end] != ']') ++end;
    if (end == from && end < text_.size()) {
      ++end;
      while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) ++end;
    }
    return end;
  }
  void skip() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }
  bool at_end() const { return at_ >= text_.size(); }
  bool fail(size_t begin, size_t end, std::string reason, std::string replacement = {}) {
    out_.fault = text_.substr(begin, end - begin);
    out_.reason = std::move(reason);
    out_.replacement = std::move(replacement);
    return false;
  }

  sv text_;
  size_t at_ = 0;
  AssertionForm out_;
};

}  // namespace

AssertionForm parse_assertion(sv text) {
  return Reader(text).read();
}

std::span<const sv> known_attributes() {
  return kAttributes;
}

std::span<const sv> known_values(sv attribute) {
  if (attribute == "node:os") return kSystems;
  if (attribute == "node:tsReleaseTrack") return kTracks;
  return {};
}

bool is_known_attribute(sv attribute) {
  const bool closed = attribute.substr(0, 5) == "node:" || attribute.substr(0, 3) == "ip:";
  if (!closed) return true;
  for (const sv known : kAttributes) {
    if (known == attribute) return true;
  }
  return false;
}

sv nearest_attribute(sv attribute) {
  return nearest(attribute, kAttributes);
}

bool is_possible_value(sv attribute, sv value) {
  const std::span<const sv> values = known_values(attribute);
  if (values.empty()) return true;
  for (const sv v : values) {
    if (v == value) return true;
  }
  return false;
}

sv likely_value(sv attribute, sv value) {
  static constexpr std::pair<sv, sv> kOtherNames[] = {{"osx", "macos"}, {"mac", "macos"}, {"darwin", "macos"}, {"win", "windows"}};
  std::string lower(value);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  const std::span<const sv> values = known_values(attribute);
  const auto known = [&](sv word) -> sv {
    const auto at = std::find(values.begin(), values.end(), word);
    return at == values.end() ? sv() : *at;
  };
  if (const sv same = known(lower); !same.empty()) return same;
  for (const auto& [other, name] : kOtherNames) {
    if (lower == other) return known(name);
  }
  return nearest(lower, values);
}

std::string possible_values(sv attribute) {
  const std::span<const sv> values = known_values(attribute);
  return fmt::format("{}", fmt::join(values.begin(), values.end(), ", "));
}

}  // namespace aclc
