// SPDX-License-Identifier: Apache-2.0
#include "daemon/node/snapshot_source.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "daemon/snapshot/store.h"

namespace aclc {
namespace {

namespace fs = std::filesystem;

class WatchedPath : public SnapshotSource {
 public:
  WatchedPath(std::string path, SnapshotReader reader, std::function<void(const std::string&)> say)
      : path_(std::move(path)), reader_(std::move(reader)), say_(std::move(say)), fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}
  WatchedPath(const WatchedPath&) = delete;
  WatchedPath& operator=(const WatchedPath&) = delete;
  ~WatchedPath() override {
    if (fd_ >= 0) close(fd_);
  }

  int descriptor() const override { return fd_; }

  Result<std::string> take() override {
    watch();
    std::array<char, 4096> events;
    while (fd_ >= 0 && read(fd_, events.data(), events.size()) > 0) {
    }
    std::error_code error;
    auto found = fs::is_directory(path_, error) ? from_folder() : from_file(path_);
    if (!found) {
      // The same complaint again would only be counted again.
      if (found.error().message == last_fault_) return std::string();
      last_fault_ = found.error().message;
      last_.reset();  // what comes next is news, even if it is the same as before the fault
      return found;
    }
    last_fault_.clear();
    if (*found == last_) return std::string();
    last_ = *found;
    return found;
  }

 private:
  // The folder is watched, since a file that is replaced is another file. Adding a watch again changes nothing, and finds a folder
  // that has come into being or was replaced.
  void watch() const {
    std::error_code error;
    const std::string folder = fs::is_directory(path_, error) ? path_ : fs::path(path_).parent_path().string();
    if (fd_ >= 0) inotify_add_watch(fd_, folder.empty() ? "." : folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF);
  }

  Result<std::string> from_file(const std::string& path) const {
    std::error_code error;
    if (!fs::exists(path, error)) return std::string();
    return read_file_limited(path, reader_.limits.bytes);
  }

  // Files for other nodes are none of our business, nor are those that cannot be read. A single one that names our key is taken as it is and
  // judged later; only among several is it asked here which ones are genuine. At most two are held at a time.
  Result<std::string> from_folder() {
    const std::string mark = "\"node_key\":\"" + reader_.own_key + "\"";
    std::vector<fs::path> paths;
    std::error_code error;
    for (fs::directory_iterator it(path_, error), end; !error && it != end; it.increment(error)) {
      if (it->path().extension() == ".snapshot") paths.push_back(it->path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<Candidate> candidates;
    std::string best;
    size_t taken = 0;
    for (const fs::path& path : paths) {
      auto sealed = read_file_limited(path.string(), reader_.limits.bytes);
      if (!sealed || sealed->find(mark) == std::string::npos) continue;
      if (candidates.size() == 1) judge(candidates[0], best);
      candidates.push_back({path.filename().string(), 0, {}});
      if (candidates.size() > 1) judge(candidates.back(), *sealed);
      if (candidates.size() > 1 && !is_better(candidates.back(), candidates[taken])) continue;
      taken = candidates.size() - 1;
      best = std::move(sealed).value();
    }
    tell_of_others(candidates, taken);
    return best;
  }

  struct Candidate {
    std::string name;
    uint64_t generation = 0;
    std::string fault;
  };
  void judge(Candidate& candidate, std::string_view sealed) const {
    const auto snapshot = open_snapshot(sealed, reader_);
    if (snapshot) candidate.generation = snapshot->generation;
    else candidate.fault = snapshot.error().message;
  }
  static bool is_better(const Candidate& a, const Candidate& b) {
    return a.fault.empty() && (!b.fault.empty() || a.generation > b.generation);
  }
  void tell_of_others(const std::vector<Candidate>& candidates, size_t taken) {
    std::string others;
    for (size_t i = 0; i < candidates.size(); ++i) {
      const Candidate& c = candidates[i];
      if (i != taken) others += (others.empty() ? "" : ", ") + c.name + (c.fault.empty() ? " (generation " + std::to_string(c.generation) + ")" : " (" + c.fault + ")");
    }
    const std::string text = others.empty() ? "" : path_ + " has several snapshots that name this node's key; " + candidates[taken].name + " is taken, and passed over: " + others;
    if (text != told_ && !text.empty()) say_(text);
    told_ = text;
  }

  std::string path_;
  SnapshotReader reader_;
  std::function<void(const std::string&)> say_;
  int fd_;
  std::optional<std::string> last_ = std::string();  // nothing: a fault
  std::string last_fault_, told_;
};

}  // namespace

std::unique_ptr<SnapshotSource> watched_path(std::string path, SnapshotReader reader, std::function<void(const std::string&)> say) {
  return std::make_unique<WatchedPath>(std::move(path), std::move(reader), std::move(say));
}

}  // namespace aclc
