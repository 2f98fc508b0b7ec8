// SPDX-License-Identifier: Apache-2.0
#include "lsp/documents/document.h"

#include <algorithm>
#include <atomic>

namespace aclc::lsp {

std::vector<Replacement> Document::change(int64_t version, const std::vector<ContentChange>& changes, PositionUnit unit) {
  version_ = version;
  std::vector<Replacement> done;
  for (const ContentChange& change : changes) {
    ++revision_;
    const uint32_t length = static_cast<uint32_t>(change.text.size());
    if (!change.range) {
      // What is alike at both ends was not replaced.
      const std::string& before = text_->text;
      const size_t most = std::min<size_t>(before.size(), length);
      size_t head = 0, tail = 0;
      while (head < most && before[head] == change.text[head]) ++head;
      while (tail < most - head && before[before.size() - 1 - tail] == change.text[length - 1 - tail]) ++tail;
      done.push_back({{static_cast<uint32_t>(head), static_cast<uint32_t>(before.size() - tail)},
                      length - static_cast<uint32_t>(head + tail)});
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
