// SPDX-License-Identifier: Apache-2.0
// Selectors, by the check's own table of positions and by what the rest of the rule leaves open.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/domains.h"
#include "lsp/features/completion.h"
#include "lsp/service/labels.h"
#include "parser/policy/selector_form.h"

namespace aclc::lsp::completion {
namespace {

constexpr size_t kMostDomains = 20;

bool in_tests(Standpoint at) {
  return at == Standpoint::kTestSrc || at == Standpoint::kTestDst || at == Standpoint::kSshTestSrc || at == Standpoint::kSshTestDst;
}

/// A definition whose name has not the form of its kind is reported there, and could not be meant here.
bool is_name_of(std::string_view text, SelectorKind kind) {
  // There may be thousands of these, nearly all of them fine.
  const std::string_view prefix = kind == SelectorKind::kGroup ? "group:" : kind == SelectorKind::kTag ? "tag:" : "";
  if (!prefix.empty() && text.starts_with(prefix) && text.find_first_of("@ \t", prefix.size()) == std::string_view::npos) return text.size() > prefix.size();
  return classify_selector(text).kind == kind;
}

/// Every name of a kind that the policy mentions, once, in the order of the text; not the one that is being written.
template <class F>
void each_mentioned(const Request& request, SelectorKind kind, F&& f) {
  const Analysis& a = request.view.analysis;
  std::vector<bool> seen(a.policy().names.size());
  for (const Occurrence& o : a.occurrences().all()) {
    if (o.kind != kind || seen[o.name.value]) continue;
    if (o.span.begin == request.place.token.begin && a.occurrences().of(o.kind, o.name).size() == 1) continue;
    seen[o.name.value] = true;
    f(a.policy().text(o.name));
  }
}

/// Which spelling of `autogroup:member` the policy has: it may not use both.
std::string_view spelling_of(const SelectorForm& form, const Request& request) {
  constexpr std::string_view kOld = "autogroup:members";
  if (form.autogroup != Autogroup::kMember) return form.label;
  const Analysis& a = request.view.analysis;
  const StringId old = a.policy().names.find(kOld);
  if (!old.valid()) return form.label;
  for (const Occurrence* o : a.occurrences().of(SelectorKind::kAutogroup, old)) {
    if (o->span.begin != request.place.token.begin) return kOld;
  }
  return form.label;
}

class Selectors {
 public:
  Selectors(const Request& request, Standpoint at, std::string_view after, std::vector<Offer>& out)
      : request_(request), analysis_(request.view.analysis), policy_(analysis_.policy()), at_(at), after_(after), out_(out) {}

  void offer(const SelectorForm& form) {
    switch (form.kind) {
      case SelectorKind::kWildcard:
        return add("*", form.kind, CompletionKind::kEnumMember, "everything", '4');
      case SelectorKind::kGroup:
        return defined(policy_.groups, form.kind, CompletionKind::kClass, '1', [](const Group& g) { return counted(g.members.count, "member"); });
      case SelectorKind::kTag:
        return defined(policy_.tag_owners, form.kind, CompletionKind::kProperty, '1', [](const TagOwner& t) { return counted(t.owners.count, "owner"); });
      case SelectorKind::kHost:
        return hosts();
      case SelectorKind::kIpSet:
        return defined(policy_.ipsets, form.kind, CompletionKind::kVariable, '2', [](const IpSet&) { return std::string("set of addresses"); });
      case SelectorKind::kPosture:
        return defined(policy_.postures, form.kind, CompletionKind::kConstant, '1', [](const Posture& p) { return counted(p.assertions.count, "condition"); });
      case SelectorKind::kUser:
        return users();
      case SelectorKind::kUserDomain:
        for (const std::string& domain : domains(request_, true))
          add(fmt::format("user:*@{}", domain), form.kind, CompletionKind::kReference, "all users of the domain", '6');
        return;
      case SelectorKind::kAutogroup:
        return add(spelling_of(form, request_), form.kind, CompletionKind::kEnumMember, "", is_role(form.autogroup) ? '7' : '5', form.autogroup);
      case SelectorKind::kService:
        each_mentioned(request_, form.kind, [&](std::string_view name) { add(name, form.kind, CompletionKind::kVariable, "service", '6'); });
        return;
      case SelectorKind::kAddress:
        return addresses();
      default:
        return;
    }
  }

 private:
  void add(std::string_view text, SelectorKind kind, CompletionKind icon, std::string detail, char rank, Autogroup autogroup = Autogroup::kNone) {
    if (!request_.rule.takes(at_, kind, autogroup, text)) return;
    Offer offer{std::string(text), icon, std::move(detail), rank};
    offer.named = kind;
    if (!after_.empty()) offer.insert = offer.text + std::string(after_);
    out_.push_back(std::move(offer));
  }

