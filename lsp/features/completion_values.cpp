// SPDX-License-Identifier: Apache-2.0
// What may stand as a value, by the kind of the field.
#include <algorithm>

#include "base/net/protocol.h"
#include "lsp/features/completion.h"

namespace aclc::lsp::completion {
namespace {

void offer_word(std::string_view word, std::vector<Offer>& out) {
  const char rank = static_cast<char>('1' + std::min<size_t>(out.size(), 8));
  out.push_back({std::string(word), CompletionKind::kKeyword, "", rank});
}

/// The fixed words of a field, but for those that the rest of the rule rules out.
void offer_words(const Request& request, std::vector<Offer>& out) {
  const Place& place = request.place;
  if (place.shape == Shape::kSsh && place.field_index == field::ssh::kCheckPeriod && !request.rule.check_period) return;
  for (const std::string_view word : place.field->choices) {
    if (word.empty()) continue;  // as good as left out
    if (place.shape == Shape::kSsh && place.field_index == field::ssh::kAction && word == "check" && !request.rule.check) continue;
    if (place.field->value == Value::kProtocol) {
      const auto number = parse_protocol(word);
      if (number && !(protocol_has_ports(*number) ? request.rule.with_ports : request.rule.without_ports)) continue;
    }
    offer_word(word, out);
  }
}

void offer_booleans(std::vector<Offer>& out) {
  for (const std::string_view word : {"true", "false"}) {
    Offer offer{std::string(word), CompletionKind::kKeyword, "", '1'};
    offer.bare = true;
    out.push_back(std::move(offer));
  }
}

}  // namespace

void offer_values(Request& request, std::vector<Offer>& out) {
  const Place& place = request.place;
  const Field* field = place.field;
  if (!field) return;
  // A map stands here, not one of its values.
  const bool map = field->container == Container::kMap || field->container == Container::kMapOfLists;
  if (map && !place.element && !place.list_of_map) return;
  const auto at = place.standpoint;
  switch (field->value) {
    case Value::kSelector:
    case Value::kTag:
    case Value::kPostureName:
      if (place.shape == Shape::kAppConnector) out.push_back({"*", CompletionKind::kEnumMember, "every device that offers itself", '4'});
      if (at) offer_selectors(request, *at, {}, out);
      return;
    case Value::kDestination:
    case Value::kTestDestination:
      if (at) offer_destination(request, *at, out);
      return;
    case Value::kIpSetElement:
      return offer_ipset_element(request, out);
    case Value::kAssertion:
      return offer_assertion(request, out);
    case Value::kNetCapability:
      return offer_net_capability(request, out);
    case Value::kLogin:
      return offer_logins(request, out);
    case Value::kBoolean:
      return offer_booleans(out);
    case Value::kAddressOrPrefix:
    case Value::kAddress:
      return offer_addresses(request, out);
    case Value::kPrefix:
      // Pools are parts of the tailnet's own range; routes are elsewhere.
      if (place.shape == Shape::kAppConnector) offer_prefixes(request, out);
      return;
    case Value::kScalar:
      if (field->key == KeyForm::kAttribute) offer_attribute_values(request, out);
      return;
    case Value::kNodeAttribute:
      offer_words(request, out);
      for (const std::string_view name : words_of(request, WordKind::kNodeAttribute))
        out.push_back({std::string(name), CompletionKind::kKeyword, "used elsewhere", '9'});
      return;
    default:
      return offer_words(request, out);
  }
}

}  // namespace aclc::lsp::completion
