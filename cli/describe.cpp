// SPDX-License-Identifier: Apache-2.0
#include "cli/describe.h"

#include <CLI/App.hpp>
#include <algorithm>

#include "cli/command.h"

namespace aclc::cli {
namespace {

OptionText text_of(const CLI::Option& option) {
  OptionText out;
  for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  if (out.names.empty()) out.names.push_back(option.get_name());
  if (option.get_expected_max() != 0 && !out.is_word()) out.value = option.get_type_name();
  out.summary = option.get_description();
  out.required = option.get_required();
  out.many = option.get_expected_max() > 1;
  return out;
}

}  // namespace

std::vector<std::string> OptionText::choices() const {
  std::vector<std::string> out;
  if (value.find('|') == std::string::npos) return out;
  for (size_t at = 0; at <= value.size();) {
    const size_t end = std::min(value.find('|', at), value.size());
    out.push_back(value.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::vector<CommandText> describe_commands() {
  std::vector<CommandText> out;
  for (const Command& command : commands()) {
    Console nowhere(-1, -1);
    CLI::App app;
    const Action action = command.define(app, nowhere);  // options live in it
    CommandText text{std::string(command.name), std::string(command.summary), {}, app.get_footer()};
    for (const CLI::Option* option : app.get_options()) text.options.push_back(text_of(*option));
    std::stable_partition(text.options.begin(), text.options.end(), [](const OptionText& o) { return o.is_word(); });
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace aclc::cli
