// SPDX-License-Identifier: Apache-2.0
// Assertions of tests that cannot all hold, or that hold whatever the rules say. Decided over sets of users, tags and addresses.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/net/protocol.h"
#include "compiler/lint/named.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

constexpr size_t kLabels = 3;

/// The attributes that a test gives its source, in one order: tests with others ask about other devices.
std::string attributes_of(LintContext& c, Slice<PostureAttr> attributes) {
  std::set<std::string> all;
  for (const PostureAttr& a : c.policy.at(attributes)) all.insert(fmt::format("{}={}", c.policy.text(a.name), c.written(a.value.span)));
  return fmt::format("{}", fmt::join(all, "\n"));
}

/// Without a protocol a test asks for TCP or UDP, so that an accepted TCP contradicts it.
bool protocol_meets(uint8_t accepted, uint8_t denied) { return accepted == denied || (denied == 0 && (accepted == kTcp || accepted == kUdp)); }

std::string certain(const std::string& witness, std::string_view what) {
  return fmt::format("`{}`, for one, may not both {}: whatever the rules say, a test fails", witness, what);
}

/// A denial contradicts tests that accept, to no more than its destination, all of its source between them: an accepted test wants
/// every device of its source at some device of its destination.
class Contradictions {
 public:
  explicit Contradictions(LintContext& c) : c_(c), sets_(c) {}

  void find() {
    for (const AclTest& t : c_.policy.tests) {
      for (const Destination& d : c_.policy.at(t.accept)) {
        // Of those that say the same the first is shown.
        accepts_[key_of(t, d)][sets_.of(d.selector)].try_emplace({sets_.of(t.src), t.proto.number}, Accept{t.src.span, d.span});
      }
    }
    for (const AclTest& t : c_.policy.tests) {
      for (const Destination& d : c_.policy.at(t.deny)) {
        if (looks_ > c_.options.budgets.looks) {
          c_.leave_out("not all denials were compared with all that tests accept", "`budgets.looks` in .aclc.hujson allows more");
          return;
        }
        deny(t, d);
      }
    }
  }

 private:
  struct Accept {
    Span source_span, span;
  };
  using Accepts = std::map<std::pair<NamedSets::Id, uint8_t>, Accept>;  ///< by source and protocol
  using Key = std::pair<uint16_t, std::string>;  ///< port, attributes

  Key key_of(const AclTest& t, const Destination& d) { return {c_.policy.at(d.ports).front().range.first, attributes_of(c_, t.posture_attrs)}; }

  void deny(const AclTest& t, const Destination& d) {
    const auto here = accepts_.find(key_of(t, d));
    if (here == accepts_.end()) return;
    const NamedSets::Id source = sets_.of(t.src), destination = sets_.of(d.selector);
    std::vector<NamedSets::Id> wide;
    std::vector<const Accept*> from;
    for (const auto& [to, accepts] : here->second) {
      ++looks_;
      if (!sets_.within(to, destination)) continue;
      for (const auto& [of, accept] : accepts) {
        ++looks_;
        if (!protocol_meets(of.second, t.proto.number)) continue;
        if (sets_.within(source, of.first)) {
          report(t, d, source, {&accept});
          return;
        }
        if (!sets_.common(of.first, source)) continue;
        wide.push_back(of.first);
        from.push_back(&accept);
      }
    }
    looks_ += wide.size();
    if (wide.size() > 1 && sets_.within(source, wide)) report(t, d, source, from);
  }

  void report(const AclTest& t, const Destination& d, NamedSets::Id source, const std::vector<const Accept*>& accepts) {
    Diagnostic found = diag::ContradictoryTests(d.span, c_.written(t.src.span), c_.written(d.span));
    for (size_t i = 0; i < std::min(accepts.size(), kLabels); ++i) {
      const bool same = c_.written(accepts[i]->source_span) == c_.written(t.src.span);
      found = std::move(found).label(accepts[i]->span, same ? "accept is expected here" : fmt::format("accept is expected here, from `{}`", c_.written(accepts[i]->source_span)));
    }
    c_.report(std::move(found).help(certain(sets_.witness(source), "reach this and not reach it")));
  }

  LintContext& c_;
  NamedSets sets_;
  std::map<Key, std::map<NamedSets::Id, Accepts>> accepts_;
  uint64_t looks_ = 0;
};

