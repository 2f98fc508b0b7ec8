// SPDX-License-Identifier: Apache-2.0
// From a request's parameters to a feature and back: one short function each.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "lsp/documents/uri.h"
#include "lsp/server/session.h"
#include "lsp/service/describe.h"

namespace aclc::lsp {

/// f(const View&) for an open document. One that is not open has nothing to say: the answer stays null.
template <class F>
void Session::with_view(const Json& params, Reply& reply, F&& f) {
  OpenDocument* open = find(params, &reply);
  if (!open) return;
  const Analysis& analysis = analyse(*open);
  const Positions at(analysis.version(), unit_);
  f(View{analysis, at, open->document.uri(), open->document.version(), open->present_verdicts()});
}

/// f(const View&, uint32_t offset) for a position in an open document.
template <class F>
void Session::with_offset(const Json& params, Reply& reply, F&& f) {
  const auto position = read_position(params, "position");
  if (!position) return reply.bad("position");
  with_view(params, reply, [&](const View& view) { f(view, view.at.offset(*position)); });
}

namespace {

template <class T, class... More>
std::string list_json(const std::vector<T>& values, const More&... more) {
  JsonWriter w;
  encode_list(w, values, more...);
  return w.take();
}

template <class T, class... More>
std::string value_json(const T& value, const More&... more) {
  JsonWriter w;
  encode(w, value, more...);
  return w.take();
}

std::string tokens_json(const std::vector<uint32_t>& data) {
  JsonWriter w;
  w.begin_object().key("data").begin_array();
  for (const uint32_t n : data) w.number(n);
  w.end_array().end_object();
  return w.take();
}

/// The name that an item's data carries.
struct Named {
  SelectorKind kind{};
  std::string name;
};
std::optional<Named> read_named(const Json& data) {
  const auto kind = read_integer(data, "kind");
  auto name = read_text(data, "name");
  if (!kind || !name || *kind < 0 || *kind > static_cast<int64_t>(SelectorKind::kHost)) return std::nullopt;
  return Named{static_cast<SelectorKind>(*kind), std::move(*name)};
}

/// The findings of the context that came from us.
std::vector<AskedFinding> read_asked(const Json& params) {
  std::vector<AskedFinding> out;
  const Json* list = member(params, "context/diagnostics");
  if (!list || !list->is_array()) return out;
  for (const Json& item : *list) {
    const auto id = read_text(item, "data/finding");
    const auto range = read_range(item, "range");
    AskedFinding asked;
    if (!id || !range || id->size() > 16 || out.size() > kMaxDiagnostics) continue;
    const auto [end, fault] = std::from_chars(id->data(), id->data() + id->size(), asked.identity, 16);
    if (fault != std::errc() || end != id->data() + id->size()) continue;
    asked.line = range->start.line;
    out.push_back(asked);
  }
  return out;
}

}  // namespace

void Session::document_symbol(const Json& params, Reply& reply) {
  with_view(params, reply, [&](const View& view) {
    const std::vector<DocumentSymbol> symbols = document_symbols(view);
    if (client_.hierarchical_symbols) {
      reply.result = list_json(symbols);
      return;
    }
    JsonWriter w;
    w.begin_array();
    for (const DocumentSymbol& symbol : symbols) encode_flat(w, symbol, view.uri, "");
    w.end_array();
    reply.result = w.take();
  });
}

void Session::folding_range(const Json& params, Reply& reply) {
  with_view(params, reply, [&](const View& view) {
    std::vector<FoldingRange> ranges = folding_ranges(view);
    if (client_.folding_limit > 0 && ranges.size() > client_.folding_limit) ranges.resize(client_.folding_limit);
    reply.result = list_json(ranges);
  });
}

void Session::selection_range(const Json& params, Reply& reply) {
  const Json* positions = member(params, "positions");
  if (!positions || !positions->is_array()) return reply.bad("positions");
  with_view(params, reply, [&](const View& view) {
    std::vector<SelectionChain> chains;
    for (const Json& item : *positions) {
      const Json wrapped = {{"p", item}};
      const auto position = read_position(wrapped, "p");
      if (!position) return reply.bad("positions");
      chains.push_back(lsp::selection_range(view, view.at.offset(*position)));
    }
    reply.result = list_json(chains);
  });
}

void Session::hover(const Json& params, Reply& reply) {
  with_offset(params, reply, [&](const View& view, uint32_t offset) {
    if (const auto found = lsp::hover(view, offset)) reply.result = value_json(*found, client_);
  });
}

void Session::completion(const Json& params, Reply& reply) {
  with_offset(params, reply,
              [&](const View& view, uint32_t offset) { reply.result = value_json(complete(view, offset), client_); });
}

void Session::completion_resolve(const Json& params, Reply& reply) {
  Json item = params;
  const Json* data = member(params, "data");
  const auto named = data ? read_named(*data) : std::nullopt;
  const auto uri = data ? read_text(*data, "uri") : std::nullopt;
  if (named && uri) {
    if (const auto found = documents_.find(uri_key(*uri)); found != documents_.end()) {
      const Analysis& analysis = analyse(found->second);
      std::string text;
      const StringId name = analysis.policy().names.find(named->name);
      if (name.valid()) text = describe_name(analysis, named->kind, name);
      else if (named->kind == SelectorKind::kAutogroup && named->name.starts_with("autogroup:"))
        text = describe_autogroup(parse_autogroup(named->name.substr(10)).value_or(Autogroup::kNone));
      else text = std::string(describe_kind(named->kind));
      const bool markdown = client_.completion_markdown;
      if (!text.empty())
        item["documentation"] = {{"kind", markdown ? "markdown" : "plaintext"},
                                 {"value", markdown ? text : plain_text(text)}};
    }
  }
  reply.result = item.dump();
}

void Session::definition(const Json& params, Reply& reply) {
  with_offset(params, reply,
              [&](const View& view, uint32_t offset) { reply.result = list_json(lsp::definition(view, offset)); });
}

void Session::type_definition(const Json& params, Reply& reply) {
  with_offset(params, reply,
              [&](const View& view, uint32_t offset) { reply.result = list_json(lsp::type_definition(view, offset)); });
}

void Session::implementation(const Json& params, Reply& reply) {
  with_offset(params, reply,
              [&](const View& view, uint32_t offset) { reply.result = list_json(lsp::implementation(view, offset)); });
}

void Session::references(const Json& params, Reply& reply) {
  const bool declaration = read_bool(params, "context/includeDeclaration", true);
  with_offset(params, reply, [&](const View& view, uint32_t offset) {
    reply.result = list_json(lsp::references(view, offset, declaration));
  });
}

void Session::highlight(const Json& params, Reply& reply) {
  with_offset(params, reply,
              [&](const View& view, uint32_t offset) { reply.result = list_json(highlights(view, offset)); });
}

void Session::prepare_rename(const Json& params, Reply& reply) {
  with_offset(params, reply, [&](const View& view, uint32_t offset) {
    const auto found = lsp::prepare_rename(view, offset);
    if (const auto* error = std::get_if<ResponseError>(&found)) reply.error = *error;
    else reply.result = value_json(std::get<PrepareRename>(found));
  });
}

void Session::rename(const Json& params, Reply& reply) {
  const auto name = read_text(params, "newName");
  if (!name) return reply.bad("newName");
  with_offset(params, reply, [&](const View& view, uint32_t offset) {
    const auto done = lsp::rename(view, offset, *name);
    if (const auto* error = std::get_if<ResponseError>(&done)) reply.error = *error;
    else reply.result = value_json(std::get<WorkspaceEdit>(done), client_);
  });
}

void Session::code_action(const Json& params, Reply& reply) {
  const auto range = read_range(params, "range");
  if (!range) return reply.bad("range");
  std::vector<std::string> only;
  if (const Json* kinds = member(params, "context/only"); kinds && kinds->is_array()) {
    for (const Json& kind : *kinds) {
      if (kind.is_string()) only.push_back(kind.get<std::string>());
    }
  }
  const std::vector<AskedFinding> asked = read_asked(params);
  with_view(params, reply, [&](const View& view) {
    const std::vector<CodeAction> actions = code_actions(view, view.at.span(*range), only, asked,
                                                          client_.code_action_resolve ? CostlyEdits::kLater : CostlyEdits::kAtOnce);
    if (client_.code_action_literals) {
      reply.result = list_json(actions, client_);
      return;
    }
    // An old client takes commands only: ours hands the edit back to it.
    JsonWriter w;
    w.begin_array();
    for (const CodeAction& action : actions) {
      if (client_.apply_edit)
        encode(w, Command{action.title, "aclc.applyEdit", "[" + value_json(action.edit, client_) + "]"});
    }
    w.end_array();
    reply.result = w.take();
  });
}

void Session::code_action_resolve(const Json& params, Reply& reply) {
  const auto title = read_text(params, "title"), kind = read_text(params, "kind"), uri = read_text(params, "data/uri");
  const auto version = read_integer(params, "data/version"), begin = read_integer(params, "data/begin"), end = read_integer(params, "data/end");
  if (!title || !kind || !uri || !version || !begin || !end) {
    reply.result = params.dump();  // it came with all that it has
    return;
  }
  with_view({{"textDocument", {{"uri", *uri}}}}, reply, [&](const View& view) {
    const auto size = static_cast<int64_t>(view.analysis.text().size());
    if (view.version.value_or(0) == *version && 0 <= *begin && *begin <= *end && *end <= size) {
      for (const CodeAction& action : code_actions(view, {static_cast<uint32_t>(*begin), static_cast<uint32_t>(*end)}, {*kind})) {
        if (action.title == *title) {
          reply.result = value_json(action, client_);
          return;
        }
      }
    }
    reply.fail(ErrorCode::kRequestFailed, "not possible in the text as it is now: " + *title);
  });
}

void Session::code_lens(const Json& params, Reply& reply) {
  with_view(params, reply, [&](const View& view) { reply.result = list_json(code_lenses(view)); });
}

void Session::inlay_hint(const Json& params, Reply& reply) {
  const auto range = read_range(params, "range");
  if (!range) return reply.bad("range");
  with_view(params, reply,
            [&](const View& view) { reply.result = list_json(inlay_hints(view, view.at.span(*range))); });
}

void Session::tokens_full(const Json& params, Reply& reply) {
  with_view(params, reply,
            [&](const View& view) { reply.result = tokens_json(semantic_tokens(view, std::nullopt)); });
}

void Session::tokens_range(const Json& params, Reply& reply) {
  const auto range = read_range(params, "range");
  if (!range) return reply.bad("range");
  with_view(params, reply,
            [&](const View& view) { reply.result = tokens_json(semantic_tokens(view, view.at.span(*range))); });
}

void Session::prepare_calls(const Json& params, Reply& reply) {
  with_offset(params, reply, [&](const View& view, uint32_t offset) {
    const std::vector<CallItem> items = prepare_call_hierarchy(view, offset);
    if (!items.empty()) reply.result = list_json(items);
  });
}

void Session::incoming(const Json& params, Reply& reply) {
  const Json* data = member(params, "item/data");
  const auto named = data ? read_named(*data) : std::nullopt;
  const auto uri = read_text(params, "item/uri");
  if (!named || !uri) return reply.bad("item");
  with_view({{"textDocument", {{"uri", *uri}}}}, reply, [&](const View& view) {
    JsonWriter w;
    w.begin_array();
    for (const Call& call : incoming_calls(view, named->kind, named->name)) encode(w, call, "from");
    w.end_array();
    reply.result = w.take();
  });
}

void Session::outgoing(const Json& params, Reply& reply) {
  const Json* data = member(params, "item/data");
  const auto named = data ? read_named(*data) : std::nullopt;
  const auto uri = read_text(params, "item/uri");
  if (!named || !uri) return reply.bad("item");
  with_view({{"textDocument", {{"uri", *uri}}}}, reply, [&](const View& view) {
    JsonWriter w;
    w.begin_array();
    for (const Call& call : outgoing_calls(view, named->kind, named->name)) encode(w, call, "to");
    w.end_array();
    reply.result = w.take();
  });
}

void Session::document_link(const Json& params, Reply& reply) {
  with_view(params, reply, [&](const View& view) { reply.result = list_json(document_links(view)); });
}

void Session::formatting(const Json& params, Reply& reply) {
  with_view(params, reply, [&](const View& view) { reply.result = list_json(format_edits(view, std::nullopt)); });
}

void Session::range_formatting(const Json& params, Reply& reply) {
  const auto range = read_range(params, "range");
  if (!range) return reply.bad("range");
  with_view(params, reply,
            [&](const View& view) { reply.result = list_json(format_edits(view, view.at.span(*range))); });
}

}  // namespace aclc::lsp
