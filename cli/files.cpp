// SPDX-License-Identifier: Apache-2.0
#include "cli/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "cli/heap.h"

namespace aclc::cli {
namespace {

/// A file that goes away unless it is kept.
class Temporary {
 public:
  explicit Temporary(std::string pattern) : path_(std::move(pattern)), fd_(::mkostemp(path_.data(), O_CLOEXEC)) {}
  ~Temporary() {
    if (fd_ >= 0) ::close(fd_);
    if (fd_ >= 0 && !kept_) ::unlink(path_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  int fd() const { return fd_; }

  bool write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(fd_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      text.remove_prefix(static_cast<size_t>(written));
    }
    return ::fsync(fd_) == 0;
  }

  bool keep_as(const std::string& path) {
    kept_ = ::rename(path_.c_str(), path.c_str()) == 0;
    return kept_;
  }

 private:
  std::string path_;
  int fd_;
  bool kept_ = false;
};

std::string without_links(const std::string& path) {
  char* real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string out = real;
  std::free(real);
  return out;
}

mode_t usual_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

/// 0 for what is no plain file: its size says nothing.
size_t size_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) : 0;
}

}  // namespace

FileKind file_kind(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return errno == ENOENT ? FileKind::kNone : FileKind::kPlain;
  return S_ISREG(status.st_mode) ? FileKind::kPlain : FileKind::kOther;
}

Result<Done> replace_file(const std::string& path, std::string_view text) {
  const auto failure = [&] { return Failure{fmt::format("cannot write {}: {}", path, std::strerror(errno))}; };
  const std::string target = without_links(path);
  struct stat status {};
  const bool exists = ::stat(target.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;  // a device or a pipe is not to become a file
    return failure();
  }
  // A file that may not be written is not to be replaced by one that may.
  if (exists && ::access(target.c_str(), W_OK) != 0) return failure();
  const size_t slash = target.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : target.substr(0, slash + 1);
  Temporary file(folder + ".aclc-XXXXXX");
  if (file.fd() < 0 || !file.write(text)) return failure();
  // Only root can give a file away; for everybody else it is theirs already or cannot be kept.
  if (exists && status.st_uid != ::geteuid() && ::fchown(file.fd(), status.st_uid, status.st_gid) != 0 &&
      errno != EPERM) {
    return failure();
  }
  if (::fchmod(file.fd(), exists ? status.st_mode & 07777 : usual_mode()) != 0) return failure();
  if (!file.keep_as(target)) return failure();
  return Done{};
}

std::string node_file_name(std::string_view node) {
  std::string out;
  for (const char c : node) {
    const bool plain = c != '/' && c != '%' && c != '\0' && static_cast<unsigned char>(c) >= 0x20 && !(c == '.' && out.empty());
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::optional<SourceId> open_policy(Run& run, const std::string& path, const PolicyOptions& options, Console& console) {
  expect_text(size_of(path));
  // A file that is too long is a finding; a stream may have no end.
  const bool file = path != "-" && file_kind(path) == FileKind::kPlain;
  auto text = file ? read_file(path) : read_file(path, options.pipeline.parse.max_bytes);
  if (!text) {
    console.complain(text.error().message);
    return std::nullopt;
  }
  return run.sources.add(path == "-" ? options.stdin_filename : path, std::move(text.value()));
}

bool open_tailnet(Run& run, const TailnetOptions& tailnet, const PolicyOptions& options, Console& console) {
  if (tailnet.path.empty()) return true;
  expect_text(size_of(tailnet.path));
  auto text = read_file(tailnet.path, options.pipeline.tailnet.max_bytes);
  if (!text) {
    console.complain(text.error().message);
    return false;
  }
  use_tailnet(run, run.sources.add(tailnet.path, std::move(text.value())), options.pipeline);
  return true;
}

}  // namespace aclc::cli
