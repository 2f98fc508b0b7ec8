// SPDX-License-Identifier: Apache-2.0
// The state of one connection and its handlers. Internal to lsp/server.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
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
  bool lint = true;     ///< whether lint's findings are shown
};

using Clock = std::chrono::steady_clock;

/// One open document with what is known about its present text.
struct OpenDocument {
  Document document;
  std::shared_ptr<const Inventory> inventory;
  std::shared_ptr<const Analysis> analysis;  ///< of `analysed`, or null
  uint64_t analysed = 0;
  Earlier earlier;  ///< of versions before; used up by the analysis
  bool unpublished = true;
  std::shared_ptr<const Verdicts> verdicts;   ///< of revision `judged`
  uint64_t judged = 0;
  std::vector<Diagnostic> former;             ///< findings of verdicts before, moved by the edits since
  bool told_slow = false;                     ///< findings of tests and lint were pushed by themselves
  uint64_t stamp = 0;                         ///< a new number, in the whole session, for whatever would be answered anew
  uint64_t judging = 0;                       ///< number of the work that will bring verdicts, or 0
  std::optional<Clock::time_point> judge_at;  ///< when to begin it if no edit comes before

  const Verdicts* present_verdicts() const { return judged == document.revision() ? verdicts.get() : nullptr; }
};

/// A policy in a folder of the workspace that no editor has open, as it lies on disk.
struct ClosedPolicy {
  int64_t changed = 0;  ///< time of the file's last change, in the file system's own units
  uint64_t size = 0;
  uint64_t stamp = 0;   ///< a new number for every text
  std::string uri;
  std::shared_ptr<const Analysis> analysis;
};

/// A job that waits for the other thread. What it holds (a text, a policy) is let go of when it is cancelled before it began.
class WaitingJob {
 public:
  using Job = std::function<std::function<void()>(const std::atomic<bool>& cancelled)>;
  explicit WaitingJob(Job job) : job_(std::move(job)) {}

  /// The job, for the one who will do it; empty where it was dropped.
  Job take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(job_, nullptr);
  }
  void drop() { take(); }

 private:
  std::mutex mutex_;
  Job job_;
};

/// A job on another thread that has not come back yet.
struct Work {
  std::string title;
  std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<WaitingJob> job;
  std::optional<RequestId> request;  ///< that waits for the answer
  Clock::time_point begun = Clock::now();
  std::string token;                 ///< JSON of the progress that the client shows; empty: none
  bool asked = false;                ///< the client was asked to show progress
};

/// What a handler answers: JSON text, or an error.
struct Reply {
  std::string result = "null";
  std::optional<ResponseError> error;
  bool later = false;  ///< the answer comes when the work is done
  std::string say;      ///< the answer of a command in a line for people, where the client does not show the data itself
  bool worry = false;   ///< say it as a warning
  std::string show;     ///< JSON of window/showDocument: where to look, for clients that go there
  void fail(ErrorCode code, std::string message) { error = ResponseError{code, std::move(message)}; }
  void bad(std::string_view what) { fail(ErrorCode::kInvalidParams, "missing or wrong: " + std::string(what)); }
};

class Session {
 public:
  explicit Session(Surroundings surroundings) : around_(std::move(surroundings)) {}

  void enqueue(Frame frame);
  bool step();
  void idle();
  std::optional<Clock::time_point> due() const;
  void tick(Clock::time_point now);
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
  void tell(const Reply& reply);
  void initialize(const Json& params, Reply& reply);
  void shutdown(const Json& params, Reply& reply);
  void initialized(const Json& params);
  void ignore(const Json&) {}

  // work.cpp: what other threads do, its progress and its end
  using Finish = std::function<void()>;
  /// `job` runs elsewhere; what it returns runs here unless the work was cancelled. Gives the work's number.
  uint64_t begin_work(std::string title, std::function<Finish(const std::atomic<bool>& cancelled)> job, const Json* params = nullptr);
  void end_work(uint64_t number);
  /// Lets go of the work: its result will not be used. One that a request waits for is answered with an error.
  void cancel_work(uint64_t number);
  void answer_later(Reply& reply, std::string title, const Json& params,
                    std::function<Reply(const std::atomic<bool>& cancelled)> job);
  void ask_for_progress(uint64_t number);
  void report_progress(const Work& work, std::string_view value);
  void cancel_progress(const Json& params);
  void cancel_request(const RequestId& id);
  void judge_document(const std::string& key, OpenDocument& open);
  LintSettings lint_settings(const OpenDocument& open) const;
  void forget_verdicts(OpenDocument& open);

