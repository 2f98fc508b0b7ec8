// SPDX-License-Identifier: Apache-2.0
// What git knows of a policy file: the text at a revision, and the versions that it had. git itself is asked, without a shell.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace aclc::cli {

/// What `git show REVISION:PATH` prints, of at most so many bytes.
Result<std::string> text_at_revision(const std::string& name, size_t max_bytes);

/// The versions of a file up to the commit that is checked out.
struct FileHistory {
  bool repository = false;           ///< whether the file lies in a repository that git reads; where it does not, git said why
  bool shallow = false;              ///< the repository lacks the older commits
  std::vector<std::string> texts;    ///< newest first, each once; also under names that it had before, and from both sides of merges
};
/// The last `most` changes of a file. A version of more than `max_bytes` is left out.
FileHistory history_of(const std::string& path, size_t most, size_t max_bytes);

}  // namespace aclc::cli
