// SPDX-License-Identifier: Apache-2.0
// aclc gen: a realistic, reproducible policy and tailnet of a given size.
#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/App.hpp>
#include <cerrno>
#include <cstring>
#include <memory>

#include "cli/command.h"
#include "cli/files.h"
#include "compiler/generate/generate.h"

namespace aclc::cli {
namespace {

struct Gen {
  GenerateOptions options;
  std::string out;
};

Exit gen(const Gen& o, Console& console) {
  const Result<GeneratedTailnet> made = generate(o.options);
  if (!made) {
    console.complain(made.error().message);
    return Exit::kTrouble;
  }
  if (::mkdir(o.out.c_str(), 0777) != 0 && errno != EEXIST) {
    console.complain(fmt::format("cannot make the folder {}: {}", o.out, std::strerror(errno)));
    return Exit::kTrouble;
  }
  for (const auto& [name, text] : {std::pair{"policy.hujson", &made->policy}, std::pair{"tailnet.json", &made->tailnet}}) {
    const auto done = replace_file(fmt::format("{}/{}", o.out, name), *text);
    if (!done) {
      console.complain(done.error().message);
      return Exit::kTrouble;
    }
  }
  console.print(fmt::format("{0}/policy.hujson  {1} rules, {2} bytes\n{0}/tailnet.json   {3} nodes, {4} users, {5} bytes\n", o.out,
                            o.options.rules, made->policy.size(), o.options.nodes, o.options.users, made->tailnet.size()));
  return Exit::kYes;
}

}  // namespace

Action define_gen(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Gen>();
  app.add_option("--nodes", o->options.nodes, "how many nodes (default 100)")->type_name("N");
  app.add_option("--users", o->options.users, "how many users (default 20)")->type_name("N");
  app.add_option("--rules", o->options.rules, "how many acls and grants (default 50)")->type_name("N");
  app.add_option("--seed", o->options.seed, "another seed, another tailnet (default 1)")->type_name("N");
  app.add_option("--out", o->out, "folder for policy.hujson and tailnet.json")->type_name("DIR")->required();
  return [o, &console] { return gen(*o, console); };
}

}  // namespace aclc::cli
