// SPDX-License-Identifier: Apache-2.0
// The `app` member of nodeAttrs: app connectors (documentation, "App connectors"). Internal to compiler/check.
#pragma once

#include "compiler/check/context.h"

namespace aclc::checks {

/// Domains seen so far: a tailnet may have 250.
struct ConnectorDomains {
  size_t count = 0;
};

void check_node_app(const Context& context, const NodeAttr& entry, const AppCapability& app, ConnectorDomains& domains);

}  // namespace aclc::checks
