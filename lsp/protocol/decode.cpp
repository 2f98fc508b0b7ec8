// SPDX-License-Identifier: Apache-2.0
#include "lsp/protocol/decode.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace aclc::lsp {
namespace {

std::optional<uint32_t> clamped(const Json* value) {
  if (!value || !value->is_number()) return std::nullopt;
  constexpr uint32_t kMost = std::numeric_limits<int32_t>::max();
  if (value->is_number_unsigned()) return static_cast<uint32_t>(std::min<uint64_t>(value->get<uint64_t>(), kMost));
  if (value->is_number_integer())
    return static_cast<uint32_t>(std::clamp<int64_t>(value->get<int64_t>(), 0, int64_t{kMost}));
  const double d = value->get<double>();
  if (!(d > 0)) return 0;
  return d >= kMost ? kMost : static_cast<uint32_t>(d);
}

std::optional<Position> as_position(const Json* value) {
  if (!value || !value->is_object()) return std::nullopt;
  const std::optional<uint32_t> line = clamped(member(*value, "line"));
  const std::optional<uint32_t> character = clamped(member(*value, "character"));
  if (!line || !character) return std::nullopt;
  return Position{*line, *character};
}

std::optional<Range> as_range(const Json* value) {
  if (!value || !value->is_object()) return std::nullopt;
  const std::optional<Position> start = as_position(member(*value, "start"));
  const std::optional<Position> end = as_position(member(*value, "end"));
  if (!start || !end) return std::nullopt;
  return Range{*start, *end};
}

bool holds(const Json& object, std::string_view path, std::string_view word) {
  const Json* list = member(object, path);
  if (!list || !list->is_array()) return false;
  return std::any_of(list->begin(), list->end(),
                     [&](const Json& item) { return item.is_string() && item.get_ref<const std::string&>() == word; });
}

}  // namespace

const Json* member(const Json& object, std::string_view path) {
  const Json* at = &object;
  while (true) {
    if (!at->is_object()) return nullptr;
    const size_t slash = path.find('/');
    const auto found = at->find(path.substr(0, slash));
    if (found == at->end()) return nullptr;
    at = &*found;
    if (slash == std::string_view::npos) return at;
    path.remove_prefix(slash + 1);
  }
}

bool read_bool(const Json& object, std::string_view path, bool otherwise) {
  const Json* value = member(object, path);
  return value && value->is_boolean() ? value->get<bool>() : otherwise;
}

std::optional<std::string> read_text(const Json& object, std::string_view path) {
  const Json* value = member(object, path);
  if (!value || !value->is_string()) return std::nullopt;
  return value->get<std::string>();
}

std::optional<int64_t> read_integer(const Json& object, std::string_view path) {
  const Json* value = member(object, path);
  if (!value || !value->is_number_integer()) return std::nullopt;
  return value->get<int64_t>();
}

std::optional<Position> read_position(const Json& object, std::string_view path) {
  return as_position(member(object, path));
}

std::optional<Range> read_range(const Json& object, std::string_view path) { return as_range(member(object, path)); }

std::optional<std::vector<ContentChange>> read_changes(const Json& params) {
  const Json* list = member(params, "contentChanges");
  if (!list || !list->is_array()) return std::nullopt;
  std::vector<ContentChange> changes;
  for (const Json& item : *list) {
    std::optional<std::string> text = read_text(item, "text");
    if (!text) return std::nullopt;
    ContentChange change{std::nullopt, std::move(*text)};
    if (const Json* range = member(item, "range"); range && !range->is_null()) {
      change.range = as_range(range);
      if (!change.range) return std::nullopt;
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

ClientCapabilities read_capabilities(const Json& c) {
  ClientCapabilities out;
  out.utf8 = holds(c, "general/positionEncodings", "utf-8");
  out.pull_diagnostics = member(c, "textDocument/diagnostic") != nullptr;
  out.diagnostic_refresh = read_bool(c, "workspace/diagnostics/refreshSupport", false);
  for (const std::string_view kind : {"textDocument/publishDiagnostics", "textDocument/diagnostic"}) {
    const std::string path(kind);
    out.related_information |= read_bool(c, path + "/relatedInformation", false);
    out.diagnostic_tags |= member(c, path + "/tagSupport") != nullptr;
    out.diagnostic_code_href |= read_bool(c, path + "/codeDescriptionSupport", false);
    out.diagnostic_data |= read_bool(c, path + "/dataSupport", false);
  }
  out.hierarchical_symbols = read_bool(c, "textDocument/documentSymbol/hierarchicalDocumentSymbolSupport", false);
  out.hover_markdown = holds(c, "textDocument/hover/contentFormat", "markdown");
  out.completion_markdown = holds(c, "textDocument/completion/completionItem/documentationFormat", "markdown");
  out.completion_list_defaults = holds(c, "textDocument/completion/completionList/itemDefaults", "editRange");
  out.completion_insert_replace = read_bool(c, "textDocument/completion/completionItem/insertReplaceSupport", false);
  out.code_action_literals = member(c, "textDocument/codeAction/codeActionLiteralSupport") != nullptr;
  out.code_action_resolve = holds(c, "textDocument/codeAction/resolveSupport/properties", "edit") &&
                            read_bool(c, "textDocument/codeAction/dataSupport", false);
  out.code_lens_refresh = read_bool(c, "workspace/codeLens/refreshSupport", false);
  out.inlay_refresh = read_bool(c, "workspace/inlayHint/refreshSupport", false);
  out.document_changes = read_bool(c, "workspace/workspaceEdit/documentChanges", false);
  out.apply_edit = read_bool(c, "workspace/applyEdit", false);
  out.prepare_rename = read_bool(c, "textDocument/rename/prepareSupport", false);
  out.dynamic_watched_files = read_bool(c, "workspace/didChangeWatchedFiles/dynamicRegistration", false);
  out.relative_patterns = read_bool(c, "workspace/didChangeWatchedFiles/relativePatternSupport", false);
  out.dynamic_configuration = read_bool(c, "workspace/didChangeConfiguration/dynamicRegistration", false);
  out.configuration = read_bool(c, "workspace/configuration", false);
  out.work_done_progress = read_bool(c, "window/workDoneProgress", false);
  out.show_document = read_bool(c, "window/showDocument/support", false);
  out.line_folding_only = read_bool(c, "textDocument/foldingRange/lineFoldingOnly", false);
  out.folding_limit = static_cast<uint32_t>(
      std::clamp<int64_t>(read_integer(c, "textDocument/foldingRange/rangeLimit").value_or(0), 0, 1'000'000));
  return out;
}

}  // namespace aclc::lsp
