// SPDX-License-Identifier: Apache-2.0
// Commands: what lenses, actions of old clients and people call. They answer with data, and say it in a line for clients that do not
// show it.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/net/protocol.h"
#include "lsp/documents/uri.h"
#include "lsp/server/session.h"
#include "lsp/service/compiled.h"
#include "lsp/service/rules.h"
#include "lsp/service/trace.h"

namespace aclc::lsp {

/// What came with a command. The first argument of nearly all is a document's URI.
struct Session::Arguments {
  const Json& params;
  const Json& list;

  const Json* at(size_t i) const { return i < list.size() ? &list[i] : nullptr; }
  std::optional<std::string> text(size_t i) const {
    const Json* value = at(i);
    if (!value || !value->is_string()) return std::nullopt;
    return value->get<std::string>();
  }
};

namespace {

/// The section's field by its name, as in `tests` or `acls`.
std::optional<field::Policy> read_section(const std::optional<std::string>& name) {
  if (!name) return std::nullopt;
  const auto match = find_field(Shape::kPolicy, *name, Target::kTailscale);
  if (!match) return std::nullopt;
  return static_cast<field::Policy>(match->index);
}

std::optional<Entry> read_entry(const std::optional<std::string>& section, const Json* index) {
  const auto which = read_section(section);
  if (!which || !index || !index->is_number_unsigned()) return std::nullopt;
  return Entry{*which, index->get<uint32_t>()};
}

/// What window/showDocument takes.
std::string place_json(std::string_view uri, const Range& range) {
  JsonWriter w;
  w.begin_object().key("uri").text(uri).key("takeFocus").boolean(true).key("selection");
  encode(w, range);
  w.end_object();
  return w.take();
}

}  // namespace

const std::map<std::string_view, Session::CommandHandler>& Session::commands() {
  static const std::map<std::string_view, CommandHandler> table = {
      {"aclc.applyEdit", &Session::command_apply_edit},
      {"aclc.diffAgainstSaved", &Session::command_diff},
      {"aclc.runAllTests", &Session::command_run_tests},
      {"aclc.runTest", &Session::command_run_tests},
      {"aclc.showCompiled", &Session::command_show_compiled},
      {"aclc.showReferences", &Session::command_show_references},
      {"aclc.showRule", &Session::command_show_rule},
      {"aclc.trace", &Session::command_trace},
  };
  return table;
}

void Session::execute_command(const Json& params, Reply& reply) {
  const auto command = read_text(params, "command");
  if (!command) return reply.bad("command");
  const auto found = commands().find(*command);
  if (found == commands().end()) return reply.fail(ErrorCode::kInvalidParams, "no command `" + *command + "`");
  static const Json kNone = Json::array();
  const Json* list = member(params, "arguments");
  (this->*found->second)({params, list && list->is_array() ? *list : kNone}, reply);
}

/// The open document of the first argument; null after an error.
OpenDocument* Session::document_of(const Arguments& arguments, Reply& reply) {
  const auto uri = arguments.text(0);
  if (!uri) {
    reply.bad("arguments: the first is a document's URI");
    return nullptr;
  }
  const auto found = documents_.find(uri_key(*uri));
  if (found == documents_.end()) {
    reply.fail(ErrorCode::kRequestFailed, "the document is not open");
    return nullptr;
  }
  return &found->second;
}

void Session::command_apply_edit(const Arguments& arguments, Reply& reply) {
  const Json* edit = arguments.at(0);
  if (!edit || !edit->is_object()) return reply.bad("arguments: an edit");
  if (!client_.apply_edit) return reply.fail(ErrorCode::kRequestFailed, "the client takes no edits");
  request("workspace/applyEdit", Json{{"edit", *edit}}.dump());
}

void Session::command_show_references(const Arguments& arguments, Reply& reply) {
  OpenDocument* open = document_of(arguments, reply);
  if (!open) return;
  const Json* where = arguments.at(1);
  const auto position = where ? read_position(Json{{"p", *where}}, "p") : std::nullopt;
  if (!position) return reply.bad("arguments: a position");
  const Analysis& analysis = analyse(*open);
  const Positions at(analysis.version(), unit_);
  JsonWriter w;
  const std::vector<Location> found =
      lsp::references({analysis, at, open->document.uri(), open->document.version()}, at.offset(*position), false);
  encode_list(w, found);
  reply.result = w.take();
  constexpr size_t kMostLines = 20;
  for (size_t i = 0; i < std::min(found.size(), kMostLines); ++i)
    reply.say += fmt::format("{}{}", i == 0 ? "" : ", ", found[i].range.start.line + 1);
  const char* const more = found.size() > kMostLines ? " ..." : "";
  reply.say = found.empty() ? "nothing refers to it" : fmt::format("{} {}{}", found.size() == 1 ? "1 reference, in line" : std::to_string(found.size()) + " references, in lines", reply.say, more);
  if (found.size() == 1) reply.show = place_json(found[0].uri, found[0].range);
}

void Session::command_show_rule(const Arguments& arguments, Reply& reply) {
  OpenDocument* open = document_of(arguments, reply);
  if (!open) return;
  const auto entry = read_entry(arguments.text(1), arguments.at(2));
  if (!entry) return reply.bad("arguments: a section and a number");
  const Analysis& analysis = analyse(*open);
  const Span span = span_of(analysis.policy(), *entry);
  if (span.empty()) return reply.fail(ErrorCode::kRequestFailed, "no such rule");
  JsonWriter w;
  w.begin_object().key("range");
  encode(w, Positions(analysis.version(), unit_).range(span));
  reply.say = plain_text(describe_entry(analysis, *entry, open->present_verdicts()));
  w.key("text").text(reply.say).end_object();
  reply.result = w.take();
}

void Session::command_run_tests(const Arguments& arguments, Reply& reply) {
  OpenDocument* open = document_of(arguments, reply);
  if (!open) return;
  std::optional<Entry> only;
  if (arguments.at(1)) {
    // Without a number all of the section.
    static const Json kAll = 0u;
    only = read_entry(arguments.text(1), arguments.at(2) ? arguments.at(2) : &kAll);
    if (!only || (only->section != field::kTests && only->section != field::kSshTests) || span_of(analyse(*open).policy(), *only).empty()) return reply.bad("arguments: no such test");
    if (!arguments.at(2)) only->index = Entry::kNone;
  }
  analyse(*open);
  open->analysis->complete();
  answer_later(reply, only ? "aclc: running a test" : "aclc: running the policy's tests", arguments.params,
               [analysis = open->analysis, verdicts = open->present_verdicts() ? open->verdicts : nullptr, only, unit = unit_,
                uri = open->document.uri()](const std::atomic<bool>& cancelled) {
                 const auto found = verdicts ? verdicts : judge(*analysis, {false, {}, {}}, cancelled);
                 Reply out;
                 const Positions at(analysis->version(), unit);
                 if (!found) return out;
                 const View view{*analysis, at, uri, std::nullopt};
                 out.result = test_results(view, *found, only);
                 out.say = test_words(view, *found, only);
                 out.worry = !found->report || found->report->failed > 0;
                 return out;
               });
}

void Session::command_trace(const Arguments& arguments, Reply& reply) {
  OpenDocument* open = document_of(arguments, reply);
  if (!open) return;
  const auto src = arguments.text(1), dst = arguments.text(2);
  if (!src || !dst) return reply.bad("arguments: source and destination");
  std::optional<uint16_t> port;
  if (const Json* given = arguments.at(3); given && !given->is_null()) {
    if (!given->is_number_unsigned() || given->get<uint64_t>() > 65535) return reply.bad("arguments: a port");
    port = given->get<uint16_t>();
  }
  uint8_t protocol = 0;
  if (const auto name = arguments.text(4); name && !name->empty()) {
    const auto number = parse_protocol(*name);
    if (!number) return reply.bad("arguments: a protocol");
    protocol = *number;
  }
  analyse(*open);
  open->analysis->complete();
  answer_later(reply, "aclc: tracing", arguments.params,
               [analysis = open->analysis, src = *src, dst = *dst, port, protocol, unit = unit_](const std::atomic<bool>&) {
                 Reply out;
                 const Result<Trace> found = lsp::trace(*analysis, src, dst, port, protocol);
                 if (!found) {
                   out.fail(ErrorCode::kRequestFailed, found.error().message);
                   return out;
                 }
                 const Answer& a = found->answer;
                 JsonWriter w;
                 w.begin_object().key("allowed").boolean(a.all()).key("pairs").number(static_cast<int64_t>(a.pairs));
                 w.key("allowedPairs").number(static_cast<int64_t>(a.allowed));
                 w.key("source").text(a.src.name).key("destination").text(a.dst.name);
                 out.say = trace_text(*analysis, *found);
                 w.key("text").text(out.say);
                 if (!found->rule.empty()) {
                   w.key(a.decision.allowed ? "rule" : "nearest").begin_object().key("range");
                   encode(w, Positions(analysis->version(), unit).range(found->rule));
                   w.key("text").text(analysis->text(found->rule)).end_object();
                 }
                 if (!a.all()) w.key("missed").text(missed_words(a.decision.missed));
                 w.end_object();
                 out.result = w.take();
                 return out;
               });
}

void Session::command_show_compiled(const Arguments& arguments, Reply& reply) {
  OpenDocument* open = document_of(arguments, reply);
  if (!open) return;
  const auto node = arguments.text(1);
  if (!node) return reply.bad("arguments: a node's name");
  analyse(*open);
  open->analysis->complete();
  answer_later(reply, "aclc: compiling", arguments.params,
               [analysis = open->analysis, node = *node](const std::atomic<bool>&) {
                 Reply out;
                 const Result<std::string> table = compiled_json(*analysis, node);
                 if (!table) {
                   out.fail(ErrorCode::kRequestFailed, table.error().message);
                   return out;
                 }
                 JsonWriter w;
                 w.begin_object().key("node").text(node).key("table").raw(*table);
                 // For people: the same, one value a line.
                 const Json parsed = Json::parse(*table, nullptr, false);
                 w.key("text").text(parsed.dump(2)).end_object();
                 out.result = w.take();
                 const Json* rules = member(parsed, "filter_rules");
                 out.say = fmt::format("packet filter rules of {}: {}", node, rules ? rules->size() : 0);
                 return out;
               });
}

void Session::command_diff(const Arguments& arguments, Reply& reply) {
  OpenDocument* open = document_of(arguments, reply);
  if (!open) return;
  const auto path = uri_to_path(open->document.uri());
  if (!path) return reply.fail(ErrorCode::kRequestFailed, "the document is no file");
  analyse(*open);
  open->analysis->complete();
  answer_later(reply, "aclc: comparing with the saved text", arguments.params,
               [analysis = open->analysis, path = *path](const std::atomic<bool>& cancelled) {
                 Reply out;
                 Result<std::string> saved = read_file(path);
                 if (!saved) {
                   out.fail(ErrorCode::kRequestFailed, saved.error().message);
                   return out;
                 }
                 const Analysis before(std::make_shared<TextVersion>(std::move(saved).value()), analysis->options());
                 const Result<TableDifference> difference = compare_tables(before, *analysis, cancelled);
                 if (!difference) {
                   out.fail(ErrorCode::kRequestFailed, difference.error().message);
                   return out;
                 }
                 JsonWriter w;
                 w.begin_object().key("textChanged").boolean(before.text() != analysis->text());
                 w.key("same").number(static_cast<int64_t>(difference->same)).key("changed").begin_array();
                 for (const TableDifference::Changed& changed : difference->changed) {
                   w.begin_object().key("node").text(changed.node);
                   for (const auto& [key, lines] : {std::pair{"added", &changed.added}, std::pair{"removed", &changed.removed}}) {
                     w.key(key).begin_array();
                     for (const std::string& line : *lines) w.text(line);
                     w.end_array();
                   }
                   w.end_object();
                 }
                 w.end_array().end_object();
                 out.result = w.take();
                 out.say = difference->changed.empty() ? "every node keeps the table that it has by the saved text"
                                                       : fmt::format("nodes whose tables differ from those of the saved text: {}, the first is {}",
                                                                     difference->changed.size(), difference->changed.front().node);
                 return out;
               });
}

}  // namespace aclc::lsp
