// SPDX-License-Identifier: Apache-2.0
// Names of application capabilities. Internal to compiler/check, but for the list that completion reads.
#pragma once

#include <span>
#include <string_view>

#include "compiler/check/context.h"

namespace aclc::checks {

/// `{domain}/{path}`, and of the hosted service's own domain only what it lends.
void check_capability_name(const Context& context, const Text& name);

/// What follows `tailscale.com/cap/` in the names that the hosted service lends to every tailnet.
std::span<const std::string_view> lent_capabilities();

}  // namespace aclc::checks
