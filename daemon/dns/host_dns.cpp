// SPDX-License-Identifier: Apache-2.0
#include "daemon/dns/host_dns.h"

#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
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

class ResolvConf : public HostDns {
 public:
  ResolvConf(std::string path, std::string kept) : path_(std::move(path)), kept_(std::move(kept)) {}

  std::vector<std::string> own_servers() override {
    const bool ours = read_or_empty(path_).rfind(kMark, 0) == 0;
    std::istringstream text(read_or_empty(ours ? kept_ : path_));
    std::vector<std::string> out;
    for (std::string line; std::getline(text, line);) {
      std::istringstream words(line);
      std::string key, value;
      if (words >> key >> value && key == "nameserver" && value != "100.100.100.100") out.push_back(value);
    }
    return out;
  }

  Result<Done> point_at_stub(const std::vector<std::string>& search) override {
    const std::string before = read_or_empty(path_);
    if (before.rfind(kMark, 0) != 0) {
      if (const auto done = write_file_whole(kept_, before); !done) return done;
    }
    std::string text = std::string(kMark) + "nameserver 100.100.100.100\n";
    if (!search.empty()) {
      text += "search";
      for (const std::string& domain : search) text += " " + domain;
      text += "\n";
    }
    return before == text ? Result<Done>(Done{}) : write(text);
  }

  Result<Done> restore() override {
    if (access(kept_.c_str(), F_OK) != 0) return Done{};
    if (read_or_empty(path_).rfind(kMark, 0) == 0) {
      if (const auto done = write(read_or_empty(kept_)); !done) return done;
    }
    unlink(kept_.c_str());
    return Done{};
  }

 private:
  // Everybody reads this file, unlike others that we write whole.
  Result<Done> write(const std::string& text) {
    if (const auto done = write_file_whole(path_, text); done) {
      chmod(path_.c_str(), 0644);
      return done;
    }
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
