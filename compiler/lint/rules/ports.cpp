// SPDX-License-Identifier: Apache-2.0
// Ports and protocols that say more, or less, than they seem to.
#include <fmt/format.h>

#include "base/net/protocol.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

void judge(LintContext& c, Slice<PortItem> list) {
  const auto items = c.policy.at(list);
  for (size_t i = 0; i < items.size(); ++i) {
    const PortItem& item = items[i];
    if (!item.range.is_all() && item.range.first <= 1 && item.range.last == 65535) {
      c.report(diag::NearlyAllPorts(item.span, item.range.to_text())
                   .help("`*` says all ports, and lets protocols without ports pass as well")
                   .fix("write `*`", {{item.span, "*"}}, FixSafety::kUnsafe));
    }
    for (size_t j = 0; j < items.size(); ++j) {
      const bool inside = items[j].range.contains(item.range) && (!(items[j].range == item.range) || j < i);
      if (i == j || !inside) continue;
      // With the comma before it, or after it where it is the first.
      const Span gap = i > 0 ? Span{items[i - 1].span.end, item.span.end} : Span{item.span.begin, items[i + 1].span.begin};
      c.report(diag::DuplicatePort(item.span, item.range.to_text(), items[j].range.to_text())
                   .label(items[j].span, "this holds it")
                   .fix(fmt::format("remove `{}`", item.range.to_text()), {{gap, ""}}));
      break;
    }
  }
}

}  // namespace

void ports(LintContext& c) {
  for (const Destination& d : c.policy.destinations) judge(c, d.ports);
  for (const NetCapability& n : c.policy.net_capabilities) judge(c, n.ports);
}

void protocol_number(LintContext& c) {
  const auto judge_protocol = [&](const Protocol& p) {
    if (!p.present()) return;
    const std::string_view text = c.written(p.span);
    const std::string name = protocol_name(p.number);
    if (text.empty() || text.front() < '0' || text.front() > '9' || name == text) return;
    c.report(diag::ProtocolNumber(p.span, text, name).fix(fmt::format("write `{}`", name), {{p.span, name}}));
  };
  for (const AclRule& r : c.policy.acls) judge_protocol(r.proto);
  for (const NetCapability& n : c.policy.net_capabilities) judge_protocol(n.proto);
  for (const AclTest& t : c.policy.tests) judge_protocol(t.proto);
}

}  // namespace aclc::lints
