// SPDX-License-Identifier: Apache-2.0
#include "cli/access_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/net/protocol.h"
#include "base/text/json_quote.h"
#include "cli/findings.h"
#include "cli/test_results.h"
#include "deploy/digest/digest.h"

namespace aclc::cli {
namespace {

constexpr size_t kMost = 6;

std::string listed(const std::vector<std::string>& names, size_t most) {
  std::string out;
  for (size_t i = 0; i < std::min(names.size(), most); ++i) out += (i > 0 ? ", " : "") + names[i];
  if (names.size() > most) out += fmt::format(" and {} more", names.size() - most);
  return out;
}

std::string packet(const AccessWitness& w) {
  const std::string dst = w.dst.is_v4() ? w.dst.to_text() : "[" + w.dst.to_text() + "]";
  return protocol_has_ports(w.protocol) ? fmt::format("{} {} -> {}:{}", protocol_name(w.protocol), w.src.to_text(), dst, w.port)
                                        : fmt::format("{} {} -> {}", protocol_name(w.protocol), w.src.to_text(), dst);
}

std::string cell(std::string text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '|') text.insert(i++, "\\");
    if (text[i] == '`') text[i] = '\'';
  }
  return text;
}

/// `ssh as root  ann -> web1`, `route 10.0.0.0/8  router`.
std::string kind_of(const OtherChange& o) { return fmt::format("{}{}", other_kind_name(o.kind), o.kind == OtherKind::kSsh ? " as" : ""); }
std::string devices(const OtherChange& o) { return o.own_devices ? "their own devices" : listed(o.devices, kMost); }

/// One device that shows it, and another.
std::string shows(const OtherChange& o) { return o.source_device.empty() ? o.device : fmt::format("{} -> {}", o.source_device, o.device); }

/// A value of a capability may be long.
std::string shortened(const std::string& text) {
  constexpr size_t kShown = 100;
  if (text.size() <= kShown) return text;
  size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string sources(const AccessChange& c) { return listed(c.sources, kMost); }
std::string destinations(const AccessChange& c) { return c.own_devices ? "their own devices" : listed(c.destinations, kMost); }

std::string strings(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& t : texts) {
    if (out.size() > 1) out += ", ";
    append_json_string(out, t);
  }
  return out + "]";
}

/// What a made-up tailnet cannot show.
std::vector<std::string> blind_spots(const Analysis& before, const Analysis& after) {
  std::vector<std::string> out = {"no tailnet given: over the users, tags and networks that the policies name"};
  std::vector<std::string> groups;
  bool postures = false, services = false;
  for (const Analysis* a : {&before, &after}) {
    for (const Destination& d : a->policy.destinations) services = services || d.selector.kind == SelectorKind::kService;
    for (const Selector& s : a->policy.selectors) {
      services = services || s.kind == SelectorKind::kService;
      if (s.kind != SelectorKind::kGroup || a->definitions.group_of(s.name) != Definitions::kNone) continue;
      const std::string name(a->policy.text(s));
      if (std::find(groups.begin(), groups.end(), name) == groups.end()) groups.push_back(name);
    }
    const auto asks = [](const auto& rules) { return std::any_of(rules.begin(), rules.end(), [](const auto& r) { return !r.src_posture.names.empty(); }); };
    postures = postures || !a->policy.default_src_posture.names.empty() || asks(a->policy.acls) || asks(a->policy.grants);
  }
  if (services) out.push_back("what `svc:` names lead to is not known, so they are not compared");
  if (!groups.empty()) out.push_back(fmt::format("nobody is in {}, which no policy defines", listed(groups, 6)));
  if (postures) out.push_back("rules that ask for a posture let no device in, since none has attributes");
  return out;
}

}  // namespace

ComparedAccess compare_access(const Analysis& before, const Analysis& after, const std::optional<Tailnet>& tailnet) {
  std::vector<std::string> without;
  const Tailnet made = tailnet ? with_devices_for_all(*tailnet, without) : universe_of(before.policy, after.policy);
  ComparedAccess out{diff_access({before.policy, before.tree, before.definitions}, {after.policy, after.tree, after.definitions}, made),
                     tailnet ? std::vector<std::string>() : blind_spots(before, after), false};
  out.blind = out.notes.size() > 1;  // the first one says that there is no tailnet
  if (!without.empty()) out.notes.push_back(fmt::format("{} {} no device yet and {} taken to have one", listed(without, 6), without.size() == 1 ? "has" : "have", without.size() == 1 ? "is" : "are"));
  if (!same_section(before.tree, after.tree, "tagOwners")) out.notes.emplace_back("tagOwners differs: who may give a device a tag gains what the tag has, which is not compared");
  if (!same_section(before.tree, after.tree, "autoApprovers")) out.notes.emplace_back("autoApprovers differs: whose routes are approved is not compared");
  return out;
}

