// SPDX-License-Identifier: Apache-2.0
// Addresses in rules and hosts.
#include <fmt/format.h>

#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

/// Addresses and CIDRs written in sources and destinations of rules.
template <class F>
void rule_literals(LintContext& c, F&& f) {
  for (const Use& use : c.uses()) {
    const bool rule = use.position == Position::kAclSrc || use.position == Position::kAclDst ||
                      use.position == Position::kGrantSrc || use.position == Position::kGrantDst;
    const SelectorKind kind = use.selector->kind;
    if (rule && (kind == SelectorKind::kAddress || kind == SelectorKind::kPrefix)) f(*use.selector, use);
  }
}

const Node* node_with(const Tailnet* tailnet, const Address& a) {
  if (tailnet == nullptr) return nullptr;
  for (const Node& n : tailnet->nodes) {
    if ((n.ipv4 && *n.ipv4 == a) || (n.ipv6 && *n.ipv6 == a)) return &n;
  }
  return nullptr;
}

bool has_value(const Host& h) { return h.value.kind == SelectorKind::kAddress || h.value.kind == SelectorKind::kPrefix; }

}  // namespace

void tailnet_address(LintContext& c) {
  rule_literals(c, [&](const Selector& s, const Use&) {
    const AddressRange range = c.policy.range(s);
    if (!(range.first == range.last) || !reference::tailnet_addresses().contains(range.first)) return;
    std::string help = "name the device by its tag or its user, or give the address a name in hosts";
    if (const Node* n = node_with(c.options.tailnet, range.first)) {
      const Tailnet& t = *c.options.tailnet;
      help = n->tagged() ? fmt::format("it is device `{}`, `{}`", t.text(n->name), t.text(n->tags.front()))
                         : fmt::format("it is device `{}`", t.text(n->name));
    }
    c.report(diag::TailnetAddress(s.span, c.written(s.span)).help(std::move(help)));
  });
}

void one_family_host(LintContext& c) {
  if (c.options.tailnet == nullptr) return;
  const auto judge = [&](Span span, std::string_view name, const AddressRange& range) {
    const Node* n = range.first == range.last ? node_with(c.options.tailnet, range.first) : nullptr;
    if (n == nullptr || !n->ipv4 || !n->ipv6) return;
    const Address other = range.first.is_v4() ? *n->ipv6 : *n->ipv4;
    c.report(diag::OneFamilyHost(span, name, c.options.tailnet->text(n->name), other.to_text())
                 .help("an address stands for itself alone; a tag, or an ipset of both addresses, means the device"));
  };
  rule_literals(c, [&](const Selector& s, const Use&) { judge(s.span, c.written(s.span), c.policy.range(s)); });
  for (const Host& h : c.policy.hosts) {
    if (has_value(h)) judge(h.value.span, c.policy.text(h.name), c.policy.range(h.value));
  }
}

void mixed_families(LintContext& c) {
  for (const AccessRule& rule : c.model().rules()) {
    if (!rule.sources.empty() || rule.addresses.empty() || rule.targets.empty()) continue;
    bool source_v4 = false, source_v6 = false, dst_v4 = false, dst_v6 = false, literal = true;
    for (const AddressRange& r : rule.addresses.ranges()) (r.first.is_v4() ? source_v4 : source_v6) = true;
    for (const AccessTarget& t : rule.targets) {
      literal = literal && c.model().is_range(t.unit);
      if (literal) (c.model().range(t.unit).first.is_v4() ? dst_v4 : dst_v6) = true;
    }
    if (!literal || (source_v4 && dst_v4) || (source_v6 && dst_v6)) continue;
    c.report(diag::MixedFamilies(opening(rule.span), source_v4 ? "IPv4" : "IPv6", dst_v4 ? "IPv4" : "IPv6"));
  }
}

void wide_prefix(LintContext& c) {
  rule_literals(c, [&](const Selector& s, const Use&) {
    const Prefix& p = c.policy.prefix(s);
    const uint32_t limit = p.address.is_v4() ? c.options.budgets.prefix_v4 : c.options.budgets.prefix_v6;
    if (p.length < limit) c.report(diag::WidePrefix(s.span, c.written(s.span), limit));
  });
}

void straddles_tailnet(LintContext& c) {
  AddressSet whole;  // the range without its hole: who writes 100.64.0.0/10 means the tailnet
  whole.add(*Prefix::parse("100.64.0.0/10"));
  whole.add(*Prefix::parse("fd7a:115c:a1e0::/48"));
  const auto judge = [&](Span span, std::string_view text, const AddressRange& r) {
    if (!whole.overlaps(r) || whole.contains(r)) return;
    c.report(diag::StraddlesTailnet(span, text).help("use `*` for devices of the tailnet, or a range that leaves theirs out"));
  };
  rule_literals(c, [&](const Selector& s, const Use& use) {
    const bool dst = use.position == Position::kAclDst || use.position == Position::kGrantDst;
    if (dst) judge(s.span, c.written(s.span), c.policy.range(s));
  });
  for (const Host& h : c.policy.hosts) {
    if (has_value(h)) judge(h.value.span, c.policy.text(h.name), c.policy.range(h.value));
  }
}

}  // namespace aclc::lints
