// SPDX-License-Identifier: Apache-2.0
// Wire rules as JSON with the field names of tailcfg's FilterRule and SSHRule, so that a control server can hand them on.
#pragma once

#include <string>
#include <vector>

#include "evaluator/wire/filter_rule.h"

namespace aclc {

/// {"SrcIPs", "DstPorts" or "CapGrant", "IPProto" where the rule names a protocol}
void append_json(std::string& out, const wire::FilterRule& rule);
/// {"principals", "sshUsers", "action", "acceptEnv" where the rule has any}
void append_json(std::string& out, const wire::SshRule& rule);
/// {"name": values or null}
void append_json(std::string& out, const wire::CapMap& caps);
/// ["text", ...]
void append_json(std::string& out, const std::vector<std::string>& texts);

}  // namespace aclc
