// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/repair.h"

#include <algorithm>
#include <string>

#include "parser/syntax/look.h"

namespace aclc {
namespace {

using What = Repair::What;
using Expect = Machine::Expect;

constexpr std::string_view kPunctuation = ",:{}[]";
constexpr std::string_view kBlanks = " \t\r\n";

bool is_punctuation(char kind) { return kPunctuation.find(kind) != std::string_view::npos; }
bool is_closing(char kind) { return kind == '}' || kind == ']'; }

Token put_in(char kind, const Token& before) {
  return {kind, false, before.begin, before.begin, 0, before.line};
}

class Search {
 public:
  Search(std::string_view text, const std::vector<Token>& tokens, size_t fault, bool ends)
      : text_(text), tokens_(tokens), fault_(fault), ends_(ends) {}

  void at_tokens(Machine base, size_t from, size_t to) {
    to_ = to;
    for (size_t i = 0; i <= to; ++i) {
      if (i >= from) at_token(base, i);
      if (i < tokens_.size() && !base.step(tokens_[i]) && i < to) return;
    }
  }

  void at_quotes(const Machine& before);

  Repair take() { return std::move(best_); }

 private:
  void at_token(const Machine& base, size_t i) {
    const Token end{};
    const Token& t = i < tokens_.size() ? tokens_[i] : end;
    for (const char c : std::string_view(",:[{")) {
      Machine m = base;
      const bool opens = c == '[' || c == '{';
      double cost = opens ? 2 : 1;
      const bool starts = t.is_value() || t.kind == '{' || t.kind == '[';  // something that may stand first in it
      if (opens && starts && (m.expect == Expect::kColon || m.expect == Expect::kNameOrClose)) {
        // With the colon before it, and the name.
        cost += m.expect == Expect::kColon ? 0.5 : 1;
        m.expect = Expect::kValue;
      }
      if (!m.step(put_in(c, t))) continue;
      // It stood at the end of the line before, or who knows where.
      if (opens) m.levels.back().indent = t.first_on_line ? base.line_indent : Machine::kAny;
      offer(std::move(m), i, i, {.what = What::kInsert, .token = i, .punctuation = c}, cost);
    }
    if (base.levels.size() > 1 && (base.expect == Expect::kValue || base.expect == Expect::kColon)) {
      Machine m = base;
      m.end_value();
      const bool colon = base.expect == Expect::kColon;
      const What what = colon ? What::kMember : What::kValue;
      Machine with_comma = m;
      offer(std::move(m), i, i, {.what = what, .token = i}, colon ? 1.8 : 1.4);
      if (with_comma.expect == Expect::kCommaOrClose) {
        with_comma.expect_next();
        offer(std::move(with_comma), i, i, {.what = what, .token = i, .comma = true}, colon ? 2.2 : 1.8);
      }
    }
    if (base.expect == Expect::kNameOrClose && t.kind == ':') {
      Machine m = base;
      m.expect = Expect::kColon;
      offer(std::move(m), i, i, {.what = What::kName, .token = i}, 1.5);
    }
    close_out(base, i);
    if (i >= tokens_.size()) return;
    // A name in its place is one that somebody is about to give a value, whatever its indentation.
    if (base.expect != Expect::kNameOrClose || t.kind != Token::kString) {
      const double cost = t.is_value() ? 2.3 : t.kind == Token::kStray ? 1 : t.kind == '{' ? 1.5 : 1.2;
      offer(base, i + 1, i, {.what = What::kDelete, .token = i}, cost);
    }
    if (!is_punctuation(t.kind)) return;
    for (const char c : kPunctuation) {
      if (c == t.kind) continue;
      Machine m = base;
      Token other = t;
      other.kind = c;
      if (!m.step(other)) continue;
      const bool alike = is_closing(c) == is_closing(t.kind) && (c == ',' || c == ':') == (t.kind == ',' || t.kind == ':');
      offer(std::move(m), i + 1, i, {.what = What::kReplace, .token = i, .punctuation = c}, alike ? 1.6 : 2.6);
    }
  }

