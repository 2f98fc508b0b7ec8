// SPDX-License-Identifier: Apache-2.0
// Line and column of many offsets of one source, cheaply where they come in order: a line of many megabytes is counted
// once, not once for each finding on it.
#pragma once

#include "parser/source/source.h"

namespace aclc {

class Places {
 public:
  explicit Places(const SourceMap& sources) : sources_(sources) {}

  /// Columns in code points, as SourceBuffer::position.
  LineColumn of(SourceId source, uint32_t offset);

 private:
  const SourceMap& sources_;
  SourceId source_;
  uint32_t offset_ = 0;
  LineColumn at_;
};

}  // namespace aclc
