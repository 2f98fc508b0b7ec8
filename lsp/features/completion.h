// SPDX-License-Identifier: Apache-2.0
// The parts of completion: what is offered where, and how an offer becomes text. Internal to lsp/features.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/features.h"
#include "lsp/service/place.h"

namespace aclc::lsp::completion {

/// Offers at one place, before they know what they replace.
struct Offer {
  std::string text;          ///< what is shown and, if nothing else is said, inserted
  CompletionKind kind{};
  std::string detail;
  char rank = '5';           ///< sorts groups of offers
  std::string insert;        ///< inserted instead of text
  std::string filter;        ///< matched instead of text
  SelectorKind named = SelectorKind::kInvalid;  ///< a name whose documentation completionItem/resolve fetches
  bool bare = false;         ///< no string: stands without quotes
};

struct Request {
  const View& view;
  const Place& place;
  uint32_t offset;
  std::string_view before;  ///< the token's text up to the cursor
  std::string_view whole;   ///< all of the token
  Span token;               ///< what the offers replace; begins as place.token
};

/// Names of the object with fixed members, those already there left out.
void offer_fields(const Request& request, std::vector<Offer>& out);
/// Names of a map.
void offer_names(const Request& request, std::vector<Offer>& out);
/// Values of a field; narrows request.token where a part of a string is completed.
void offer_values(Request& request, std::vector<Offer>& out);
/// Selectors that may stand at a point; `after` is added to each.
void offer_selectors(const Request& request, Standpoint at, std::string_view after, std::vector<Offer>& out);

}  // namespace aclc::lsp::completion
