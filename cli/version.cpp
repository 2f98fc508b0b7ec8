// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

namespace aclc::cli {

std::string_view version() {
  return ACLC_VERSION;
}

}  // namespace aclc::cli