  template <class Items, class Detail>
  void defined(const Items& items, SelectorKind kind, CompletionKind icon, char rank, Detail&& detail) {
    for (const auto& item : items) {
      if (item.name.present() && is_name_of(policy_.text(item.name), kind)) add(policy_.text(item.name), kind, icon, detail(item), rank);
    }
  }

  void hosts() {
    for (const Host& host : policy_.hosts) {
      if (!host.name.present() || host.value.kind == SelectorKind::kInvalid || !is_name_of(policy_.text(host.name), SelectorKind::kHost)) continue;
      // A test is about one address.
      if (in_tests(at_) && host.value.kind == SelectorKind::kPrefix) continue;
      const std::string value = policy_.prefix(host.value).to_text();
      if (at_ == Standpoint::kIpSetElement) {
        add("host:" + std::string(policy_.text(host.name)), SelectorKind::kHost, CompletionKind::kVariable, value, '2');
        if (!out_.empty()) out_.back().named = SelectorKind::kInvalid;
      } else {
        add(policy_.text(host.name), SelectorKind::kHost, CompletionKind::kVariable, value, '2');
      }
    }
  }

  void users() {
    const auto user = [&](std::string_view login) { add(login, SelectorKind::kUser, CompletionKind::kReference, "user", '3'); };
    const Inventory* inventory = analysis_.inventory();
    if (inventory) {
      for (const User& u : inventory->tailnet().users) {
        if (const std::string_view login = inventory->tailnet().text(u.login); is_name_of(login, SelectorKind::kUser)) user(login);
      }
      // A test is run with somebody who is there.
      if ((at_ == Standpoint::kTestSrc || at_ == Standpoint::kSshTestSrc) && inventory->tailnet().users.size() != 0) return;
    }
    each_mentioned(request_, SelectorKind::kUser, user);
  }

  void addresses() {
    if (at_ == Standpoint::kIpSetElement) return;
    std::vector<Offer> nodes;
    offer_addresses(request_, nodes);
    for (Offer& node : nodes) {
      if (!request_.rule.takes(at_, SelectorKind::kAddress, Autogroup::kNone, node.text)) continue;
      node.rank = '8';
      node.named = SelectorKind::kAddress;
      if (!after_.empty()) node.insert = node.text + std::string(after_);
      out_.push_back(std::move(node));
    }
  }

  const Request& request_;
  const Analysis& analysis_;
  const Policy& policy_;
  Standpoint at_;
  std::string_view after_;
  std::vector<Offer>& out_;
};

}  // namespace

void offer_selectors(const Request& request, Standpoint at, std::string_view after, std::vector<Offer>& out) {
  Selectors selectors(request, at, after, out);
  for (const SelectorForm& form : selector_forms()) {
    if (standing(form, at) == Standing::kYes) selectors.offer(form);
  }
}

void offer_addresses(const Request& request, std::vector<Offer>& out) {
  const Inventory* inventory = request.view.analysis.inventory();
  if (!inventory) return;
  for (const Node& node : inventory->tailnet().nodes) {
    if (!node.ipv4) continue;
    const std::string_view name = inventory->tailnet().text(node.name);
    Offer offer{node.ipv4->to_text(), CompletionKind::kValue, std::string(name), '1'};
    offer.filter = fmt::format("{} {}", offer.text, name);
    out.push_back(std::move(offer));
  }
}

void offer_prefixes(const Request& request, std::vector<Offer>& out) {
  const Policy& policy = request.view.analysis.policy();
  if (const Inventory* inventory = request.view.analysis.inventory()) {
    for (const Node& node : inventory->tailnet().nodes) {
      for (const Prefix& route : node.routable_ips) {
        if (route.length == 0) continue;  // an exit node's
        out.push_back({route.masked().to_text(), CompletionKind::kValue, "advertised by " + std::string(inventory->tailnet().text(node.name)), '1'});
      }
    }
  }
  for (const Host& host : policy.hosts) {
    if (host.value.kind == SelectorKind::kPrefix)
      out.push_back({policy.prefix(host.value).masked().to_text(), CompletionKind::kValue, std::string(policy.text(host.name)), '2'});
  }
}

std::vector<std::string> domains(const Request& request, bool for_users) {
  std::vector<std::string> out;
  const auto add = [&](std::string_view domain) {
    if (domain.empty() || out.size() == kMostDomains || (for_users && checks::is_public_provider(domain))) return;
    if (std::find(out.begin(), out.end(), domain) == out.end()) out.emplace_back(domain);
  };
  const Inventory* inventory = request.view.analysis.inventory();
  if (const auto own = checks::tailnet_domain(inventory ? &inventory->tailnet() : nullptr)) {
    add(*own);
    return out;
  }
  each_mentioned(request, SelectorKind::kUser, [&](std::string_view login) { add(login.substr(login.rfind('@') + 1)); });
  return out;
}

}  // namespace aclc::lsp::completion
