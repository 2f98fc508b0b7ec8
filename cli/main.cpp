// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/version.h"

namespace aclc::cli {
namespace {

constexpr AddCommand kCommands[] = {
    add_check,
    add_fmt,
    add_explain,
    add_dump,
};

int run(int argc, char** argv) {
  CLI::App app("Check, test, format, compile and explain the policy file of a WireGuard mesh network, offline.", "aclc");
  app.set_version_flag("--version", std::string("aclc ") + kVersion);
  app.require_subcommand(1);
  app.fallthrough(false);
  app.footer(
      "POLICY is a path or `-` for standard input; left out, it is policy.hujson in the current folder.\n"
      "Exit status: 0 yes (valid, passed, formatted, allowed), 1 no, 2 could not tell.");
  Action chosen;
  for (const AddCommand add : kCommands) add(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& e) {
    return app.exit(e);
  } catch (const CLI::CallForAllHelp& e) {
    return app.exit(e);
  } catch (const CLI::CallForVersion& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    complain(std::string(e.what()) + " (aclc --help lists commands and options)");
    return kUnknown;
  }
  const Status status = chosen();
  return flush_output() ? status : kUnknown;
}

}  // namespace
}  // namespace aclc::cli

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  return aclc::cli::run(argc, argv);
}
