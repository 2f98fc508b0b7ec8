// SPDX-License-Identifier: Apache-2.0
// Where snapshots come from. Today: a file, or a folder in which this node's one is found by its key; both watched.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "daemon/snapshot/snapshot.h"

namespace aclc {

class SnapshotSource {
 public:
  virtual ~SnapshotSource() = default;
  /// Readable when there may be something new; -1: nothing to wait for.
  virtual int descriptor() const = 0;
  /// The snapshot that is there now, not judged; empty where there is none, or the same as the last time.
  virtual Result<std::string> take() = 0;
};

/// `path` need not exist yet. Files of more than `limit` bytes are refused unread.
std::unique_ptr<SnapshotSource> watched_path(std::string path, WireGuardKey own_key, size_t limit);

}  // namespace aclc
