// SPDX-License-Identifier: Apache-2.0
// Messages and the life of a connection: what may be asked when, and how mistakes are answered.
#include "lsp/server/session.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lsp/documents/uri.h"

namespace aclc::lsp {
namespace {

/// An id as it came, or nothing for what is none.
std::optional<RequestId> read_id(const Json& message) {
  const Json* id = member(message, "id");
  if (!id || !(id->is_string() || id->is_number_integer())) return std::nullopt;
  return RequestId{id->dump()};
}

std::string error_json(const ResponseError& error) {
  JsonWriter w;
  w.begin_object().key("code").number(static_cast<int>(error.code)).key("message").text(error.message).end_object();
  return w.take();
}

std::string response_json(std::string_view id, std::string_view kind, std::string_view value) {
  std::string out;
  out.reserve(id.size() + value.size() + 40);
  out.append(R"({"jsonrpc":"2.0","id":)").append(id).append(",\"").append(kind).append("\":").append(value).append("}");
  return out;
}

}  // namespace

void Session::enqueue(Frame frame) {
  const auto complain = [&](ErrorCode code, const std::string& what) {
    around_.send(response_json("null", "error", error_json({code, what})));
  };
  if (frame.is_fault()) return complain(ErrorCode::kParseError, frame.fault);
  auto json = std::make_shared<Json>(Json::parse(frame.body, nullptr, false));
  frame.body = {};
  if (json->is_discarded()) return complain(ErrorCode::kParseError, "the message is no JSON");
  if (!json->is_object()) return complain(ErrorCode::kInvalidRequest, "a message is an object");
  const Json* method = member(*json, "method");
  if (!method) {
    if (member(*json, "result") || member(*json, "error")) return handle_response(*json);
    return complain(ErrorCode::kInvalidRequest, "a message without a method");
  }
  if (!method->is_string()) return complain(ErrorCode::kInvalidRequest, "a method is a string");
  Message message;
  message.method = method->get<std::string>();
  if (json->contains("id")) {
    message.id = read_id(*json);
    if (!message.id) return complain(ErrorCode::kInvalidRequest, "an id is a number or a string");
  }
  static const auto kNoParams = std::make_shared<const Json>(Json::object());
  if (const auto params = json->find("params"); params != json->end() && !params->is_null()) {
    message.params = std::make_shared<const Json>(std::move(*params));
  } else {
    message.params = kNoParams;
  }
  if (message.method == "$/cancelRequest") {
    const std::optional<RequestId> id = read_id(*message.params);
    for (Message& m : waiting_) {
      if (id && m.id == id) m.cancelled = true;
    }
    if (id) cancel_request(*id);
    return;
  }
  waiting_.push_back(std::move(message));
}

bool Session::step() {
  if (waiting_.empty()) return false;
  const Message message = std::move(waiting_.front());
  waiting_.pop_front();
  if (exit_) return true;
  if (message.id) handle_request(message);
  else handle_notification(message);
  return true;
}

void Session::handle_request(const Message& message) {
  Reply reply;
  const auto found = requests().find(message.method);
  if (message.cancelled) {
    reply.fail(ErrorCode::kRequestCancelled, "cancelled");
  } else if (state_ == State::kShutDown) {
    reply.fail(ErrorCode::kInvalidRequest, "the server was shut down");
  } else if (state_ == State::kNew && message.method != "initialize") {
    reply.fail(ErrorCode::kServerNotInitialized, "the first request is `initialize`");
  } else if (state_ == State::kRunning && message.method == "initialize") {
    reply.fail(ErrorCode::kInvalidRequest, "the server is initialized already");
  } else if (found == requests().end()) {
    reply.fail(ErrorCode::kMethodNotFound, "no method `" + message.method + "`");
  } else if (!message.params->is_object() && message.method != "shutdown") {
    reply.bad("params");
  } else {
    answering_ = &*message.id;
    (this->*found->second)(*message.params, reply);
    answering_ = nullptr;
  }
  if (!reply.later) respond(*message.id, reply);
}

void Session::handle_notification(const Message& message) {
  if (message.method == "exit") {
    exit_ = state_ == State::kShutDown ? 0 : 1;
    return;
  }
  if (state_ != State::kRunning || !message.params->is_object()) return;
  if (const auto found = notifications().find(message.method); found != notifications().end())
    (this->*found->second)(*message.params);
}

void Session::handle_response(const Json& message) {
  const std::optional<RequestId> id = read_id(message);
  if (!id) return;
  const auto found = awaited_.find(id->json);
  if (found == awaited_.end()) return;
  const auto then = std::move(found->second);
  awaited_.erase(found);
  if (then) then(member(message, "result"));
}

void Session::respond(const RequestId& id, const Reply& reply) {
  around_.send(reply.error ? response_json(id.json, "error", error_json(*reply.error))
                           : response_json(id.json, "result", reply.result));
  if (!reply.error && !client_.shows_answers) tell(reply);
}

// Editors drop what a command answers unless an extension shows it: then a message does.
void Session::tell(const Reply& reply) {
  if (!reply.show.empty() && client_.show_document) {
    request("window/showDocument", reply.show);
  } else if (!reply.say.empty()) {
    JsonWriter w;
    w.begin_object().key("type").number(reply.worry ? 2 : 3).key("message").text(reply.say).end_object();
    notify("window/showMessage", w.str());
  }
}

void Session::notify(std::string_view method, std::string_view params) {
  std::string out;
  out.reserve(params.size() + method.size() + 48);
  out.append(R"({"jsonrpc":"2.0","method":")").append(method).append(R"(","params":)").append(params).append("}");
  around_.send(std::move(out));
}

void Session::request(std::string_view method, std::string_view params, std::function<void(const Json*)> then) {
  const std::string id = std::to_string(next_id_++);
  // A client that never answers must not make the list grow for ever.
  if (awaited_.size() > 64) awaited_.erase(awaited_.begin());
  awaited_[id] = std::move(then);
  std::string out;
  out.append(R"({"jsonrpc":"2.0","id":)").append(id).append(R"(,"method":")").append(method).append("\"");
  if (!params.empty()) out.append(R"(,"params":)").append(params);
  around_.send(out + "}");
}

