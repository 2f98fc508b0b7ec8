// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "daemon/backend/net/host_network.h"

namespace aclc {
namespace {

std::optional<std::string> read_line(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return std::nullopt;
  char buffer[256] = {};
  const size_t n = std::fread(buffer, 1, sizeof buffer - 1, file);
  std::fclose(file);
  std::string out(buffer, n);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

bool write_line(const std::string& path, const std::string& value) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return false;
  const bool written = std::fputs(value.c_str(), file) >= 0;
  return std::fclose(file) == 0 && written;
}

}  // namespace

std::optional<std::string> read_setting(const std::string& name) { return read_line("/proc/sys/" + name); }

Result<std::unique_ptr<BorrowedSetting>> BorrowedSetting::set(const std::string& name, const std::string& value) {
  const std::string path = "/proc/sys/" + name;
  const auto before = read_line(path);
  if (!before) return Failure{"cannot read " + path + ": " + std::strerror(errno)};
  if (*before != value && !write_line(path, value)) return Failure{"cannot set " + path + ": " + std::strerror(errno)};
  return Result<std::unique_ptr<BorrowedSetting>>(std::unique_ptr<BorrowedSetting>(new BorrowedSetting(path, *before, value)));
}

BorrowedSetting::~BorrowedSetting() {
  if (before_ != value_ && read_line(path_) == value_) static_cast<void>(write_line(path_, before_));
}

}  // namespace aclc
