// SPDX-License-Identifier: Apache-2.0
// Where snapshots come from. Today: a file, or a folder in which this node's newest one is found; both watched.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "daemon/snapshot/sealed.h"

namespace aclc {

class SnapshotSource {
 public:
  virtual ~SnapshotSource() = default;
  /// Readable when there may be something new; -1: nothing to wait for.
  virtual int descriptor() const = 0;
  /// The snapshot that is there now, not judged; empty where there is none, or the same as the last time.
  virtual Result<std::string> take() = 0;
};

/// `path` need not exist yet. Files of more than the reader's limit of bytes are refused unread. Of several files in a folder that name this
/// node's key, the one with the highest generation is taken among those that are genuine and for it; the others are told to `say`, once.
std::unique_ptr<SnapshotSource> watched_path(std::string path, SnapshotReader reader, std::function<void(const std::string&)> say);

}  // namespace aclc