void Session::log(std::string_view message) {
  JsonWriter w;
  w.begin_object().key("type").number(4).key("message").text(message).end_object();
  notify("window/logMessage", w.str());
}

namespace {

void write_capabilities(JsonWriter& w, const ClientCapabilities& client, PositionUnit unit,
                        const std::vector<std::string_view>& commands) {
  w.begin_object();
  w.key("positionEncoding").text(unit == PositionUnit::kUtf8 ? "utf-8" : "utf-16");
  w.key("textDocumentSync").raw(R"({"openClose":true,"change":2,"save":{"includeText":false}})");
  for (const std::string_view provider :
       {"hoverProvider", "definitionProvider", "typeDefinitionProvider", "implementationProvider", "referencesProvider", "documentHighlightProvider", "documentSymbolProvider",
        "workspaceSymbolProvider", "documentFormattingProvider", "documentRangeFormattingProvider", "foldingRangeProvider",
        "selectionRangeProvider", "inlayHintProvider", "callHierarchyProvider"})
    w.key(provider).boolean(true);
  w.key("completionProvider").raw(R"({"triggerCharacters":["\"",":","@",",","["],"resolveProvider":true})");
  if (client.code_action_literals) {
    w.key("codeActionProvider")
        .raw(std::string(R"({"codeActionKinds":["quickfix","refactor.rewrite","refactor.extract","refactor.inline","source.fixAll.aclc","source.organize.aclc"])") +
             (client.code_action_resolve ? R"(,"resolveProvider":true})" : "}"));
  } else if (client.apply_edit) {
    w.key("codeActionProvider").boolean(true);  // as commands, which hand the edit back
  }
  w.key("codeLensProvider").raw(R"({"resolveProvider":false})");
  w.key("documentLinkProvider").raw(R"({"resolveProvider":false})");
  if (client.prepare_rename) w.key("renameProvider").raw(R"({"prepareProvider":true})");
  else w.key("renameProvider").boolean(true);
  w.key("semanticTokensProvider").begin_object().key("legend").begin_object().key("tokenTypes").begin_array();
  for (const std::string_view type : semantic_token_types()) w.text(type);
  w.end_array().key("tokenModifiers").begin_array();
  for (const std::string_view modifier : semantic_token_modifiers()) w.text(modifier);
  w.end_array().end_object().key("full").boolean(true).key("range").boolean(true).end_object();
  if (client.pull_diagnostics)
    w.key("diagnosticProvider")
        .raw(R"({"identifier":"aclc","interFileDependencies":true,"workspaceDiagnostics":true})");
  w.key("executeCommandProvider").begin_object().key("commands").begin_array();
  for (const std::string_view command : commands) w.text(command);
  w.end_array().end_object();
  w.key("workspace").raw(R"({"workspaceFolders":{"supported":true,"changeNotifications":true}})");
  w.end_object();
}

}  // namespace

