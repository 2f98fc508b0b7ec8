// SPDX-License-Identifier: Apache-2.0
#include "lsp/documents/document.h"

#include <atomic>

namespace aclc::lsp {

std::vector<Replacement> Document::change(int64_t version, const std::vector<ContentChange>& changes, PositionUnit unit) {
  version_ = version;
  std::vector<Replacement> done;
  for (const ContentChange& change : changes) {
    ++revision_;
    const uint32_t length = static_cast<uint32_t>(change.text.size());
    if (!change.range) {
      done.push_back({{0, static_cast<uint32_t>(text_->text.size())}, length});
      text_ = std::make_shared<TextVersion>(change.text);
      continue;
    }
    if (text_.use_count() > 1) text_ = std::make_shared<TextVersion>(*text_);
    else std::atomic_thread_fence(std::memory_order_acquire);  // after all that a thread has read which let go of it
    const Span span = Positions(*text_, unit).span(*change.range);
    text_->replace(span, change.text);
    done.push_back({span, length});
  }
  return done;
}

}  // namespace aclc::lsp
