// SPDX-License-Identifier: Apache-2.0
// The state of one connection and its handlers. Internal to lsp/server.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lsp/documents/document.h"
#include "lsp/features/features.h"
#include "lsp/protocol/decode.h"
#include "lsp/protocol/encode.h"
#include "lsp/server/server.h"

namespace aclc::lsp {

/// The client's settings; what it does not say stays as here.
struct Settings {
  Target target = Target::kTailscale;
  bool synced_groups = true;
  std::string tailnet;  ///< path of the inventory; empty: tailnet.json beside the policy
};

/// One open document with what is known about its present text.
struct OpenDocument {
  Document document;
  std::shared_ptr<const Inventory> inventory;
  std::shared_ptr<const Analysis> analysis;  ///< of `analysed`, or null
  uint64_t analysed = 0;
  bool unpublished = true;
  bool had_findings = false;
  std::shared_ptr<const Verdicts> verdicts;  ///< of revision `judged`
  uint64_t judged = 0;
  std::shared_ptr<std::atomic<bool>> cancel;
};

/// What a handler answers: JSON text, or an error.
struct Reply {
  std::string result = "null";
  std::optional<ResponseError> error;
  void fail(ErrorCode code, std::string message) { error = ResponseError{code, std::move(message)}; }
  void bad(std::string_view what) { fail(ErrorCode::kInvalidParams, "missing or wrong: " + std::string(what)); }
};

class Session {
 public:
  explicit Session(Surroundings surroundings) : around_(std::move(surroundings)) {}

  void enqueue(Frame frame);
  bool step();
  void idle();
  std::optional<int> exit_status() const { return exit_; }
  int status_at_end() const { return state_ == State::kShutDown ? 0 : 1; }

 private:
  enum class State : unsigned char { kNew, kRunning, kShutDown };
  struct Message {
    std::string method;
    std::optional<RequestId> id;
    std::shared_ptr<const Json> params;
    bool cancelled = false;
  };
  using Handler = void (Session::*)(const Json& params, Reply& reply);
  using Listener = void (Session::*)(const Json& params);
  static const std::unordered_map<std::string_view, Handler>& requests();
  static const std::unordered_map<std::string_view, Listener>& notifications();

  // session.cpp: messages and the life of the connection
  void handle_request(const Message& message);
  void handle_notification(const Message& message);
  void handle_response(const Json& message);
  void respond(const RequestId& id, const Reply& reply);
  void notify(std::string_view method, std::string_view params);
  void request(std::string_view method, std::string_view params, std::function<void(const Json*)> then = {});
  void log(std::string_view message);
  void initialize(const Json& params, Reply& reply);
  void shutdown(const Json& params, Reply& reply);
  void initialized(const Json& params);
  void ignore(const Json&) {}

  // sync.cpp: documents, settings, inventories, findings
  void did_open(const Json& params);
  void did_change(const Json& params);
  void did_save(const Json& params);
  void did_close(const Json& params);
  void did_change_configuration(const Json& params);
  void did_change_watched_files(const Json& params);
  void did_change_folders(const Json& params);
  void take_settings(const Json* settings);
  void fetch_settings();
  void find_inventory(OpenDocument& open);
  void look_again();
  OpenDocument* find(const Json& params, Reply* reply);
  const Analysis& analyse(OpenDocument& open);
  void publish(OpenDocument& open);
  std::string result_id(const OpenDocument& open) const;
  void document_diagnostic(const Json& params, Reply& reply);
  void workspace_diagnostic(const Json& params, Reply& reply);

  // requests.cpp: one short function a feature
  template <class F>
  void with_view(const Json& params, Reply& reply, F&& f);
  template <class F>
  void with_offset(const Json& params, Reply& reply, F&& f);
  void document_symbol(const Json& params, Reply& reply);
  void workspace_symbol(const Json& params, Reply& reply);
  void folding_range(const Json& params, Reply& reply);
  void selection_range(const Json& params, Reply& reply);
  void hover(const Json& params, Reply& reply);
  void completion(const Json& params, Reply& reply);
  void completion_resolve(const Json& params, Reply& reply);
  void definition(const Json& params, Reply& reply);
  void references(const Json& params, Reply& reply);
  void highlight(const Json& params, Reply& reply);
  void prepare_rename(const Json& params, Reply& reply);
  void rename(const Json& params, Reply& reply);
  void code_action(const Json& params, Reply& reply);
  void code_lens(const Json& params, Reply& reply);
  void inlay_hint(const Json& params, Reply& reply);
  void tokens_full(const Json& params, Reply& reply);
  void tokens_range(const Json& params, Reply& reply);
  void prepare_calls(const Json& params, Reply& reply);
  void incoming(const Json& params, Reply& reply);
  void outgoing(const Json& params, Reply& reply);
  void document_link(const Json& params, Reply& reply);
  void formatting(const Json& params, Reply& reply);
  void range_formatting(const Json& params, Reply& reply);

  // commands.cpp
  void execute_command(const Json& params, Reply& reply);

  Surroundings around_;
  State state_ = State::kNew;
  std::optional<int> exit_;
  std::deque<Message> waiting_;
  std::map<std::string, OpenDocument> documents_;  ///< by uri_key
  std::vector<std::string> folders_;               ///< paths of the workspace
  ClientCapabilities client_;
  PositionUnit unit_ = PositionUnit::kUtf16;
  Settings settings_;
  uint64_t generation_ = 0;  ///< of settings and inventories
  int64_t next_id_ = 1;
  std::map<std::string, std::function<void(const Json*)>> awaited_;
};

}  // namespace aclc::lsp
