// SPDX-License-Identifier: Apache-2.0
// What a command of `aclc` is: one file with one function that declares its options and says what to do.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "parser/policy/build.h"

namespace CLI {
class App;
}

namespace aclc::cli {

/// Exit status, the same for every command.
enum Status : int {
  kYes = 0,      ///< valid, passed, formatted, allowed, equal
  kNo = 1,       ///< errors, failed tests, would reformat, denied, different
  kUnknown = 2,  ///< could not tell: usage, unreadable file, damaged input
};

/// What the chosen command does once the command line is understood.
using Action = std::function<Status()>;

/// Declares a command below `app`; its callback fills `chosen`.
using AddCommand = void (*)(CLI::App& app, Action& chosen);

// The table of commands in main.cpp lists these, one for each file.
void add_check(CLI::App& app, Action& chosen);
void add_dump(CLI::App& app, Action& chosen);
void add_explain(CLI::App& app, Action& chosen);
void add_fmt(CLI::App& app, Action& chosen);

}  // namespace aclc::cli