std::string AccessReport::place(bool gained, Span rule) const {
  return fmt::format("{}:{}", side(gained).name(), side(gained).position(rule.begin).line);
}

std::string AccessReport::rules_text(bool gained, const std::vector<Span>& rules) const {
  std::string out;
  for (const Span rule : rules) out += fmt::format("       by {}  {}\n", place(gained, rule), quoted_rule(side(gained).text(), rule));
  return out;
}

std::string AccessReport::rules_cell(bool gained, const std::vector<Span>& rules) const {
  std::string out;
  for (const Span rule : rules) out += (out.empty() ? "" : "<br>") + fmt::format("{} `{}`", markdown_text(place(gained, rule)), cell(quoted_rule(side(gained).text(), rule)));
  return out;
}

std::string AccessReport::rules_json(bool gained, const std::vector<Span>& rules) const {
  std::string out = "[";
  for (const Span& rule : rules) {
    out += fmt::format("{}{{\"path\": ", out.size() == 1 ? "" : ", ");
    append_json_string(out, side(gained).name());
    out += fmt::format(", \"line\": {}, \"offset\": {}, \"length\": {}}}", side(gained).position(rule.begin).line, rule.begin, rule.length());
  }
  return out + "]";
}

std::string AccessReport::summary() const {
  if (diff_.empty()) return "equal: nobody gains or loses access";
  const auto is_gain = [](const auto& c) { return c.gained; };
  const auto gained = static_cast<size_t>(std::count_if(diff_.changes.begin(), diff_.changes.end(), is_gain) + std::count_if(diff_.others.begin(), diff_.others.end(), is_gain));
  return fmt::format("{} gained, {} lost", gained, diff_.changes.size() + diff_.others.size() - gained);
}

template <class Change>
std::vector<const Change*> AccessReport::shown(const std::vector<Change>& all) const {
  std::vector<const Change*> out;
  size_t count[2] = {0, 0};
  for (const Change& c : all) {
    if (most_ == 0 || ++count[c.gained] <= most_) out.push_back(&c);
  }
  return out;
}

/// Empty where nothing is.
std::string AccessReport::left_out() const {
  const size_t hidden = diff_.changes.size() + diff_.others.size() - shown(diff_.changes).size() - shown(diff_.others).size();
  return hidden == 0 ? "" : fmt::format("{} narrower changes are not shown (aclc diff --max-changes 0 shows all)", hidden);
}

std::string AccessReport::text() const {
  std::string out;
  for (const AccessChange* change : shown(diff_.changes)) {
    const AccessChange& c = *change;
    out += fmt::format("{} {} -> {}  {}\n", c.gained ? "gained" : "lost  ", sources(c), destinations(c), c.access.to_text());
    out += rules_text(c.gained, c.rules);
    if (c.rules.empty()) out += fmt::format("       by neither acls nor grants in {}: everything is allowed\n", side(c.gained).name());
    out += fmt::format("       as {}\n", packet(c.witness));
  }
  for (const OtherChange* change : shown(diff_.others)) {
    const OtherChange& o = *change;
    out += fmt::format("{} {} {}  {}{}\n", o.gained ? "gained" : "lost  ", kind_of(o), shortened(o.what), o.sources.empty() ? "" : listed(o.sources, kMost) + " -> ", devices(o));
    out += rules_text(o.gained, o.rules);
    out += fmt::format("       as {}\n", shows(o));
  }
  if (const std::string note = left_out(); !note.empty()) out += fmt::format("note   {}\n", note);
  for (const std::string& note : notes_) out += fmt::format("note   {}\n", note);
  return out + summary() + "\n";
}

