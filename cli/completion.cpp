// SPDX-License-Identifier: Apache-2.0
// aclc completion: what a shell offers after `aclc`, for bash, zsh and fish.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/describe.h"

namespace aclc::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// A summary without what shells give a meaning to, in single quotes; it is for reading only.
std::string quoted_summary(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (std::string_view("`$\\\"[]:").find(c) != std::string_view::npos) continue;
    out += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return out + "'";
}

std::string names_of(const std::vector<CommandText>& all) {
  std::vector<std::string> names;
  for (const CommandText& c : all) names.push_back(c.name);
  return joined(names);
}

/// f(command, option) for all options of all commands; words like POLICY are none.
template <class F>
void each_option(const std::vector<CommandText>& all, F&& f) {
  for (const CommandText& c : all) {
    for (const OptionText& o : c.options) {
      if (!o.is_word()) f(c, o);
    }
  }
}

std::string bash(const std::vector<CommandText>& all) {
  std::string out =
      "# bash completion for aclc, made by `aclc completion bash`\n"
      "_aclc() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
      "  COMPREPLY=()\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n";
  out += fmt::format("    mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- \"$cur\")\n    return\n  fi\n", names_of(all));
  out += "  case ${COMP_WORDS[1]}:$prev in\n";
  each_option(all, [&](const CommandText& c, const OptionText& o) {
    if (o.value.empty()) return;
    std::string pattern;
    for (const std::string& name : o.names) pattern += fmt::format("{}{}:{}", pattern.empty() ? "" : "|", c.name, name);
    const auto choices = o.choices();
    std::string_view kind = "return";
    if (o.value == "DIR") kind = "mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); return";
    if (o.value == "FILE" || o.value == "KEY") kind = "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return";
    out += choices.empty() ? fmt::format("    {}) {} ;;\n", pattern, kind)
                           : fmt::format("    {}) mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$cur\"); return ;;\n", pattern, joined(choices));
  });
  out += "  esac\n  case ${COMP_WORDS[1]} in\n";
  for (const CommandText& c : all) {
    std::vector<std::string> names;
    for (const OptionText& o : c.options) {
      if (!o.is_word()) names.insert(names.end(), o.names.begin(), o.names.end());
    }
    out += fmt::format("    {}) words='{}' ;;\n", c.name, joined(names));
  }
  return out +
         "    help) words='" + names_of(all) + "' ;;\n"
         "  esac\n"
         "  if [[ $cur == -* || ${COMP_WORDS[1]} == help ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
         "  else\n"
         "    mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _aclc aclc\n";
}

/// What zsh offers for a value.
std::string zsh_value(const OptionText& o) {
  if (o.value.empty()) return {};
  if (const auto choices = o.choices(); !choices.empty()) return fmt::format(":value:({})", joined(choices));
  if (o.value == "DIR") return ":folder:_files -/";
  if (o.value == "FILE" || o.value == "KEY") return ":file:_files";
  return fmt::format(":{}: ", o.value);
}

std::string zsh(const std::vector<CommandText>& all) {
  std::string out =
      "#compdef aclc\n"
      "# zsh completion for aclc, made by `aclc completion zsh`\n"
      "_aclc() {\n"
      "  if (( CURRENT == 2 )); then\n"
      "    local -a commands=(\n";
  for (const CommandText& c : all) out += fmt::format("      {}:{}\n", c.name, quoted_summary(c.summary));
  out +=
      "    )\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $command in\n";
  for (const CommandText& c : all) {
    out += fmt::format("    {})\n      _arguments", c.name);
    for (const OptionText& o : c.options) {
      if (o.is_word()) continue;
      const std::string summary = quoted_summary(o.summary);
      for (const std::string& name : o.names) {
        out += fmt::format(" \\\n        '{}[{}]{}'", name, summary.substr(1, summary.size() - 2), zsh_value(o));
      }
    }
    out += " \\\n        '*:file:_files' ;;\n";
  }
  return out +
         "  esac\n"
         "}\n"
         "_aclc \"$@\"\n";
}

std::string fish(const std::vector<CommandText>& all) {
  std::string out =
      "# fish completion for aclc, made by `aclc completion fish`\n"
      "complete -c aclc -n __fish_use_subcommand -f\n";
  for (const CommandText& c : all) {
    out += fmt::format("complete -c aclc -n __fish_use_subcommand -a {} -d {}\n", c.name, quoted_summary(c.summary));
  }
  each_option(all, [&](const CommandText& c, const OptionText& o) {
    out += fmt::format("complete -c aclc -n '__fish_seen_subcommand_from {}'", c.name);
    for (const std::string& name : o.names) out += name[1] == '-' ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (const auto choices = o.choices(); !choices.empty()) {
      out += fmt::format(" -x -a '{}'", joined(choices));
    } else if (!o.value.empty()) {
      out += o.value == "FILE" || o.value == "DIR" || o.value == "KEY" ? " -r -F" : " -x";
    }
    out += fmt::format(" -d {}\n", quoted_summary(o.summary));
  });
  return out;
}

}  // namespace

Action define_completion(CLI::App& app, Console& console) {
  const auto shell = std::make_shared<std::string>();
  app.add_option("SHELL", *shell, "bash, zsh or fish")->type_name("")->required();
  return [shell, &console] {
    const std::vector<CommandText> all = describe_commands();
    if (*shell == "bash") {
      console.print(bash(all));
    } else if (*shell == "zsh") {
      console.print(zsh(all));
    } else if (*shell == "fish") {
      console.print(fish(all));
    } else {
      console.complain(fmt::format("completions are there for bash, zsh and fish, not for `{}`", *shell));
      return Exit::kTrouble;
    }
    return Exit::kYes;
  };
}

}  // namespace aclc::cli
