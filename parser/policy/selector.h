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
  kAddress,     ///< one IP; prefix holds it with full length
  kPrefix,      ///< CIDR; host bits as written
  kRange,       ///< `a-b`; prefix.address is the first, last the last
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

struct Selector {
  Span span;        ///< in the text, inside the quotes, white space trimmed; without ports
  StringId name;    ///< canonical full text, `tag:web`; for kUserDomain the domain alone, for kHost without `host:`
  SelectorKind kind = SelectorKind::kInvalid;
  Autogroup autogroup = Autogroup::kNone;
  Prefix prefix;    ///< kAddress, kPrefix, kRange
  Address last;     ///< kRange
};

using SelectorId = Id<Selector>;

}  // namespace aclc
