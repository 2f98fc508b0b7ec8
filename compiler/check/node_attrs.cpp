// SPDX-License-Identifier: Apache-2.0
// nodeAttrs: targets, address pools and app connectors.
#include <fmt/format.h>

#include <array>

#include "compiler/check/app_connectors.h"
#include "compiler/check/context.h"
#include "compiler/check/names.h"

namespace aclc::checks {
namespace {

constexpr Prefix kTailnetAddresses{Address::v4(0x64400000), 10};
// The service's own resolver and services, and what ChromeOS takes for its virtual machines (documentation, "IP pool").
constexpr std::array<Prefix, 3> kReserved = {Prefix{Address::v4(0x64640000), 24}, Prefix{Address::v4(0x64646400), 24},
                                             Prefix{Address::v4(0x64735c00), 23}};

void check_pool(const Context& context, const Selector& s) {
  if (s.kind != SelectorKind::kPrefix && s.kind != SelectorKind::kAddress) return;
  const std::string_view written = context.written(s);
  if (!kTailnetAddresses.contains(context.policy.prefix(s))) {
    context.sink.report(
        diag::IpPool(s.span, written, "outside 100.64.0.0/10").help("pools are parts of the tailnet's own range"));
    return;
  }
  for (const Prefix& reserved : kReserved) {
    if (!reserved.overlaps(context.policy.prefix(s))) continue;
    context.sink.report(diag::IpPool(s.span, written, fmt::format("{} is reserved", reserved.to_text()))
                            .upstream(fmt::format("IPPool({}): network within reserved range", written))
                            .help("reserved are 100.100.0.0/24, 100.100.100.0/24 and 100.115.92.0/23"));
    return;
  }
}

}  // namespace

void check_node_attrs(const Context& context) {
  const Policy& policy = context.policy;
  ConnectorDomains domains;
  for (const NodeAttr& entry : policy.node_attrs) {
    for (const Selector& s : policy.at(entry.target)) use(context, s, Position::kNodeAttrTarget);
    for (const Selector& s : policy.at(entry.ip_pool)) check_pool(context, s);
    for (const AppCapability& app : policy.at(entry.app)) check_node_app(context, entry, app, domains);
  }
}

}  // namespace aclc::checks
