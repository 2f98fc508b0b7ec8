// SPDX-License-Identifier: Apache-2.0
#include "daemon/node/snapshot_source.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <vector>

#include "daemon/snapshot/store.h"

namespace aclc {
namespace {

namespace fs = std::filesystem;

class WatchedPath : public SnapshotSource {
 public:
  WatchedPath(std::string path, WireGuardKey own_key, size_t limit)
      : path_(std::move(path)), own_key_(std::move(own_key)), limit_(limit), fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}
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
    return read_file_limited(path, limit_);
  }

  // Files for other nodes are none of our business; whether one that names our key is genuine is judged later.
  Result<std::string> from_folder() const {
    const std::string mark = "\"node_key\":\"" + own_key_ + "\"";
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(path_, error), end; !error && it != end; it.increment(error)) {
      if (it->path().extension() == ".snapshot") names.push_back(it->path().string());
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      auto sealed = read_file_limited(name, limit_);
      if (sealed && sealed->find(mark) != std::string::npos) return sealed;
    }
    return std::string();
  }

  std::string path_;
  WireGuardKey own_key_;
  size_t limit_;
  int fd_;
  std::string last_, last_fault_;
};

}  // namespace

std::unique_ptr<SnapshotSource> watched_path(std::string path, WireGuardKey own_key, size_t limit) {
  return std::make_unique<WatchedPath>(std::move(path), std::move(own_key), limit);
}

}  // namespace aclc
