// SPDX-License-Identifier: Apache-2.0
// Lists of sources as texts, each made once.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "compiler/tables/plan.h"

namespace aclc::tables {

class SourceTexts {
 public:
  explicit SourceTexts(const SharedForm& form) : form_(form) {}

  /// SrcIPs: sorted as texts, each once.
  std::vector<std::string> list(const Plan& plan, SourceRef source) const;
  /// The same as a JSON array. Of a content it is kept; `local` has the memory for others.
  const std::string& json(const Plan& plan, SourceRef source, std::string& local);
  void forget(ContentId content) {
    if (content.value < json_.size()) json_[content.value] = {};
  }
  /// Bytes of all that was made to be kept.
  size_t kept_bytes() const { return bytes_; }

 private:
  struct Members;
  Members members(const Plan& plan, SourceRef source) const;

  const SharedForm& form_;
  std::deque<std::string> json_;  // by ContentId; empty where not made yet
  size_t bytes_ = 0;
};

}  // namespace aclc::tables
