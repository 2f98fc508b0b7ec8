// SPDX-License-Identifier: Apache-2.0
// What would have to be otherwise for the nearest rule to allow what was asked, in the words of the policy.
#pragma once

#include <string>
#include <string_view>

#include "compiler/check/check.h"
#include "compiler/reach/ask.h"

namespace aclc {

/// "`bo@example.com` is none of `group:dba`, `tag:ci`"; of an answer that allows, what it leaves open: who carries the packets. May be
/// empty. `text` is the policy's.
std::string advice_for(const reference::World& world, const Definitions& definitions, const Answer& answer, std::string_view text);

}  // namespace aclc
