// SPDX-License-Identifier: Apache-2.0
#include "cli/git.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <unordered_set>

extern char** environ;

namespace aclc::cli {
namespace {

constexpr size_t kLongestLog = size_t{16} << 20;

enum class ItsErrors { kDropped, kShown };

struct Answer {
  std::string text;
  bool ok = false;  ///< git ended with 0, and that is all it said
};

/// What git prints to these words; a failure where it could not be started.
Result<Answer> ask_git(const std::vector<std::string>& arguments, size_t max_bytes, ItsErrors errors) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Failure{fmt::format("cannot run git: {}", std::strerror(errno))};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  if (errors == ItsErrors::kDropped) posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  std::vector<const char*> words{"git"};
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  words.push_back(nullptr);
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, "git", &actions, nullptr, const_cast<char**>(words.data()), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  Answer out;
  char buffer[1 << 16];
  ssize_t n = 0;
  while (failed == 0 && out.text.size() <= max_bytes) {
    n = ::read(ends[0], buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    out.text.append(buffer, static_cast<size_t>(n));
  }
  ::close(ends[0]);
  if (failed != 0) return Failure{fmt::format("cannot run git: {}", std::strerror(failed))};
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  out.ok = out.text.size() <= max_bytes && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return out;
}

/// What git prints where all went well.
std::optional<std::string> said_by_git(const std::vector<std::string>& arguments, size_t max_bytes, ItsErrors errors = ItsErrors::kDropped) {
  auto answer = ask_git(arguments, max_bytes, errors);
  if (!answer || !answer->ok) return std::nullopt;
  return std::move(answer->text);
}

}  // namespace

Result<std::string> text_at_revision(const std::string& name, size_t max_bytes) {
  auto answer = ask_git({"show", "--no-textconv", "--end-of-options", name}, max_bytes, ItsErrors::kDropped);
  if (!answer) return answer.error();
  if (answer->text.size() > max_bytes) return Failure{fmt::format("{} is longer than {} bytes", name, max_bytes)};
  if (!answer->ok) return Failure{fmt::format("cannot read {}: neither a file nor a REVISION:PATH that git knows here", name)};
  return std::move(answer->text);
}

FileHistory history_of(const std::string& path, size_t most, size_t max_bytes) {
  FileHistory out;
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1), name = slash == std::string::npos ? path : path.substr(slash + 1);
  const auto shallow = said_by_git({"-C", folder, "rev-parse", "--is-shallow-repository"}, kLongestLog, ItsErrors::kShown);
  if (!shallow) return out;
  out.repository = true;
  out.shallow = *shallow == "true\n";
  // A line for each change, `:MODE MODE OLD-BLOB NEW-BLOB STATUS<tab>NAME`: blobs do not care what the file was called. A merge
  // that made a version of its own is compared with each of its parents, or it would not be told.
  const auto log = said_by_git({"-C", folder, "log", "-m", "--follow", "--raw", "--no-abbrev", "--format=", "-n", fmt::format("{}", most), "--", name}, kLongestLog);
  if (!log) return out;  // no commit yet
  std::unordered_set<std::string> seen;
  for (size_t at = 0; at < log->size();) {
    const size_t end = std::min(log->find('\n', at), log->size());
    const std::string_view line = std::string_view(*log).substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(':')) continue;
    std::vector<std::string_view> fields;
    for (size_t field = 0; field < line.size() && fields.size() < 4;) {
      const size_t stop = std::min(line.find(' ', field), line.size());
      fields.push_back(line.substr(field, stop - field));
      field = stop + 1;
    }
    if (fields.size() < 4) continue;
    for (const std::string_view blob : {fields[3], fields[2]}) {
      if (blob.find_first_not_of('0') == std::string_view::npos || !seen.emplace(blob).second) continue;
      if (auto text = said_by_git({"-C", folder, "cat-file", "blob", std::string(blob)}, max_bytes)) out.texts.push_back(std::move(*text));
    }
  }
  return out;
}

}  // namespace aclc::cli
