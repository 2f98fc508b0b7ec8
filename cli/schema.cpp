// SPDX-License-Identifier: Apache-2.0
// aclc schema: the JSON Schema of the policy language, for editors that know JSON but not policies.
#include "compiler/check/schema.h"

#include <CLI/App.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/files.h"

namespace aclc::cli {

Action define_schema(CLI::App& app, Console& console) {
  const auto out = std::make_shared<std::string>();
  app.add_option("-o,--output", *out, "write it to this file (default standard output)")->type_name("FILE");
  return [out, &console] {
    if (out->empty()) {
      console.print(json_schema());
      return Exit::kYes;
    }
    const auto done = replace_file(*out, json_schema());
    if (!done) {
      console.complain(done.error().message);
      return Exit::kTrouble;
    }
    return Exit::kYes;
  };
}

}  // namespace aclc::cli