/// In sshTests every device of the source gets the expected answer at every device of the destination, so that one device at one
/// place is enough for a contradiction.
void contradictory_ssh(LintContext& c) {
  if (c.policy.ssh_tests.empty()) return;
  struct Login {
    const SshTest* test;
    const Selector* dst;
    Span user;
  };
  NamedSets sets(c);
  // By user and attributes, then by source and destination: of those that say the same the first is shown.
  std::map<std::pair<std::string, std::string>, std::map<std::pair<NamedSets::Id, NamedSets::Id>, Login>> let_in, kept_out;
  for (const SshTest& t : c.policy.ssh_tests) {
    const std::string attributes = attributes_of(c, t.posture_attrs);
    const auto add = [&](auto& to, Texts users) {
      for (const Text& u : c.policy.at(users)) {
        for (const Selector& dst : c.policy.at(t.dst)) to[{std::string(c.policy.text(u)), attributes}].try_emplace({sets.of(t.src), sets.of(dst)}, Login{&t, &dst, u.span});
      }
    };
    add(let_in, t.accept);
    add(let_in, t.check);
    add(kept_out, t.deny);
  }
  uint64_t looks = 0;
  for (const auto& [key, denials] : kept_out) {
    const auto others = let_in.find(key);
    if (others == let_in.end()) continue;
    for (const auto& [kept, no] : denials) {
      for (const auto& [let, yes] : others->second) {
        if (++looks > c.options.budgets.looks) {
          c.leave_out("not all logins that tests deny were compared with all that they let in", "`budgets.looks` in .aclc.hujson allows more");
          return;
        }
        const auto who = sets.common(kept.first, let.first);
        const auto where = who ? sets.common(kept.second, let.second) : std::nullopt;
        if (!where) continue;
        c.report(diag::ContradictoryTests(no.user, c.written(no.test->src.span), fmt::format("{}` as `{}", c.written(no.dst->span), key.first))
                     .label(yes.user, "to be let in is expected here")
                     .help(certain(*who, fmt::format("log in at `{}` and be kept out", *where))));
        break;
      }
    }
  }
}

/// Why a selector means nobody; empty where it means somebody.
std::string nobody_why(LintContext& c, NamedSets& sets, const Selector& s) {
  const uint32_t group = s.kind == SelectorKind::kGroup ? c.definitions.group_of(s.name) : Definitions::kNone;
  // A name without a definition is the check's.
  if ((s.kind == SelectorKind::kGroup && group == Definitions::kNone) || s.kind == SelectorKind::kInvalid) return {};
  if (!sets.at(sets.of(s)).nobody()) return {};
  if (group == Definitions::kNone) return "no device of this tailnet is meant";
  const auto members = c.policy.at(c.policy.groups[group].members);
  if (members.empty()) return "nobody is in this group";
  return fmt::format("none of its {} is in this tailnet: `{}`{}", members.size() == 1 ? "members" : fmt::format("{} members", members.size()), c.text(members.front()),
                     members.size() > 1 ? ", for one" : "");
}

}  // namespace

void contradictory_tests(LintContext& c) {
  const auto some = [&](auto member) { return std::any_of(c.policy.tests.begin(), c.policy.tests.end(), [&](const AclTest& t) { return !(t.*member).empty(); }); };
  if (some(&AclTest::accept) && some(&AclTest::deny)) Contradictions(c).find();
  contradictory_ssh(c);
}

void vacuous_test(LintContext& c) {
  if (c.policy.tests.empty() && c.policy.ssh_tests.empty()) return;
  NamedSets sets(c);
  for (const AclTest& t : c.policy.tests) {
    if (t.deny.empty()) continue;
    const std::string why = nobody_why(c, sets, t.src);
    for (const Destination& d : c.policy.at(t.deny)) {
      if (!why.empty()) {
        c.report(diag::VacuousTest(d.span, c.written(t.src.span)).label(t.src.span, why));
      } else if (const std::string there = nobody_why(c, sets, d.selector); !there.empty()) {
        c.report(diag::VacuousTest(d.span, c.written(d.selector.span)).label(d.span, there));
      }
    }
  }
  for (const SshTest& t : c.policy.ssh_tests) {
    if (t.deny.empty()) continue;
    if (const std::string why = nobody_why(c, sets, t.src); !why.empty()) {
      c.report(diag::VacuousTest(t.src.span, c.written(t.src.span)).label(t.src.span, why));
      continue;
    }
    for (const Selector& dst : c.policy.at(t.dst)) {
      if (const std::string why = nobody_why(c, sets, dst); !why.empty()) c.report(diag::VacuousTest(dst.span, c.written(dst.span)).label(dst.span, why));
    }
  }
}

}  // namespace aclc::lints
