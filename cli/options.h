// SPDX-License-Identifier: Apache-2.0
// Options and inputs that several commands share.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "parser/policy/build.h"

namespace CLI {
class App;
}

namespace aclc::cli {

struct CommonOptions {
  std::string format = "text";
  std::string colour = "auto";
  std::string target = "tailscale";
  std::string tailnet;
  std::string stdin_filename;
  bool quiet = false;

  bool json() const { return format == "json"; }
  bool coloured() const;
  Target dialect() const { return target == "headscale" ? Target::kHeadscale : Target::kTailscale; }
};

void add_format(CLI::App& app, CommonOptions& options);
void add_colour(CLI::App& app, CommonOptions& options);
void add_target(CLI::App& app, CommonOptions& options);
void add_tailnet(CLI::App& app, CommonOptions& options);
void add_stdin_filename(CLI::App& app, CommonOptions& options);

/// A text and the name that messages give it.
using NamedText = std::pair<std::string, std::string>;

/// Reads a file, or standard input for `-`.
Result<NamedText> read_input(const std::string& path, const CommonOptions& options);
/// The tailnet file of the options, or nothing where none was given.
Result<std::optional<NamedText>> read_tailnet_file(const CommonOptions& options);

}  // namespace aclc::cli
