// SPDX-License-Identifier: Apache-2.0
// Which domain belongs to the tailnet. Internal to compiler/check, but for the questions that completion asks.
#pragma once

#include <optional>
#include <string_view>

#include "compiler/check/context.h"

namespace aclc::checks {

/// The domain that `user:*@` and `localpart:*@` may name. Recorded answers: a tailnet named by a login has that login's
/// domain and no other, whatever domains its users come from. A file without a name gives its owner's; none: unknown.
std::optional<std::string_view> tailnet_domain(const Tailnet* tailnet);

/// Where anybody can have an account: `user:*@` such a domain would be strangers.
bool is_public_provider(std::string_view domain);

enum class DomainUse : uint8_t {
  kUsers,      ///< `user:*@domain`: everybody of the domain, so a mail provider's is refused
  kLocalpart,  ///< `localpart:*@domain`
};

/// Reports a domain that cannot be used. `where` is the hosted service's prefix (`[ssh] `). Domains are compared byte
/// by byte, as the hosted service does (recorded answers).
void check_domain(const Context& context, std::string_view domain, Span span, std::string_view where, DomainUse use);

}  // namespace aclc::checks
