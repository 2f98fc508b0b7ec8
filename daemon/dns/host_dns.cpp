// SPDX-License-Identifier: Apache-2.0
#include "daemon/dns/host_dns.h"

#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

#include "daemon/snapshot/store.h"

extern char** environ;

namespace aclc::dns {
namespace {

constexpr size_t kLargest = 65536;
constexpr const char* kMark = "# written by aclcd; what was here before comes back when it ends\n";

std::string read_or_empty(const std::string& path) {
  const auto text = read_file_limited(path, kLargest);
  return text ? *text : std::string();
}

// Where a link leads, as written in it; nothing where `path` is none.
std::optional<std::string> link_target(const std::string& path) {
  std::array<char, 4096> target;
  const ssize_t n = readlink(path.c_str(), target.data(), target.size());
  if (n <= 0 || static_cast<size_t>(n) == target.size()) return std::nullopt;
  return std::string(target.data(), static_cast<size_t>(n));
}

// Beside and then in its place, so that there is a file at every moment.
Result<Done> link_whole(const std::string& target, const std::string& path) {
  const std::string beside = path + ".new";
  unlink(beside.c_str());
  if (symlink(target.c_str(), beside.c_str()) == 0 && std::rename(beside.c_str(), path.c_str()) == 0) return Done{};
  const Failure failure{"cannot make the link " + path + ": " + std::strerror(errno)};
  unlink(beside.c_str());
  return failure;
}

// What was there before stands in `kept`: a link as the same link, never followed, since it leads to somebody else's file; a file with its
// mode and owner; no file as a file that nobody may read.
class ResolvConf : public HostDns {
 public:
  ResolvConf(std::string path, std::string kept) : path_(std::move(path)), kept_(std::move(kept)) {}

  std::vector<std::string> own_servers() override {
    std::istringstream text(read_or_empty(is_ours() ? kept_file() : path_));
    std::vector<std::string> out;
    for (std::string line; std::getline(text, line);) {
      std::istringstream words(line);
      std::string key, value;
      if (words >> key >> value && key == "nameserver" && value != "100.100.100.100") out.push_back(value);
    }
    return out;
  }

  Result<Done> point_at_stub(const std::vector<std::string>& search) override {
    const bool ours = is_ours();
    if (!ours) {
      if (const auto done = keep(); !done) return done;
    }
    std::string text = std::string(kMark) + "nameserver 100.100.100.100\n";
    if (!search.empty()) {
      text += "search";
      for (const std::string& domain : search) text += " " + domain;
      text += "\n";
    }
    return ours && read_or_empty(path_) == text ? Result<Done>(Done{}) : write(text, 0644);
  }

  Result<Done> restore() override {
    struct stat kept {};
    if (lstat(kept_.c_str(), &kept) != 0) return Done{};
    if (is_ours()) {
      if (const auto done = put_back(kept); !done) return done;
    }
    unlink(kept_.c_str());
    return Done{};
  }

 private:
  static constexpr unsigned kWasNotThere = 0;  // as a mode

  bool is_ours() const { return read_or_empty(path_).rfind(kMark, 0) == 0; }

  // A link that leads to a place beside it does so from where it was.
  std::string kept_file() const {
    const auto target = link_target(kept_);
    if (!target) return kept_;
    const size_t slash = path_.rfind('/');
    return target->front() == '/' || slash == std::string::npos ? *target : path_.substr(0, slash + 1) + *target;
  }

  Result<Done> keep() const {
    if (const auto target = link_target(path_)) return link_whole(*target, kept_);
    struct stat there {};
    const bool found = stat(path_.c_str(), &there) == 0;
    if (!found && errno != ENOENT) return Failure{"cannot look at " + path_ + ": " + std::strerror(errno)};
    const auto text = found ? read_file_limited(path_, kLargest) : Result<std::string>(std::string());
    if (!text) return text.error();
    if (const auto done = write_file_whole(kept_, *text, found ? there.st_mode & 07777 : kWasNotThere); !done) return done;
    return found ? give(kept_, there) : Result<Done>(Done{});
  }

  Result<Done> put_back(const struct stat& kept) const {
    if (const auto target = link_target(kept_)) return link_whole(*target, path_);
    const unsigned mode = kept.st_mode & 07777;
    if (mode == kWasNotThere && kept.st_size == 0) {
      if (unlink(path_.c_str()) == 0) return Done{};
      return write("", 0644);
    }
    if (const auto done = write(read_or_empty(kept_), mode); !done) return done;
    return give(path_, kept);
  }

  // The owner that `as` has; most have ours.
  static Result<Done> give(const std::string& path, const struct stat& as) {
    struct stat now {};
    const bool same = stat(path.c_str(), &now) == 0 && now.st_uid == as.st_uid && now.st_gid == as.st_gid;
    if (!same && chown(path.c_str(), as.st_uid, as.st_gid) != 0) return Failure{"cannot give " + path + " its owner: " + std::strerror(errno)};
    return Done{};
  }

  Result<Done> write(const std::string& text, unsigned mode) const {
    const auto done = write_file_whole(path_, text, mode);
    if (done) return done;
    if (link_target(path_)) return Failure{done.error().message + "; it is a link to another's file: let aclcd write to that folder, or use `dns: resolved`"};
    std::ofstream in_place(path_, std::ios::trunc);  // a mount point cannot be replaced
    in_place << text;
    in_place.close();
    if (!in_place) return Failure{"cannot write " + path_ + ": " + std::strerror(errno)};
    return Done{};
  }

  std::string path_, kept_;
};

class Resolved : public HostDns {
 public:
  explicit Resolved(std::string interface) : interface_(std::move(interface)) {}

  // resolved asks the links' own servers for everything that no domain of ours covers.
  std::vector<std::string> own_servers() override { return {}; }

  Result<Done> point_at_stub(const std::vector<std::string>& search) override {
    if (const auto done = resolvectl({"dns", interface_, "100.100.100.100"}); !done) return done;
    std::vector<std::string> words{"domain", interface_};
    words.insert(words.end(), search.begin(), search.end());
    return search.empty() ? Result<Done>(Done{}) : resolvectl(words);
  }
  Result<Done> restore() override { return resolvectl({"revert", interface_}); }

 private:
  static Result<Done> resolvectl(std::vector<std::string> words) {
    words.insert(words.begin(), "resolvectl");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t child = 0;
    int status = 0;
    if (const int error = posix_spawnp(&child, "resolvectl", nullptr, nullptr, argv.data(), environ); error != 0) {
      return Failure{std::string("cannot run resolvectl: ") + std::strerror(error)};
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return Failure{"resolvectl " + words[1] + " " + words[2] + " failed"};
    return Done{};
  }

  std::string interface_;
};

}  // namespace

std::unique_ptr<HostDns> resolv_conf_file(std::string path, std::string kept) { return std::make_unique<ResolvConf>(std::move(path), std::move(kept)); }
std::unique_ptr<HostDns> systemd_resolved(std::string interface) { return std::make_unique<Resolved>(std::move(interface)); }

}  // namespace aclc::dns
