// SPDX-License-Identifier: Apache-2.0
#include "cli/folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace aclc::cli {

Failure FolderWriter::failure(std::string_view what) const {
  return {fmt::format("cannot {} {}: {}", what, folder_, std::strerror(errno))};
}

FolderWriter::~FolderWriter() {
  if (staging_.empty()) return;
  for (const std::string& name : names_) ::unlink((staging_ + "/" + name).c_str());
  ::rmdir(staging_.c_str());
}

Result<Done> FolderWriter::add(const std::string& name, std::string_view text) {
  if (staging_.empty()) {
    while (folder_.size() > 1 && folder_.back() == '/') folder_.pop_back();
    struct stat status {};
    if (::stat(folder_.c_str(), &status) == 0 && !S_ISDIR(status.st_mode)) {
      errno = ENOTDIR;
      return failure("write into");
    }
    std::string pattern = folder_ + ".aclc-XXXXXX";  // the same file system, so that files can be moved
    if (::mkdtemp(pattern.data()) == nullptr) return failure("make a folder beside");
    staging_ = pattern;
  }
  const std::string path = staging_ + "/" + name;
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return failure("write into");
  names_.push_back(name);
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const Failure out = failure("write into");
      ::close(fd);
      return out;
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
  if (::close(fd) != 0) return failure("write into");
  return Done{};
}

Result<Done> FolderWriter::commit() {
  if (staging_.empty()) return Done{};
  const int fd = ::open(staging_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool safe = fd >= 0 && ::syncfs(fd) == 0;  // once for all files
  if (fd >= 0) ::close(fd);
  if (!safe) return failure("write into");
  if (::mkdir(folder_.c_str(), 0777) != 0 && errno != EEXIST) return failure("make the folder");
  for (const std::string& name : names_) {
    if (::rename((staging_ + "/" + name).c_str(), (folder_ + "/" + name).c_str()) != 0) return failure("write into");
  }
  names_.clear();
  ::rmdir(staging_.c_str());
  staging_.clear();
  return Done{};
}

}  // namespace aclc::cli
