// SPDX-License-Identifier: Apache-2.0
#include "daemon/snapshot/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace aclc {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int number() const { return fd_; }

 private:
  int fd_;
};

Failure failed(const char* what, const std::string& path) { return {std::string("cannot ") + what + " " + path + ": " + std::strerror(errno)}; }

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<Done> write_file_whole(const std::string& path, std::string_view bytes, unsigned mode) {
  const std::string beside = path + ".new";
  {
    const Descriptor file(open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.number() < 0) return failed("write", beside);
    if (fchmod(file.number(), mode) != 0 || !write_all(file.number(), bytes) || fsync(file.number()) != 0) {
      const Failure failure = failed("write", beside);
      unlink(beside.c_str());
      return failure;
    }
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) {
    const Failure failure = failed("replace", path);
    unlink(beside.c_str());
    return failure;
  }
  const Descriptor folder(open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() >= 0) fsync(folder.number());  // so that the name survives a power cut, too
  return Done{};
}

Result<std::string> read_file_limited(const std::string& path, size_t limit) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return failed("read", path);
  struct stat status {};
  if (fstat(file.number(), &status) != 0) return failed("read", path);
  if (!S_ISREG(status.st_mode)) return Failure{"cannot read " + path + ": it is no file"};
  const auto too_large = [&] { return Failure{path + " has more than " + std::to_string(limit) + " bytes"}; };
  if (static_cast<uint64_t>(status.st_size) > limit) return too_large();
  std::string out(static_cast<size_t>(status.st_size), '\0');
  size_t got = 0;
  while (true) {
    if (got == out.size()) out.resize(out.size() + 4096);
    const ssize_t n = read(file.number(), out.data() + got, out.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("read", path);
    if (n == 0) break;
    got += static_cast<size_t>(n);
    if (got > limit) return too_large();  // it has grown since
  }
  out.resize(got);
  return out;
}

}  // namespace aclc
