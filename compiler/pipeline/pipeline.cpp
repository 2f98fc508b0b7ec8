// SPDX-License-Identifier: Apache-2.0
#include "compiler/pipeline/pipeline.h"

#include <algorithm>

namespace aclc {
namespace {

/// Findings after which parts of the text are unaccounted for.
bool hides_text(const Diagnostic& d) {
  switch (d.kind) {
    case Kind::kUnclosedBracket:
    case Kind::kMismatchedBracket:
    case Kind::kStrayBracket:
    case Kind::kUnclosedComment:
    case Kind::kTextAfterEnd:
    case Kind::kEmptyText:
    case Kind::kTooDeep:
    case Kind::kTooLarge:
      return true;
    default:
      return false;
  }
}

}  // namespace

Analysis analyse(std::string name, std::string text, std::optional<std::pair<std::string, std::string>> tailnet,
                 const PipelineOptions& options) {
  Analysis a;
  a.policy_source_ = a.sources_->add(std::move(name), std::move(text));
  a.findings_.set_source(a.policy_source_);
  a.tree_ = std::make_unique<SyntaxTree>(parse((*a.sources_)[a.policy_source_].text(), a.findings_, options.limits));
  a.well_formed_ = !a.findings_.has_errors();
  const auto& found = a.findings_.sorted();
  const bool hidden = std::any_of(found.begin(), found.end(), hides_text);

  if (tailnet) {
    const SourceId source = a.sources_->add(std::move(tailnet->first), std::move(tailnet->second));
    a.findings_.set_source(source);
    a.tailnet_ = std::make_unique<Tailnet>(
        read_tailnet((*a.sources_)[source].text(), source, a.findings_, options.tailnet_limits));
    a.findings_.set_source(a.policy_source_);
  }
  a.policy_ = std::make_unique<Policy>(build_policy(*a.tree_, a.findings_, options.target));
  a.definitions_ = define(*a.policy_);
  if (!hidden) {
    CheckOptions check_options;
    check_options.target = options.target;
    check_options.tailnet = a.tailnet_.get();
    check_options.synced_groups = options.synced_groups;
    check(*a.policy_, *a.tree_, a.definitions_, check_options, a.findings_);
  }
  return a;
}

}  // namespace aclc
