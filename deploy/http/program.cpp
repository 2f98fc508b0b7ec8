// SPDX-License-Identifier: Apache-2.0
#include "deploy/http/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include "deploy/http/wire.h"

extern char** environ;

namespace aclc::http {
namespace {

constexpr std::string_view kName = "aclc-https";
constexpr std::string_view kSecretWords[] = {"KEY", "SECRET", "TOKEN"};  ///< in names of variables

void close_if_open(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

/// The keys go to the program by its pipe; others who look at its environment shall not find them there a second time.
std::vector<char*> environment_without_secrets() {
  std::vector<char*> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view name(*entry);
    name = name.substr(0, name.find('='));
    const bool secret = std::any_of(std::begin(kSecretWords), std::end(kSecretWords), [&](std::string_view word) { return name.find(word) != std::string_view::npos; });
    if (!secret) out.push_back(*entry);
  }
  out.push_back(nullptr);
  return out;
}

}  // namespace

ProgramTransport::~ProgramTransport() {
  stop();
}

void ProgramTransport::stop() {
  // Without a question to come the program ends by itself.
  close_if_open(to_);
  close_if_open(from_);
  if (child_ > 0) {
    while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  child_ = -1;
}

bool ProgramTransport::start() {
  int down[2] = {-1, -1};
  int up[2] = {-1, -1};
  if (::pipe2(down, O_CLOEXEC) != 0) return false;
  if (::pipe2(up, O_CLOEXEC) != 0) {
    const int why = errno;
    for (int& fd : down) close_if_open(fd);
    errno = why;
    return false;
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, down[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, up[1], 1);
  char* const words[] = {path_.data(), nullptr};
  const int failed = ::posix_spawn(&child_, path_.c_str(), &actions, nullptr, words, environment_without_secrets().data());
  ::posix_spawn_file_actions_destroy(&actions);
  close_if_open(down[0]);
  close_if_open(up[1]);
  to_ = down[1];
  from_ = up[0];
  if (failed == 0) return true;
  child_ = -1;
  stop();
  errno = failed;
  return false;
}

Result<Response, Trouble> ProgramTransport::send(const Request& request) {
  if (child_ < 0 && !start()) {
    return Trouble{TroubleKind::kLocal, fmt::format("cannot start {}: {}", path_, std::strerror(errno))};
  }
  if (write_request(to_, request)) {
    if (auto answer = read_answer(from_, request.limits.max_bytes)) return std::move(*answer);
  }
  stop();
  return Trouble{TroubleKind::kLocal, fmt::format("{} ended without an answer", path_)};
}

Result<std::string> find_program() {
  char self[PATH_MAX];
  const ssize_t length = ::readlink("/proc/self/exe", self, sizeof self);
  if (length <= 0) return Failure{fmt::format("cannot tell where this program stands: {}", std::strerror(errno))};
  const std::string_view path(self, static_cast<size_t>(length));
  const std::string_view folder = path.substr(0, path.rfind('/') + 1);
  const std::string beside = fmt::format("{}{}", folder, kName);
  const std::string installed = fmt::format("{}../libexec/aclc/{}", folder, kName);
  for (const std::string& candidate : {beside, installed}) {
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return Failure{fmt::format("the program {} is missing: it is neither {} nor {}", kName, beside, installed)};
}

}  // namespace aclc::http