std::string AccessReport::markdown() const {
  std::string out = "### Access changes\n\n";
  if (!diff_.changes.empty()) out += "| | who | to what | ports | by | as |\n|---|---|---|---|---|---|\n";
  for (const AccessChange* change : shown(diff_.changes)) {
    const AccessChange& c = *change;
    out += fmt::format("| {} | {} | {} | {} | {} | `{}` |\n", c.gained ? ":heavy_plus_sign: gains" : ":heavy_minus_sign: loses", markdown_text(sources(c)),
                       markdown_text(destinations(c)), markdown_text(c.access.to_text()), rules_cell(c.gained, c.rules), packet(c.witness));
  }
  if (!diff_.changes.empty()) out += "\n";
  if (!diff_.others.empty()) out += "| | who | on what | beside ports | by | as |\n|---|---|---|---|---|---|\n";
  for (const OtherChange* change : shown(diff_.others)) {
    const OtherChange& o = *change;
    out += fmt::format("| {} | {} | {} | {} `{}` | {} | {} |\n", o.gained ? ":heavy_plus_sign: gains" : ":heavy_minus_sign: loses", markdown_text(listed(o.sources, kMost)),
                       markdown_text(devices(o)), kind_of(o), cell(shortened(o.what)), rules_cell(o.gained, o.rules), markdown_text(shows(o)));
  }
  std::vector<std::string> notes = notes_;
  if (std::string note = left_out(); !note.empty()) notes.insert(notes.begin(), std::move(note));
  if (!diff_.others.empty() && !notes.empty()) out += "\n";
  for (const std::string& note : notes) out += fmt::format("- {}\n", markdown_text(note));
  if (!diff_.others.empty() || !notes.empty()) out += "\n";
  return out + markdown_text(summary()) + "\n";
}

std::string AccessReport::json() const {
  std::string out = fmt::format("{{\"equal\": {}, \"devices\": {}, \"changes\": [", diff_.empty(), diff_.devices);
  for (const AccessChange& c : diff_.changes) {
    out += &c == &diff_.changes.front() ? "\n  {" : ",\n  {";
    out += fmt::format("\"kind\": \"{}\", \"sources\": {}, \"destinations\": {}, \"own_devices\": {}, \"source_devices\": {}, \"destination_devices\": {}",
                       c.gained ? "gained" : "lost", strings(c.sources), strings(c.destinations), c.own_devices, c.source_devices, c.destination_devices);
    out += fmt::format(", \"source_addresses\": {}, \"destination_addresses\": {}", strings(c.source_addresses.texts()), strings(c.destination_addresses.texts()));
    out += fmt::format(", \"tcp\": \"{}\", \"udp\": \"{}\", \"sctp\": \"{}\", \"protocols\": [", c.access.tcp.to_text(), c.access.udp.to_text(), c.access.sctp.to_text());
    bool first = true;
    for (unsigned i = 0; i < 256; ++i) {
      if (!c.access.others[i]) continue;
      out += fmt::format("{}{}", first ? "" : ", ", i);
      first = false;
    }
    out += fmt::format("], \"ping\": {}, \"witness\": {{\"src\": \"{}\", \"dst\": \"{}\", \"protocol\": {}, \"port\": {}}}, \"rules\": {}}}", c.access.ping,
                       c.witness.src.to_text(), c.witness.dst.to_text(), c.witness.protocol, c.witness.port, rules_json(c.gained, c.rules));
  }
  out += "],\n \"others\": [";
  for (const OtherChange& o : diff_.others) {
    out += fmt::format("{}{{\"kind\": \"{}\", \"what\": \"{}\", \"detail\": ", &o == &diff_.others.front() ? "\n  " : ",\n  ", o.gained ? "gained" : "lost", other_kind_name(o.kind));
    append_json_string(out, o.what);
    out += fmt::format(", \"sources\": {}, \"own_devices\": {}, \"devices\": {}, \"device_count\": {}, \"witness\": {{", strings(o.sources), o.own_devices, strings(o.devices), o.device_count);
    if (!o.source_device.empty()) {
      out += "\"src\": ";
      append_json_string(out, o.source_device);
      out += ", ";
    }
    out += "\"dst\": ";
    append_json_string(out, o.device);
    out += fmt::format("}}, \"rules\": {}}}", rules_json(o.gained, o.rules));
  }
  return out + "], \"notes\": " + strings(notes_) + "}\n";
}

}  // namespace aclc::cli
