// SPDX-License-Identifier: Apache-2.0
// Standard output and error of the process, without iostreams.
#pragma once

#include <string>
#include <string_view>

namespace aclc::cli {

/// Output goes out in large writes. A reader that went away is no fault: what is printed after that is dropped.
class Console {
 public:
  explicit Console(int out = 1, int err = 2) : out_(out), err_(err) {}
  ~Console() { flush(); }
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Answers and findings.
  void print(std::string_view text);
  /// The tool's own trouble: a line on standard error, behind `aclc: `.
  void complain(std::string_view text);
  /// What was complained of since the last call, for documents that say why there is no answer: `...; ...`.
  std::string take_complaints();
  /// A line on standard error as it is.
  void note(std::string_view text);

  /// Writes what is held back. False if some output was lost to anything but a closed pipe (a full disk).
  bool flush();

  /// Whether colour is wanted where the user left it open: a terminal that knows it, and no NO_COLOR.
  bool colour_by_default() const;

  int output() const { return out_; }

 private:
  bool write_all(int fd, std::string_view text);

  int out_;
  int err_;
  std::string held_;
  std::string complaints_;
  bool closed_ = false;
  bool lost_ = false;
};

}  // namespace aclc::cli
