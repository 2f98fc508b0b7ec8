// SPDX-License-Identifier: Apache-2.0
#include "parser/source/source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text/utf8.h"

namespace aclc {

LineIndex::LineIndex(std::string_view text) {
  starts_.push_back(0);
  for (size_t at = 0; at < text.size();) {
    const void* newline = std::memchr(text.data() + at, '\n', text.size() - at);
    if (newline == nullptr) break;
    at = static_cast<size_t>(static_cast<const char*>(newline) - text.data()) + 1;
    starts_.push_back(static_cast<uint32_t>(at));
  }
}

uint32_t LineIndex::line_of(uint32_t offset) const {
  return static_cast<uint32_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin());
}

uint32_t LineIndex::start_of(uint32_t line) const {
  ACLC_CHECK(line >= 1 && line <= starts_.size());
  return starts_[line - 1];
}

const LineIndex& SourceBuffer::lines() const {
  std::call_once(indexed_, [this] { lines_.emplace_back(text_); });
  return lines_.front();
}

std::string_view SourceBuffer::line_text(uint32_t line) const {
  const uint32_t start = lines().start_of(line);
  std::string_view rest = text().substr(start);
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

LineColumn SourceBuffer::position(uint32_t offset) const {
  const uint32_t at = std::min<uint32_t>(offset, static_cast<uint32_t>(text_.size()));
  const uint32_t line = lines().line_of(at);
  const uint32_t start = lines().start_of(line);
  return {line, static_cast<uint32_t>(count_code_points(text().substr(start, at - start))) + 1};
}

LineColumn SourceBuffer::byte_position(uint32_t offset) const {
  const uint32_t at = std::min<uint32_t>(offset, static_cast<uint32_t>(text_.size()));
  const uint32_t line = lines().line_of(at);
  return {line, at - lines().start_of(line) + 1};
}

SourceId SourceMap::add(std::string name, std::string text) {
  buffers_.emplace_back(std::move(name), std::move(text));
  return SourceId(buffers_.size() - 1);
}

namespace {

/// Closes on every way out.
struct File {
  int fd = -1;
  ~File() {
    if (fd > STDIN_FILENO) ::close(fd);
  }
};

std::string_view named(const std::string& path) { return path == "-" ? "standard input" : std::string_view(path); }

Failure failure(const std::string& path, int error) {
  return {fmt::format("cannot read {}: {}", named(path), std::strerror(error))};
}

}  // namespace

Result<std::string> read_file(const std::string& path, size_t max_bytes) {
  File file;
  file.fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file.fd < 0) return failure(path, errno);
  struct stat status {};
  if (::fstat(file.fd, &status) != 0) return failure(path, errno);
  if (S_ISDIR(status.st_mode)) return Failure{fmt::format("cannot read {}: it is a directory, name the policy file in it", path)};

  std::string out;
  size_t used = 0;
  out.resize(S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) + 1 : size_t{1} << 16);
  while (true) {
    if (used == out.size()) out.resize(out.size() * 2);
    const ssize_t got = ::read(file.fd, out.data() + used, out.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(path, errno);
    if (got == 0) break;
    used += static_cast<size_t>(got);
    if (used > max_bytes) return Failure{fmt::format("cannot read {}: it has more than {} bytes", named(path), max_bytes)};
  }
  out.resize(used);
  return out;
}

}  // namespace aclc
