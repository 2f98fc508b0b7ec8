// SPDX-License-Identifier: Apache-2.0
// The one token that is being typed in a text that is broken by it: where it begins and ends, and the text as it would be
// were the token whole. Parsers that recover guess at the whole text; here everything but the token is taken for sound.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/span.h"

namespace aclc::lsp {

struct Typing {
  enum class Role : uint8_t {
    kName,   ///< of a member
    kValue,  ///< of a member, or an element
    kRoot,   ///< the text holds nothing else
  };
  Role role = Role::kValue;
  Span token;            ///< inside the quotes; nothing at the cursor in a gap
  bool quoted = false;   ///< an opening quote stands before it
  bool closed = false;   ///< ... and a closing one after it
  std::optional<uint32_t> comma_before;  ///< the end of the member or element before, where no comma follows it
  bool colon_after = false;              ///< a name without its colon
  bool comma_after = false;              ///< a value that another member or element follows without a comma
};

/// Nothing in comments, beside the quotes of whole strings, between a name and its colon, before a value that is there.
std::optional<Typing> typing_at(std::string_view text, uint32_t offset);

/// The text with an empty string in the token's stead and the punctuation that is missing around it; `mark` is set to the
/// offset between the quotes.
std::string with_token_whole(std::string_view text, const Typing& typing, uint32_t& mark);

/// What follows a name or a value, white space and comments aside.
struct Following {
  char next = 0;        ///< 0 at the end
  bool member = false;  ///< a string and a colon
};
Following following(std::string_view text, uint32_t at);

}  // namespace aclc::lsp
