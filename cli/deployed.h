// SPDX-License-Identifier: Apache-2.0
// The policy that a server has in force beside the one in a file: whether they are the same, and what differs.
#pragma once

#include <optional>
#include <string>

#include "cli/options.h"
#include "deploy/control_plane/control_plane.h"

namespace aclc::cli {

enum class Sameness {
  kEqual,       ///< the same in canonical layout
  kSameValues,  ///< other comments or another order of members, the same data
  kSameAccess,  ///< other rules, under which everybody may reach the same; all else is the same data
  kDifferent,
  kUnreadable,  ///< what the server has is no policy
};

struct Comparison {
  Sameness sameness = Sameness::kDifferent;
  std::string local_digest;
  std::string deployed_digest;  ///< the server's ETag where it is a digest, else ours of its text (of one that is no policy as it is); empty: nothing deployed
};

/// `local` must be free of errors. What is wrong with the deployed text is reported to nobody: kUnreadable says it.
Comparison compare(const SyntaxTree& local, const DeployedPolicy& deployed, const PipelineOptions& options);

/// The digest of a policy text; nothing: it has errors.
std::optional<std::string> digest_of(std::string_view text, const PipelineOptions& options);

/// First digits of a digest, enough to tell two apart.
std::string short_digest(const std::string& digest);

/// Each line fit for a terminal, whatever a server put into it.
std::string printable_lines(std::string_view text);

/// What a change from the deployed text to the local one does to the lines, fit for a terminal whatever the server sent.
std::string shown_diff(const std::string& name, std::string_view deployed, std::string_view local);

}  // namespace aclc::cli
