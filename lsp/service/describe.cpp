// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lsp/service/labels.h"

namespace aclc::lsp {
namespace {

constexpr size_t kMembersShown = 20;

struct AutogroupText {
  Autogroup autogroup;
  std::string_view text;
};
// Sources: the documentation's page on targets and selectors, and recorded answers.
constexpr AutogroupText kAutogroups[] = {
    {Autogroup::kMember, "All devices of the tailnet's own members; tagged devices and those of invited users are not among them."},
    {Autogroup::kTagged, "All devices that have a tag."},
    {Autogroup::kSelf, "The devices of the very user who connects, tagged ones left out. Only as a destination, and only from users, groups or autogroups of users."},
    {Autogroup::kInternet, "The public internet, through exit nodes. Only as a destination."},
    {Autogroup::kDangerAll, "Every address there is, also those outside of the tailnet. Only as a source."},
    {Autogroup::kShared, "Devices of users of other tailnets with whom a device was shared. Only as a source."},
    {Autogroup::kOwner, "Devices of the tailnet's owner."},
    {Autogroup::kAdmin, "Devices of users with the role Admin, and of the owner."},
    {Autogroup::kItAdmin, "Devices of users with the role IT admin."},
    {Autogroup::kNetworkAdmin, "Devices of users with the role Network admin."},
    {Autogroup::kBillingAdmin, "Devices of users with the role Billing admin."},
    {Autogroup::kAuditor, "Devices of users with the role Auditor."},
    {Autogroup::kNonroot, "Every login user but `root`. Only in the `users` of ssh rules."},
};

constexpr std::pair<uint16_t, std::string_view> kServices[] = {
    {20, "ftp-data"},  {21, "ftp"},      {22, "ssh"},        {23, "telnet"},    {25, "smtp"},      {53, "dns"},
    {67, "dhcp"},      {69, "tftp"},     {80, "http"},       {88, "kerberos"},  {110, "pop3"},     {111, "rpcbind"},
    {123, "ntp"},      {139, "netbios"}, {143, "imap"},      {161, "snmp"},     {179, "bgp"},      {389, "ldap"},
    {443, "https"},    {445, "smb"},     {465, "smtps"},     {514, "syslog"},   {515, "printer"},  {587, "submission"},
    {631, "ipp"},      {636, "ldaps"},   {853, "dns over tls"}, {873, "rsync"}, {993, "imaps"},    {995, "pop3s"},
    {1194, "openvpn"}, {1433, "mssql"},  {1521, "oracle"},   {1883, "mqtt"},    {2049, "nfs"},     {2375, "docker"},
    {2376, "docker tls"}, {3000, "grafana"}, {3306, "mysql"}, {3389, "rdp"},    {5432, "postgres"}, {5900, "vnc"},
    {5985, "winrm"},   {6379, "redis"},  {6443, "kubernetes"}, {8080, "http"},  {8443, "https"},   {9090, "prometheus"},
    {9100, "node exporter"}, {9200, "elasticsearch"}, {11211, "memcached"}, {27017, "mongodb"}, {41641, "wireguard"}};

std::string addresses_of(const Node& node) {
  std::string out;
  if (node.ipv4) out += node.ipv4->to_text();
  if (node.ipv6) out += (out.empty() ? "" : ", ") + node.ipv6->to_text();
  return out;
}

}  // namespace

std::string code(std::string_view text) {
  // A backtick inside needs a longer fence.
  if (text.find('`') == std::string_view::npos) return fmt::format("`{}`", text);
  return fmt::format("`` {} ``", text);
}

std::string_view service_of_port(uint16_t port) {
  const auto found = std::lower_bound(std::begin(kServices), std::end(kServices), port,
                                      [](const auto& row, uint16_t p) { return row.first < p; });
  return found != std::end(kServices) && found->first == port ? found->second : std::string_view();
}

std::string_view describe_kind(SelectorKind kind) {
  switch (kind) {
    case SelectorKind::kWildcard:
      return "Every device of the tailnet, and the subnets that its routers serve.";
    case SelectorKind::kUser:
      return "The devices of one user; tagged devices belong to nobody.";
    case SelectorKind::kUserDomain:
      return "The devices of all users of a domain of the tailnet.";
    case SelectorKind::kGroup:
      return "The devices of the group's members.";
    case SelectorKind::kTag:
      return "The devices that have the tag.";
    case SelectorKind::kHost:
      return "A name for an address or a prefix.";
    case SelectorKind::kAddress:
      return "One address.";
    case SelectorKind::kPrefix:
      return "All addresses of a prefix.";
    case SelectorKind::kRange:
      return "All addresses from the first to the last.";
    case SelectorKind::kIpSet:
      return "A named set of addresses.";
    case SelectorKind::kService:
      return "A service that several devices can serve.";
    case SelectorKind::kPosture:
      return "A named set of device conditions.";
    default:
      return {};
  }
}

std::string describe_autogroup(Autogroup autogroup) {
  std::string out;
  for (const AutogroupText& row : kAutogroups) {
    if (row.autogroup == autogroup) out = row.text;
  }
  std::string places;
  Selector selector;
  selector.kind = SelectorKind::kAutogroup;
  selector.autogroup = autogroup;
  for (size_t i = 0; i < kPositions; ++i) {
    const auto at = static_cast<Standpoint>(i);
    if (standing(selector, at) != Standing::kYes) continue;
    if (!places.empty()) places += ", ";
    places += position_name(at);
  }
  if (!places.empty()) out += "\n\nMay stand in " + places + ".";
  return out;
}

std::string describe_reached(const Analysis& a, const Reached& reached) {
  std::string out;
  if (!reached.literals.empty()) {
    size_t n = 0;
    out = "Addresses: ";
    for (const AddressRange& range : reached.literals) {
      if (n == kMembersShown) {
        out += fmt::format(" and {} more", reached.literals.size() - n);
        break;
      }
      if (n++ > 0) out += ", ";
      out += code(range.to_text());
    }
    out += "\n\n";
  }
  if (!a.inventory()) return out + no_inventory(a, "which nodes these are");
  if (reached.own) out += "Which nodes these are depends on who connects.\n\n";
  if (reached.internet) out += reached.nodes.empty() ? "Addresses of the internet, which are no nodes' own.\n\n" : "Every address there is, and so also what is no node's.\n\n";
  const Tailnet& tailnet = a.inventory()->tailnet();
  if (reached.nodes.empty()) return reached.more() ? out : out + "No nodes.";
  out += counted(reached.nodes.size(), "node") + ":";
  size_t n = 0;
  for (const uint32_t index : reached.nodes) {
    if (n++ == kMembersShown) {
      out += fmt::format("\n- and {} more", reached.nodes.size() - kMembersShown);
      break;
    }
    const Node& node = tailnet.nodes[TailnetNodeId(size_t{index})];
    out += fmt::format("\n- {} {}", code(tailnet.text(node.name)), addresses_of(node));
  }
  return out;
}

std::string describe_field(const Field& field) {
  std::string out = fmt::format("**{}**: {}", field.name, expected_text(field));
  out += fmt::format("\n\n{}", field.doc);
  if (!field.choices.empty() && field.value == Value::kChoice) {
    out += "\n\nOne of ";
    for (size_t i = 0; i < field.choices.size(); ++i) {
      if (i > 0) out += ", ";
      out += fmt::format("`\"{}\"`", field.choices[i]);
    }
  }
  if (!field.old_name.empty()) out += fmt::format("\n\nOld spelling: `{}`", field.old_name);
  if (field.known_by == KnownBy::kTailscale) out += "\n\nUnknown to Headscale.";
  return out;
}

}  // namespace aclc::lsp
