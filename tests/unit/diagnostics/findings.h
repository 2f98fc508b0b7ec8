// SPDX-License-Identifier: Apache-2.0
// A source map of one text, and findings in it made by what they point at.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <string_view>

#include "parser/diagnostics/diagnostic.h"

namespace aclc::test {

struct OneText {
  SourceMap sources;
  SourceId id;

  explicit OneText(std::string text, std::string name = "p.hujson")
      : id(sources.add(std::move(name), std::move(text))) {}

  /// Where the needle stands first.
  Span at(std::string_view needle) const {
    const size_t begin = sources[id].text().find(needle);
    EXPECT_NE(begin, std::string_view::npos) << needle;
    return {static_cast<uint32_t>(begin), static_cast<uint32_t>(begin + needle.size())};
  }
  Diagnostic unknown_tag(std::string_view needle) const { return diag::UnknownTag(at(needle), needle).in(id); }
};

}  // namespace aclc::test
