// SPDX-License-Identifier: Apache-2.0
#include "lsp/protocol/encode.h"

namespace aclc::lsp {

void encode(JsonWriter& w, const Position& value) {
  w.begin_object().key("line").number(value.line).key("character").number(value.character).end_object();
}

void encode(JsonWriter& w, const Range& value) {
  w.begin_object().key("start");
  encode(w, value.start);
  w.key("end");
  encode(w, value.end);
  w.end_object();
}

void encode(JsonWriter& w, const Location& value) {
  w.begin_object().key("uri").text(value.uri).key("range");
  encode(w, value.range);
  w.end_object();
}

void encode(JsonWriter& w, const TextEdit& value) {
  w.begin_object().key("range");
  encode(w, value.range);
  w.key("newText").text(value.new_text).end_object();
}

void encode(JsonWriter& w, const WorkspaceEdit& value, const ClientCapabilities& client) {
  w.begin_object();
  if (client.document_changes) {
    w.key("documentChanges").begin_array();
    for (const DocumentEdit& document : value.documents) {
      w.begin_object().key("textDocument").begin_object().key("uri").text(document.uri).key("version");
      if (document.version) w.number(*document.version);
      else w.null();
      w.end_object().key("edits");
      encode_list(w, document.edits);
      w.end_object();
    }
    w.end_array();
  } else {
    w.key("changes").begin_object();
    for (const DocumentEdit& document : value.documents) {
      // A URI is JSON-safe but for what json_quote escapes.
      const std::string quoted = json_quote(document.uri);
      w.key(std::string_view(quoted).substr(1, quoted.size() - 2));
      encode_list(w, document.edits);
    }
    w.end_object();
  }
  w.end_object();
}

void encode(JsonWriter& w, const Command& value) {
  w.begin_object().key("title").text(value.title).key("command").text(value.command);
  w.key("arguments").raw(value.arguments).end_object();
}

void encode(JsonWriter& w, const DiagnosticItem& value, const ClientCapabilities& client) {
  w.begin_object().key("range");
  encode(w, value.range);
  w.key("severity").number(value.severity).key("code").text(value.code);
  if (!value.href.empty() && client.diagnostic_code_href)
    w.key("codeDescription").begin_object().key("href").text(value.href).end_object();
  std::string message = value.message;
  if (!client.related_information) {
    // What other places have to say is part of why.
    for (const RelatedInformation& related : value.related)
      message += "\nline " + std::to_string(related.location.range.start.line + 1) + ": " + related.message;
  }
  w.key("source").text("aclc").key("message").text(message);
  if (!value.tags.empty() && client.diagnostic_tags) {
    w.key("tags").begin_array();
    for (const DiagnosticTag tag : value.tags) w.number(static_cast<int>(tag));
    w.end_array();
  }
  if (!value.related.empty() && client.related_information) {
    w.key("relatedInformation").begin_array();
    for (const RelatedInformation& related : value.related) {
      w.begin_object().key("location");
      encode(w, related.location);
      w.key("message").text(related.message).end_object();
    }
    w.end_array();
  }
  if (!value.data.empty() && client.diagnostic_data) w.key("data").raw(value.data);
  w.end_object();
}

void encode(JsonWriter& w, const DocumentSymbol& value) {
  w.begin_object().key("name").text(value.name);
  if (!value.detail.empty()) w.key("detail").text(value.detail);
  w.key("kind").number(static_cast<int>(value.kind)).key("range");
  encode(w, value.range);
  w.key("selectionRange");
  encode(w, value.selection);
  if (!value.children.empty()) {
    w.key("children");
    encode_list(w, value.children);
  }
  w.end_object();
}

void encode_flat(JsonWriter& w, const DocumentSymbol& value, const std::string& uri, const std::string& container) {
  w.begin_object().key("name").text(value.name).key("kind").number(static_cast<int>(value.kind)).key("location");
  encode(w, Location{uri, value.range});
  if (!container.empty()) w.key("containerName").text(container);
  w.end_object();
  // The server's symbols are two deep.
  for (const DocumentSymbol& child : value.children) encode_flat(w, child, uri, value.name);
}

void encode(JsonWriter& w, const WorkspaceSymbol& value) {
  w.begin_object().key("name").text(value.name).key("kind").number(static_cast<int>(value.kind)).key("location");
  encode(w, value.location);
  if (!value.container.empty()) w.key("containerName").text(value.container);
  w.end_object();
}

void encode(JsonWriter& w, const FoldingRange& value) {
  w.begin_object().key("startLine").number(value.start_line).key("endLine").number(value.end_line);
  if (!value.kind.empty()) w.key("kind").text(value.kind);
  w.end_object();
}

void encode(JsonWriter& w, const SelectionChain& value) {
  for (const Range& range : value.ranges) {
    if (&range != &value.ranges.front()) w.key("parent");
    w.begin_object().key("range");
    encode(w, range);
  }
  for (size_t i = 0; i < value.ranges.size(); ++i) w.end_object();
}

std::string plain_text(std::string_view markdown) {
  std::string out;
  for (size_t i = 0; i < markdown.size(); ++i) {
    const char c = markdown[i];
    if (c == '\\' && i + 1 < markdown.size()) {
      out += markdown[++i];
    } else if (c == '`') {
      // Code stays as it is, from one fence to the next of its length.
      const size_t after = std::min(markdown.find_first_not_of('`', i), markdown.size());
      const std::string_view fence = markdown.substr(i, after - i);
      const size_t close = markdown.find(fence, after);
      std::string_view inner = markdown.substr(after, close == std::string_view::npos ? 0 : close - after);
      if (fence.size() > 1 && inner.size() > 1 && inner.front() == ' ' && inner.back() == ' ') inner = inner.substr(1, inner.size() - 2);
      out += inner;
      i = (close == std::string_view::npos ? after : close + fence.size()) - 1;
    } else if (c == '*' && i + 1 < markdown.size() && markdown[i + 1] == '*') {
      ++i;
    } else if (const size_t end = c == '[' ? markdown.find("](", i) : std::string_view::npos;
               end != std::string_view::npos && markdown.substr(i, end - i).find('\n') == std::string_view::npos) {
      // [label](target) becomes label (target)
      out.append(plain_text(markdown.substr(i + 1, end - i - 1))).append(" ");
      i = end;
    } else {
      out += c;
    }
  }
  return out;
}

namespace {

void encode_markup(JsonWriter& w, const std::string& markdown, bool as_markdown) {
  w.begin_object().key("kind").text(as_markdown ? "markdown" : "plaintext").key("value");
  w.text(as_markdown ? markdown : plain_text(markdown)).end_object();
}

}  // namespace

void encode(JsonWriter& w, const Hover& value, const ClientCapabilities& client) {
  w.begin_object().key("contents");
  encode_markup(w, value.markdown, client.hover_markdown);
  w.key("range");
  encode(w, value.range);
  w.end_object();
}

void encode(JsonWriter& w, const CompletionList& value, const ClientCapabilities& client) {
  const auto two_ranges = [&] {
    w.key("insert");
    encode(w, value.insert);
    w.key("replace");
    encode(w, value.range);
  };
  w.begin_object().key("isIncomplete").boolean(value.incomplete);
  if (client.completion_list_defaults && !value.items.empty()) {
    w.key("itemDefaults").begin_object().key("editRange");
    if (client.completion_insert_replace) {
      w.begin_object();
      two_ranges();
      w.end_object();
    } else {
      encode(w, value.range);
    }
    w.end_object();
  }
  w.key("items").begin_array();
  for (const CompletionItem& item : value.items) {
    w.begin_object().key("label").text(item.label).key("kind").number(static_cast<int>(item.kind));
    if (!item.detail.empty()) w.key("detail").text(item.detail);
    if (!item.documentation.empty()) {
      w.key("documentation");
      encode_markup(w, item.documentation, client.completion_markdown);
    }
    if (!item.sort_text.empty()) w.key("sortText").text(item.sort_text);
    if (!item.filter_text.empty() && item.filter_text != item.label) w.key("filterText").text(item.filter_text);
    if (client.completion_list_defaults) {
      if (item.new_text != item.label) w.key("textEditText").text(item.new_text);
    } else if (client.completion_insert_replace) {
      w.key("textEdit").begin_object().key("newText").text(item.new_text);
      two_ranges();
      w.end_object();
    } else {
      w.key("textEdit");
      encode(w, TextEdit{value.range, item.new_text});
    }
    if (!value.also.empty() || !item.also.empty()) {
      w.key("additionalTextEdits").begin_array();
      for (const TextEdit& edit : value.also) encode(w, edit);
      for (const TextEdit& edit : item.also) encode(w, edit);
      w.end_array();
    }
    if (!item.data.empty()) w.key("data").raw(item.data);
    w.end_object();
  }
  w.end_array().end_object();
}

void encode(JsonWriter& w, const DocumentHighlight& value) {
  w.begin_object().key("range");
  encode(w, value.range);
  w.key("kind").number(static_cast<int>(value.kind)).end_object();
}

void encode(JsonWriter& w, const CodeAction& value, const ClientCapabilities& client) {
  w.begin_object().key("title").text(value.title).key("kind").text(value.kind);
  if (!value.diagnostics.empty()) {
    w.key("diagnostics");
    encode_list(w, value.diagnostics, client);
  }
  if (value.preferred) w.key("isPreferred").boolean(true);
  if (value.data.empty()) {
    w.key("edit");
    encode(w, value.edit, client);
  } else {
    w.key("data").raw(value.data);
  }
  w.end_object();
}

void encode(JsonWriter& w, const CodeLens& value) {
  w.begin_object().key("range");
  encode(w, value.range);
  if (value.command) {
    w.key("command");
    encode(w, *value.command);
  }
  if (!value.data.empty()) w.key("data").raw(value.data);
  w.end_object();
}

void encode(JsonWriter& w, const InlayHint& value) {
  w.begin_object().key("position");
  encode(w, value.position);
  w.key("label").begin_array();
  for (const LabelPart& part : value.label) {
    w.begin_object().key("value").text(part.value);
    if (part.location) {
      w.key("location");
      encode(w, *part.location);
    }
    w.end_object();
  }
  w.end_array();
  if (value.kind != 0) w.key("kind").number(value.kind);
  if (!value.tooltip.empty()) w.key("tooltip").text(value.tooltip);
  w.key("paddingLeft").boolean(true).end_object();
}

void encode(JsonWriter& w, const DocumentLink& value) {
  w.begin_object().key("range");
  encode(w, value.range);
  w.key("target").text(value.target);
  if (!value.tooltip.empty()) w.key("tooltip").text(value.tooltip);
  w.end_object();
}

void encode(JsonWriter& w, const CallItem& value) {
  w.begin_object().key("name").text(value.name).key("kind").number(static_cast<int>(value.kind));
  if (!value.detail.empty()) w.key("detail").text(value.detail);
  w.key("uri").text(value.uri).key("range");
  encode(w, value.range);
  w.key("selectionRange");
  encode(w, value.selection);
  if (!value.data.empty()) w.key("data").raw(value.data);
  w.end_object();
}

void encode(JsonWriter& w, const Call& value, std::string_view other) {
  w.begin_object().key(other);
  encode(w, value.item);
  w.key("fromRanges");
  encode_list(w, value.from_ranges);
  w.end_object();
}

void encode(JsonWriter& w, const PrepareRename& value) {
  w.begin_object().key("range");
  encode(w, value.range);
  w.key("placeholder").text(value.placeholder).end_object();
}

}  // namespace aclc::lsp
