// SPDX-License-Identifier: Apache-2.0
#include "compiler/tailnet/tailnet.h"

#include <array>

namespace aclc {

namespace {

constexpr std::array<std::string_view, 7> kRoleNames = {"owner",         "admin",   "it-admin", "network-admin",
                                                        "billing-admin", "auditor", "member"};

}  // namespace

std::optional<Role> parse_role(std::string_view text) {
  for (size_t i = 0; i < kRoleNames.size(); ++i) {
    if (text == kRoleNames[i]) return static_cast<Role>(i);
  }
  return std::nullopt;
}

std::string_view role_name(Role role) { return kRoleNames[static_cast<size_t>(role)]; }

}  // namespace aclc
