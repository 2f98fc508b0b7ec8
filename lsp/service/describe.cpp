// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/net/protocol.h"
#include "lsp/service/comments.h"
#include "lsp/service/labels.h"

namespace aclc::lsp {
namespace {

constexpr size_t kMembersShown = 20;
constexpr size_t kMentionsShown = 5;

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

/// The section that defines names of a kind, or an empty text.
std::string_view section_defining(SelectorKind kind) {
  switch (kind) {
    case SelectorKind::kTag:
      return "tagOwners";
    case SelectorKind::kHost:
      return "hosts";
    case SelectorKind::kIpSet:
      return "ipsets";
    case SelectorKind::kPosture:
      return "postures";
    default:
      return {};
  }
}

/// The rules, and what else is a list of entries, that a name stands in: each once.
std::string mentions(const Analysis& a, SelectorKind kind, StringId name) {
  std::vector<Entry> entries;
  for (const Occurrence* o : a.occurrences().of(kind, name)) {
    if (!o->definition && (entries.empty() || !(entries.back() == o->entry))) entries.push_back(o->entry);
  }
  std::string out = counted(a.occurrences().uses_of(kind, name), "use");
  size_t n = 0;
  for (const Entry entry : entries) {
    if (n++ == kMentionsShown) {
      out += fmt::format("\n- and in {} more", entries.size() - kMentionsShown);
      break;
    }
    const std::string label = entry_label(a, entry);
    const uint32_t line = a.version().lines.line_of(span_of(a.policy(), entry).begin) + 1;
    out += "\n- " + code(entry_name(a, entry));
    if (span_of(a.policy(), entry).empty()) continue;
    out += fmt::format(", line {}", line);
    if (!a.name_of(entry).valid() && !label.empty()) out += ": " + code(label);
  }
  return out;
}

/// Other names for parts of what a host's name stands for, and the routers that serve it.
std::string inside_of(const Analysis& a, Entry host) {
  const Policy& p = a.policy();
  const Selector& value = p.hosts[host.index].value;
  if (value.kind == SelectorKind::kInvalid) return {};
  const AddressRange whole = p.range(value);
  std::string out;
  std::vector<Text> inside;
  for (uint32_t i = 0; i < p.hosts.size(); ++i) {
    const Selector& other = p.hosts[i].value;
    if (i == host.index || other.kind == SelectorKind::kInvalid || !p.hosts[i].name.present()) continue;
    const AddressRange part = p.range(other);
    if (whole.first <= part.first && part.last <= whole.last) inside.push_back(p.hosts[i].name);  // IPv4 sorts before IPv6
  }
  if (!inside.empty()) out = "Holds " + listed(a, inside, kMembersShown);
  if (!a.inventory()) return out;
  const Tailnet& tailnet = a.inventory()->tailnet();
  std::string routers;
  size_t n = 0;
  for (const Node& node : tailnet.nodes) {
    const bool serves = std::any_of(node.routable_ips.begin(), node.routable_ips.end(), [&](const Prefix& route) {
      const AddressRange range = route.range();
      return route.length > 0 && range.first <= whole.first && whole.last <= range.last;  // an exit node routes all, and so says nothing
    });
    if (serves && n++ < kMembersShown) routers += (routers.empty() ? "" : ", ") + code(tailnet.text(node.name));
  }
  if (n > kMembersShown) routers += fmt::format(" and {} more", n - kMembersShown);
  if (n > 0) out += (out.empty() ? "" : "\n\n") + fmt::format("Routed by {}", routers);
  return out;
}

/// What a definition says, without resolving it.
std::string definition_text(const Analysis& a, Entry entry) {
  const Policy& p = a.policy();
  switch (entry.section) {
    case field::kGroups: {
      const auto members = p.at(p.groups[entry.index].members);
      return members.empty() ? "No members" : fmt::format("{}: {}", counted(members.size(), "member"), listed(a, members, kMembersShown));
    }
    case field::kTagOwners: {
      const auto owners = p.at(p.tag_owners[entry.index].owners);
      return owners.empty() ? "Only admins may give it to a device" : "Owners: " + listed(a, owners, kMembersShown);
    }
    case field::kHosts: {
      const Selector& value = p.hosts[entry.index].value;
      if (value.kind == SelectorKind::kInvalid) return {};
      const Prefix& prefix = p.prefix(value);
      return prefix.is_host() ? "Address " + code(prefix.address.to_text()) : "Prefix " + code(prefix.to_text());
    }
    case field::kIpsets:
      return "Built from " + listed(a, p.at(p.ipsets[entry.index].elements), kMembersShown);
    case field::kPostures:
      return "All of these must hold: " + listed(a, p.at(p.postures[entry.index].assertions), kMembersShown);
    default:
      return {};
  }
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
  if (!a.inventory()) return out + "No inventory: a `tailnet.json` beside the policy would tell which nodes these are.";
  if (reached.own) out += "Which nodes these are depends on who connects.\n\n";
  if (reached.internet) out += "Addresses of the internet, which are no nodes' own.\n\n";
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

std::string describe_name(const Analysis& a, SelectorKind kind, StringId name) {
  const Policy& p = a.policy();
  const std::string_view text = p.text(name);
  std::string out = fmt::format("**{}** {}", kind_word(kind), code(text));
  const auto paragraph = [&](const std::string& more) {
    if (!more.empty()) out += "\n\n" + more;
  };
  if (kind == SelectorKind::kAutogroup) {
    if (text.starts_with("autogroup:")) {
      if (const auto autogroup = parse_autogroup(text.substr(10))) paragraph(describe_autogroup(*autogroup));
    }
  } else if (const auto entry = a.definition_of(kind, name)) {
    paragraph(comment_above(a.text(), span_of(p, *entry).begin));
    paragraph(definition_text(a, *entry));
    if (kind == SelectorKind::kHost) paragraph(inside_of(a, *entry));
  } else if (kind == SelectorKind::kGroup) {
    paragraph("Not in `groups`: perhaps synced from the identity provider.");
  } else {
    if (const std::string_view section = section_defining(kind); !section.empty()) paragraph(fmt::format("Not defined: `{}` does not have it.", section));
    paragraph(std::string(describe_kind(kind)));
  }
  if (kind == SelectorKind::kUser) {
    std::string groups;
    for (const Occurrence* o : a.occurrences().of(kind, name)) {
      if (o->at != Standpoint::kGroupMember || o->definition) continue;
      if (!groups.empty()) groups += ", ";
      groups += code(p.text(a.name_of(o->entry)));
    }
    if (!groups.empty()) paragraph("Member of " + groups);
    if (a.inventory() && !a.inventory()->user(text)) paragraph("No user of this name in the inventory.");
  }
  if (kind != SelectorKind::kPosture && kind != SelectorKind::kService)
    paragraph(describe_reached(a, reach(p, a.definitions(), a.inventory(), kind, name)));
  if (kind == SelectorKind::kGroup || kind == SelectorKind::kTag || kind == SelectorKind::kHost ||
      kind == SelectorKind::kIpSet || kind == SelectorKind::kPosture || kind == SelectorKind::kUser)
    paragraph(mentions(a, kind, name));
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
