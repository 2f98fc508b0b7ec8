// SPDX-License-Identifier: Apache-2.0
// The last good snapshot on disk: what a node starts with when nobody can be reached.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace aclc {

/// Whole and on disk, or not there: written beside, synced, renamed.
Result<Done> write_file_whole(const std::string& path, std::string_view bytes, unsigned mode = 0600);
/// Refuses files of more than `limit` bytes before reading them.
Result<std::string> read_file_limited(const std::string& path, size_t limit);

}  // namespace aclc