  void close_out(const Machine& base, size_t i) {
    constexpr size_t kMost = 8;
    Machine m = base;
    double cost = 0.6;
    if (m.expect == Expect::kColon || m.expect == Expect::kValue) {
      m.end_value();
      cost += 0.8;
    }
    const size_t most = std::min(kMost, m.levels.size() - 1);
    for (size_t closes = 1; closes <= most; ++closes) {
      // What the closing brackets leave open must go on at the indentation of its children.
      m.leave();
      cost += 0.6;
      offer(m, i, i, {.what = What::kCloseOut, .token = i, .closes = closes}, cost);
      if (m.expect != Expect::kCommaOrClose) continue;
      Machine with_comma = m;
      with_comma.expect_next();
      offer(std::move(with_comma), i, i, {.what = What::kCloseOut, .token = i, .closes = closes, .comma = true}, cost + 0.5);
    }
  }

  void offer(Machine m, size_t next, size_t edited, Repair&& repair, double cost) {
    judge(std::move(m), tokens_, next, fault_, static_cast<double>(to_ - edited), std::move(repair), cost);
  }

  // Reads on from `next`; what does not get past the fault mends nothing.
  void judge(Machine m, const std::vector<Token>& tokens, size_t next, size_t fault, double distance, Repair&& repair, double cost, size_t least_read = 0) {
    constexpr double kOddity = 4;
    constexpr double kTooFew = 3;  // tokens in order after it: another mistake is that close, or it is no mistake of this kind
    constexpr double kNear = 0.2;
    const double most = static_cast<double>(tokens.size() + kComplete) - static_cast<double>(fault);
    // Not worth reading where it cannot win.
    if (most - 2 * cost - kNear * distance - kOddity * m.oddities <= best_.score) return;
    size_t at = next;
    const double least = (most - 2 * cost - kNear * distance - best_.score) / kOddity;
    while (at < tokens.size() && m.step(tokens[at])) {
      if (m.oddities >= least) return;
      ++at;
    }
    if (at < least_read) return;
    bool good = at == tokens.size();
    double reached = static_cast<double>(at) - static_cast<double>(fault);
    if (good && ends_) {
      good = m.complete();
      reached += good ? static_cast<double>(kComplete) : -1;
    }
    if (reached <= (good ? 0 : kTooFew)) return;
    const double score = reached - kOddity * m.oddities - 2 * cost - kNear * distance;
    if (score <= best_.score) return;
    best_ = std::move(repair);
    best_.score = score;
    best_.good = good;
    best_.reached = static_cast<size_t>(reached);
    best_.resume = std::min(best_.resume, at);
    best_.oddities = m.oddities;
  }

  uint32_t region_end(uint32_t begin, uint32_t from) const;
  std::vector<Token> tokens_after(uint32_t end);
  void join_lines(const Machine& base, const std::vector<Token>& head, std::vector<Token>::const_iterator first,
                  std::vector<Token>::const_iterator last, uint32_t faulty);

  static constexpr size_t kConvinces = 4;  ///< tokens in order after an edited quote
  static constexpr size_t kComplete = 8;  ///< what it is worth that the text ends well

