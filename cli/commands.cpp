// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

namespace aclc::cli {
namespace {

constexpr Command kCommands[] = {
    {"check", "would the control plane take it? every fault with its place, its cause and a fix", define_check},
    {"test", "run `tests` and `sshTests` and report every assertion", define_test},
    {"diff", "who gains and who loses access between two policies", define_diff},
    {"why", "may A reach B? by which rule, or how near", define_why},
    {"lint", "what is valid but wrong, risky, dead or useless, with fixes", define_lint},
    {"fmt", "print, check or write the canonical layout", define_fmt},
    {"compile", "what every node gets: filter and ssh rules, routes, peers, and because of which line", define_compile},
    {"decide", "what wire rules (a netmap's packet filter) say to packets", define_decide},
    {"push", "put a policy in force, once it is sound and if nobody changed the one in force", define_push},
    {"pull", "fetch the policy in force into a file", define_pull},
    {"drift", "is what is in force what this file says?", define_drift},
    {"lsp", "a language server on standard input and output", define_lsp},
    {"schema", "a JSON Schema of the policy language, for editors without the language server", define_schema},
    {"snapshot", "what every node's daemon needs, one signed file a node", define_snapshot},
    {"explain", "what a finding means, with an example and how to mend it", define_explain},
    {"gen", "a realistic, reproducible policy and tailnet of a given size", define_gen},
    {"man", "the manual, a page for each command", define_man},
    {"completion", "what a shell offers after `aclc`: for bash, zsh, fish", define_completion},
    {"dump", "a phase's view of a policy, for people who work on aclc", define_dump},
};

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

}  // namespace aclc::cli
