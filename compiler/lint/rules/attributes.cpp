// SPDX-License-Identifier: Apache-2.0
// nodeAttrs.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/nearest.h"
#include "compiler/lint/named.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

/// Attributes that clients know (Tailscale client, tailcfg). A `?` ends the name where a value follows.
constexpr std::string_view kKnown[] = {"funnel", "nextdns:no-device-info", "drive:share", "drive:access", "mullvad", "randomize-client-port",
  "disable-captive-portal-detection", "magicdns-aaaa", "suggest-exit-node", "disable-ipv4", "disable-relay-server", "disable-relay-client",
  "disable-web-client", "one-cgnat", "linux-netfilter", "only-tcp-443", "log-exit-flows", "auto-exit-node", "native-ipv4",
  "dns-subdomain-resolve", "traffic-steering", "client-side-reachability", "emit-runtime-metrics", "peer-mtu-enable", "silent-disco",
  "ssh-behavior-v1", "ssh-behavior-v2", "cache-network-maps", "is-admin", "is-owner", "ssh", "file-sharing", "store-appc-routes",
  "probe-udp-lifetime", "ssh-env-vars", "user-dial-use-routes", "seamless-key-renewal", "experimental:exit-node-steering"};

std::string_view name_of(std::string_view attribute) { return attribute.substr(0, attribute.find('?')); }

/// What targets are given, attribute by attribute, compared by the devices that they mean.
class Settings {
 public:
  explicit Settings(LintContext& c) : c_(c) {}

  void add(const Selector& target, std::string_view value, Span span) {
    std::vector<Setting>& all = by_name_[name_of(value)];
    const Setting mine{&target, value, span};
    for (size_t i = 0; i < std::min(all.size(), kMostCompared); ++i) {
      if (told(mine, all[i])) break;
    }
    left_out_ += all.size() > kMostCompared;
    all.push_back(mine);
  }

  void tell_left_out() {
    if (left_out_ == 0) return;
    c_.leave_out(fmt::format("{} attributes were compared with the first {} of their name only", left_out_, kMostCompared), "whether others give the same devices another value is not known");
  }

 private:
  static constexpr size_t kMostCompared = 200;
  struct Setting {
    const Selector* target;
    std::string_view value;
    Span span;
  };

  /// Whether something was to be said about the two.
  bool told(const Setting& mine, const Setting& before) {
    const std::string_view target = c_.written(mine.target->span), other = c_.written(before.target->span);
    if (mine.value == before.value) {
      if (target == other) {
        c_.report(diag::DuplicateAttribute(mine.span, mine.value, target).label(before.span, "given here already"));
      } else if (within(mine, before)) {
        c_.report(diag::DuplicateAttribute(mine.span, mine.value, target).label(before.target->span, "this holds it"));
      } else if (within(before, mine)) {
        c_.report(diag::DuplicateAttribute(before.span, mine.value, other).label(mine.target->span, "this holds it"));
      } else {
        return false;
      }
      return true;
    }
    if (mine.value == name_of(mine.value)) return false;
    const std::optional<std::string> who = target == other ? std::string(target) : sets().common(sets().of(*mine.target), sets().of(*before.target));
    if (!who) return false;
    c_.report(diag::ConflictingAttributes(mine.span, mine.value, before.value, *who).label(before.span, "the other value"));
    return true;
  }

  bool within(const Setting& narrow, const Setting& wide) { return !sets().at(sets().of(*narrow.target)).nobody() && sets().within(sets().of(*narrow.target), sets().of(*wide.target)); }

  /// Made where two targets are written differently.
  NamedSets& sets() {
    if (!sets_) sets_.emplace(c_);
    return *sets_;
  }

  LintContext& c_;
  std::map<std::string_view, std::vector<Setting>> by_name_;
  std::optional<NamedSets> sets_;
  size_t left_out_ = 0;
};

}  // namespace

void node_attributes(LintContext& c) {
  std::vector<std::string_view> known(std::begin(kKnown), std::end(kKnown));
  Settings settings(c);
  for (const NodeAttr& a : c.policy.node_attrs) {
    if (a.attr.empty() && a.ip_pool.empty() && a.app.empty()) {
      Diagnostic d = diag::IdleNodeAttr(opening(a.span));
      if (auto edits = c.removal(a.span); !edits.empty()) d = std::move(d).fix("remove the entry", std::move(edits));
      c.report(std::move(d));
    }
    for (const Text& text : c.policy.at(a.attr)) {
      const std::string_view attribute = c.policy.text(text), name = name_of(attribute);
      // Only plain words: names with a namespace of their own are taken as they are.
      const bool plain = name.find_first_of(":/.") == std::string_view::npos && !name.starts_with("debug-");
      if (plain && std::find(known.begin(), known.end(), name) == known.end()) {
        const std::string_view near = nearest(name, known);
        if (!near.empty()) {
          c.report(diag::UnknownAttribute(text.span, attribute).help(fmt::format("did you mean `{}`?", near))
                       .fix(fmt::format("replace with `{}`", near), {{text.span, std::string(near)}}, FixSafety::kUnsafe));
        }
      }
      for (const Selector& target : c.policy.at(a.target)) settings.add(target, attribute, text.span);
    }
  }
  settings.tell_left_out();
}

void broad_funnel(LintContext& c) {
  for (const NodeAttr& a : c.policy.node_attrs) {
    for (const Text& text : c.policy.at(a.attr)) {
      if (c.policy.text(text) != "funnel") continue;
      for (const Selector& target : c.policy.at(a.target)) {
        if (is_broad(target)) c.report(diag::BroadFunnel(target.span, c.written(target.span)));
      }
    }
  }
}

}  // namespace aclc::lints
