// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/context.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/insertion.h"
#include "parser/policy/selector_form.h"
#include "parser/syntax/removal.h"

namespace aclc {
namespace {

constexpr uint32_t kMaxPerKind = 1000;  ///< findings; a policy with more of one kind is no better understood by all

const LintRule* row_of(Kind kind) {
  for (const LintRule& rule : lint_rules()) {
    if (rule.kind == kind) return &rule;
  }
  return nullptr;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

Selector tag_called(StringId name) {
  Selector out;
  out.kind = SelectorKind::kTag;
  out.name = name;
  return out;
}

std::vector<CommentSpan> comments_of(std::string_view text) {
  std::vector<CommentSpan> out;
  bool alone = true;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      alone = true;
    } else if (c == '"') {
      for (++i; i < text.size() && text[i] != '"' && text[i] != '\n'; ++i) i += text[i] == '\\' ? 1 : 0;
      alone = false;
    } else if (c == '/' && i + 1 < text.size() && (text[i + 1] == '/' || text[i + 1] == '*')) {
      const bool block = text[i + 1] == '*';
      size_t end = block ? text.find("*/", i + 2) : text.find('\n', i);
      if (end == std::string_view::npos) end = text.size();
      if (!block && end > i && text[end - 1] == '\r') --end;
      out.push_back({{static_cast<uint32_t>(i), static_cast<uint32_t>(end)}, alone});
      i = block ? std::min(end + 1, text.size() - 1) : end - 1;
    } else if (!is_blank(c) && c != '\r') {
      alone = false;
    }
  }
  return out;
}

LintContext::LintContext(const Policy& p, const SyntaxTree& t, const Definitions& d, const LintOptions& o, DiagnosticSink& sink)
    : policy(p), tree(t), definitions(d), options(o), sink_(sink), reported_(all_kinds().size()) {}

LintContext::~LintContext() = default;

bool LintContext::wanted(Kind kind) const {
  const auto level = options.levels.find(kind);
  if (level != options.levels.end()) return level->second != LintLevel::kOff;
  const LintRule* row = row_of(kind);
  return row == nullptr || row->by_default;
}

void LintContext::report(Diagnostic d) {
  if (!wanted(d.kind) || ++reported_[static_cast<size_t>(d.kind)] > kMaxPerKind) return;
  const auto level = options.levels.find(d.kind);
  if (level != options.levels.end()) {
    d.severity = level->second == LintLevel::kError     ? Severity::kError
                 : level->second == LintLevel::kWarning ? Severity::kWarning
                                                        : Severity::kNote;
  }
  sink_.report(std::move(d));
}

void LintContext::leave_out(std::string what, std::string help) {
  report(diag::LintUndecided({0, 0}, std::move(what)).help(std::move(help)));
}

void LintContext::report_dropped() {
  for (size_t kind = 0; kind < reported_.size(); ++kind) {
    if (reported_[kind] <= kMaxPerKind) continue;
    const std::string_view slug = info(static_cast<Kind>(kind)).slug;
    leave_out(fmt::format("`{}` was found {} times and is shown {} times", slug, reported_[kind], kMaxPerKind),
              fmt::format("`aclc explain {}` says what to do about it", slug));
  }
}

const std::vector<Use>& LintContext::uses() {
  if (uses_) return *uses_;
  uses_ = std::make_unique<std::vector<Use>>();
  const auto add = [&](Selectors list, Position position, Span owner) {
    for (const Selector& s : policy.at(list)) uses_->push_back({&s, position, owner});
  };
  const auto postures = [&](const PostureRefs& refs, Span owner) { add(refs.names, Position::kSrcPosture, owner); };
  for (const AclRule& r : policy.acls) {
    add(r.src, Position::kAclSrc, r.span);
    for (const Destination& d : policy.at(r.dst)) uses_->push_back({&d.selector, Position::kAclDst, r.span});
    postures(r.src_posture, r.span);
  }
  for (const Grant& r : policy.grants) {
    add(r.src, Position::kGrantSrc, r.span);
    add(r.dst, Position::kGrantDst, r.span);
    add(r.via, Position::kVia, r.span);
    postures(r.src_posture, r.span);
  }
  for (const SshRule& r : policy.ssh) {
    add(r.src, Position::kSshSrc, r.span);
    add(r.dst, Position::kSshDst, r.span);
    add(r.recorder, Position::kRecorder, r.span);
    postures(r.src_posture, r.span);
  }
  for (const Group& g : policy.groups) add(g.members, Position::kGroupMember, g.span);
  for (const TagOwner& t : policy.tag_owners) add(t.owners, Position::kTagOwner, t.span);
  for (const IpSet& set : policy.ipsets) {
    for (const IpSetElement& e : policy.at(set.elements)) uses_->push_back({&e.target, Position::kIpSetElement, set.span});
  }
  for (const NodeAttr& a : policy.node_attrs) add(a.target, Position::kNodeAttrTarget, a.span);
  for (const RouteApprovers& r : policy.auto_approvers.routes) add(r.approvers, Position::kRouteApprover, r.span);
  add(policy.auto_approvers.exit_node, Position::kExitNodeApprover, policy.auto_approvers.span);
  for (const ServiceApprovers& s : policy.auto_approvers.services) {
    uses_->push_back({&s.service, Position::kServiceKey, s.span});
    add(s.approvers, Position::kServiceApprover, s.span);
  }
  for (const AclTest& t : policy.tests) {
    uses_->push_back({&t.src, Position::kTestSrc, t.span});
    for (const Slice<Destination> list : {t.accept, t.deny}) {
      for (const Destination& d : policy.at(list)) uses_->push_back({&d.selector, Position::kTestDst, t.span});
    }
  }
  for (const SshTest& t : policy.ssh_tests) {
    uses_->push_back({&t.src, Position::kSshTestSrc, t.span});
    add(t.dst, Position::kSshTestDst, t.span);
  }
  postures(policy.default_src_posture, {});
  return *uses_;
}

void LintContext::report_configuration(const ProtectedDestination& where, const ProtectedDestination::Written& what, std::string_view fault, std::string_view help) {
  Diagnostic d = diag::ConfigValue(where.source.valid() ? what.span : Span{0, 0}, fmt::format("`{}` {}", what.text, fault));
  if (!help.empty()) d = std::move(d).help(std::string(help));
  sink_.report(where.source.valid() ? std::move(d).in(where.source) : std::move(d));
}

std::unique_ptr<LintContext::Asked> LintContext::make_model(const Tailnet* tailnet) const {
  // What rules about tags, ssh and protected destinations ask about, whether or not an acl or a grant names it.
  std::vector<Selector> also;
  const auto add = [&](Selectors list) {
    const auto all = policy.at(list);
    also.insert(also.end(), all.begin(), all.end());
  };
  for (const TagOwner& t : policy.tag_owners) {
    also.push_back(tag_called(t.name.value));
    add(t.owners);
  }
  for (const SshRule& r : policy.ssh) {
    add(r.src);
    add(r.dst);
  }
  for (const ProtectedDestination& p : options.protected_destinations) {
    also.push_back(selector_of(p.destination.text));
    for (const auto& s : p.sources) also.push_back(selector_of(s.text));
  }
  return std::make_unique<Asked>(policy, definitions, tailnet, also);
}

const RuleQuestions& LintContext::questions_of(Asked& asked) {
  if (!asked.index) asked.questions.emplace(asked.index.emplace(asked.model));
  return *asked.questions;
}

const AccessModel& LintContext::model() {
  if (!model_) model_ = make_model(options.tailnet);
  return model_->model;
}

const RuleQuestions& LintContext::questions() {
  model();
  return questions_of(*model_);
}

const AccessModel& LintContext::model_everywhere() {
  if (options.tailnet == nullptr) return model();
  if (!everywhere_) everywhere_ = make_model(nullptr);
  return everywhere_->model;
}

const RuleQuestions& LintContext::questions_everywhere() {
  if (options.tailnet == nullptr) return questions();
  model_everywhere();
  return questions_of(*everywhere_);
}

Selector LintContext::selector_of(std::string_view text) const {
  const ClassifiedSelector form = classify_selector(trim(text));
  Selector out;
  if (form.fault != SelectorFault::kNone) return out;
  out.kind = form.kind;
  out.autogroup = form.autogroup;
  out.name = policy.names.find(form.name);
  return out;
}

const RuleCoverage& LintContext::coverage() {
  if (coverage_) return *coverage_;
  questions();
  coverage_ = std::make_unique<RuleCoverage>(*model_->index, options.budgets.looks);
  if (const uint32_t n = coverage_->undecided(); n > 0) {
    leave_out(fmt::format("of {} rule{} it is not known whether others allow all of it: {} looks at rules were not enough", n, n == 1 ? "" : "s", options.budgets.looks),
              "`budgets.looks` in .aclc.hujson allows more");
  }
  return *coverage_;
}

const std::vector<CommentSpan>& LintContext::comments() {
  if (!comments_) comments_ = std::make_unique<std::vector<CommentSpan>>(comments_of(tree.text()));
  return *comments_;
}

const reference::World& LintContext::world() {
  ACLC_CHECK(options.tailnet != nullptr);
  if (!world_) world_ = std::make_unique<reference::World>(policy, definitions, *options.tailnet);
  return *world_;
}

Devices& LintContext::devices() {
  if (!devices_) devices_ = std::make_unique<Devices>(world());
  return *devices_;
}

uint32_t LintContext::line_of(Span s) const {
  // The index is made once for all messages of a run.
  auto& lines = const_cast<LintContext*>(this)->lines_;
  if (!lines) lines = std::make_unique<LineIndex>(tree.text());
  return lines->line_of(s.begin);
}

std::string LintContext::line_name(Span s) const { return fmt::format("line {}", line_of(s)); }

std::string LintContext::line_names(const std::vector<Span>& spans) const {
  constexpr size_t kShown = 5;
  if (spans.size() == 1) return line_name(spans.front());
  std::string out = "lines ";
  const size_t shown = std::min(spans.size(), kShown);
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == spans.size() ? " and " : ", ";
    out += fmt::format("{}", line_of(spans[i]));
  }
  if (shown < spans.size()) out += fmt::format(" and {} more", spans.size() - shown);
  return out;
}

std::vector<Edit> LintContext::removal(Span element) const { return aclc::removal(tree, element); }

}  // namespace aclc
