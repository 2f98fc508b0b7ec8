// SPDX-License-Identifier: Apache-2.0
#include "cli/watch.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

namespace aclc::cli {
namespace {

constexpr int kQuietMs = 40;  ///< an editor's several steps of saving are over after so long without an event

/// The folders of some files, watched by name.
class Watched {
 public:
  Watched() : fd_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}
  ~Watched() {
    if (fd_ >= 0) ::close(fd_);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  bool add(const std::string& file) {
    const size_t slash = file.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : file.substr(0, slash + 1);
    const int id = ::inotify_add_watch(fd_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE);
    if (id >= 0) names_[id].push_back({slash == std::string::npos ? file : file.substr(slash + 1), file});
    return id >= 0;
  }

  /// Waits for changes and then for quiet; the file that changed first.
  std::string wait() {
    std::string changed;
    for (;;) {
      pollfd p{fd_, POLLIN, 0};
      const int ready = ::poll(&p, 1, changed.empty() ? -1 : kQuietMs);
      if (ready == 0) return changed;
      if (ready < 0) continue;  // a signal
      const std::string first = read_events();
      if (changed.empty()) changed = first;
    }
  }

 private:
  std::string read_events() {
    alignas(inotify_event) char buffer[16 * 1024];
    std::string out;
    const ssize_t n = ::read(fd_, buffer, sizeof buffer);
    for (ssize_t at = 0; at < n;) {
      inotify_event event;
      std::memcpy(&event, buffer + at, sizeof event);
      const std::string name(event.len == 0 ? "" : buffer + at + sizeof event);
      for (const auto& [wanted, file] : names_[event.wd]) {
        if (out.empty() && wanted == name) out = file;
      }
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
    return out;
  }

  int fd_;
  std::map<int, std::vector<std::pair<std::string, std::string>>> names_;
};

}  // namespace

void add_watch_option(CLI::App& app, bool& watch) {
  app.add_flag("--watch", watch, "again whenever a file changes, until interrupted");
}

Exit watch(const std::vector<std::string>& files, Console& console, const std::function<Exit()>& once) {
  if (std::find(files.begin(), files.end(), "-") != files.end()) {
    console.complain("--watch looks at files, and - is none");
    return Exit::kTrouble;
  }
  Watched watched;
  for (const std::string& file : files) {
    if (watched.add(file)) continue;
    console.complain(fmt::format("cannot watch {}: {}", file, std::strerror(errno)));
    return Exit::kTrouble;
  }
  for (;;) {
    once();
    if (!console.flush()) return Exit::kTrouble;
    console.print(fmt::format("\n--- {} changed\n", watched.wait()));
  }
}

}  // namespace aclc::cli
