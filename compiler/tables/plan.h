// SPDX-License-Identifier: Apache-2.0
// What the packet filter of one node consists of, in order, by references into the shared form and not yet as texts.
#pragma once

#include <vector>

#include "compiler/lower/shared_form.h"

namespace aclc::tables {

using identity::ClassId;
using identity::Identity;
using identity::IdentityClass;
using identity::RangeId;
using identity::RouteSetId;
using identity::TermId;
using lower::ContentId;
using lower::Part;
using lower::PartId;
using lower::Position;
using lower::Rule;
using lower::SharedForm;
using lower::SourceId;

/// An element of DstPorts without its ports.
struct Destination {
  enum class Kind : uint8_t {
    kEverything,  ///< `*`
    kOwn,         ///< the node's own addresses of `families`
    kOther,       ///< those of another node
    kRange,
    kPublicRange  ///< of `autogroup:internet`: always as `first-last`
  } kind = Kind::kOwn;
  uint8_t families = 3;  ///< bit 0 IPv4, bit 1 IPv6
  uint32_t id = 0;       ///< of the other node or the range
};

/// A part's target where it concerns the node: a run of destinations.
struct Hit {
  PartId part;
  uint32_t target = 0;
  uint32_t first = 0, count = 0;
};

/// A list of SrcIPs: a content of the shared form, or nodes of one user that are the source of nothing else.
struct SourceRef {
  ContentId content;
  uint32_t local = UINT32_MAX;  ///< into Plan::locals

  bool empty() const { return !content.valid() && local == UINT32_MAX; }
  friend bool operator==(const SourceRef&, const SourceRef&) = default;
};

/// What one protocol of one part adds to a rule.
struct Draft {
  PartId part;
  uint32_t protocol = 0;  ///< index into the rule's protocols
  uint32_t first_hit = 0, hits = 0;
};

enum class Companion : uint8_t { kNone, kDrive, kRelay };

/// An element of CapGrant.
struct Grant {
  const lower::Rule* rule = nullptr;
  Companion companion = Companion::kNone;
  std::vector<RangeId> behind;  ///< Dsts; empty: the node's own addresses
};
/// The capabilities that it gives.
wire::CapMap cap_map(const Grant& grant);

struct PlannedRule {
  Position place = 0;
  SourceRef source;
  uint8_t protocol = 0;
  uint32_t first = 0, count = 0;  ///< drafts, or grants
  bool app = false;
};

/// Meant to be used again and again: memory is kept.
struct Plan {
  std::vector<PlannedRule> rules;  ///< in the order of the wire; each with a destination or a grant
  std::vector<Draft> drafts;
  std::vector<Grant> grants;
  std::vector<Hit> hits;
  std::vector<Destination> destinations;
  std::vector<std::vector<ClassId>> locals;  ///< whose nodes' addresses are the source
  std::vector<identity::ContentHash> local_hashes;
  std::vector<SourceRef> visible;  ///< sources that see the node though no rule says so

  void clear();
};

}  // namespace aclc::tables
