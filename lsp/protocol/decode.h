// SPDX-License-Identifier: Apache-2.0
// JSON -> structures of the protocol. Nothing throws; a missing or wrongly typed member is an empty optional.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/protocol/encode.h"
#include "lsp/protocol/types.h"

namespace aclc::lsp {

using Json = nlohmann::json;

/// The member at a path (`textDocument/uri`), or null where there is none.
const Json* member(const Json& object, std::string_view path);

bool read_bool(const Json& object, std::string_view path, bool otherwise);
std::optional<std::string> read_text(const Json& object, std::string_view path);
std::optional<int64_t> read_integer(const Json& object, std::string_view path);

/// Negative and huge numbers are clamped: a position is never wrong, only out of the text.
std::optional<Position> read_position(const Json& object, std::string_view path);
std::optional<Range> read_range(const Json& object, std::string_view path);

/// The changes of textDocument/didChange; nothing when one of them has no form.
std::optional<std::vector<ContentChange>> read_changes(const Json& params);

/// From InitializeParams.capabilities.
ClientCapabilities read_capabilities(const Json& capabilities);

}  // namespace aclc::lsp
