// SPDX-License-Identifier: Apache-2.0
// Addresses in rules and hosts.
#include <fmt/format.h>

#include "base/text/json_quote.h"
#include "compiler/check/insertion.h"
#include "compiler/lint/edits.h"
#include "compiler/lint/rules/rules.h"
#include "parser/policy/selector_form.h"

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

bool is_destination_of_acl(const Use& use) { return use.position == Position::kAclDst; }

/// An address in a list, with the brackets that one of IPv6 has before ports.
Span with_brackets(LintContext& c, Span address) {
  const std::string_view text = c.tree.text();
  const bool in = address.begin > 0 && address.end < text.size() && text[address.begin - 1] == '[' && text[address.end] == ']';
  return in ? Span{address.begin - 1, address.end + 1} : address;
}

/// The address by the name that it has in `hosts`, or by that of its device in the tailnet, which is added there. A host means its
/// address and no more, so the rule allows the same.
std::optional<Fix> named(LintContext& c, const Selector& s, const Use& use, const Address& address) {
  const Span written = is_destination_of_acl(use) ? with_brackets(c, s.span) : s.span;
  for (const Host& h : c.policy.hosts) {
    if (h.value.kind != SelectorKind::kAddress && h.value.kind != SelectorKind::kPrefix) continue;
    const AddressRange range = c.policy.range(h.value);
    const std::string name(c.policy.text(h.name));
    if (range.first == address && range.last == address) return Fix{fmt::format("write `{}`, which it is called in hosts", name), {{written, name}}, FixSafety::kSafe};
  }
  const Node* node = node_with(c.options.tailnet, address);
  if (node == nullptr) return std::nullopt;
  const std::string name(c.options.tailnet->text(node->name));
  const StringId id = c.policy.names.find(name);
  const ClassifiedSelector form = classify_selector(name);
  const bool usable = form.kind == SelectorKind::kHost && form.fault == SelectorFault::kNone && (!id.valid() || c.definitions.host_of(id) == Definitions::kNone);
  std::vector<Edit> edits = usable ? checks::add_definition(c.tree, "hosts", name, json_string(address.to_text())) : std::vector<Edit>();
  if (edits.empty()) return std::nullopt;
  edits.push_back({written, name});
  return Fix{fmt::format("call it `{}` in hosts", name), std::move(edits), FixSafety::kSafe};
}

/// What an address in a list has behind it: nothing, or `:PORTS`.
std::string_view behind(LintContext& c, const Selector& s) { return c.written({with_brackets(c, s.span).end, string_around(c, s.span).end - 1}); }

/// The other address of a device beside the one in a list of a rule: the rule then means the device.
Fix with_other(LintContext& c, const Selector& s, const Use& use, const Address& other) {
  const Span element = string_around(c, s.span);
  std::string text = other.to_text();
  if (is_destination_of_acl(use)) text = fmt::format("{}{}", other.is_v4() ? text : "[" + text + "]", behind(c, s));
  return {fmt::format("add {}, its other address", other.to_text()), {{{element.end, element.end}, ", " + json_string(text)}}, FixSafety::kUnsafe};
}

bool has_value(const Host& h) { return h.value.kind == SelectorKind::kAddress || h.value.kind == SelectorKind::kPrefix; }

}  // namespace

void tailnet_address(LintContext& c) {
  rule_literals(c, [&](const Selector& s, const Use& use) {
    const AddressRange range = c.policy.range(s);
    if (!(range.first == range.last) || !reference::tailnet_addresses().contains(range.first)) return;
    std::string help = "name the device by its tag or its user, or give the address a name in hosts";
    if (const Node* n = node_with(c.options.tailnet, range.first)) {
      const Tailnet& t = *c.options.tailnet;
      help = n->tagged() ? fmt::format("it is device `{}`, `{}`", t.text(n->name), t.text(n->tags.front()))
                         : fmt::format("it is device `{}`", t.text(n->name));
    }
    Diagnostic d = diag::TailnetAddress(s.span, c.written(s.span)).help(std::move(help));
    if (auto fix = named(c, s, use, range.first)) d = std::move(d).fix(std::move(fix->title), std::move(fix->edits));
    c.report(std::move(d));
  });
}

void one_family_host(LintContext& c) {
  if (c.options.tailnet == nullptr) return;
  // `fix` is given the finding and the other address; where it says no the rule has that, too.
  const auto judge = [&](Span span, std::string_view name, const AddressRange& range, auto&& fix) {
    const Node* n = range.first == range.last ? node_with(c.options.tailnet, range.first) : nullptr;
    if (n == nullptr || !n->ipv4 || !n->ipv6) return;
    const Address other = range.first.is_v4() ? *n->ipv6 : *n->ipv4;
    Diagnostic d = diag::OneFamilyHost(span, name, c.options.tailnet->text(n->name), other.to_text())
                       .help("an address stands for itself alone; a tag, or an ipset of both addresses, means the device");
    if (fix(d, other)) c.report(std::move(d));
  };
  rule_literals(c, [&](const Selector& s, const Use& use) {
    judge(s.span, c.written(s.span), c.policy.range(s), [&](Diagnostic& d, const Address& other) {
      bool there = false;
      for (const Use& beside : c.uses()) {
        if (!(beside.owner == use.owner) || beside.position != use.position) continue;
        const bool literal = beside.selector->kind == SelectorKind::kAddress || beside.selector->kind == SelectorKind::kPrefix;
        there = there || (literal && c.policy.range(*beside.selector).contains(other) && behind(c, *beside.selector) == behind(c, s));
      }
      if (!there) d.fixes.push_back(with_other(c, s, use, other));
      return !there;
    });
  });
  for (const Host& h : c.policy.hosts) {
    // A host is one address: there is no room for the other.
    if (has_value(h)) judge(h.value.span, c.policy.text(h.name), c.policy.range(h.value), [](Diagnostic&, const Address&) { return true; });
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
