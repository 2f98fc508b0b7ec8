// SPDX-License-Identifier: Apache-2.0
#include "lsp/documents/document.h"

namespace aclc::lsp {

void Document::change(int64_t version, const std::vector<ContentChange>& changes, PositionUnit unit) {
  version_ = version;
  for (const ContentChange& change : changes) {
    ++revision_;
    if (!change.range) {
      text_ = std::make_shared<TextVersion>(change.text);
      continue;
    }
    if (text_.use_count() > 1) text_ = std::make_shared<TextVersion>(*text_);
    const Span span = Positions(*text_, unit).span(*change.range);
    text_->replace(span, change.text);
  }
}

}  // namespace aclc::lsp
