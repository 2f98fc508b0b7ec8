// SPDX-License-Identifier: Apache-2.0
// Inlay hints: what is true of a selector, a protocol or a rule without being written there.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/net/protocol.h"
#include "lsp/features/features.h"
#include "lsp/service/labels.h"

namespace aclc::lsp {
namespace {

constexpr size_t kMaxHint = 30;
constexpr size_t kMaxHints = 5000;

class Hints {
 public:
  Hints(const View& view, Span span) : view_(view), a_(view.analysis), p_(a_.policy()), span_(span) {}

  std::vector<InlayHint> all() {
    for (const Occurrence& o : a_.occurrences().all()) {
      if (!touches(o.span) || out_.size() >= kMaxHints) continue;
      selector(o);
    }
    for (const AclRule& rule : p_.acls) {
      if (touches(rule.span)) protocol(rule.proto);
    }
    for (const AclTest& test : p_.tests) {
      if (touches(test.span)) protocol(test.proto);
    }
    for (const Grant& grant : p_.grants) {
      if (!touches(grant.span)) continue;
      for (const NetCapability& ip : p_.at(grant.ip)) protocol(ip.proto);
      if (grant.ip.empty() && !grant.app.empty() && grant.dst_span.end > grant.dst_span.begin)
        add(grant.dst_span.end, "app only: opens no port", "Without `ip` a grant opens no port.");
    }
    for (const SshRule& rule : p_.ssh) {
      if (touches(rule.span) && rule.action.present() && p_.text(rule.action) == "check" && !rule.check_period.present())
        add(rule.action.span.end + 1, "every 12h", "Without `checkPeriod` a check holds for 12 hours.");
    }
    std::stable_sort(out_.begin(), out_.end(), [](const InlayHint& x, const InlayHint& y) {
      return x.position.line != y.position.line ? x.position.line < y.position.line
                                                : x.position.character < y.position.character;
    });
    return std::move(out_);
  }

 private:
  bool touches(Span span) const { return span.begin <= span_.end && span_.begin <= span.end; }
  /// A hint stands after the closing quote.
  uint32_t after_quote(uint32_t at) const {
    const std::string_view text = a_.text();
    return at < text.size() && text[at] == '"' ? at + 1 : at;
  }
  void add(uint32_t at, std::string_view text, std::string tooltip, std::optional<Location> to = std::nullopt) {
    if (at < span_.begin || at > span_.end) return;
    InlayHint hint;
    hint.position = view_.at.position(at);
    hint.label.push_back({shortened(text, kMaxHint - 3), std::move(to)});
    hint.tooltip = std::move(tooltip);
    out_.push_back(std::move(hint));
  }
  void protocol(const Protocol& proto) {
    if (!proto.present() || !touches(proto.span)) return;
    const std::string_view written = a_.text(proto.span);
    if (written.empty() || written.front() < '0' || written.front() > '9') return;
    const std::string name = protocol_name(proto.number);
    if (name != written) add(after_quote(proto.span.end), name, "The protocol's name.");
  }
  void selector(const Occurrence& o) {
    if (o.definition && o.kind != SelectorKind::kGroup && o.kind != SelectorKind::kTag) return;
    if (o.kind == SelectorKind::kPosture || o.kind == SelectorKind::kWildcard || o.kind == SelectorKind::kService) return;
    if (o.kind == SelectorKind::kHost) {
      if (const auto entry = a_.definition_of(o.kind, o.name)) {
        const Selector& value = p_.hosts[entry->index].value;
        if (value.kind == SelectorKind::kInvalid) return;
        return add(end_of(o), p_.prefix(value).is_host() ? p_.prefix(value).address.to_text() : p_.prefix(value).to_text(),
                   "What the name stands for.", Location{view_.uri, view_.at.range(value.span)});
      }
      return;
    }
    const auto definition = [&]() -> std::optional<Location> {
      if (o.definition) return std::nullopt;
      if (const auto entry = a_.definition_of(o.kind, o.name))
        return Location{view_.uri, view_.at.range(a_.name_span(*entry))};
      return std::nullopt;
    };
    if (!a_.inventory()) {
      // Members are all that is known.
      if (o.kind != SelectorKind::kGroup || o.definition) return;
      if (const auto entry = a_.definition_of(o.kind, o.name))
        add(end_of(o), counted(p_.groups[entry->index].members.count, "member"),
            "Members of the group. With a `tailnet.json` beside the policy it would be nodes.", definition());
      return;
    }
    const Counted& found = count(o.kind, o.name);
    if (found.more) return;
    if (found.nodes == 1 && o.kind == SelectorKind::kAddress)
      return add(end_of(o), found.first, "The node with this address.");
    add(end_of(o), counted(found.nodes, "node"), "Nodes in " + a_.inventory()->path(), definition());
  }
  /// After the string, or right after the selector where ports follow it.
  uint32_t end_of(const Occurrence& o) const { return after_quote(o.span.end); }

  struct Counted {
    size_t nodes = 0;
    bool more = false;
    std::string first;
  };
  const Counted& count(SelectorKind kind, StringId name) {
    const auto [slot, fresh] = counts_.try_emplace({kind, name});
    if (fresh) {
      const Reached r = reach(p_, a_.definitions(), a_.inventory(), kind, name);
      slot->second.nodes = r.nodes.size();
      slot->second.more = r.more();
      if (!r.nodes.empty()) {
        const Tailnet& tailnet = a_.inventory()->tailnet();
        slot->second.first = std::string(tailnet.text(tailnet.nodes[TailnetNodeId(size_t{r.nodes.front()})].name));
      }
    }
    return slot->second;
  }

  const View& view_;
  const Analysis& a_;
  const Policy& p_;
  Span span_;
  std::map<std::pair<SelectorKind, StringId>, Counted> counts_;
  std::vector<InlayHint> out_;
};

}  // namespace

std::vector<InlayHint> inlay_hints(const View& view, Span span) { return Hints(view, span).all(); }

}  // namespace aclc::lsp
