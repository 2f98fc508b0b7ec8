// SPDX-License-Identifier: Apache-2.0
// A name of the policy: what its definition says, what it comes to in the tailnet, and where it is mentioned.
#include <fmt/format.h>

#include <algorithm>

#include "lsp/service/comments.h"
#include "lsp/service/describe.h"
#include "lsp/service/labels.h"

namespace aclc::lsp {
namespace {

constexpr size_t kMembersShown = 20;
constexpr size_t kMentionsShown = 5;

/// The places of a name: each rule, test and definition once; in settings that are no lists of entries every line.
std::string mentions(const Analysis& a, SelectorKind kind, StringId name) {
  struct Mention {
    Entry entry;
    uint32_t line = 0;
  };
  std::vector<Mention> places;
  for (const Occurrence* o : a.occurrences().of(kind, name)) {
    if (o->definition) continue;
    const bool listed = o->entry.section != field::kAutoApprovers && !span_of(a.policy(), o->entry).empty();
    const uint32_t line = a.version().lines.line_of(listed ? span_of(a.policy(), o->entry).begin : o->span.begin) + 1;
    if (places.empty() || !(places.back().entry == o->entry && places.back().line == line)) places.push_back({o->entry, line});
  }
  std::string out = counted(a.occurrences().uses_of(kind, name), "use");
  for (size_t i = 0; i < places.size(); ++i) {
    if (i == kMentionsShown) {
      out += fmt::format("\n- and in {} more", places.size() - kMentionsShown);
      break;
    }
    const std::string label = entry_label(a, places[i].entry);
    out += fmt::format("\n- {}, line {}", code(entry_name(a, places[i].entry)), places[i].line);
    if (!a.name_of(places[i].entry).valid() && !label.empty()) out += ": " + code(label);
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

}  // namespace aclc::lsp
