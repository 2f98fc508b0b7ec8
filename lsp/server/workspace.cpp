// SPDX-License-Identifier: Apache-2.0
// The policies of the workspace: those that are open, and those that lie in its folders.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "lsp/documents/uri.h"
#include "lsp/server/session.h"

namespace aclc::lsp {
namespace {

namespace fs = std::filesystem;

// A workspace can be somebody's whole disk.
constexpr size_t kMaxEntries = 20'000;
constexpr int kMaxDepth = 8;
constexpr size_t kMaxPolicies = 100;
constexpr uintmax_t kMaxBytes = uintmax_t{16} << 20;

std::string folder_of(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

/// Folders that hold no policies of anybody's own.
bool is_passed_by(const fs::path& name) {
  const std::string text = name.string();
  return text == "node_modules" || text == "build" || (text.size() > 1 && text.front() == '.');
}

/// f(path, last change, bytes) for each policy below a folder.
template <class F>
void for_each_policy(const std::string& folder, F&& f) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
  for (size_t seen = 0; !error && at != end && seen < kMaxEntries; at.increment(error), ++seen) {
    std::error_code ignored;
    if (at->is_directory(ignored)) {
      if (at.depth() >= kMaxDepth || is_passed_by(at->path().filename())) at.disable_recursion_pending();
      continue;
    }
    // A name with a dot in front is a configuration's.
    if (at->path().extension() != ".hujson" || at->path().filename().string().front() == '.' || !at->is_regular_file(ignored)) continue;
    const uintmax_t bytes = at->file_size(ignored);
    if (ignored || bytes > kMaxBytes) continue;
    const auto changed = at->last_write_time(ignored);
    if (!ignored) f(at->path().string(), static_cast<int64_t>(changed.time_since_epoch().count()), static_cast<uint64_t>(bytes));
  }
}

}  // namespace

std::vector<std::string> Session::tailnet_paths(const std::string& uri) const {
  std::vector<std::string> candidates;
  const auto path = uri_to_path(uri);
  if (!settings_.tailnet.empty()) {
    if (settings_.tailnet.front() == '/') {
      candidates.push_back(settings_.tailnet);
    } else {
      for (const std::string& folder : folders_) candidates.push_back(folder + "/" + settings_.tailnet);
      if (path) candidates.push_back(folder_of(*path) + settings_.tailnet);
    }
  } else if (path) {
    candidates.push_back(folder_of(*path) + "tailnet.json");
  }
  return candidates;
}

std::shared_ptr<const Inventory> Session::inventory_for(const std::string& uri) const {
  for (const std::string& path : tailnet_paths(uri)) {
    if (auto found = Inventory::load(path)) return found;
  }
  return nullptr;
}

void Session::watch_tailnet() {
  if (!client_.dynamic_watched_files || watched_ == settings_.tailnet) return;
  if (!watched_.empty())
    request("client/unregisterCapability", R"({"unregisterations":[{"id":"aclc-tailnet","method":"workspace/didChangeWatchedFiles"}]})");
  watched_ = settings_.tailnet;
  if (watched_.empty()) return;
  const std::string folder = folder_of(watched_), name = watched_.substr(folder.size());
  JsonWriter w;
  w.begin_object().key("registrations").begin_array().begin_object();
  w.key("id").text("aclc-tailnet").key("method").text("workspace/didChangeWatchedFiles");
  w.key("registerOptions").begin_object().key("watchers").begin_array().begin_object().key("globPattern");
  // A plain pattern is about the folders of the workspace only.
  if (watched_.front() == '/' && client_.relative_patterns)
    w.begin_object().key("baseUri").text(path_to_uri(folder)).key("pattern").text(name).end_object();
  else
    w.text("**/" + name);
  w.end_object().end_array().end_object().end_object().end_array().end_object();
  request("client/registerCapability", w.str());
}

void Session::tell_missing_tailnet(const std::string& uri) {
  if (settings_.tailnet.empty() || told_missing_ == settings_.tailnet) return;
  told_missing_ = settings_.tailnet;
  std::string message = "aclc: the tailnet file of the settings cannot be read; looked at ";
  const std::vector<std::string> paths = tailnet_paths(uri);
  for (size_t i = 0; i < paths.size(); ++i) message += (i == 0 ? "" : ", ") + paths[i];
  JsonWriter w;
  w.begin_object().key("type").number(2).key("message").text(message).end_object();
  notify("window/showMessage", w.str());
}

void Session::find_closed() {
  std::map<std::string, ClosedPolicy> found;
  for (const std::string& folder : folders_) {
    for_each_policy(folder, [&](const std::string& path, int64_t changed, uint64_t size) {
      std::string uri = path_to_uri(path);
      if (found.size() >= kMaxPolicies || documents_.count(uri_key(uri)) != 0) return;
      if (const auto before = closed_.find(path); before != closed_.end() && before->second.changed == changed && before->second.size == size) {
        found.insert(closed_.extract(before));
        return;
      }
      Result<std::string> text = read_file(path, kMaxBytes);
      if (!text) return;
      auto analysis = std::make_shared<const Analysis>(std::make_shared<TextVersion>(std::move(text).value()), options_with(inventory_for(uri), uri));
      found.emplace(path, ClosedPolicy{changed, size, next_stamp_++, std::move(uri), std::move(analysis)});
    });
  }
  closed_ = std::move(found);
}

void Session::workspace_symbol(const Json& params, Reply& reply) {
  const auto query = read_text(params, "query");
  if (!query) return reply.bad("query");
  std::vector<WorkspaceSymbol> symbols;
  for (auto& [key, open] : documents_) {
    const Analysis& analysis = analyse(open);
    const Positions at(analysis.version(), unit_);
    workspace_symbols({analysis, at, open.document.uri(), open.document.version()}, *query, 500, symbols);
  }
  find_closed();
  for (const auto& [path, closed] : closed_) {
    const Positions at(closed.analysis->version(), unit_);
    workspace_symbols({*closed.analysis, at, closed.uri, std::nullopt}, *query, 500, symbols);
  }
  JsonWriter w;
  encode_list(w, symbols);
  reply.result = w.take();
}

void Session::workspace_diagnostic(const Json& params, Reply& reply) {
  std::map<std::string, std::string> previous;
  if (const Json* ids = member(params, "previousResultIds"); ids && ids->is_array()) {
    for (const Json& item : *ids) {
      const auto uri = read_text(item, "uri"), value = read_text(item, "value");
      if (uri && value) previous[uri_key(*uri)] = *value;
    }
  }
  JsonWriter w;
  w.begin_object().key("items").begin_array();
  const auto report = [&](const std::string& uri, std::optional<int64_t> version, const std::string& id, auto&& items) {
    w.begin_object().key("uri").text(uri).key("version");
    if (version) w.number(*version);
    else w.null();
    w.key("resultId").text(id);
    if (previous[uri_key(uri)] == id) {
      w.key("kind").text("unchanged");
    } else {
      w.key("kind").text("full").key("items");
      encode_list(w, items(), client_);
    }
    w.end_object();
  };
  for (auto& entry : documents_) {
    OpenDocument& open = entry.second;
    report(open.document.uri(), open.document.version(), result_id(open), [&] {
      const Analysis& analysis = analyse(open);
      const Positions at(analysis.version(), unit_);
      return diagnostics(view_of(open, analysis, at), pulled_tiers());
    });
  }
  std::map<std::string, std::shared_ptr<const Inventory>> inventories;
  for (const auto& [key, open] : documents_) {
    // An open tailnet file is one of the documents.
    if (open.inventory && documents_.count(uri_key(path_to_uri(open.inventory->path()))) == 0) inventories.emplace(path_to_uri(open.inventory->path()), open.inventory);
  }
  for (const auto& [uri, inventory] : inventories) {
    const auto& known = *inventory;
    if (known.findings().empty() && previous.count(uri_key(uri)) == 0) continue;
    report(uri, std::nullopt, "i" + std::to_string(generation_), [&] { return inventory_items(known); });
  }
  find_closed();
  for (const auto& entry : closed_) {
    const ClosedPolicy& closed = entry.second;
    report(closed.uri, std::nullopt, "c" + std::to_string(closed.stamp) + "." + std::to_string(generation_), [&] {
      const Positions at(closed.analysis->version(), unit_);
      return diagnostics({*closed.analysis, at, closed.uri, std::nullopt});
    });
  }
  w.end_array().end_object();
  reply.result = w.take();
}

}  // namespace aclc::lsp