  // sync.cpp: documents, settings, inventories, findings
  void did_open(const Json& params);
  void did_change(const Json& params);
  void did_save(const Json& params);
  void did_close(const Json& params);
  void did_change_configuration(const Json& params);
  void did_change_watched_files(const Json& params);
  void did_change_folders(const Json& params);
  void take_settings(const Json* settings);
  Settings read_settings(const Json& given) const;
  void fetch_settings();
  void find_inventory(OpenDocument& open);
  void look_again();
  OpenDocument* find(const Json& params, Reply* reply);
  const Analysis& analyse(OpenDocument& open);
  View view_of(const OpenDocument& open, const Analysis& analysis, const Positions& at) const;
  void publish(OpenDocument& open, Tiers tiers = Tiers::kBoth);
  /// A client that asks for findings and cannot be told to ask again is sent those that come later.
  bool sends_later_ones() const { return client_.pull_diagnostics && !client_.diagnostic_refresh; }
  Tiers pulled_tiers() const { return sends_later_ones() ? Tiers::kFast : Tiers::kBoth; }
  TextKind kind_of(const std::string& uri) const;
  std::string result_id(const OpenDocument& open) const;
  void document_diagnostic(const Json& params, Reply& reply);

  // workspace.cpp: policies that are not open
  void find_closed();
  /// Findings about the tailnet file itself, where the client is told of findings; an empty list where there are none any more.
  void publish_inventory(const Inventory* before, const Inventory* now);
  std::vector<DiagnosticItem> inventory_items(const Inventory& inventory) const;
  /// Where the tailnet file of a policy may be, in the order in which it is looked for.
  std::vector<std::string> tailnet_paths(const std::string& uri) const;
  std::shared_ptr<const Inventory> inventory_for(const std::string& uri) const;
  /// Has the client watch the file that the settings name.
  void watch_tailnet();
  /// Says, once for a setting, that there is no such file.
  void tell_missing_tailnet(const std::string& uri);
  void workspace_symbol(const Json& params, Reply& reply);
  void workspace_diagnostic(const Json& params, Reply& reply);
  AnalysisOptions options_with(std::shared_ptr<const Inventory> inventory, const std::string& uri) const {
    return {settings_.target, settings_.synced_groups, std::move(inventory), kind_of(uri)};
  }

  // requests.cpp: one short function a feature
  template <class F>
  void with_view(const Json& params, Reply& reply, F&& f);
  template <class F>
  void with_offset(const Json& params, Reply& reply, F&& f);
  void document_symbol(const Json& params, Reply& reply);
  void folding_range(const Json& params, Reply& reply);
  void selection_range(const Json& params, Reply& reply);
  void hover(const Json& params, Reply& reply);
  void completion(const Json& params, Reply& reply);
  void completion_resolve(const Json& params, Reply& reply);
  void definition(const Json& params, Reply& reply);
  void type_definition(const Json& params, Reply& reply);
  void implementation(const Json& params, Reply& reply);
  void references(const Json& params, Reply& reply);
  void highlight(const Json& params, Reply& reply);
  void prepare_rename(const Json& params, Reply& reply);
  void rename(const Json& params, Reply& reply);
  void code_action(const Json& params, Reply& reply);
  void code_action_resolve(const Json& params, Reply& reply);
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
  struct Arguments;
  using CommandHandler = void (Session::*)(const Arguments& arguments, Reply& reply);
  static const std::map<std::string_view, CommandHandler>& commands();
  void execute_command(const Json& params, Reply& reply);
  OpenDocument* document_of(const Arguments& arguments, Reply& reply);
  void command_apply_edit(const Arguments& arguments, Reply& reply);
  void command_show_references(const Arguments& arguments, Reply& reply);
  void command_show_rule(const Arguments& arguments, Reply& reply);
  void command_run_tests(const Arguments& arguments, Reply& reply);
  void command_trace(const Arguments& arguments, Reply& reply);
  void command_show_compiled(const Arguments& arguments, Reply& reply);
  void command_diff(const Arguments& arguments, Reply& reply);

  Surroundings around_;
  State state_ = State::kNew;
  std::optional<int> exit_;
  std::deque<Message> waiting_;
  std::map<std::string, OpenDocument> documents_;  ///< by uri_key
  std::map<std::string, ClosedPolicy> closed_;     ///< by path
  std::vector<std::string> folders_;               ///< paths of the workspace
  ClientCapabilities client_;
  PositionUnit unit_ = PositionUnit::kUtf16;
  Settings settings_;
  Settings defaults_;  ///< those of initializationOptions: what holds where the client has no settings
  uint64_t generation_ = 0;  ///< of settings and inventories
  int64_t next_id_ = 1;
  std::map<std::string, std::function<void(const Json*)>> awaited_;
  std::map<uint64_t, Work> works_;
  uint64_t next_work_ = 1;
  std::string watched_;       ///< Settings::tailnet, as the client was last told to watch it
  std::string told_missing_;  ///< Settings::tailnet, where it was said that nothing is there
  std::string trouble_;  ///< what last kept lint from looking, as it was told
  uint64_t next_stamp_ = 1;
  const RequestId* answering_ = nullptr;  ///< the request that a handler is called for
};

}  // namespace aclc::lsp
