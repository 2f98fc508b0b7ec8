// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/app_connectors.h"

#include <fmt/format.h>

#include <array>

#include "base/nearest.h"
#include "compiler/check/insertion.h"
#include "compiler/check/names.h"

namespace aclc::checks {
namespace {

constexpr std::string_view kConnectors = "tailscale.com/app-connectors";
constexpr std::string_view kVisibleGroups = "tailscale.com/visible-groups";
constexpr std::string_view kFormat = "tailscale.com/app-connectors: invalid app connector attribute format";
constexpr size_t kMostDomains = 250;
constexpr std::array<std::string_view, 5> kFields = {"name", "connectors", "domains", "routes", "presetAppID"};

class ConnectorCheck {
 public:
  ConnectorCheck(const Context& context, ConnectorDomains& domains)
      : context_(context), tree_(context.tree), domains_(domains) {}

  void item(NodeId node) {
    if (broken(node)) return;
    if (!tree_.is(node, NodeKind::kObject))
      return fault(tree_[node].span, "an entry that is no object",
                   "an entry is `{\"name\": ..., \"connectors\": [...], \"domains\": [...]}`");
    NodeId has_connectors, has_domains, has_preset;
    for (const NodeId member : tree_.children(node)) {
      if (!tree_.is(member, NodeKind::kMember) || !tree_.is(tree_.name_of(member), NodeKind::kString)) continue;
      std::string scratch;
      const std::string_view name = tree_.string_value(tree_.name_of(member), scratch);
      const NodeId value = tree_.value_of(member);
      if (name == "connectors") has_connectors = member;
      if (name == "domains") has_domains = member;
      if (name == "presetAppID") has_preset = member;
      field(name, tree_.name_of(member), value);
    }
    if (!has_connectors.valid())
      fault(opening(tree_[node].span), "an entry without `connectors`", "list the tags of the devices that connect: `\"connectors\": [\"tag:NAME\"]`");
    if (has_domains.valid() && has_preset.valid()) {
      fault(tree_[tree_.name_of(has_preset)].span, "an entry with both `domains` and `presetAppID`",
            "a preset brings its own domains; keep one of the two");
    }
  }

 private:
  bool broken(NodeId node) const {
    const SyntaxNode& n = tree_[node];
    return (n.flags & kBroken) != 0 || n.kind == NodeKind::kMissing || n.kind == NodeKind::kError;
  }

  void fault(Span span, std::string_view what, std::string help) const {
    context_.sink.report(diag::AppConnector(span, what).upstream(std::string(kFormat)).help(std::move(help)));
  }

  void field(std::string_view name, NodeId key, NodeId value) {
    if (broken(value)) return;
    if (name == "name" || name == "presetAppID") {
      if (!tree_.is(value, NodeKind::kString)) fault(tree_[value].span, fmt::format("`{}` is no string", name), "write one string in double quotes");
    } else if (name == "connectors") {
      strings(value, name, [&](std::string_view text, Span span) { connector(text, span); });
    } else if (name == "domains") {
      strings(value, name, [&](std::string_view text, Span span) { domain(text, span); });
    } else if (name == "routes") {
      strings(value, name, [&](std::string_view text, Span span) {
        if (!Prefix::parse(text) && !Address::parse(text))
          fault(span, fmt::format("`{}` is no route", text), "a route is an IP address or a CIDR, such as `192.0.2.0/24`");
      });
    } else {
      const Span at = tree_[key].span;
      const std::string_view near = nearest(name, kFields);
      Diagnostic found =
          diag::AppConnector(at, fmt::format("an entry has no field `{}`", name)).upstream(std::string(kFormat));
      if (!near.empty()) {
        found = std::move(found)
                    .help(fmt::format("did you mean `{}`?", near))
                    .fix(fmt::format("replace with `{}`", near), {{at, fmt::format("\"{}\"", near)}});
      }
      context_.sink.report(std::move(found));
    }
  }

  template <class Each>
  void strings(NodeId list, std::string_view name, Each each) {
    if (!tree_.is(list, NodeKind::kArray))
      return fault(tree_[list].span, fmt::format("`{}` is no list", name), "write strings between `[` and `]`");
    std::string scratch;
    for (const NodeId child : tree_.children(list)) {
      if (broken(child)) continue;
      Span span = tree_[child].span;
      if (!tree_.is(child, NodeKind::kString)) {
        fault(span, fmt::format("an element of `{}` is no string", name), "write it in double quotes");
        continue;
      }
      span = {span.begin + 1, span.end - 1};
      each(tree_.string_value(child, scratch), span);
    }
  }

  void connector(std::string_view text, Span span) {
    if (text == "*") return;
    if (!text.starts_with("tag:")) return fault(span, fmt::format("`{}` is no tag", text), "connectors are named by their tags, `tag:NAME`");
    const StringId id = context_.policy.names.find(text);
    if (!id.valid() || context_.definitions.tag_of(id) == Definitions::kNone)
      report_unknown_tag(context_, text, span, "");
  }

  void domain(std::string_view text, Span span) {
    const std::string_view rest = text.starts_with("*.") ? text.substr(2) : text;
    if (rest.empty() || rest.find('*') != std::string_view::npos) {
      fault(span, fmt::format("`{}` is no domain", text), "a domain is a name, or `*.` and a name");
    } else if (++domains_.count == kMostDomains + 1) {
      fault(span, fmt::format("`{}` is one domain too many", text), fmt::format("a tailnet has at most {}", kMostDomains));
    }
  }

  const Context& context_;
  const SyntaxTree& tree_;
  ConnectorDomains& domains_;
};

}  // namespace

void check_node_app(const Context& context, const NodeAttr& entry, const AppCapability& app,
                    ConnectorDomains& domains) {
  const std::string_view name = context.policy.text(app.name);
  if (name == kVisibleGroups) return;
  if (name != kConnectors) {
    const std::string_view near = nearest(name, std::array<std::string_view, 2>{kConnectors, kVisibleGroups});
    Diagnostic found = diag::CapabilityUnlisted(app.name.span, name).help(fmt::format("known in nodeAttrs: {}, {}", kConnectors, kVisibleGroups));
    if (!near.empty()) {
      found = std::move(found)
                  .help(fmt::format("did you mean `{}`?", near))
                  .fix(fmt::format("replace with `{}`", near), {{app.name.span, std::string(near)}});
    }
    context.sink.report(std::move(found));
    return;
  }
  const auto targets = context.policy.at(entry.target);
  const bool everything = targets.size() == 1 && targets[0].kind == SelectorKind::kWildcard;
  if (!everything) {
    Diagnostic found = diag::AppConnector(entry.target_span.empty() ? opening(entry.span) : entry.target_span,
                                          "the target is not the whole tailnet")
                           .help("write `\"target\": [\"*\"]`; the connecting nodes are named in `connectors`");
    if (auto edits = set_field(context.tree, entry.span, "target", "[\"*\"]"); !edits.empty()) found = std::move(found).fix("make it the whole tailnet", std::move(edits), FixSafety::kUnsafe);
    context.sink.report(std::move(found));
  }
  if (!app.value.valid() || !context.tree.is(app.value, NodeKind::kArray)) return;
  ConnectorCheck check(context, domains);
  for (const NodeId item : context.tree.children(app.value)) check.item(item);
}

}  // namespace aclc::checks
