// SPDX-License-Identifier: Apache-2.0
// The parts of completion: what is offered where, and how an offer becomes text. Internal to lsp/features. What is offered is
// what the check takes at that place: by the table of positions, and by what the rest of the rule says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/features.h"
#include "lsp/service/place.h"
#include "lsp/service/words.h"

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
  std::vector<Edit> also;    ///< in the text that is known
};

/// What the other members of the rule around the cursor leave open: the check refuses some words only beside others. Of a
/// place that is in no rule everything is open.
struct RuleContext {
  const SshRule* ssh = nullptr;
  const SshTest* ssh_test = nullptr;

  bool self = true;            ///< `autogroup:self` as a destination
  bool internet = true;        ///< `autogroup:internet` likewise
  bool only_people = false;    ///< sources are people, for the destination is `autogroup:self` ...
  bool wildcard = true;        ///< ... or `*`, where this is set; of nodeAttrs the target
  bool only_wildcard = false;
  bool tagged = true;          ///< tagged sources
  std::string_view source;     ///< the only source, a user, for the destination is that user; empty: others, too
  bool users = true;           ///< users as destinations ...
  std::string_view own;        ///< ... but this one alone, where it is not empty: the only source
  bool ports = true;           ///< real ports; else `*`, or 0 in a test
  bool with_ports = true;      ///< protocols that have ports
  bool without_ports = true;   ///< protocols that have none
  bool app = true;             ///< capabilities of applications
  bool connectors = true;      ///< app connectors in nodeAttrs
  bool check = true;           ///< the action `check`
  bool check_period = true;

  /// Whether a selector may stand where `at` is, beside the rest of the rule. `name` is its whole text.
  bool takes(Standpoint at, SelectorKind kind, Autogroup autogroup, std::string_view name) const;
};

struct Request {
  const View& view;
  const Place& place;
  uint32_t offset;
  std::string_view before;  ///< the token's text up to the cursor
  std::string_view whole;   ///< all of the token
  Span token;               ///< what the offers replace; begins as place.token
  const RuleContext& rule;
};

RuleContext rule_context(const Analysis& analysis, const Place& place);

/// Names of the object with fixed members, those already there left out.
void offer_fields(const Request& request, std::vector<Offer>& out);
/// Names of a map.
void offer_names(const Request& request, std::vector<Offer>& out);
/// Values of a field; narrows request.token where a part of a string is completed.
void offer_values(Request& request, std::vector<Offer>& out);

/// Selectors that may stand at a point; `after` is added to each.
void offer_selectors(const Request& request, Standpoint at, std::string_view after, std::vector<Offer>& out);
/// CIDRs: routes that nodes advertise, and those of hosts.
void offer_prefixes(const Request& request, std::vector<Offer>& out);
/// Addresses of the tailnet's nodes.
void offer_addresses(const Request& request, std::vector<Offer>& out);
/// `selector:ports`: the one or the other.
void offer_destination(Request& request, Standpoint at, std::vector<Offer>& out);
/// `protocol:ports` of a grant's `ip`.
void offer_net_capability(Request& request, std::vector<Offer>& out);
/// Elements of an ipset.
void offer_ipset_element(Request& request, std::vector<Offer>& out);
/// Accounts in ssh rules and tests.
void offer_logins(const Request& request, std::vector<Offer>& out);

/// Assertions of a posture: attribute, operator, value.
void offer_assertion(Request& request, std::vector<Offer>& out);
/// Names of device attributes.
void offer_attributes(const Request& request, std::vector<Offer>& out);
/// Values that a device may have of the attribute that the member at the cursor names.
void offer_attribute_values(const Request& request, std::vector<Offer>& out);

/// Names of one kind that stand elsewhere in the policy, each once; not the one that is being written.
std::vector<std::string_view> words_of(const Request& request, WordKind kind);
/// Domains for `user:*@` or `localpart:*@`: the tailnet's own; where nobody knows it, those of the policy's users.
std::vector<std::string> domains(const Request& request, bool for_users);

}  // namespace aclc::lsp::completion
