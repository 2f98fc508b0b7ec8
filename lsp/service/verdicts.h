// SPDX-License-Identifier: Apache-2.0
// What the slow tier has to say about one text: results of the policy's own tests, and findings that need a compile.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "lsp/service/analysis.h"

namespace aclc::lsp {

/// How one entry of `tests` or `sshTests` fared.
struct TestVerdict {
  Entry entry;
  uint32_t passed = 0;
  uint32_t failed = 0;
  std::vector<std::string> messages;  ///< one for each failure
};

struct Verdicts {
  bool tests_run = false;
  std::string not_run;  ///< why not
  std::vector<TestVerdict> tests;
  std::vector<Diagnostic> findings;

  const TestVerdict* of(Entry entry) const {
    for (const TestVerdict& t : tests) {
      if (t.entry == entry) return &t;
    }
    return nullptr;
  }
};

/// Runs everything that is too slow for a keystroke. Looks at `cancelled` between steps and gives up when it is set.
std::shared_ptr<const Verdicts> judge(const Analysis& analysis, const std::atomic<bool>& cancelled);

}  // namespace aclc::lsp
