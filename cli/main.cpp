// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "cli/run.h"

int main(int argc, char** argv) {
  // A reader that goes away must show up as a failed write, not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  return aclc::cli::run({argv + 1, argv + argc});
}
