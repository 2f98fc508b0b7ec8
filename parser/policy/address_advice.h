// SPDX-License-Identifier: Apache-2.0
// What keeps a text from being an address or a CIDR, as advice for the person who wrote it.
#pragma once

#include <string>
#include <string_view>

namespace aclc {

/// One sentence without a full stop, never empty. The text is neither an address nor a CIDR.
std::string address_advice(std::string_view text);

}  // namespace aclc
