// SPDX-License-Identifier: Apache-2.0
// A policy on disk with the tailnet file beside it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "lsp/documents/uri.h"

namespace aclc::lsp::test {

/// A folder with a policy and an inventory of two users, their devices, `web1` with tag:web and `db1` with tag:db.
class Folder {
 public:
  explicit Folder(const std::string& policy) : path_(testing::TempDir() + "aclc-lsp-" + std::to_string(reinterpret_cast<uintptr_t>(this))) {
    [[maybe_unused]] const int made = std::system(("mkdir -p " + path_).c_str());
    write("policy.hujson", policy);
    write("tailnet.json", R"({"tailnet": "example.com", "users": [{"login": "ann@example.com"}, {"login": "bob@example.com"}],
      "nodes": [{"name": "laptop", "ipv4": "100.64.0.1", "user": "ann@example.com"},
                {"name": "desk", "ipv4": "100.64.0.2", "user": "bob@example.com"},
                {"name": "web1", "ipv4": "100.64.0.10", "tags": ["tag:web"]},
                {"name": "db1", "ipv4": "100.64.0.20", "tags": ["tag:db"]}]})");
  }
  ~Folder() { [[maybe_unused]] const int gone = std::system(("rm -r " + path_).c_str()); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ + "/" + name) << text; }
  std::string uri() const { return path_to_uri(path_ + "/policy.hujson"); }

 private:
  std::string path_;
};

}  // namespace aclc::lsp::test
