// SPDX-License-Identifier: Apache-2.0
// Which selector may stand where, as data: the check refuses by it, an editor completes by it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "parser/policy/selector.h"

namespace aclc {

/// A list of the policy that holds selectors. The order is that of the table's columns.
enum class Position : uint8_t {
  kAclSrc,
  kAclDst,
  kGrantSrc,
  kGrantDst,
  kVia,
  kSshSrc,
  kSshDst,
  kRecorder,
  kNodeAttrTarget,
  kTagOwner,
  kRouteApprover,
  kExitNodeApprover,
  kServiceApprover,
  kServiceKey,
  kGroupMember,
  kIpSetElement,
  kTestSrc,
  kTestDst,
  kSshTestSrc,
  kSshTestDst,
  kSrcPosture,
};
inline constexpr size_t kPositions = static_cast<size_t>(Position::kSrcPosture) + 1;

/// For messages: "the `src` of an acl".
std::string_view position_name(Position position);

enum class Standing : uint8_t {
  kNo,
  kYes,
  kDoubtful,  ///< taken today, but against the current documentation: a warning
};

/// One row of the table.
struct SelectorForm {
  SelectorKind kind;
  Autogroup autogroup;     ///< kNone unless kind is kAutogroup
  std::string_view label;  ///< how to write it: `tag:NAME`
  std::string_view standing;
};

/// Every form of selector; standing[p] for a position p is read by standing().
std::span<const SelectorForm> selector_forms();
Standing standing(const SelectorForm& form, Position position);

/// The table once more, by number: the check looks at every selector of the policy.
struct StandingTable {
  Standing kind[static_cast<size_t>(SelectorKind::kHost) + 1][kPositions] = {};
  Standing autogroup[static_cast<size_t>(Autogroup::kNonroot) + 1][kPositions] = {};
};
extern const StandingTable kStandings;

/// kInvalid stands everywhere: it was reported where it was read.
inline Standing standing(const Selector& selector, Position position) {
  const auto p = static_cast<size_t>(position);
  return selector.kind == SelectorKind::kAutogroup ? kStandings.autogroup[static_cast<size_t>(selector.autogroup)][p]
                                                   : kStandings.kind[static_cast<size_t>(selector.kind)][p];
}
/// "`user@domain`, `group:NAME` or `tag:NAME`": what is taken at the position, in the table's order.
std::string allowed_forms(Position position);

}  // namespace aclc
