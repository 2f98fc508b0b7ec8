// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/net/address_set.h"
#include "base/net/protocol.h"
#include "lsp/service/describe.h"
#include "lsp/service/labels.h"

namespace aclc::lsp {
namespace {

constexpr size_t kListed = 10;  ///< tests, ports and users that are named one by one

void merge(Reached& into, const Reached& one) {
  into.nodes.insert(into.nodes.end(), one.nodes.begin(), one.nodes.end());
  if (one.nodes.empty()) into.literals.insert(into.literals.end(), one.literals.begin(), one.literals.end());
  into.own |= one.own;
  into.internet |= one.internet;
  into.services += one.services;
}

Reached unique(Reached r) {
  std::sort(r.nodes.begin(), r.nodes.end());
  r.nodes.erase(std::unique(r.nodes.begin(), r.nodes.end()), r.nodes.end());
  if (r.literals.size() > 1) {  // the same range for several ports, or one inside another
    const AddressSet set = AddressSet::of(std::move(r.literals));
    r.literals.assign(set.ranges().begin(), set.ranges().end());
  }
  return r;
}

Reached reach_all(const Analysis& a, Slice<Destination> destinations) {
  Reached out;
  for (const Destination& d : a.policy().at(destinations)) merge(out, reach(a.policy(), a.definitions(), a.inventory(), d.selector));
  return unique(std::move(out));
}


std::string allowed(const Analysis& a, Entry entry) {
  const Policy& p = a.policy();
  const std::optional<Sides> sides = sides_of(a, entry);
  if (entry.section == field::kNodeAttrs && entry.index < p.node_attrs.size())
    return a.inventory() ? fmt::format("On {}.", said(reach_all(a, p.node_attrs[entry.index].target))) : std::string();
  if (!sides) return {};
  const std::string from = a.inventory() ? said(sides->src) : "its sources", to = a.inventory() ? said(sides->dst) : "its destinations";
  std::string out;
  const PostureRefs* postures = nullptr;
  if (entry.section == field::kAcls) {
    const AclRule& rule = p.acls[entry.index];
    out = fmt::format("Allows {} to reach {}", from, to);
    if (rule.proto.present()) out += fmt::format(" over {}", code(protocol_name(rule.proto.number)));
    postures = &rule.src_posture;
  } else if (entry.section == field::kGrants) {
    const Grant& grant = p.grants[entry.index];
    if (!grant.ip.empty()) out = fmt::format("Allows {} to reach {} at {}", from, to, listed(a, p.at(grant.ip), kListed));
    if (!grant.app.empty()) {
      std::vector<Text> names;
      for (const AppCapability& capability : p.at(grant.app)) names.push_back(capability.name);
      const std::string what = listed(a, names, kListed);
      out += out.empty() ? fmt::format("Gives {} on {} to {}", what, to, from) : fmt::format(", with {} there", what);
    }
    if (out.empty()) out = fmt::format("From {} to {}", from, to);
    if (!grant.via.empty()) out += fmt::format(", by way of {}", listed(a, p.at(grant.via), kListed));
    postures = &grant.src_posture;
  } else {
    const SshRule& rule = p.ssh[entry.index];
    out = fmt::format("Allows {} to log in to {} as {}", from, to, listed(a, p.at(rule.users), kListed));
    if (p.text(rule.action) == "check") out += ", after a check of who it is";
    postures = &rule.src_posture;
  }
  if (!postures->names.empty()) out += fmt::format(", where {} holds", listed(a, p.at(postures->names), kListed));
  out += ".";
  if (!a.inventory()) out += " " + no_inventory(a, "how many nodes these are");
  return out;
}

/// The tests that the rule allows something of, and those that fail with it as the nearest.
std::string tests_of(const Analysis& a, Entry rule, const Verdicts* verdicts) {
  const Policy& p = a.policy();
  if (p.tests.empty() && p.ssh_tests.empty()) return {};
  if (!verdicts) return "The policy's tests are being run.";
  if (!verdicts->report) return fmt::format("The policy's tests were not run: {}.", verdicts->not_run);
  struct Share {
    bool decided = false, failed = false;
  };
  std::map<std::pair<bool, uint32_t>, Share> shares;  // in the order of the policy, those of sshTests last
  const Span span = span_of(p, rule);
  for (const AssertionResult& r : verdicts->report->results) {
    if (r.rule != span || (r.passed && r.got == Expectation::kDeny)) continue;
    Share& share = shares[{r.ssh, r.test}];
    share.decided |= r.got != Expectation::kDeny;
    share.failed |= !r.passed;
  }
  if (shares.empty()) return "No test depends on it.";
  std::string out = "Tests that depend on it:";
  size_t n = 0;
  for (const auto& [test, share] : shares) {
    if (n++ == kListed) {
      out += fmt::format("\n- and {} more", shares.size() - kListed);
      break;
    }
    const Entry entry{test.first ? field::kSshTests : field::kTests, test.second};
    const std::string_view fate = !share.failed ? "passes" : share.decided ? "fails" : "fails, and this rule is the nearest";
    out += fmt::format("\n- line {}, {}: {}", a.version().lines.line_of(span_of(p, entry).begin) + 1, code(entry_label(a, entry)), fate);
  }
  return out;
}

}  // namespace

Reached reach_all(const Analysis& a, Selectors selectors) {
  Reached out;
  for (const Selector& s : a.policy().at(selectors)) merge(out, reach(a.policy(), a.definitions(), a.inventory(), s));
  return unique(std::move(out));
}

std::optional<Sides> sides_of(const Analysis& a, Entry rule) {
  const Policy& p = a.policy();
  const uint32_t i = rule.index;
  if (rule.section == field::kAcls && i < p.acls.size()) return Sides{reach_all(a, p.acls[i].src), reach_all(a, p.acls[i].dst)};
  if (rule.section == field::kGrants && i < p.grants.size()) return Sides{reach_all(a, p.grants[i].src), reach_all(a, p.grants[i].dst)};
  if (rule.section == field::kSsh && i < p.ssh.size()) return Sides{reach_all(a, p.ssh[i].src), reach_all(a, p.ssh[i].dst)};
  return std::nullopt;
}

std::string said(const Reached& r, std::string_view node) {
  std::string out;
  const auto add = [&](const std::string& part) { out += (out.empty() ? "" : " and ") + part; };
  if (!r.nodes.empty() || (r.literals.empty() && !r.more())) add(counted(r.nodes.size(), node));
  if (!r.literals.empty()) add(counted(r.literals.size(), "range") + " outside the tailnet");
  if (r.services > 0) add(counted(r.services, "service"));
  if (r.own) add("the devices of whoever connects");
  if (r.internet) add("the internet");
  return out;
}

std::string describe_entry(const Analysis& a, Entry entry, const Verdicts* verdicts) {
  std::string out = code(entry_label(a, entry, 200));
  const auto paragraph = [&](const std::string& more) {
    if (!more.empty()) out += "\n\n" + more;
  };
  paragraph(allowed(a, entry));
  if (entry.section == field::kAcls || entry.section == field::kGrants || entry.section == field::kSsh) paragraph(tests_of(a, entry, verdicts));
  return out;
}

}  // namespace aclc::lsp
