// SPDX-License-Identifier: Apache-2.0
#include "cli/deployed.h"

#include "cli/diff.h"
#include "deploy/digest/digest.h"
#include "parser/diagnostics/display.h"

namespace aclc::cli {

std::optional<std::string> digest_of(std::string_view text, const PipelineOptions& options) {
  DiagnosticEngine findings;
  const SyntaxTree tree = parse(text, findings, options.parse);
  if (findings.has_errors()) return std::nullopt;
  return policy_digest(tree);
}

Comparison compare(const SyntaxTree& local, const DeployedPolicy& deployed, const PipelineOptions& options) {
  Comparison out;
  out.local_digest = policy_digest(local);
  if (!deployed.exists) return out;
  if (is_policy_digest(deployed.etag)) out.deployed_digest = deployed.etag;
  if (out.deployed_digest == out.local_digest) {
    out.sameness = Sameness::kEqual;
    return out;
  }
  DiagnosticEngine findings;
  const SyntaxTree tree = parse(deployed.text, findings, options.parse);
  if (findings.has_errors()) {
    out.sameness = Sameness::kUnreadable;
    if (out.deployed_digest.empty()) out.deployed_digest = text_digest(deployed.text);
    return out;
  }
  // A server whose ETag is something else is judged by its text.
  const std::string digest = policy_digest(tree);
  if (out.deployed_digest.empty()) out.deployed_digest = digest;
  if (digest == out.local_digest) {
    out.sameness = Sameness::kEqual;
  } else if (same_values(local, tree)) {
    out.sameness = Sameness::kSameValues;
  }
  return out;
}

std::string short_digest(const std::string& digest) {
  return digest.substr(0, 12);
}

std::string printable_lines(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    out += printable(text.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return out;
}

std::string shown_diff(const std::string& name, std::string_view deployed, std::string_view local) {
  return printable_lines(unified_diff(name, deployed, local));
}

}  // namespace aclc::cli
