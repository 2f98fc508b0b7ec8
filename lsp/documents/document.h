// SPDX-License-Identifier: Apache-2.0
// The open documents, kept in step with the editor's by its notifications.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lsp/documents/text.h"
#include "lsp/protocol/types.h"

namespace aclc::lsp {

/// One change of a text: these bytes were replaced by so many others.
struct Replacement {
  Span replaced;
  uint32_t length = 0;
};

/// One open document. Readers on other threads hold the version they work on: it is copied, not changed, while they do.
class Document {
 public:
  Document(std::string uri, int64_t version, std::string text)
      : uri_(std::move(uri)), version_(version), text_(std::make_shared<TextVersion>(std::move(text))) {}

  const std::string& uri() const { return uri_; }  ///< as the client spells it
  int64_t version() const { return version_; }
  std::shared_ptr<const TextVersion> text() const { return text_; }
  /// Counts edits of this server's own making of the document: a new number for every new text.
  uint64_t revision() const { return revision_; }

  /// Applies the changes in order, each to the result of the one before, whatever the version says. Tells what they came to.
  std::vector<Replacement> change(int64_t version, const std::vector<ContentChange>& changes, PositionUnit unit);

 private:
  std::string uri_;
  int64_t version_;
  uint64_t revision_ = 1;
  std::shared_ptr<TextVersion> text_;
};

}  // namespace aclc::lsp
