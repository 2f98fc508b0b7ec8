// SPDX-License-Identifier: Apache-2.0
// Structures of the protocol -> JSON text.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lsp/protocol/types.h"
#include "lsp/protocol/writer.h"

namespace aclc::lsp {

/// What the client can take; absent capabilities are the defaults here.
struct ClientCapabilities {
  bool utf8 = false;                    ///< general.positionEncodings holds utf-8
  bool pull_diagnostics = false;
  bool diagnostic_refresh = false;
  bool related_information = false;
  bool diagnostic_tags = false;
  bool diagnostic_code_href = false;
  bool diagnostic_data = false;
  bool hierarchical_symbols = false;
  bool hover_markdown = false;
  bool completion_markdown = false;
  bool completion_list_defaults = false;  ///< itemDefaults.editRange
  bool completion_insert_replace = false; ///< completionItem.insertReplaceSupport
  bool code_action_literals = false;
  bool code_action_resolve = false;
  bool code_lens_refresh = false;
  bool inlay_refresh = false;
  bool document_changes = false;
  bool apply_edit = false;
  bool prepare_rename = false;
  bool dynamic_watched_files = false;
  bool relative_patterns = false;  ///< watches files outside of the workspace
  bool configuration = false;
  bool dynamic_configuration = false;
  bool work_done_progress = false;
  bool show_document = false;
  bool shows_answers = false;  ///< of commands: the option `showsAnswers` of its initializationOptions
  bool line_folding_only = false;
  uint32_t folding_limit = 0;           ///< 0: none said
};

// Every function appends one value.
void encode(JsonWriter& w, const Position& value);
void encode(JsonWriter& w, const Range& value);
void encode(JsonWriter& w, const Location& value);
void encode(JsonWriter& w, const TextEdit& value);
void encode(JsonWriter& w, const WorkspaceEdit& value, const ClientCapabilities& client);
void encode(JsonWriter& w, const Command& value);
void encode(JsonWriter& w, const DiagnosticItem& value, const ClientCapabilities& client);
void encode(JsonWriter& w, const DocumentSymbol& value);
/// As SymbolInformation, flattened, for clients without hierarchies.
void encode_flat(JsonWriter& w, const DocumentSymbol& value, const std::string& uri, const std::string& container);
void encode(JsonWriter& w, const WorkspaceSymbol& value);
void encode(JsonWriter& w, const FoldingRange& value);
void encode(JsonWriter& w, const SelectionChain& value);
void encode(JsonWriter& w, const Hover& value, const ClientCapabilities& client);
void encode(JsonWriter& w, const CompletionList& value, const ClientCapabilities& client);
void encode(JsonWriter& w, const DocumentHighlight& value);
void encode(JsonWriter& w, const CodeAction& value, const ClientCapabilities& client);
void encode(JsonWriter& w, const CodeLens& value);
void encode(JsonWriter& w, const InlayHint& value);
void encode(JsonWriter& w, const DocumentLink& value);
void encode(JsonWriter& w, const CallItem& value);
/// other is `from` or `to`.
void encode(JsonWriter& w, const Call& value, std::string_view other);
void encode(JsonWriter& w, const PrepareRename& value);

template <class T, class... More>
void encode_list(JsonWriter& w, const std::vector<T>& values, const More&... more) {
  w.begin_array();
  for (const T& value : values) encode(w, value, more...);
  w.end_array();
}

/// Markdown without its marks, for clients that show plain text.
std::string plain_text(std::string_view markdown);

}  // namespace aclc::lsp
