// SPDX-License-Identifier: Apache-2.0
// An editor that asks for code actions and applies them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/lsp/client.h"

namespace aclc::lsp::test {

/// An open text with the cursor at a piece of it.
struct Editor {
  Client c;
  explicit Editor(const std::string& text) {
    c.initialize();
    c.open(text);
    c.settle();
  }
  json actions(const std::string& piece, json only = nullptr) {
    json context = {{"diagnostics", json::array()}};
    if (!only.is_null()) context["only"] = std::move(only);
    return c.whole("codeAction", {{"range", Client::range(c.at(piece, 1), c.at(piece, 1))}, {"context", context}});
  }
  std::vector<std::string> titles(const std::string& piece, json only = nullptr) {
    std::vector<std::string> out;
    for (const json& action : actions(piece, std::move(only))) out.push_back(action["title"]);
    return out;
  }
  /// The text after the action of this title; empty where it is not offered.
  std::string after(const std::string& piece, const std::string& title, json only = nullptr) {
    for (const json& action : actions(piece, std::move(only))) {
      if (action["title"] != title) continue;
      return edited(c.text(), action["edit"]["documentChanges"][0]["edits"]);
    }
    return {};
  }
};

}  // namespace aclc::lsp::test
