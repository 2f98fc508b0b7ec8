// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace aclc::cli {
namespace {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    text.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

std::string resolved(const std::string& path) {
  char buffer[PATH_MAX];
  return ::realpath(path.c_str(), buffer) != nullptr ? std::string(buffer) : path;
}

int output_error = 0;  // errno of the first failed write to standard output; the stream's own flag does not keep it

}  // namespace

void print(std::string_view text) {
  if (output_error != 0) return;
  if (!write_all(STDOUT_FILENO, text)) output_error = errno;
}

void complain(std::string_view text) { write_all(STDERR_FILENO, fmt::format("aclc: {}\n", text)); }

bool flush_output() {
  if (output_error == 0 || output_error == EPIPE) return true;
  complain(fmt::format("cannot write to standard output: {}", std::strerror(output_error)));
  return false;
}

Result<Done> write_file(const std::string& path, std::string_view content) {
  const std::string target = resolved(path);
  struct stat old {};
  const bool exists = ::stat(target.c_str(), &old) == 0;
  std::string temporary = target + ".aclc-XXXXXX";
  const int fd = ::mkstemp(temporary.data());
  if (fd < 0) return Failure{fmt::format("cannot write {}: {}", path, std::strerror(errno))};
  mode_t mode = exists ? old.st_mode & 07777 : 0666;
  if (!exists) {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    mode &= ~mask;
  }
  bool ok = write_all(fd, content) && ::fchmod(fd, mode) == 0 && ::fsync(fd) == 0;
  int error = errno;
  ok = ::close(fd) == 0 && ok;
  if (ok && ::rename(temporary.c_str(), target.c_str()) == 0) return Done{};
  if (ok) error = errno;
  ::unlink(temporary.c_str());
  return Failure{fmt::format("cannot write {}: {}; it is unchanged", path, std::strerror(error))};
}

}  // namespace aclc::cli