  std::string_view text_;
  const std::vector<Token>& tokens_;
  size_t fault_;
  size_t to_ = 0;
  bool ends_;
  Repair best_;
};

constexpr uint32_t kLongest = 1024;  // bytes read again for each edit of a quote

// Where the line ends that holds `from`; if a block comment opens on it, the line where that ends.
uint32_t Search::region_end(uint32_t begin, uint32_t from) const {
  size_t end = std::min(text_.find('\n', from), text_.size());
  while (end - begin < kLongest) {
    const std::string_view read = text_.substr(begin, end - begin);
    const size_t open = read.rfind("/*");
    if (open == std::string_view::npos || read.find("*/", open + 2) != std::string_view::npos) break;
    const size_t close = text_.substr(end, kLongest).find("*/");
    if (close == std::string_view::npos) break;
    end = std::min(text_.find('\n', end + close), text_.size());
  }
  return static_cast<uint32_t>(end);
}

// The tokens from `end` on, a line's end; read anew where what looked like an endless comment hid them.
std::vector<Token> Search::tokens_after(uint32_t end) {
  constexpr size_t kAhead = 48;
  const auto known = std::find_if(tokens_.begin(), tokens_.end(), [&](const Token& t) { return t.begin >= end; });
  if (known != tokens_.end() || end == text_.size()) return {known, tokens_.end()};
  std::vector<Token> out = tokens_of(text_, end, end, kAhead);
  const uint32_t lines = tokens_.back().line;
  for (Token& t : out) t.line += lines;
  if (!out.empty()) ends_ = next_character(text_, out.back().end) == 0;
  return out;
}

// The string that its line cuts, put together again with what the next quote ends.
void Search::join_lines(const Machine& base, const std::vector<Token>& head, std::vector<Token>::const_iterator first,
                        std::vector<Token>::const_iterator last, uint32_t faulty) {
  if (first == last || (last - 1)->kind != Token::kCutString) return;
  Token joined = *(last - 1);
  const std::string_view ahead = text_.substr(joined.begin, kLongest);
  size_t quote = 1;
  while (quote < ahead.size() && ahead[quote] != '"') quote += ahead[quote] == '\\' ? 2 : 1;
  if (quote >= ahead.size()) return;
  joined.kind = Token::kString;
  joined.broken_line = true;
  joined.end = joined.begin + static_cast<uint32_t>(quote) + 1;
  const uint32_t end = region_end(joined.end, joined.end);
  std::vector<Token> all = head;
  all.insert(all.end(), first, last - 1);
  all.push_back(joined);
  const size_t marked = all.size();
  for (Token& t : tokens_of(text_.substr(0, end + 1), joined.end, UINT32_MAX, 0)) {
    t.line += joined.line - 1;
    all.push_back(t);
  }
  const size_t read = all.size();
  const std::vector<Token> rest = tokens_after(end);
  all.insert(all.end(), rest.begin(), rest.end());
  const auto after = std::find_if(all.begin(), all.end(), [&](const Token& t) { return t.begin >= faulty; });
  const double was = best_.score;
  judge(base, all, head.size(), static_cast<size_t>(after - all.begin()), 0, {.what = What::kJoin, .offset = joined.begin, .resume = read}, 1.5,
        std::min(marked + kConvinces, read));
  if (best_.score > was) best_.tokens = std::move(all);
}

// Quotes change what every byte after them on the line is, so the line is read again for each edit.
void Search::at_quotes(const Machine& before) {
  if (tokens_.empty()) return;
  const uint32_t line = tokens_[std::min(fault_, tokens_.size() - 1)].line;
  const auto on_line = [&](const Token& t) { return t.line == line; };
  const auto first = std::find_if(tokens_.begin(), tokens_.end(), on_line);
  const auto last = std::find_if_not(first, tokens_.end(), on_line);
  bool odd = false;
  for (auto t = first; t != last; ++t) {
    odd = odd || t->kind == Token::kCutString || t->kind == Token::kWord || t->kind == Token::kStray;
    if (t == first || !t->is_value() || !(t - 1)->is_value()) continue;
    odd = odd || (t - 1)->end == t->begin;  // two values that touch
  }
  if (!odd) return;
  const uint32_t begin = first->begin;
  const auto line_end = static_cast<uint32_t>(std::min(text_.find('\n', begin), text_.size()));
  if (line_end - begin > kLongest) return;

  Machine base = before;
  const std::vector<Token> head(tokens_.begin(), first);
  for (const Token& t : head) {
    if (!base.step(t)) return;
  }
  const auto faulty = fault_ < tokens_.size() ? tokens_[fault_].begin : line_end;
  join_lines(base, head, first, last, faulty);
  const uint32_t end = region_end(begin, line_end);
  const std::vector<Token> rest = tokens_after(end);
  const auto edit = [&](What what, uint32_t at, uint32_t length, std::string_view with, double cost) {  // of the text: `length` bytes at `at` become `with`
    // With the line before it, so that the tokens know how it is indented, and its end.
    const size_t start = line_start(text_, begin);
    std::string copy(text_.substr(start, end - start));
    copy.replace(at - start, length, with).append("\n");
    std::vector<Token> mended = tokens_of(copy, begin - static_cast<uint32_t>(start), UINT32_MAX, 0);
    std::vector<Token> all = head;
    size_t marked = 0;  // the last token that the edit made what it is, counted from 1
    const int shift = static_cast<int>(length) - static_cast<int>(with.size());
    const auto here = static_cast<uint32_t>(at - start);
    for (Token& t : mended) {
      t.line += line - 1;
      const bool holds = t.begin < here && t.end > here + with.size();
      t.lost_opening = what == What::kOpenQuote && t.begin == here;
      t.lost_closing = what == What::kCloseQuote && t.end == here + 1;
      t.other_quote = what == What::kOtherQuote && (t.begin == here || t.end == here + 1);
      if ((t.lost_opening || t.lost_closing || t.other_quote) && t.kind != Token::kString) return;  // it closes nothing
      const bool made = t.lost_opening || t.lost_closing || t.other_quote || (what == What::kExtraQuote && t.end >= here);
      if (made && (what != What::kExtraQuote || marked == 0)) marked = all.size() + 1;
      if (what == What::kExtraQuote && holds && t.kind == Token::kString) cost += 0.5;  // a quote within a string
      if (t.begin > here || (shift > 0 && t.begin == here)) t.begin = static_cast<uint32_t>(static_cast<int>(t.begin) + shift);
      if (t.end > here) t.end = static_cast<uint32_t>(static_cast<int>(t.end) + shift);
      t.begin += static_cast<uint32_t>(start);
      t.end += static_cast<uint32_t>(start);
      all.push_back(t);
    }
    if (marked == 0) return;
    all.insert(all.end(), rest.begin(), rest.end());
    const auto after = std::find_if(all.begin(), all.end(), [&](const Token& t) { return t.begin >= faulty; });
    const auto reached = static_cast<size_t>(after - all.begin());
    Repair repair{.what = what, .offset = at, .resume = head.size() + mended.size()};
    const double was = best_.score;
    const size_t least = std::min(marked + kConvinces, head.size() + mended.size());
    judge(base, all, head.size(), reached, 0, std::move(repair), cost, least);
    if (best_.score > was) best_.tokens = std::move(all);
  };
  const auto separates = [&](uint32_t at) {
    const char c = text_[at];
    return is_punctuation(c) || c == '"' || kBlanks.find(c) != std::string_view::npos;
  };
  const auto begins_comment = [&](uint32_t at) { return text_[at] == '/' && at + 1 < end && (text_[at + 1] == '/' || text_[at + 1] == '*'); };
  for (uint32_t at = begin; at < line_end; ++at) {
    if (text_[at] == '"') edit(What::kExtraQuote, at, 1, "", 1.5);
    if (text_[at] == '\'') edit(What::kOtherQuote, at, 1, "\"", 1.4);
    const bool opens = !separates(at) && (at == begin || separates(at - 1));
    if (opens) edit(What::kOpenQuote, at, 0, "\"", 1.5);
    const bool ends = separates(at) || begins_comment(at);
    if (at > begin && ends && (!separates(at - 1) || begins_comment(at))) edit(What::kCloseQuote, at, 0, "\"", 1.5);
    // The empty string that lost a quote.
    if (at > begin && ends && text_[at] != '"' && text_[at - 1] == '"') edit(What::kCloseQuote, at, 0, "\"", 1.8);
  }
  if (line_end > begin && !separates(line_end - 1)) edit(What::kCloseQuote, line_end, 0, "\"", 1.5);
}

}  // namespace

Repair find_repair(std::string_view text, const Machine& before, const std::vector<Token>& tokens, const Where& where) {
  Search search(text, tokens, where.fault, where.ends);
  // A string without its end is being typed: it belongs where it stands, and what else is missing is missing after it.
  const bool typed = where.fault < tokens.size() && tokens[where.fault].kind == Token::kCutString;
  if (!typed) search.at_tokens(before, where.from, where.to);
  if (where.to == where.fault) search.at_quotes(before);
  return search.take();
}

Oddities oddities_of(Machine machine, const std::vector<Token>& tokens, size_t end) {
  Oddities out;
  for (size_t i = 0; i < end && machine.step(tokens[i]); ++i) {
    if (machine.oddities > 0 && out.count == 0) out.first = i;
    out.count = machine.oddities;
  }
  return out;
}

}  // namespace aclc
