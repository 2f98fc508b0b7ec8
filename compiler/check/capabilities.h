// SPDX-License-Identifier: Apache-2.0
// Names of application capabilities. Internal to compiler/check.
#pragma once

#include "compiler/check/context.h"

namespace aclc::checks {

/// `{domain}/{path}`, and of the hosted service's own domain only what it lends.
void check_capability_name(const Context& context, const Text& name);

}  // namespace aclc::checks
