// SPDX-License-Identifier: Apache-2.0
// What is done on another thread: the policy's tests, lint, and commands that compile. Results of texts that are no more are dropped.
#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "lsp/documents/uri.h"
#include "lsp/server/session.h"

namespace aclc::lsp {
namespace {

/// Work that is done sooner shows no progress.
constexpr std::chrono::milliseconds kPatience{300};

}  // namespace

uint64_t Session::begin_work(std::string title, std::function<Finish(const std::atomic<bool>& cancelled)> job, const Json* params) {
  const uint64_t number = next_work_++;
  Work& work = works_[number];
  work.title = std::move(title);
  if (params) {
    const Json* token = member(*params, "workDoneToken");
    if (token && (token->is_string() || token->is_number_integer())) {
      work.token = token->dump();
      report_progress(work, "{\"kind\":\"begin\",\"title\":" + json_quote(work.title) + "}");
    }
  }
  const auto cancelled = work.cancelled;
  work.job = std::make_shared<WaitingJob>(std::move(job));
  auto whole = [this, number, cancelled, waiting = work.job]() -> Finish {
    Finish finish;
    if (const WaitingJob::Job mine = waiting->take(); mine && !*cancelled) finish = mine(*cancelled);
    return [this, number, finish = std::move(finish)] {
      if (works_.count(number) == 0) return;  // cancelled meanwhile
      if (finish) finish();
      end_work(number);
    };
  };
  if (around_.work) around_.work(std::move(whole));
  else whole()();
  return number;
}

void Session::end_work(uint64_t number) {
  const auto found = works_.find(number);
  if (found == works_.end()) return;
  if (!found->second.token.empty()) report_progress(found->second, R"({"kind":"end"})");
  works_.erase(found);
}

void Session::cancel_work(uint64_t number) {
  const auto found = works_.find(number);
  if (found == works_.end()) return;
  found->second.cancelled->store(true);
  found->second.job->drop();
  if (found->second.request) {
    Reply reply;
    reply.fail(ErrorCode::kRequestCancelled, "cancelled");
    respond(*found->second.request, reply);
  }
  end_work(number);
}

void Session::cancel_request(const RequestId& id) {
  for (const auto& [number, work] : works_) {
    if (work.request == id) return cancel_work(number);
  }
}

void Session::answer_later(Reply& reply, std::string title, const Json& params,
                           std::function<Reply(const std::atomic<bool>& cancelled)> job) {
  reply.later = true;
  const RequestId id = *answering_;
  const uint64_t number = next_work_;  // of the work that begins now
  begin_work(
      std::move(title),
      [this, id, number, job = std::move(job)](const std::atomic<bool>& cancelled) -> Finish {
        auto result = std::make_shared<const Reply>(job(cancelled));
        return [this, id, number, result] {
          works_[number].request.reset();
          respond(id, *result);
        };
      },
      &params);
  if (const auto found = works_.find(number); found != works_.end()) found->second.request = id;
}

void Session::ask_for_progress(uint64_t number) {
  Work& work = works_.at(number);
  work.asked = true;
  const std::string token = "\"aclc-" + std::to_string(number) + "\"";
  request("window/workDoneProgress/create", "{\"token\":" + token + "}", [this, number, token](const Json* result) {
    const auto found = works_.find(number);
    if (!result || found == works_.end()) return;  // refused, or done by now
    found->second.token = token;
    report_progress(found->second, "{\"kind\":\"begin\",\"title\":" + json_quote(found->second.title) + ",\"cancellable\":true}");
  });
}

void Session::report_progress(const Work& work, std::string_view value) {
  notify("$/progress", "{\"token\":" + work.token + ",\"value\":" + std::string(value) + "}");
}

void Session::cancel_progress(const Json& params) {
  const Json* token = member(params, "token");
  if (!token) return;
  for (const auto& [number, work] : works_) {
    if (work.token == token->dump()) return cancel_work(number);
  }
}

std::optional<Clock::time_point> Session::due() const {
  std::optional<Clock::time_point> first;
  const auto take = [&](Clock::time_point at) { first = first ? std::min(*first, at) : at; };
  if (state_ != State::kRunning) return first;
  for (const auto& [key, open] : documents_) {
    if (open.judge_at) take(*open.judge_at);
  }
  if (client_.work_done_progress) {
    for (const auto& [number, work] : works_) {
      if (!work.asked && work.token.empty()) take(work.begun + kPatience);
    }
  }
  return first;
}

void Session::tick(Clock::time_point now) {
  if (state_ != State::kRunning) return;
  for (auto& [key, open] : documents_) {
    if (open.judge_at && *open.judge_at <= now) judge_document(key, open);
  }
  if (!client_.work_done_progress) return;
  for (const auto& [number, work] : works_) {
    if (!work.asked && work.token.empty() && work.begun + kPatience <= now) ask_for_progress(number);
  }
}

void Session::judge_document(const std::string& key, OpenDocument& open) {
  open.judge_at.reset();
  if (open.judging != 0 || open.present_verdicts()) return;
  open.judging = next_work_;
  // The other thread works the text out for itself: with nobody else at ours, the next edit goes on from it.
  auto own = std::make_shared<const Analysis>(open.document.text(), options_with(open.inventory, open.document.uri()));
  begin_work("aclc: tests and lint",
             [this, key, number = open.judging, analysis = std::move(own), lint = lint_settings(open)](const std::atomic<bool>& cancelled) -> Finish {
               return [this, key, number, verdicts = judge(*analysis, lint, cancelled)] {
                 const auto found = documents_.find(key);
                 if (found == documents_.end() || found->second.judging != number || !verdicts) return;
                 OpenDocument& judged = found->second;
                 judged.judging = 0;
                 judged.verdicts = verdicts;
                 judged.judged = judged.document.revision();
                 if (verdicts->trouble != trouble_) {  // once, not after every edit
                   trouble_ = verdicts->trouble;
                   if (!trouble_.empty()) log(trouble_);
                 }
                 const bool news = !verdicts->findings.empty() || !judged.former.empty();
                 judged.former.clear();
                 if (news) judged.stamp = next_stamp_++;
                 if (news && !client_.pull_diagnostics) publish(judged);
                 if (sends_later_ones() && (news || judged.told_slow)) {
                   publish(judged, Tiers::kSlow);
                   judged.told_slow = !verdicts->findings.empty();
                 }
                 if (news && client_.pull_diagnostics && client_.diagnostic_refresh) request("workspace/diagnostic/refresh", "");
                 if (client_.code_lens_refresh) request("workspace/codeLens/refresh", "");
               };
             });
}

LintSettings Session::lint_settings(const OpenDocument& open) const {
  return {settings_.lint, uri_to_path(open.document.uri()).value_or(""), static_cast<int64_t>(std::time(nullptr)) / 86400};
}

void Session::forget_verdicts(OpenDocument& open) {
  if (open.judging != 0) cancel_work(open.judging);
  open.judging = 0;
  open.judge_at.reset();
  open.verdicts = nullptr;
  open.judged = 0;
  open.former.clear();
}

}  // namespace aclc::lsp
