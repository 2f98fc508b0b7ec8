// SPDX-License-Identifier: Apache-2.0
// The canonical layout, byte for byte that of the hosted service's HuJSON library.
#pragma once

#include <string>

#include "parser/syntax/tree.h"

namespace aclc {

/// The tree must be free of errors. Idempotent; the meaning is unchanged; plain JSON stays plain JSON.
std::string format(const SyntaxTree& tree);

}  // namespace aclc
