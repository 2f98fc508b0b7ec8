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

// The fields of an entry and their types were checked where they were read.
class ConnectorCheck {
 public:
  ConnectorCheck(const Context& context, ConnectorDomains& domains) : context_(context), tree_(context.tree), domains_(domains) {}

  void item(NodeId node) {
    if (!tree_.is(node, NodeKind::kObject) || (tree_[node].flags & kBroken) != 0) return;
    const NodeId connectors = find_field(tree_, node, "connectors");
    const NodeId domains = find_field(tree_, node, "domains");
    const NodeId preset = find_field(tree_, node, "presetAppID");
    if (!connectors.valid()) {
      fault(opening(tree_[node].span), "an entry names the tags of its connectors in `connectors`");
    } else {
      strings(connectors, [&](std::string_view text, Span span) { connector(text, span); });
    }
    if (domains.valid()) strings(domains, [&](std::string_view text, Span span) { domain(text, span); });
    if (domains.valid() && preset.valid()) {
      fault(tree_[tree_.name_of(preset)].span, "`presetAppID` brings its own domains; an entry has either it or `domains`");
    }
  }

 private:
  void fault(Span span, std::string_view what) const {
    context_.sink.report(diag::AppConnector(span, what).upstream(std::string(kFormat)));
  }

  template <class Each>
  void strings(NodeId member, Each each) {
    const NodeId list = tree_.value_of(member);
    if (!tree_.is(list, NodeKind::kArray)) return;
    std::string scratch;
    for (const NodeId child : tree_.children(list)) {
      if (!tree_.is(child, NodeKind::kString) || (tree_[child].flags & kBroken) != 0) continue;
      const Span span = tree_[child].span;
      each(tree_.string_value(child, scratch), Span{span.begin + 1, span.end - 1});
    }
  }

  void connector(std::string_view text, Span span) {
    if (text == "*") return;
    if (!text.starts_with("tag:")) return fault(span, "a connector is named by its tag");
    const StringId id = context_.policy.names.find(text);
    if (!id.valid() || context_.definitions.tag_of(id) == Definitions::kNone) report_unknown_tag(context_, text, span, "");
  }

  void domain(std::string_view text, Span span) {
    const std::string_view rest = text.starts_with("*.") ? text.substr(2) : text;
    if (rest.empty() || rest.find('*') != std::string_view::npos) {
      fault(span, "a domain is a name, or `*.` and a name");
    } else if (++domains_.count == kMostDomains + 1) {
      fault(span, fmt::format("a tailnet has at most {} domains", kMostDomains));
    }
  }

  const Context& context_;
  const SyntaxTree& tree_;
  ConnectorDomains& domains_;
};

}  // namespace

void check_node_app(const Context& context, const NodeAttr& entry, const AppCapability& app, ConnectorDomains& domains) {
  const std::string_view name = context.policy.text(app.name);
  if (name == kVisibleGroups) return;
  if (name != kConnectors) {
    const std::string_view near = nearest(name, std::array<std::string_view, 2>{kConnectors, kVisibleGroups});
    Diagnostic found = diag::CapabilityUnlisted(app.name.span, name);
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
    context.sink.report(diag::AppConnector(entry.target_span.empty() ? opening(entry.span) : entry.target_span,
                                           "app connectors are for the whole tailnet")
                            .help("write `\"target\": [\"*\"]`; the connecting nodes are named in `connectors`"));
  }
  if (!app.value.valid() || !context.tree.is(app.value, NodeKind::kArray)) return;
  ConnectorCheck check(context, domains);
  for (const NodeId item : context.tree.children(app.value)) check.item(item);
}

}  // namespace aclc::checks
