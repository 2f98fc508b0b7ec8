// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace aclc::test {
namespace fs = std::filesystem;

namespace {

constexpr unsigned kSeconds = 120;

void redirect(const fs::path& path, int flags, int to) {
  const int fd = ::open(path.c_str(), flags, 0600);
  if (fd < 0 || ::dup2(fd, to) < 0) ::_exit(126);
  ::close(fd);
}

[[noreturn]] void become(const Call& call, const fs::path& out, const fs::path& err) {
  redirect(call.input.empty() ? "/dev/null" : call.input, O_RDONLY, 0);
  redirect(out, O_WRONLY | O_CREAT | O_TRUNC, 1);
  redirect(err, O_WRONLY | O_CREAT | O_TRUNC, 2);
  if (::chdir(call.folder.c_str()) != 0) ::_exit(126);
  ::alarm(kSeconds);
  std::vector<std::string> words{"aclc"};
  words.insert(words.end(), call.words.begin(), call.words.end());
  std::vector<char*> argv;
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  std::string environment[] = {"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", "TERM=dumb", "TZ=UTC"};
  char* envp[] = {environment[0].data(), environment[1].data(), environment[2].data(), environment[3].data(), nullptr};
  ::execve(call.program.c_str(), argv.data(), envp);
  ::_exit(127);
}

}  // namespace

std::string read_all(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_all(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

Outcome run_process(const Call& call) {
  // Beside the folder, so that the program does not see them.
  const fs::path out = call.folder.string() + ".out";
  const fs::path err = call.folder.string() + ".err";
  const pid_t child = ::fork();
  if (child == 0) become(call, out, err);
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) {
    std::perror("cannot run the program");
    std::exit(2);
  }
  Outcome outcome{read_all(out), read_all(err), WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
  fs::remove(out);
  fs::remove(err);
  return outcome;
}

}  // namespace aclc::test
