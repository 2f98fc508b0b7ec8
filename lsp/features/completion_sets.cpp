// SPDX-License-Identifier: Apache-2.0
// Elements of ipsets: `add` or `remove`, and what may be in a set without the set being in itself.
#include <algorithm>

#include "lsp/features/completion.h"

namespace aclc::lsp::completion {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

/// The set that the cursor is in.
uint32_t set_at(const Request& request) {
  constexpr size_t kSet = 3;  // below the policy, the section's member and its object
  const auto& sets = request.view.analysis.policy().ipsets;
  if (request.place.chain.size() <= kSet) return kNone;
  const uint32_t begin = request.view.analysis.tree()[request.place.chain[kSet]].span.begin;
  const auto found = std::lower_bound(sets.begin(), sets.end(), begin, [](const IpSet& s, uint32_t at) { return s.span.begin < at; });
  return found != sets.end() && found->span.begin == begin ? static_cast<uint32_t>(found - sets.begin()) : kNone;
}

/// For each set whether it holds this one, directly or through others.
std::vector<bool> holders_of(const Analysis& a, uint32_t set) {
  const Policy& policy = a.policy();
  std::vector<std::vector<uint32_t>> in(policy.ipsets.size());
  for (uint32_t i = 0; i < policy.ipsets.size(); ++i) {
    for (const IpSetElement& e : policy.at(policy.ipsets[i].elements)) {
      if (e.target.kind != SelectorKind::kIpSet) continue;
      if (const uint32_t inner = a.definitions().ipset_of(e.target.name); inner != Definitions::kNone) in[inner].push_back(i);
    }
  }
  std::vector<bool> holds(policy.ipsets.size());
  holds[set] = true;
  for (std::vector<uint32_t> open = {set}; !open.empty();) {
    const uint32_t at = open.back();
    open.pop_back();
    for (const uint32_t outer : in[at]) {
      if (holds[outer]) continue;
      holds[outer] = true;
      open.push_back(outer);
    }
  }
  return holds;
}

void offer_targets(const Request& request, uint32_t set, std::vector<Offer>& out) {
  const Analysis& a = request.view.analysis;
  std::vector<Offer> offers;
  offer_selectors(request, Standpoint::kIpSetElement, {}, offers);
  if (set != kNone) {
    const std::vector<bool> holds = holders_of(a, set);
    std::erase_if(offers, [&](const Offer& o) {
      if (o.named != SelectorKind::kIpSet) return false;
      const uint32_t inner = a.definitions().ipset_of(a.policy().names.find(o.text));
      return inner != Definitions::kNone && holds[inner];
    });
  }
  std::move(offers.begin(), offers.end(), std::back_inserter(out));
}

}  // namespace

void offer_ipset_element(Request& request, std::vector<Offer>& out) {
  const Policy& policy = request.view.analysis.policy();
  const uint32_t set = set_at(request);
  for (const std::string_view verb : {"add ", "remove "}) {
    if (!request.before.starts_with(verb)) continue;
    request.token.begin += static_cast<uint32_t>(verb.size());
    return offer_targets(request, set, out);
  }
  // Where one element is a `remove` each has a verb.
  bool removes = false;
  std::vector<Edit> verbs;
  if (set != kNone) {
    for (const IpSetElement& e : policy.at(policy.ipsets[set].elements)) {
      const bool here = e.span.begin <= request.place.token.end && e.span.end >= request.place.token.begin;
      if (here || e.target.kind == SelectorKind::kInvalid) continue;
      removes |= e.remove;
      if (!e.has_verb) verbs.push_back({{e.span.begin, e.span.begin}, "add "});
    }
  }
  // The target that is there already stays.
  if (const size_t space = request.whole.find(' '); space != std::string_view::npos) {
    request.token.end = request.token.begin + static_cast<uint32_t>(space) + 1;
    removes = true;
  }
  out.push_back({"add ", CompletionKind::kKeyword, "put these addresses in", '1'});
  Offer remove{"remove ", CompletionKind::kKeyword, "take these addresses out", '1'};
  remove.also = std::move(verbs);
  out.push_back(std::move(remove));
  if (!removes) offer_targets(request, set, out);
}

}  // namespace aclc::lsp::completion
