// SPDX-License-Identifier: Apache-2.0
// Edits of quotes. They change what every byte after them on the line is, so the line is read again for each.
#include <algorithm>
#include <string>

#include "parser/syntax/look.h"
#include "parser/syntax/repair_search.h"

namespace aclc {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr uint32_t kLongest = 1024;  // bytes read again for each edit of a quote

}  // namespace

// Where the line ends that holds `from`; if a block comment opens on it, the line where that ends.
uint32_t RepairSearch::region_end(uint32_t begin, uint32_t from) const {
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
std::vector<Token> RepairSearch::tokens_after(uint32_t end) {
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
void RepairSearch::join_lines(const Machine& base, const std::vector<Token>& head, std::vector<Token>::const_iterator first,
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

void RepairSearch::at_quotes(const Machine& before) {
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

}  // namespace aclc
