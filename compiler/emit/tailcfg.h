// SPDX-License-Identifier: Apache-2.0
// Nodes' tables -> the JSON of `aclc compile --format json` and `--emit tailcfg`.
#pragma once

#include <string>

#include "compiler/reference/compile.h"
#include "compiler/tailnet/tailnet.h"

namespace aclc {

/// One node's object: filter_rules, ssh_rules, caps, allowed_ips, primary_routes, peers, whois_caps. No line breaks.
void append_node_json(std::string& out, const Tailnet& tailnet, const reference::NodeTable& table);

}  // namespace aclc
