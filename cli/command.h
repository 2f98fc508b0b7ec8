// SPDX-License-Identifier: Apache-2.0
// What a command is: a name, a sentence, and a function that declares its options and gives back what it does.
//
// One file a command, one line in commands.cpp. Only the command that is called is defined: starting costs the same
// however many there are.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "cli/console.h"

namespace CLI {
class App;
}

namespace aclc::cli {

/// The exit status, the same for every command.
enum class Exit : int {
  kYes = 0,      ///< valid, passed, formatted, allowed, equal
  kNo = 1,       ///< errors, failed tests, would reformat, denied, different
  kTrouble = 2,  ///< could not tell: usage, unreadable file, damaged input
};

/// For several files or steps: not knowing outweighs no, no outweighs yes.
constexpr Exit worse(Exit a, Exit b) {
  return a > b ? a : b;
}

using Action = std::function<Exit()>;

struct Command {
  std::string_view name;
  std::string_view summary;
  /// The console outlives the action. Options live in the action.
  Action (*define)(CLI::App& app, Console& console);
};

std::span<const Command> commands();

// One for each file of that name.
Action define_check(CLI::App& app, Console& console);
Action define_compile(CLI::App& app, Console& console);
Action define_completion(CLI::App& app, Console& console);
Action define_decide(CLI::App& app, Console& console);
Action define_diff(CLI::App& app, Console& console);
Action define_drift(CLI::App& app, Console& console);
Action define_dump(CLI::App& app, Console& console);
Action define_explain(CLI::App& app, Console& console);
Action define_fmt(CLI::App& app, Console& console);
Action define_gen(CLI::App& app, Console& console);
Action define_lint(CLI::App& app, Console& console);
Action define_lsp(CLI::App& app, Console& console);
Action define_schema(CLI::App& app, Console& console);
Action define_man(CLI::App& app, Console& console);
Action define_pull(CLI::App& app, Console& console);
Action define_push(CLI::App& app, Console& console);
Action define_snapshot(CLI::App& app, Console& console);
Action define_test(CLI::App& app, Console& console);
Action define_why(CLI::App& app, Console& console);

std::string_view version();

}  // namespace aclc::cli
