// SPDX-License-Identifier: Apache-2.0
// The answers of `aclc decide --batch`: wire rules and packets in, verdicts out, as JSON lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aclc {

struct BatchAnswer {
  std::string line;                 ///< {"id":..,"verdicts":[true,..]}, without a line break
  std::vector<std::string> faults;  ///< sources and destinations that could not be read and match nothing
};

/// One line of a batch (see wire/read.h for its form), decided by a program compiled from its rules.
Result<BatchAnswer> decide_batch_line(std::string_view json);

}  // namespace aclc
