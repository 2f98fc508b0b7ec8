// SPDX-License-Identifier: Apache-2.0
// A selector: one way the policy language names users, nodes or addresses.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/interner.h"
#include "base/net/address.h"
#include "base/span.h"

namespace aclc {

enum class SelectorKind : uint8_t {
  kInvalid,     ///< no form of the language; already reported
  kWildcard,    ///< `*`
  kAddress,     ///< one IP
  kPrefix,      ///< CIDR; host bits as written
  kRange,       ///< `a-b`
  kUser,        ///< `name@domain`
  kUserDomain,  ///< `user:*@domain`; name is the domain
  kGroup,       ///< `group:x`
  kTag,         ///< `tag:x`
  kAutogroup,   ///< `autogroup:x`
  kIpSet,       ///< `ipset:x`
  kService,     ///< `svc:x`
  kPosture,     ///< `posture:x` (srcPosture lists only)
  kHost,        ///< a bare word: a name of `hosts`, or `host:x` inside ipsets
};

enum class Autogroup : uint8_t {
  kNone,
  kMember,  ///< also the legacy spelling `autogroup:members`
  kTagged,
  kSelf,
  kInternet,
  kDangerAll,
  kShared,
  kOwner,
  kAdmin,
  kItAdmin,
  kNetworkAdmin,
  kBillingAdmin,
  kAuditor,
  kNonroot,  ///< ssh `users` only
};

/// The name after `autogroup:`, or nothing if there is no such autogroup.
std::optional<Autogroup> parse_autogroup(std::string_view name);
/// With the `autogroup:` prefix, in the preferred spelling.
std::string_view autogroup_name(Autogroup a);
/// owner, admin, it-admin, network-admin, billing-admin, auditor.
bool is_role(Autogroup a);

/// The addresses that a selector of kind kAddress, kPrefix or kRange names.
struct SelectorAddress {
  Prefix prefix;  ///< of kAddress with full length; of kRange the first address
  Address last;   ///< of kRange
};

/// Small, since a policy has one for each mention: what only some kinds have stands in a pool of Policy.
struct Selector {
  Span span;        ///< in the text, inside the quotes, white space trimmed; without ports
  StringId name;    ///< canonical full text, `tag:web`; for kUserDomain the domain alone, for kHost without `host:`
  SelectorKind kind = SelectorKind::kInvalid;
  Autogroup autogroup = Autogroup::kNone;
  Id<SelectorAddress> address;  ///< of kAddress, kPrefix, kRange: into Policy::selector_addresses
};

using SelectorId = Id<Selector>;

}  // namespace aclc
