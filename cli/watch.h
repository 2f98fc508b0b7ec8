// SPDX-License-Identifier: Apache-2.0
// `--watch`: a command again whenever one of its files changes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command.h"

namespace CLI {
class App;
}

namespace aclc::cli {

void add_watch_option(CLI::App& app, bool& watch);

/// Runs `once`, then again after each change of one of the files, until the process is ended. Folders are watched, so that files
/// that an editor replaces, or that are not there yet, count too; changes that come together make one run. Returns only where
/// watching is impossible.
Exit watch(const std::vector<std::string>& files, Console& console, const std::function<Exit()>& once);

}  // namespace aclc::cli
