// SPDX-License-Identifier: Apache-2.0
// A snapshot as a file: one line with the signature, then the snapshot's JSON. The signature is of the bytes behind the line, so nothing
// is parsed before it has been verified; both stand in one file, so that a reader never sees the one without the other.
//
//   aclc-snapshot-1 BASE64-OF-64-BYTES
//   {"addresses":[...],...}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/snapshot/signature.h"
#include "daemon/snapshot/snapshot.h"

namespace aclc {

struct SnapshotLimits {
  size_t bytes = size_t{64} << 20;  ///< looked at before anything else
  size_t peers = 20'000;
  size_t rules = 200'000;
};

std::string seal_snapshot(const Snapshot& snapshot, const SigningKey& key);

/// What a node knows before it opens a snapshot.
struct SnapshotReader {
  TrustedKey trusted;
  WireGuardKey own_key;
  SnapshotLimits limits;
};

/// Size, form, signature, content, addressee: in that order. The generation is judged by `may_follow`, time by whoever knows the clock.
Result<Snapshot> open_snapshot(std::string_view sealed, const SnapshotReader& reader);

/// The generation in use, and the bytes it came in.
struct LastAccepted {
  uint64_t generation = 0;
  std::string sealed;
};
/// A lower generation is a replay, an equal one must be the very same bytes. No waiting makes good what this refuses.
Result<Done> may_follow(const Snapshot& next, std::string_view sealed, const LastAccepted& standing);

}  // namespace aclc
