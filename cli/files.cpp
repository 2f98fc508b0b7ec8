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

namespace {

Result<SourceId> read_policy(Run& run, const std::string& path, const PolicyOptions& options) {
  expect_text(size_of(path));
  // A file that is too long is a finding; a stream may have no end.
  const bool file = path != "-" && file_kind(path) == FileKind::kPlain;
  auto text = file ? read_file(path) : read_file(path, options.pipeline.parse.max_bytes);
  if (!text) return text.error();
  return run.sources.add(path == "-" ? options.stdin_filename : path, std::move(text.value()));
}

Result<Done> use_tailnet_of(Run& run, const TailnetOptions& tailnet, const PolicyOptions& options) {
  if (tailnet.path.empty()) return Done{};
  expect_text(size_of(tailnet.path));
  auto text = read_file(tailnet.path, options.pipeline.tailnet.max_bytes);
  if (!text) return text.error();
  use_tailnet(run, run.sources.add(tailnet.path, std::move(text.value())), options.pipeline);
  return Done{};
}

void report_unreadable(Run& run, const std::string& path, const std::string& why, const OutputOptions& output, Console& console) {
  console.complain(why);
  // SARIF and JUnit have a place of their own for it.
  if (output.format != Format::kJson && output.format != Format::kGithub) return;
  Diagnostic d = diag::UnreadableFile({0, 0}, why);
  d.source = run.sources.add(path, "");
  run.findings.report(std::move(d));
}

}  // namespace

std::optional<SourceId> open_policy(Run& run, const std::string& path, const PolicyOptions& options, Console& console) {
  const auto id = read_policy(run, path, options);
  if (id) return *id;
  console.complain(id.error().message);
  return std::nullopt;
}

std::optional<SourceId> open_one_of(Run& run, const std::string& path, const PolicyOptions& options, const OutputOptions& output, Console& console) {
  const auto id = read_policy(run, path, options);
  if (id) return *id;
  report_unreadable(run, path, id.error().message, output, console);
  return std::nullopt;
}

bool open_tailnet(Run& run, const TailnetOptions& tailnet, const PolicyOptions& options, Console& console) {
  const auto done = use_tailnet_of(run, tailnet, options);
  if (!done) console.complain(done.error().message);
  return done.ok();
}

bool open_tailnet(Run& run, const TailnetOptions& tailnet, const PolicyOptions& options, const OutputOptions& output, Console& console) {
  const auto done = use_tailnet_of(run, tailnet, options);
  if (!done) report_unreadable(run, tailnet.path, done.error().message, output, console);
  return done.ok();
}

}  // namespace aclc::cli
