// SPDX-License-Identifier: Apache-2.0
// Document URIs: clients spell one document in many ways, and expect their own spelling back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aclc::lsp {

/// One key for all spellings of a URI: percent-escapes decoded, scheme, host and drive letter in lower case.
std::string uri_key(std::string_view uri);

/// The path of a `file:` URI; nothing for other schemes (`untitled:`).
std::optional<std::string> uri_to_path(std::string_view uri);

/// A `file:` URI of an absolute path.
std::string path_to_uri(std::string_view path);

}  // namespace aclc::lsp
