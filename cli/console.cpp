// SPDX-License-Identifier: Apache-2.0
#include "cli/console.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace aclc::cli {
namespace {

constexpr size_t kHeld = size_t{1} << 16;

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

bool Console::write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

void Console::print(std::string_view text) {
  held_ += text;
  if (held_.size() >= kHeld) flush();
}

bool Console::flush() {
  if (!closed_ && !write_all(out_, held_)) {
    closed_ = true;
    lost_ = errno != EPIPE;
  }
  held_.clear();
  return !lost_;
}

void Console::complain(std::string_view text) {
  note("aclc: " + std::string(text));
  if (complaints_.size() > kHeld) return;
  if (!complaints_.empty()) complaints_ += "; ";
  complaints_ += text;
}

std::string Console::take_complaints() {
  return std::exchange(complaints_, {});
}

void Console::note(std::string_view text) {
  flush();
  write_all(err_, std::string(text) + "\n");
}

bool Console::colour_by_default() const {
  if (is_set("NO_COLOR") || ::isatty(out_) == 0) return false;
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace aclc::cli
