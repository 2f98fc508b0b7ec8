// SPDX-License-Identifier: Apache-2.0
// The search of find_repair(): edits are offered, each is read on from, and the best one is kept. Internal to parser/syntax.
#pragma once

#include <string_view>
#include <vector>

#include "parser/syntax/machine.h"
#include "parser/syntax/repair.h"
#include "parser/syntax/tokens.h"

namespace aclc {

class RepairSearch {
 public:
  RepairSearch(std::string_view text, const std::vector<Token>& tokens, size_t fault, bool ends)
      : text_(text), tokens_(tokens), fault_(fault), ends_(ends) {}

  /// Edits of tokens before each from `from` to `to`; `base` is the state before the first token of all.
  void at_tokens(Machine base, size_t from, size_t to);
  /// Edits of quotes on the fault's line.
  void at_quotes(const Machine& before);

  Repair take() { return std::move(best_); }

 private:
  using What = Repair::What;
  using Expect = Machine::Expect;

  static constexpr std::string_view kPunctuation = ",:{}[]";
  static bool is_punctuation(char kind) { return kPunctuation.find(kind) != std::string_view::npos; }

  std::string_view text_of(const Token& t) const { return text_.substr(t.begin, t.end - t.begin); }

  void at_token(const Machine& base, size_t i);
  void close_out(const Machine& base, size_t i);
  bool object_lost_its_brace(const Machine& base, size_t i) const;
  void offer(Machine m, size_t next, size_t edited, Repair&& repair, double cost);
  /// Reads on from `next`; what does not get past the fault mends nothing.
  void judge(Machine m, const std::vector<Token>& tokens, size_t next, size_t fault, double distance, Repair&& repair, double cost,
             size_t least_read = 0);

  uint32_t region_end(uint32_t begin, uint32_t from) const;
  std::vector<Token> tokens_after(uint32_t end);
  void join_lines(const Machine& base, const std::vector<Token>& head, std::vector<Token>::const_iterator first,
                  std::vector<Token>::const_iterator last, uint32_t faulty);

  static constexpr size_t kConvinces = 4;  ///< tokens in order after an edited quote
  static constexpr size_t kComplete = 8;   ///< what it is worth that the text ends well

  std::string_view text_;
  const std::vector<Token>& tokens_;
  size_t fault_;
  size_t to_ = 0;
  bool ends_;
  Repair best_;
};

}  // namespace aclc
