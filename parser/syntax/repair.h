// SPDX-License-Identifier: Apache-2.0
// The one slip that most likely lies behind a token out of place: of all small edits of the text before it, the one after which the
// reading goes on longest and the layout fits best.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "parser/syntax/machine.h"
#include "parser/syntax/tokens.h"

namespace aclc {

struct Repair {
  enum class What : uint8_t {
    kNone,
    kInsert,     ///< `punctuation` is missing before the token
    kDelete,     ///< the token is too much
    kReplace,    ///< `punctuation` should stand in its place
    kCloseOut,   ///< `closes` brackets are not closed before the token, and a comma with them where `comma`
    kValue,      ///< a value is missing before it
    kMember,     ///< a colon and a value are
    kName,       ///< a name is
    kOpenQuote,  ///< a string lost its opening quote at `offset`; below, `tokens` are those after the repair
    kCloseQuote,
    kExtraQuote,
    kOtherQuote, ///< `'` where `"` must stand
    kJoin,       ///< a string goes on over the end of its line
  };
  What what = What::kNone;
  size_t token = 0;
  char punctuation = 0;
  size_t closes = 0;
  bool comma = false;
  uint32_t offset = 0;
  std::vector<Token> tokens;
  size_t resume = 0;    ///< of `tokens`: how many to read as repaired; the text goes on as it is after them
  double score = -1e9;  ///< higher is better
  size_t reached = 0;     ///< tokens from the fault on that are in place
  uint32_t oddities = 0;  ///< that remain
  bool good = false;      ///< the text goes on well after it, as far as was looked
};

/// Where a mistake is looked for. Indices of tokens.
struct Where {
  size_t from = 0, to = 0;  ///< edits are tried before or at these
  size_t fault = 0;         ///< the token out of place; the number of tokens at the end of the text
  bool ends = false;        ///< the tokens go on to the end of the text
};

/// `before` is the state before the first token. Quotes are tried on the fault's line, where `to` is the fault.
Repair find_repair(std::string_view text, const Machine& before, const std::vector<Token>& tokens, const Where& where);

struct Oddities {
  size_t first = 0;    ///< the token that was the first
  uint32_t count = 0;
};
/// What does not fit the layout before token `end`, or before the first token out of place.
Oddities oddities_of(Machine machine, const std::vector<Token>& tokens, size_t end);

}  // namespace aclc