void Session::initialize(const Json& params, Reply& reply) {
  if (const Json* capabilities = member(params, "capabilities")) client_ = read_capabilities(*capabilities);
  unit_ = client_.utf8 ? PositionUnit::kUtf8 : PositionUnit::kUtf16;
  if (const Json* folders = member(params, "workspaceFolders"); folders && folders->is_array()) {
    for (const Json& folder : *folders) {
      if (const auto uri = read_text(folder, "uri")) {
        if (auto path = uri_to_path(*uri)) folders_.push_back(std::move(*path));
      }
    }
  } else if (const auto root = read_text(params, "rootUri")) {
    if (auto path = uri_to_path(*root)) folders_.push_back(std::move(*path));
  }
  if (const Json* options = member(params, "initializationOptions"); options && options->is_object()) defaults_ = read_settings(*options);
  settings_ = defaults_;
  if (const Json* options = member(params, "initializationOptions")) client_.shows_answers = read_bool(*options, "showsAnswers", false);
  if (const auto pid = read_integer(params, "processId"); pid && *pid > 0 && around_.watch_parent)
    around_.watch_parent(static_cast<long>(*pid));
  state_ = State::kRunning;
  JsonWriter w;
  w.begin_object().key("capabilities");
  std::vector<std::string_view> names;
  for (const auto& [name, handler] : commands()) names.push_back(name);
  write_capabilities(w, client_, unit_, names);
  w.key("serverInfo").begin_object().key("name").text("aclc").key("version").text(around_.version).end_object().end_object();
  reply.result = w.take();
}

void Session::initialized(const Json&) {
  if (client_.dynamic_watched_files)
    request("client/registerCapability",
            R"({"registrations":[{"id":"aclc-files","method":"workspace/didChangeWatchedFiles","registerOptions":{"watchers":[{"globPattern":"**/tailnet.json"},{"globPattern":"**/.aclc.hujson"}]}}]})");
  if (client_.dynamic_configuration)
    request("client/registerCapability",
            R"({"registrations":[{"id":"aclc-settings","method":"workspace/didChangeConfiguration","registerOptions":{"section":"aclc"}}]})");
  watch_tailnet();
  fetch_settings();
}

void Session::shutdown(const Json&, Reply&) {
  state_ = State::kShutDown;
  while (!works_.empty()) cancel_work(works_.begin()->first);
}

const std::unordered_map<std::string_view, Session::Handler>& Session::requests() {
  static const std::unordered_map<std::string_view, Handler> table = {
      {"initialize", &Session::initialize},
      {"shutdown", &Session::shutdown},
      {"textDocument/diagnostic", &Session::document_diagnostic},
      {"workspace/diagnostic", &Session::workspace_diagnostic},
      {"textDocument/documentSymbol", &Session::document_symbol},
      {"workspace/symbol", &Session::workspace_symbol},
      {"textDocument/foldingRange", &Session::folding_range},
      {"textDocument/selectionRange", &Session::selection_range},
      {"textDocument/hover", &Session::hover},
      {"textDocument/completion", &Session::completion},
      {"completionItem/resolve", &Session::completion_resolve},
      {"textDocument/definition", &Session::definition},
      {"textDocument/typeDefinition", &Session::type_definition},
      {"textDocument/implementation", &Session::implementation},
      {"textDocument/references", &Session::references},
      {"textDocument/documentHighlight", &Session::highlight},
      {"textDocument/prepareRename", &Session::prepare_rename},
      {"textDocument/rename", &Session::rename},
      {"textDocument/codeAction", &Session::code_action},
      {"codeAction/resolve", &Session::code_action_resolve},
      {"textDocument/codeLens", &Session::code_lens},
      {"textDocument/inlayHint", &Session::inlay_hint},
      {"textDocument/semanticTokens/full", &Session::tokens_full},
      {"textDocument/semanticTokens/range", &Session::tokens_range},
      {"textDocument/prepareCallHierarchy", &Session::prepare_calls},
      {"callHierarchy/incomingCalls", &Session::incoming},
      {"callHierarchy/outgoingCalls", &Session::outgoing},
      {"textDocument/documentLink", &Session::document_link},
      {"textDocument/formatting", &Session::formatting},
      {"textDocument/rangeFormatting", &Session::range_formatting},
      {"workspace/executeCommand", &Session::execute_command},
  };
  return table;
}

const std::unordered_map<std::string_view, Session::Listener>& Session::notifications() {
  static const std::unordered_map<std::string_view, Listener> table = {
      {"initialized", &Session::initialized},
      {"textDocument/didOpen", &Session::did_open},
      {"textDocument/didChange", &Session::did_change},
      {"textDocument/didSave", &Session::did_save},
      {"textDocument/didClose", &Session::did_close},
      {"workspace/didChangeConfiguration", &Session::did_change_configuration},
      {"workspace/didChangeWatchedFiles", &Session::did_change_watched_files},
      {"workspace/didChangeWorkspaceFolders", &Session::did_change_folders},
      {"$/setTrace", &Session::ignore},
      {"window/workDoneProgress/cancel", &Session::cancel_progress},
  };
  return table;
}

}  // namespace aclc::lsp
