// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/analysis.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <utility>

#include "compiler/lint/config.h"
#include "compiler/tailnet/read.h"
#include "parser/syntax/parse.h"

namespace aclc::lsp {

TextKind kind_of_file(std::string_view name) {
  const std::string_view file = name.substr(name.find_last_of('/') + 1);  // npos + 1 is 0
  if (file == ".aclc.hujson") return TextKind::kLintConfig;
  return file == "tailnet.json" ? TextKind::kTailnet : TextKind::kPolicy;
}

const SyntaxTree& Analysis::tree() const {
  if (!tree_ && earlier_.tree) {
    const std::optional<SyntaxTree> before = std::exchange(earlier_.tree, std::nullopt);
    tree_ = reparse(*before, earlier_.tree_damage, version_->text);
    sound_ = tree_.has_value();
  }
  if (!tree_) {
    tree_ = parse(version_->text, syntax_);
    sound_ = syntax_.found.empty();
    broken_ = std::any_of(syntax_.found.begin(), syntax_.found.end(),
                          [](const Diagnostic& d) { return d.severity == Severity::kError; });
  }
  return *tree_;
}

bool Analysis::broken() const {
  tree();
  return broken_;
}

const Policy& Analysis::policy() const {
  if (!built_) {
    std::optional<BuiltPolicy> earlier = std::exchange(earlier_.built, std::nullopt);
    tree();
    if (options_.kind != TextKind::kPolicy) {
      Collector ignored;
      static const SyntaxTree kNothing = parse("{}", ignored);
      built_ = build_with_findings(kNothing, options_.target);
    } else if (sound_ && earlier && rebuild_policy(*earlier, earlier_.built_damage, *tree_, options_.target)) {
      built_ = std::move(earlier);
    } else {
      built_ = build_with_findings(*tree_, options_.target);
    }
  }
  return built_->policy;
}

const Definitions& Analysis::definitions() const {
  if (!definitions_) definitions_.emplace(define(policy()));
  return *definitions_;
}

const Occurrences& Analysis::occurrences() const {
  if (!occurrences_) occurrences_.emplace(policy(), tree());
  return *occurrences_;
}

const std::vector<Diagnostic>& Analysis::findings() const {
  if (findings_) return *findings_;
  Collector checked;
  if (options_.kind != TextKind::kPolicy) {
    policy();
    if (options_.kind == TextKind::kTailnet) {
      read_tailnet(version_->text, SourceId(), checked);
    } else {
      LintOptions read;
      read_lint_config(version_->text, SourceId(), read, checked);
    }
    findings_.emplace(std::move(checked.found));
    return *findings_;
  }
  CheckOptions options;
  options.target = options_.target;
  options.synced_groups = options_.synced_groups;
  options.tailnet = inventory() ? &inventory()->tailnet() : nullptr;
  check(policy(), tree(), definitions(), options, checked);
  std::vector<Diagnostic> all = std::move(syntax_.found);
  all.insert(all.end(), built_->findings.begin(), built_->findings.end());
  std::move(checked.found.begin(), checked.found.end(), std::back_inserter(all));
  std::stable_sort(all.begin(), all.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  findings_.emplace(std::move(all));
  return *findings_;
}

void Analysis::complete() const {
  findings();
  occurrences();
}

Earlier Analysis::leave(std::shared_ptr<const Analysis> analysis) {
  if (!analysis) return {};
  if (!analysis->tree_) {  // nobody has asked anything
    return analysis.use_count() == 1 ? std::move(analysis->earlier_) : Earlier();
  }
  if (!analysis->sound_) return {};
  Earlier earlier;
  if (analysis.use_count() > 1) {  // another thread reads it
    earlier.tree = analysis->tree_;
    return earlier;
  }
  std::atomic_thread_fence(std::memory_order_acquire);  // after all that a thread has read which let go of it
  earlier.tree = std::exchange(analysis->tree_, std::nullopt);
  if (analysis->built_) {
    earlier.built = std::exchange(analysis->built_, std::nullopt);
  } else {
    earlier.built = std::exchange(analysis->earlier_.built, std::nullopt);
    earlier.built_damage = analysis->earlier_.built_damage;
  }
  return earlier;
}

std::optional<Entry> Analysis::definition_of(SelectorKind kind, StringId name) const {
  const auto entry = [](uint32_t index, field::Policy section) -> std::optional<Entry> {
    if (index == Definitions::kNone) return std::nullopt;
    return Entry{section, index};
  };
  const Definitions& d = definitions();
  switch (kind) {
    case SelectorKind::kGroup:
      return entry(d.group_of(name), field::kGroups);
    case SelectorKind::kHost:
      return entry(d.host_of(name), field::kHosts);
    case SelectorKind::kTag:
      return entry(d.tag_of(name), field::kTagOwners);
    case SelectorKind::kIpSet:
      return entry(d.ipset_of(name), field::kIpsets);
    case SelectorKind::kPosture:
      return entry(d.posture_of(name), field::kPostures);
    default:
      return std::nullopt;
  }
}

namespace {

const Text* name_at(const Policy& p, Entry e) {
  const auto in = [&](const auto& items) -> const Text* {
    return e.index < items.size() ? &items[e.index].name : nullptr;
  };
  switch (e.section) {
    case field::kGroups:
      return in(p.groups);
    case field::kHosts:
      return in(p.hosts);
    case field::kTagOwners:
      return in(p.tag_owners);
    case field::kIpsets:
      return in(p.ipsets);
    case field::kPostures:
      return in(p.postures);
    default:
      return nullptr;
  }
}

}  // namespace

Span Analysis::name_span(Entry definition) const {
  const Text* name = name_at(policy(), definition);
  return name ? name->span : Span{};
}

StringId Analysis::name_of(Entry definition) const {
  const Text* name = name_at(policy(), definition);
  return name ? name->value : StringId();
}

}  // namespace aclc::lsp
