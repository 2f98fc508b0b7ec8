// SPDX-License-Identifier: Apache-2.0
// The driver: the only place that knows the order of the phases.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "compiler/check/check.h"
#include "compiler/tailnet/read.h"
#include "parser/diagnostics/engine.h"
#include "parser/policy/build.h"
#include "parser/syntax/parse.h"

namespace aclc {

struct PipelineOptions {
  Target target = Target::kTailscale;
  bool synced_groups = true;
  ParseLimits limits;
  TailnetLimits tailnet_limits;
};

/// A policy as far as it could be understood, and all that was found. Owns its texts: tree and policy refer to them.
class Analysis {
 public:
  Analysis() = default;
  Analysis(Analysis&&) = default;
  Analysis& operator=(Analysis&&) = default;

  const SyntaxTree& tree() const { return *tree_; }
  const Policy& policy() const { return *policy_; }
  const Definitions& definitions() const { return definitions_; }
  /// Null where none was given.
  const Tailnet* tailnet() const { return tailnet_.get(); }
  const SourceMap& sources() const { return *sources_; }
  SourceId policy_source() const { return policy_source_; }
  /// Later phases report here too.
  DiagnosticEngine& findings() { return findings_; }
  /// The text is well-formed HuJSON.
  bool well_formed() const { return well_formed_; }

 private:
  friend Analysis analyse(std::string, std::string, std::optional<std::pair<std::string, std::string>>,
                          const PipelineOptions&);
  std::unique_ptr<SourceMap> sources_ = std::make_unique<SourceMap>();
  SourceId policy_source_;
  std::unique_ptr<SyntaxTree> tree_;
  std::unique_ptr<Policy> policy_;
  std::unique_ptr<Tailnet> tailnet_;
  Definitions definitions_;
  DiagnosticEngine findings_;
  bool well_formed_ = false;
};

/// parse, build, define, check. Goes on as far as it makes sense: names are not checked in a text whose brackets do not pair
/// up, since what is undefined there may only be out of sight.
Analysis analyse(std::string name, std::string text, std::optional<std::pair<std::string, std::string>> tailnet,
                 const PipelineOptions& options);

}  // namespace aclc
