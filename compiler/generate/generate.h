// SPDX-License-Identifier: Apache-2.0
// A realistic policy and tailnet of any size, the same for the same numbers: for benchmarks, tests and bug reports.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace aclc {

struct GenerateOptions {
  uint32_t nodes = 100;
  uint32_t users = 20;
  uint32_t rules = 50;  ///< of acls and grants together
  uint64_t seed = 1;
};

struct GeneratedTailnet {
  std::string policy;   ///< HuJSON in the canonical layout; passes the check, and its tests hold
  std::string tailnet;  ///< this project's own format
};

/// Mostly groups that reach tags on a few ports, as policies in the wild do; beside that some of everything the language has:
/// single users, routes and their routers (some of them pairs), exit nodes, `autogroup:self`, via, app capabilities, postures,
/// ssh, nodeAttrs, tests. A quarter of the nodes is tagged. Fails where the tailnet's addresses do not suffice (4,000,000 nodes).
Result<GeneratedTailnet> generate(const GenerateOptions& options);

}  // namespace aclc
