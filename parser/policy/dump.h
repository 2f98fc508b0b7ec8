// SPDX-License-Identifier: Apache-2.0
// The policy as text, the same for the same policy: for `aclc dump --phase policy` and goldens.
#pragma once

#include <string>

#include "parser/policy/policy.h"

namespace aclc {

/// One line a rule, definition or test, indented lines below it for its parts. Spans are `begin..end` in bytes.
std::string dump(const Policy& policy);

/// `tag`, `user-domain`, ...: the kind's name as it stands in dumps.
std::string_view selector_kind_name(SelectorKind kind);

}  // namespace aclc
