// SPDX-License-Identifier: Apache-2.0
// Exchanges by way of the program `aclc-https`, which is started at the first one and ends with this object.
#pragma once

#include <sys/types.h>

#include <string>

#include "deploy/http/transport.h"

namespace aclc::http {

class ProgramTransport : public Transport {
 public:
  /// The program's path; see find_program.
  explicit ProgramTransport(std::string path) : path_(std::move(path)) {}
  ~ProgramTransport() override;
  ProgramTransport(const ProgramTransport&) = delete;
  ProgramTransport& operator=(const ProgramTransport&) = delete;

  Result<Response, Trouble> send(const Request& request) override;

 private:
  bool start();
  void stop();

  std::string path_;
  pid_t child_ = -1;
  int to_ = -1;
  int from_ = -1;
};

/// `aclc-https` beside this program (a build tree), or in ../libexec/aclc (an installed one).
Result<std::string> find_program();

}  // namespace aclc::http
