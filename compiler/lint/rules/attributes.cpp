// SPDX-License-Identifier: Apache-2.0
// nodeAttrs.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/nearest.h"
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

}  // namespace

void node_attributes(LintContext& c) {
  std::vector<std::string_view> known(std::begin(kKnown), std::end(kKnown));
  struct Setting {
    std::string_view value;
    Span span;
  };
  std::map<std::pair<std::string_view, std::string>, Setting> settings;  // by target and name
  for (const NodeAttr& a : c.policy.node_attrs) {
    if (a.attr.empty() && a.ip_pool.empty() && a.app.empty()) c.report(diag::IdleNodeAttr(opening(a.span)));
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
      for (const Selector& target : c.policy.at(a.target)) {
        const auto [before, is_new] = settings.try_emplace({c.written(target.span), std::string(name)}, Setting{attribute, text.span});
        if (is_new) continue;
        if (before->second.value == attribute) {
          c.report(diag::DuplicateAttribute(text.span, attribute, c.written(target.span)).label(before->second.span, "given here already"));
        } else if (name.size() < attribute.size()) {
          c.report(diag::ConflictingAttributes(text.span, attribute, before->second.value, c.written(target.span)).label(before->second.span, "the other value"));
        }
      }
    }
  }
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
