// SPDX-License-Identifier: Apache-2.0
// Documents, settings and inventories as the client reports them, and the findings that go back.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "lsp/documents/uri.h"
#include "lsp/server/session.h"

namespace aclc::lsp {
namespace {

/// Tests and whatever else is slow begin when no edit has come for so long.
constexpr std::chrono::milliseconds kQuiet{60};

}  // namespace

OpenDocument* Session::find(const Json& params, Reply* reply) {
  const auto uri = read_text(params, "textDocument/uri");
  if (!uri) {
    if (reply) reply->bad("textDocument.uri");
    return nullptr;
  }
  const auto found = documents_.find(uri_key(*uri));
  return found == documents_.end() ? nullptr : &found->second;
}

void Session::did_open(const Json& params) {
  const auto uri = read_text(params, "textDocument/uri");
  auto text = read_text(params, "textDocument/text");
  if (!uri || !text) return log("didOpen without a document");
  const int64_t version = read_integer(params, "textDocument/version").value_or(0);
  // Opening twice starts over: the client's text is what counts.
  const std::string key = uri_key(*uri);
  if (const auto before = documents_.find(key); before != documents_.end()) {
    forget_verdicts(before->second);
    documents_.erase(before);
  }
  OpenDocument& open = documents_.emplace(key, OpenDocument{Document(*uri, version, std::move(*text))}).first->second;
  open.stamp = next_stamp_++;
  find_inventory(open);
}

void Session::did_change(const Json& params) {
  OpenDocument* open = find(params, nullptr);
  if (!open) return log("didChange of a document that is not open");
  const auto changes = read_changes(params);
  if (!changes) return log("didChange without changes");
  const int64_t version = read_integer(params, "textDocument/version").value_or(open->document.version() + 1);
  if (version <= open->document.version()) log("didChange with an old version; applied all the same");
  // What tests and lint said is shown until they have looked again.
  std::vector<Diagnostic> former = open->present_verdicts() ? open->verdicts->findings : std::move(open->former);
  forget_verdicts(*open);
  open->stamp = next_stamp_++;
  // Without an analysis the text can be changed in place.
  if (open->analysis) open->earlier = Analysis::leave(std::move(open->analysis));
  open->analysis = nullptr;
  for (const Replacement& done : open->document.change(version, *changes, unit_)) {
    open->earlier.add(done.replaced, done.length);
    move_findings(former, done.replaced, done.length);
  }
  open->former = std::move(former);
  open->unpublished = true;
}

void Session::did_save(const Json& params) {
  if (OpenDocument* open = find(params, nullptr)) {
    if (kind_of(open->document.uri()) != TextKind::kPolicy) return look_again();  // what others are read by
    find_inventory(*open);
    if (open->unpublished && client_.pull_diagnostics && client_.diagnostic_refresh)
      request("workspace/diagnostic/refresh", "");
  }
}

void Session::did_close(const Json& params) {
  const auto uri = read_text(params, "textDocument/uri");
  if (!uri) return;
  const auto found = documents_.find(uri_key(*uri));
  if (found == documents_.end()) return;
  forget_verdicts(found->second);
  if (!client_.pull_diagnostics || found->second.told_slow) {
    JsonWriter w;
    w.begin_object().key("uri").text(found->second.document.uri()).key("diagnostics").begin_array().end_array().end_object();
    notify("textDocument/publishDiagnostics", w.str());
  }
  const std::shared_ptr<const Inventory> inventory = found->second.inventory;
  documents_.erase(found);
  // A tailnet file that nobody has open any more is told of as it lies on disk.
  for (const auto& [key, open] : documents_) {
    if (!open.inventory || uri_key(path_to_uri(open.inventory->path())) != uri_key(*uri)) continue;
    publish_inventory(nullptr, open.inventory.get());
    break;
  }
  const bool shared = std::any_of(documents_.begin(), documents_.end(), [&](const auto& entry) {
    return inventory && entry.second.inventory && entry.second.inventory->path() == inventory->path();
  });
  if (!shared) publish_inventory(inventory.get(), nullptr);
}

void Session::take_settings(const Json* settings) {
  Settings taken = settings && settings->is_object() ? read_settings(*settings) : defaults_;
  const bool same = taken.target == settings_.target && taken.synced_groups == settings_.synced_groups &&
                    taken.tailnet == settings_.tailnet && taken.lint == settings_.lint;
  if (same) return;
  settings_ = std::move(taken);
  told_missing_.clear();
  watch_tailnet();
  look_again();
}

Settings Session::read_settings(const Json& given) const {
  const Json* settings = &given;
  if (const Json* own = member(given, "aclc")) settings = own;
  Settings taken = defaults_;  // what is absent is as at the start, whatever stood before
  if (!settings->is_object()) return taken;
  if (const auto target = read_text(*settings, "target"))
    taken.target = *target == "headscale" ? Target::kHeadscale : Target::kTailscale;
  taken.synced_groups = read_bool(*settings, "syncedGroups", taken.synced_groups);
  taken.lint = read_bool(*settings, "lint", taken.lint);
  for (const std::string_view name : {"inventory", "tailnet"}) {
    if (auto path = read_text(*settings, name); path && !path->empty()) taken.tailnet = std::move(*path);
  }
  return taken;
}

void Session::fetch_settings() {
  if (!client_.configuration) return take_settings(nullptr);
  request("workspace/configuration", R"({"items":[{"section":"aclc"}]})", [this](const Json* result) {
    if (result && result->is_array() && !result->empty()) take_settings(&result->front());
  });
}

void Session::did_change_configuration(const Json& params) {
  const Json* settings = member(params, "settings");
  if (settings && settings->is_object() && member(*settings, "aclc")) return take_settings(settings);
  // Without our section it says that something changed: the client is asked, or has nothing to say of us.
  fetch_settings();
}

void Session::did_change_watched_files(const Json&) { look_again(); }

void Session::did_change_folders(const Json& params) {
  const auto paths = [&](std::string_view which) {
    std::vector<std::string> out;
    const Json* list = member(params, which);
    if (!list || !list->is_array()) return out;
    for (const Json& folder : *list) {
      if (const auto uri = read_text(folder, "uri")) {
        if (auto path = uri_to_path(*uri)) out.push_back(std::move(*path));
      }
    }
    return out;
  };
  for (const std::string& gone : paths("event/removed")) std::erase(folders_, gone);
  for (std::string& added : paths("event/added")) folders_.push_back(std::move(added));
  if (!settings_.tailnet.empty()) look_again();
}

void Session::find_inventory(OpenDocument& open) {
  std::shared_ptr<const Inventory> found;
  if (kind_of(open.document.uri()) == TextKind::kPolicy) {
    found = inventory_for(open.document.uri());
    if (!found) tell_missing_tailnet(open.document.uri());
  }
  // The same text again changes nothing.
  const bool same = found && open.inventory ? found->path() == open.inventory->path() &&
                                                  found->version().text == open.inventory->version().text
                                            : !found && !open.inventory;
  if (same) return;
  publish_inventory(open.inventory.get(), found.get());
  open.inventory = std::move(found);
  open.analysis = nullptr;
  forget_verdicts(open);
  open.unpublished = true;
  ++generation_;
}

std::vector<DiagnosticItem> Session::inventory_items(const Inventory& inventory) const {
  const Analysis text(std::make_shared<TextVersion>(inventory.version()), {});  // of which nothing but the text is asked
  const Positions at(text.version(), unit_);
  const std::string uri = path_to_uri(inventory.path());
  std::vector<DiagnosticItem> items;
  for (const Diagnostic& finding : inventory.findings()) {
    if (items.size() < kMaxDiagnostics) items.push_back(to_item({text, at, uri, std::nullopt}, finding));
  }
  return items;
}

void Session::publish_inventory(const Inventory* before, const Inventory* now) {
  if (client_.pull_diagnostics) return;  // such a client asks for those of the workspace
  const auto say = [&](const Inventory& of, const std::vector<DiagnosticItem>& items) {
    if (documents_.count(uri_key(path_to_uri(of.path()))) != 0) return;  // open, it is told of as any document
    JsonWriter w;
    w.begin_object().key("uri").text(path_to_uri(of.path())).key("diagnostics");
    encode_list(w, items, client_);
    w.end_object();
    notify("textDocument/publishDiagnostics", w.str());
  };
  const bool replaced = before && now && before->path() == now->path();
  if (before && !before->findings().empty() && (!replaced || now->findings().empty())) say(*before, {});
  if (now && !now->findings().empty()) say(*now, inventory_items(*now));
}

void Session::look_again() {
  ++generation_;
  closed_.clear();  // read under other settings, or beside another inventory
  for (auto& [key, open] : documents_) {
    find_inventory(open);
    open.analysis = nullptr;
    open.earlier = {};  // of another dialect, maybe
    forget_verdicts(open);
    open.unpublished = true;
  }
  if (state_ != State::kRunning) return;  // nothing may be asked of a client that has no answer to `initialize` yet
  if (client_.pull_diagnostics && client_.diagnostic_refresh) request("workspace/diagnostic/refresh", "");
  if (client_.code_lens_refresh) request("workspace/codeLens/refresh", "");
  if (client_.inlay_refresh) request("workspace/inlayHint/refresh", "");
}

const Analysis& Session::analyse(OpenDocument& open) {
  if (!open.analysis || open.analysed != open.document.revision()) {
    open.analysis = std::make_shared<Analysis>(open.document.text(), options_with(open.inventory, open.document.uri()), std::move(open.earlier));
    open.earlier = {};
    open.analysed = open.document.revision();
  }
  return *open.analysis;
}

View Session::view_of(const OpenDocument& open, const Analysis& analysis, const Positions& at) const {
  return {analysis, at, open.document.uri(), open.document.version(), open.present_verdicts(), &open.former};
}

TextKind Session::kind_of(const std::string& uri) const {
  const std::string path = uri_to_path(uri).value_or(uri);
  const std::string& named = settings_.tailnet;
  const bool tailnet = !named.empty() && path.ends_with(named) &&
                       (path.size() == named.size() || named.front() == '/' || path[path.size() - named.size() - 1] == '/');
  return tailnet ? TextKind::kTailnet : kind_of_file(path);
}

void Session::publish(OpenDocument& open, Tiers tiers) {
  const Analysis& analysis = analyse(open);
  const Positions at(analysis.version(), unit_);
  const View view = view_of(open, analysis, at);
  JsonWriter w;
  w.begin_object().key("uri").text(open.document.uri()).key("version").number(open.document.version());
  w.key("diagnostics");
  encode_list(w, diagnostics(view, tiers), client_);
  w.end_object();
  notify("textDocument/publishDiagnostics", w.str());
}

void Session::idle() {
  if (state_ != State::kRunning) return;
  for (auto& [key, open] : documents_) {
    if (!open.unpublished) continue;
    open.unpublished = false;
    if (!client_.pull_diagnostics) publish(open);
    open.judge_at = Clock::now() + kQuiet;
  }
}

std::string Session::result_id(const OpenDocument& open) const {
  return std::to_string(open.stamp) + "." + std::to_string(generation_);
}

void Session::document_diagnostic(const Json& params, Reply& reply) {
  OpenDocument* open = find(params, &reply);
  if (reply.error) return;
  JsonWriter w;
  w.begin_object();
  if (!open) {
    w.key("kind").text("full").key("items").begin_array().end_array().end_object();
    reply.result = w.take();
    return;
  }
  const std::string id = result_id(*open);
  if (read_text(params, "previousResultId") == id) {
    w.key("kind").text("unchanged").key("resultId").text(id).end_object();
    reply.result = w.take();
    return;
  }
  const Analysis& analysis = analyse(*open);
  const Positions at(analysis.version(), unit_);
  const View view = view_of(*open, analysis, at);
  w.key("kind").text("full").key("resultId").text(id).key("items");
  encode_list(w, diagnostics(view, pulled_tiers()), client_);
  w.end_object();
  reply.result = w.take();
}

}  // namespace aclc::lsp
