// SPDX-License-Identifier: Apache-2.0
#include "parser/diagnostics/places.h"

#include <algorithm>

#include "base/text/utf8.h"

namespace aclc {

LineColumn Places::of(SourceId source, uint32_t offset) {
  const SourceBuffer& buffer = sources_[source];
  offset = std::min<uint32_t>(offset, static_cast<uint32_t>(buffer.text().size()));
  const uint32_t line = buffer.lines().line_of(offset);
  // Counting on from the last place is only exact from the start of a code point, and every span begins at one or after
  // one.
  if (source == source_ && line == at_.line && offset >= offset_) {
    at_.column += static_cast<uint32_t>(count_code_points(buffer.text().substr(offset_, offset - offset_)));
  } else {
    at_ = buffer.position(offset);
  }
  source_ = source;
  offset_ = offset;
  return at_;
}

}  // namespace aclc
