// SPDX-License-Identifier: Apache-2.0
// A client in the same process: messages go straight into the server, answers are kept.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "lsp/documents/document.h"
#include "lsp/server/server.h"

namespace aclc::lsp::test {

using nlohmann::json;

inline json full_capabilities() {
  return json::parse(R"({
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {"workspaceEdit": {"documentChanges": true}, "applyEdit": true},
    "textDocument": {
      "hover": {"contentFormat": ["markdown", "plaintext"]},
      "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
      "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}},
      "rename": {"prepareSupport": true},
      "publishDiagnostics": {"relatedInformation": true, "tagSupport": {"valueSet": [1, 2]}}}})");
}

/// The text after edits in UTF-16 positions, as an editor makes them: all are about the text before.
inline std::string edited(const std::string& text, json edits) {
  std::stable_sort(edits.begin(), edits.end(), [](const json& a, const json& b) {
    const auto start = [](const json& edit) {
      return std::pair(edit["range"]["start"]["line"].get<uint32_t>(), edit["range"]["start"]["character"].get<uint32_t>());
    };
    return start(a) > start(b);  // later places first, so that earlier ones stay true
  });
  Document document("u", 1, text);
  const auto place = [](const json& p) { return Position{p["line"].get<uint32_t>(), p["character"].get<uint32_t>()}; };
  for (const json& edit : edits) {
    const Range range{place(edit["range"]["start"]), place(edit["range"]["end"])};
    document.change(2, {{range, edit["newText"].get<std::string>()}}, PositionUnit::kUtf16);
  }
  return document.text()->text;
}

class Client {
 public:
  Client() : server_({[this](std::string body) { received.push_back(json::parse(body)); }, {}, "test", {}}) {}
  /// Work stays in `jobs` until a test does it.
  struct Patient {};
  explicit Client(Patient)
      : server_({[this](std::string body) { received.push_back(json::parse(body)); }, {}, "test",
                 [this](std::function<std::function<void()>()> job) { jobs.push_back(std::move(job)); }}) {}

  /// Lets so much time pass that all that was put off begins.
  void settle() {
    server_.tick(std::chrono::steady_clock::now() + std::chrono::hours(1));
    run();
  }
  void do_jobs() {
    while (!jobs.empty()) {
      const auto job = std::move(jobs.front());
      jobs.erase(jobs.begin());
      job()();
    }
  }
  json command(const std::string& name, json arguments) {
    return request("workspace/executeCommand", {{"command", name}, {"arguments", std::move(arguments)}});
  }
  size_t count(std::string_view method) const {
    return static_cast<size_t>(std::count_if(received.begin(), received.end(), [&](const json& m) { return m.value("method", "") == method; }));
  }

  void raw(std::string body) {
    server_.enqueue({std::move(body), {}});
    run();
  }
  void run() {
    while (server_.step()) {
    }
    server_.idle();
  }
  /// Messages that wait together, as when they come in one packet.
  void queue(const json& message) { server_.enqueue({message.dump(), {}}); }

  json initialize(json capabilities = full_capabilities(), json more = json::object()) {
    more["processId"] = nullptr;
    // Most tests are about other things than lint, and their policies are small and odd.
    if (!more.contains("initializationOptions")) more["initializationOptions"] = {{"lint", false}};
    more["capabilities"] = std::move(capabilities);
    json answer = request("initialize", more);
    notify("initialized", json::object());
    return answer;
  }
  /// The result, or the error as {"error": ...}.
  json request(const std::string& method, const json& params) {
    const int id = ++last_id_;
    json message = {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}};
    if (!params.is_discarded()) message["params"] = params;
    raw(message.dump());
    return answer_to(id);
  }
  json answer_to(const json& id) const {
    for (const json& m : received) {
      if (m.contains("method") || m.value("id", json()) != id) continue;
      return m.contains("error") ? json{{"error", m["error"]}} : m["result"];
    }
    return json::value_t::discarded;
  }
  void notify(const std::string& method, const json& params) {
    raw(json{{"jsonrpc", "2.0"}, {"method", method}, {"params", params}}.dump());
  }
  void open(const std::string& text, const std::string& uri = "file:///p/policy.hujson") {
    uri_ = uri;
    text_ = text;
    notify("textDocument/didOpen",
           {{"textDocument", {{"uri", uri}, {"languageId", "hujson"}, {"version", 1}, {"text", text}}}});
  }
  void change(int version, const json& changes) {
    notify("textDocument/didChange", {{"textDocument", {{"uri", uri_}, {"version", version}}}, {"contentChanges", changes}});
  }
  json document() const { return {{"uri", uri_}}; }

  /// The position `delta` characters after the n-th place of a piece of ASCII text.
  json at(const std::string& piece, int delta = 0, int n = 0) const {
    size_t offset = text_.find(piece);
    while (n-- > 0) offset = text_.find(piece, offset + 1);
    offset += static_cast<size_t>(delta);
    const size_t line_start = text_.rfind('\n', offset - 1) + 1;
    return {{"line", std::count(text_.begin(), text_.begin() + static_cast<ptrdiff_t>(offset), '\n')},
            {"character", offset - line_start}};
  }
  json ask(const std::string& feature, const json& position, json more = json::object()) {
    more["textDocument"] = document();
    more["position"] = position;
    return request("textDocument/" + feature, more);
  }
  json whole(const std::string& feature, json more = json::object()) {
    more["textDocument"] = document();
    return request("textDocument/" + feature, more);
  }
  static json range(const json& a, const json& b) { return {{"start", a}, {"end", b}}; }

  /// The last findings that were pushed.
  json findings() const {
    for (auto m = received.rbegin(); m != received.rend(); ++m) {
      if (m->value("method", "") == "textDocument/publishDiagnostics") return (*m)["params"];
    }
    return json::value_t::discarded;
  }
  std::vector<std::string> codes() const {
    std::vector<std::string> out;
    const json pushed = findings();
    if (pushed.is_object()) {
      for (const json& d : pushed["diagnostics"]) out.push_back(d["code"]);
    }
    return out;
  }
  size_t pushes() const { return count("textDocument/publishDiagnostics"); }
  Server& server() { return server_; }
  const std::string& text() const { return text_; }

  std::vector<json> received;
  std::vector<std::function<std::function<void()>()>> jobs;

 private:
  Server server_;
  std::string uri_, text_;
  int last_id_ = 0;
};

}  // namespace aclc::lsp::test
