// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <new>

#include "base/nearest.h"
#include "cli/command.h"

namespace aclc::cli {
namespace {

std::string usage() {
  std::string out = fmt::format(
      "aclc {}: check, format and compile tailnet policies\n\nusage: aclc COMMAND [OPTIONS]\n\n", version());
  for (const Command& c : commands()) out += fmt::format("  {:<10} {}\n", c.name, c.summary);
  return out +
         "\n`aclc COMMAND --help` lists the options of a command.\n"
         "exit status: 0 yes (valid, passed, equal), 1 no (errors, failed, different), 2 could not tell";
}

Exit unknown_command(std::string_view name, Console& console) {
  std::vector<std::string_view> names;
  for (const Command& c : commands()) names.push_back(c.name);
  const std::string_view near = nearest(name, names);
  console.complain(near.empty() ? fmt::format("there is no command `{}`; `aclc --help` lists them", name)
                                : fmt::format("there is no command `{}`; did you mean `{}`?", name, near));
  return Exit::kTrouble;
}

Exit run_command(const Command& command, std::vector<std::string> words, Console& console) {
  const std::string name = fmt::format("aclc {}", command.name);
  CLI::App app(std::string(command.summary), name);
  const Action action = command.define(app, console);
  try {
    std::reverse(words.begin(), words.end());  // CLI11 takes its words from the back
    app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    console.print(app.help());
    return Exit::kYes;
  } catch (const CLI::ParseError& e) {
    console.complain(fmt::format("{} (`{} --help` lists the options)", e.what(), name));
    return Exit::kTrouble;
  }
  return action();
}

Exit dispatch(const std::vector<std::string>& words, Console& console) {
  if (words.empty()) {
    console.note(usage());
    return Exit::kTrouble;
  }
  const std::string& first = words.front();
  if (first == "--help" || first == "-h" || first == "help") {
    if (first == "help" && words.size() > 1) return dispatch({words[1], "--help"}, console);
    console.print(usage() + "\n");
    return Exit::kYes;
  }
  if (first == "--version" || first == "version") {
    console.print(fmt::format("aclc {}\n", version()));
    return Exit::kYes;
  }
  for (const Command& c : commands()) {
    if (c.name == first) return run_command(c, {words.begin() + 1, words.end()}, console);
  }
  return unknown_command(first, console);
}

}  // namespace

int run(const std::vector<std::string>& words) {
  Console console;
  Exit status = Exit::kTrouble;
  try {
    status = dispatch(words, console);
  } catch (const std::bad_alloc&) {
    console.complain("out of memory");
  }
  if (!console.flush()) {
    console.complain("the output could not be written");
    status = Exit::kTrouble;
  }
  return static_cast<int>(status);
}

}  // namespace aclc::cli
