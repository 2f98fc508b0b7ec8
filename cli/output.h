// SPDX-License-Identifier: Apache-2.0
// Where commands write: results to standard output, the tool's own trouble to standard error, files whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace aclc::cli {

/// A reader that has gone away is no error; any other failure is remembered for flush_output.
void print(std::string_view text);
/// "aclc: TEXT" on standard error.
void complain(std::string_view text);
/// False where results could not be written, after saying so.
bool flush_output();

/// Replaces a file: the new content appears as a whole and keeps the mode of the old file, or nothing changes. Follows links.
Result<Done> write_file(const std::string& path, std::string_view content);

}  // namespace aclc::cli
