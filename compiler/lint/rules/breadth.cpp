// SPDX-License-Identifier: Apache-2.0
// Rules that let in more than is likely to be meant.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/insertion.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

bool is_autogroup(const Selector& s, Autogroup which) { return s.kind == SelectorKind::kAutogroup && s.autogroup == which; }

/// Whether a word of the name, `tag:prod-web`, is among these.
bool marked(std::string_view name, const std::vector<std::string>& words) {
  size_t begin = 0;
  for (size_t i = 0; i <= name.size(); ++i) {
    if (i < name.size() && std::string_view("-_:./").find(name[i]) == std::string_view::npos) continue;
    if (std::find(words.begin(), words.end(), name.substr(begin, i - begin)) != words.end()) return true;
    begin = i + 1;
  }
  return false;
}

bool nameable(const Selector& s) {
  return s.kind == SelectorKind::kTag || s.kind == SelectorKind::kGroup || s.kind == SelectorKind::kHost || s.kind == SelectorKind::kIpSet;
}

/// A destination of an acl or a grant with one of its lists of ports.
struct Access {
  std::span<const Selector> sources;
  const Selector& dst;
  Span span;  ///< with its ports
  std::vector<PortRange> ports;
  uint8_t protocol;
  Span rule;

  bool all_ports() const {
    return std::any_of(ports.begin(), ports.end(), [](const PortRange& r) { return r.is_all(); });
  }
  const Selector* broad_source() const {
    const auto found = std::find_if(sources.begin(), sources.end(), is_broad);
    return found == sources.end() ? nullptr : &*found;
  }
};

template <class F>
void each_access(LintContext& c, F&& f) {
  const auto ranges = [&](Slice<PortItem> items) {
    std::vector<PortRange> out;
    for (const PortItem& i : c.policy.at(items)) out.push_back(i.range);
    return out;
  };
  for (const AclRule& r : c.policy.acls) {
    for (const Destination& d : c.policy.at(r.dst)) {
      f(Access{c.policy.at(r.src), d.selector, d.span, ranges(d.ports), r.proto.number, r.span});
    }
  }
  for (const Grant& r : c.policy.grants) {
    for (const Selector& d : c.policy.at(r.dst)) {
      for (const NetCapability& n : c.policy.at(r.ip)) {
        f(Access{c.policy.at(r.src), d, d.span, ranges(n.ports), n.proto.number, r.span});
      }
    }
  }
}

}  // namespace

bool is_broad(const Selector& s) {
  return s.kind == SelectorKind::kWildcard || is_autogroup(s, Autogroup::kMember) || is_autogroup(s, Autogroup::kDangerAll);
}

void no_rules(LintContext& c) {
  if (c.policy.allows_all()) {
    Diagnostic d = diag::NoRulesAllowAll({0, 0}).help("write `\"grants\": []` where nothing shall be allowed");
    if (auto edits = checks::add_member(c.tree, c.tree.root(), "grants", "[]"); !edits.empty()) d = std::move(d).fix("allow nothing", std::move(edits), FixSafety::kUnsafe);
    c.report(std::move(d));
    return;
  }
  if (!c.policy.acls.empty() || !c.policy.grants.empty()) return;
  for (const Section& s : c.policy.sections) {
    const std::string_view name = c.policy.text(s.name);
    if (name != "acls" && name != "grants") continue;
    c.report(diag::NoRulesDenyAll(s.name_span));
    return;
  }
}

void wildcards(LintContext& c) {
  Span told;
  each_access(c, [&](const Access& a) {
    const auto any = std::find_if(a.sources.begin(), a.sources.end(), [](const Selector& s) { return s.kind == SelectorKind::kWildcard; });
    const bool from_any = any != a.sources.end(), to_any = a.dst.kind == SelectorKind::kWildcard;
    const bool all = a.all_ports() && a.protocol == 0;
    if (from_any && to_any && all) {
      const size_t others = c.policy.acls.size() + c.policy.grants.size() - 1;
      Diagnostic d = diag::AllowAll(opening(a.rule));
      if (others > 0) d = std::move(d).help(others == 1 ? "beside it the other rule decides nothing" : fmt::format("beside it the other {} rules decide nothing", others));
      c.report(std::move(d));
      return;
    }
    if (from_any && !(a.rule == told)) {
      told = a.rule;
      c.report(diag::AnySource(any->span)
                   .help("`autogroup:member` leaves out tagged devices and routed networks")
                   .fix("replace with `autogroup:member`", {{any->span, "autogroup:member"}}, FixSafety::kUnsafe));
    }
    if (to_any) c.report(diag::AnyDestination(a.span));
    const bool own = is_autogroup(a.dst, Autogroup::kSelf) || is_autogroup(a.dst, Autogroup::kInternet);
    if (!to_any && all && !own) c.report(diag::AllPorts(a.span, c.written(a.dst.span)));
  });
}

void danger_all(LintContext& c) {
  for (const Use& use : c.uses()) {
    if (!is_autogroup(*use.selector, Autogroup::kDangerAll)) continue;
    c.report(diag::DangerAll(use.selector->span).help("`*` means the devices of this tailnet and the networks behind them"));
  }
}

void management_port(LintContext& c) {
  each_access(c, [&](const Access& a) {
    if (is_autogroup(a.dst, Autogroup::kSelf) || is_autogroup(a.dst, Autogroup::kInternet) || a.all_ports()) return;
    const Selector* broad = a.broad_source();
    if (broad == nullptr || (a.protocol != 0 && a.protocol != 6)) return;
    for (const uint16_t port : c.options.management_ports) {
      if (std::none_of(a.ports.begin(), a.ports.end(), [&](const PortRange& r) { return r.contains(port); })) continue;
      c.report(diag::ManagementPort(a.span, std::to_string(port), c.written(broad->span)).label(broad->span, "everybody here"));
      return;
    }
  });
}

void exit_for_everyone(LintContext& c) {
  each_access(c, [&](const Access& a) {
    const Selector* broad = is_autogroup(a.dst, Autogroup::kInternet) ? a.broad_source() : nullptr;
    if (broad != nullptr) c.report(diag::ExitForEveryone(a.dst.span, c.written(broad->span)));
  });
}

void cross_environment(LintContext& c) {
  each_access(c, [&](const Access& a) {
    if (!nameable(a.dst) || !marked(c.text(a.dst), c.options.production)) return;
    for (const Selector& s : a.sources) {
      if (!nameable(s) || !marked(c.text(s), c.options.development)) continue;
      c.report(diag::CrossEnvironment(s.span, c.text(s), c.text(a.dst)).label(a.dst.span, "the destination"));
    }
  });
}

}  // namespace aclc::lints
