// SPDX-License-Identifier: Apache-2.0
// Edits of tokens, and how an edit is judged; those of quotes are in repair_quotes.cpp.
#include "parser/syntax/repair.h"

#include <algorithm>
#include <string_view>

#include "parser/syntax/repair_search.h"

namespace aclc {
namespace {

bool is_closing(char kind) { return kind == '}' || kind == ']'; }

Token put_in(char kind, const Token& before) {
  return {kind, false, before.begin, before.begin, 0, before.line};
}

}  // namespace

void RepairSearch::at_tokens(Machine base, size_t from, size_t to) {
  to_ = to;
  for (size_t i = 0; i <= to; ++i) {
    if (i >= from) at_token(base, i);
    if (i < tokens_.size() && !base.step(tokens_[i]) && i < to) return;
  }
}

void RepairSearch::at_token(const Machine& base, size_t i) {
  const Token end{};
  const Token& t = i < tokens_.size() ? tokens_[i] : end;
  for (const char c : std::string_view(",:[{")) {
    Machine m = base;
    const bool opens = c == '[' || c == '{';
    double cost = !opens || (c == '{' && object_lost_its_brace(base, i)) ? 1 : 2;
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

// In an array, after an object that stands on one line: a name that begins a line farther in is of another object, and no more of that
// one; so is the name again that that one begins with.
bool RepairSearch::object_lost_its_brace(const Machine& base, size_t i) const {
  const bool member = i + 1 < tokens_.size() && tokens_[i].kind == Token::kString && tokens_[i].first_on_line && tokens_[i + 1].kind == ':';
  const Machine::Level& array = base.levels.back();
  if (!member || array.open != '[' || array.child == Machine::kAny || tokens_[i].indent < array.child) return false;
  size_t at = i;
  if (at > 0 && tokens_[at - 1].kind == ',') --at;
  if (at == 0 || tokens_[at - 1].kind != '}') return false;
  size_t depth = 0;
  for (const uint32_t line = tokens_[at - 1].line; at > 0 && tokens_[at - 1].line == line; --at) {
    if (is_closing(tokens_[at - 1].kind)) ++depth;
    if (tokens_[at - 1].kind != '{' && tokens_[at - 1].kind != '[') continue;
    if (--depth == 0) return tokens_[i].indent > array.child || text_of(tokens_[at]) == text_of(tokens_[i]);
  }
  return false;
}

void RepairSearch::close_out(const Machine& base, size_t i) {
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

void RepairSearch::offer(Machine m, size_t next, size_t edited, Repair&& repair, double cost) {
  judge(std::move(m), tokens_, next, fault_, static_cast<double>(to_ - edited), std::move(repair), cost);
}

void RepairSearch::judge(Machine m, const std::vector<Token>& tokens, size_t next, size_t fault, double distance, Repair&& repair, double cost,
                       size_t least_read) {
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

Repair find_repair(std::string_view text, const Machine& before, const std::vector<Token>& tokens, const Where& where) {
  RepairSearch search(text, tokens, where.fault, where.ends);
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
