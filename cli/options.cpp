// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdlib>

#include "parser/source/source.h"

namespace aclc::cli {

bool CommonOptions::coloured() const {
  if (colour != "auto") return colour == "always";
  const char* no_colour = std::getenv("NO_COLOR");
  return (no_colour == nullptr || *no_colour == '\0') && ::isatty(STDOUT_FILENO) == 1;
}

void add_format(CLI::App& app, CommonOptions& options) {
  app.add_option("-f,--format", options.format, "how to print: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->envname("ACLC_FORMAT");
}

void add_colour(CLI::App& app, CommonOptions& options) {
  app.add_option("--color", options.colour, "auto, always or never; NO_COLOR is honoured")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

void add_target(CLI::App& app, CommonOptions& options) {
  app.add_option("--target", options.target, "whose dialect is meant: tailscale or headscale")
      ->check(CLI::IsMember({"tailscale", "headscale"}));
}

void add_tailnet(CLI::App& app, CommonOptions& options) {
  app.add_option("-t,--tailnet", options.tailnet, "tailnet file: users, nodes, tags, routes");
}

void add_stdin_filename(CLI::App& app, CommonOptions& options) {
  app.add_option("--stdin-filename", options.stdin_filename, "what messages call standard input");
}

Result<NamedText> read_input(const std::string& path, const CommonOptions& options) {
  Result<std::string> text = read_file(path);
  if (!text) return text.error();
  std::string name = path;
  if (path == "-") name = options.stdin_filename.empty() ? "<stdin>" : options.stdin_filename;
  return NamedText{std::move(name), std::move(text).value()};
}

Result<std::optional<NamedText>> read_tailnet_file(const CommonOptions& options) {
  if (options.tailnet.empty()) return std::optional<NamedText>();
  Result<NamedText> input = read_input(options.tailnet, options);
  if (!input) return input.error();
  return std::optional<NamedText>(std::move(input).value());
}

}  // namespace aclc::cli
