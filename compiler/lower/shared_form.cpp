// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/shared_form.h"

#include <algorithm>

#include "parser/syntax/json_text.h"

namespace aclc::lower {

namespace {

constexpr Position kPerRule = 1 << 16, kPerPart = 1 << 12;

}  // namespace

SharedForm::SharedForm(const reference::Meaning& meaning, const SyntaxTree& tree, const std::vector<bool>& present)
    : identity_(meaning, present), sources_(identity_) {
  uses_.resize(identity_.term_count());
  for (const reference::Statement& s : reference::statements(meaning.policy())) add(s, tree);
  for (size_t i = 0; i < uses_.size(); ++i) {
    if (identity_[TermId(i)].all_nodes && !uses_[i].empty()) all_node_terms_.emplace_back(i);
  }
}

void SharedForm::add(const reference::Statement& s, const SyntaxTree& tree) {
  Rule rule;
  rule.span = s.span;
  for (const Selector& src : s.src) rule.src.push_back(identity_.term_of(src));
  rule.posture = identity_.posture_of(meaning().effective(s.src_posture));
  rule.ip = s.ip;
  for (const AppCapability& app : s.app) {
    const std::string_view name = meaning().policy().text(app.name);
    rule.drive = rule.drive || name == "tailscale.com/cap/drive";
    rule.relay = rule.relay || name == "tailscale.com/cap/relay";
    rule.app.emplace_back(name, json_text(tree, app.value));
  }
  for (const Selector& via : s.via) rule.via.push_back(identity_.term_of(via));
  const RuleId id = rules_.add(std::move(rule));
  for (const reference::Part& part : s.parts) add_part(id, part);
}

void SharedForm::add_part(RuleId rule_id, const reference::Part& written) {
  Rule& rule = rules_[rule_id];
  const PartId id(parts_.size());
  Part part;
  part.rule = rule_id;
  part.self = written.self;
  part.source = sources_.add(rule.src, rule.posture);
  part.position = rule_id.value * kPerRule + rule.parts.size() * kPerPart;
  for (const reference::Target& t : written.targets) part.targets.push_back({identity_.term_of(t.selector), t.ports});
  if (rule.has_companion() && !part.self) {
    std::vector<TermId> terms;
    for (const Target& t : part.targets) terms.push_back(t.term);
    part.companion = sources_.add(std::move(terms), PostureId(size_t{0}));
  }
  if (rule.has_companion()) companion_parts_.push_back(id);
  if (part.self) {
    self_parts_.push_back(id);
  } else if (rule.has_via()) {
    via_parts_.push_back(id);
  } else {
    for (uint32_t t = 0; t < part.targets.size(); ++t) {
      if (part.targets[t].term.valid()) uses_[part.targets[t].term.value].push_back({id, t});
    }
    std::vector<Source::First>& firsts = sources_[part.source].firsts;
    for (size_t i = 0; i < rule.ip.size(); ++i) {
      const uint8_t protocol = rule.ip[i].protocol;
      const bool known = std::any_of(firsts.begin(), firsts.end(), [&](const Source::First& f) { return f.protocol == protocol; });
      if (!known) firsts.push_back({protocol, part.position + i});
    }
  }
  sources_[part.source].parts.push_back(id);
  rule.parts.push_back(id);
  parts_.add(std::move(part));
}

Position SharedForm::first(ContentId content, uint8_t protocol) const {
  Position out = UINT64_MAX;
  if (!content.valid()) return out;
  for (const SourceId s : sources_[content].sources) {
    for (const Source::First& f : sources_[s].firsts) {
      if (f.protocol == protocol) out = std::min(out, f.position);
    }
  }
  return out;
}

}  // namespace aclc::lower
