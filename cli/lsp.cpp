// SPDX-License-Identifier: Apache-2.0
// aclc lsp: the language server on standard input and output.
#include "lsp/server/server.h"

#include <CLI/App.hpp>
#include <memory>

#include "cli/command.h"

namespace aclc::cli {

Action define_lsp(CLI::App& app, Console&) {
  // Editors say how they mean to talk; there is but one way.
  auto stdio = std::make_shared<bool>(false);
  app.add_flag("--stdio", *stdio, "talk on standard input and output, as it does anyway");
  return [stdio] { return lsp::serve_stdio(std::string(version())) == 0 ? Exit::kYes : Exit::kNo; };
}

}  // namespace aclc::cli
