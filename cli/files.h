// SPDX-License-Identifier: Apache-2.0
// Files that commands read and write.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/options.h"

namespace aclc::cli {

/// What a path leads to; what cannot be seen is taken for a plain file, so that opening it says why.
enum class FileKind { kNone, kPlain, kOther };
FileKind file_kind(const std::string& path);

/// Puts the text in the place of the file at once: other readers see the old text or the new one, never a part, and a
/// failure leaves the old one. Mode and symbolic links are kept; a new file gets the usual mode.
/// What is no plain file (a device, a pipe) is left alone.
Result<Done> replace_file(const std::string& path, std::string_view text);

/// A node's name as a file name: what could leave the folder or hide is written as %XX.
std::string node_file_name(std::string_view node);

/// Reads a policy into the run. nullopt: it could not be read, and the console said so.
std::optional<SourceId> open_policy(Run& run, const std::string& path, const PolicyOptions& options, Console& console);
/// The same for a run that shows findings: in a format for programs that it could not be read is one of them, too.
std::optional<SourceId> open_one_of(Run& run, const std::string& path, const PolicyOptions& options, const OutputOptions& output, Console& console);

/// Reads the tailnet that the options name, if any, and makes it the run's. False: it could not be read, and the
/// console said so.
bool open_tailnet(Run& run, const TailnetOptions& tailnet, const PolicyOptions& options, Console& console);
/// The same for a run that shows findings.
bool open_tailnet(Run& run, const TailnetOptions& tailnet, const PolicyOptions& options, const OutputOptions& output, Console& console);

}  // namespace aclc::cli
