// SPDX-License-Identifier: Apache-2.0
// Policy -> diagnostics: everything the hosted service would refuse, in its words, all in one run; and what names refer
// to.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/tailnet/tailnet.h"
#include "parser/diagnostics/diagnostic.h"
#include "parser/policy/build.h"
#include "parser/policy/policy.h"

namespace aclc {

struct CheckOptions {
  Target target = Target::kTailscale;
  /// Who is in the tailnet: lets the check judge domains. May be null.
  const Tailnet* tailnet = nullptr;
  /// False: an undefined group is an error, since no identity provider syncs groups.
  bool synced_groups = true;
};

/// Where each interned name of the policy is defined: index by StringId, value an index into the section's vector or
/// kNone.
struct Definitions {
  static constexpr uint32_t kNone = UINT32_MAX;
  std::vector<uint32_t> group, host, tag, ipset, posture;

  /// Index into policy.groups, or kNone; likewise below.
  uint32_t group_of(StringId name) const { return at(group, name); }
  uint32_t host_of(StringId name) const { return at(host, name); }
  uint32_t tag_of(StringId name) const { return at(tag, name); }
  uint32_t ipset_of(StringId name) const { return at(ipset, name); }
  uint32_t posture_of(StringId name) const { return at(posture, name); }

 private:
  static uint32_t at(const std::vector<uint32_t>& v, StringId id) { return id.value < v.size() ? v[id.value] : kNone; }
};

/// Definitions of the first of duplicates. Needs no error-free policy.
Definitions define(const Policy& policy);

/// Reports in no particular order; the tree is that of the policy's text.
void check(const Policy& policy, const SyntaxTree& tree, const Definitions& definitions, const CheckOptions& options,
           DiagnosticSink& sink);

}  // namespace aclc
