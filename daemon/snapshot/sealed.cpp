// SPDX-License-Identifier: Apache-2.0
#include "daemon/snapshot/sealed.h"

namespace aclc {
namespace {

constexpr std::string_view kMagic = "aclc-snapshot-1 ";
constexpr size_t kSignatureText = 88;
// Signed along with the content, so that a signature made for another purpose is never one of a snapshot.
std::string signed_bytes(std::string_view json) { return "aclc-snapshot-1\n" + std::string(json); }

}  // namespace

std::string seal_snapshot(const Snapshot& snapshot, const SigningKey& key) {
  const std::string json = write_snapshot(snapshot);
  return std::string(kMagic) + base64(key.sign(signed_bytes(json))) + "\n" + json;
}

Result<Snapshot> open_snapshot(std::string_view sealed, const SnapshotReader& reader) {
  if (sealed.size() > reader.limits.bytes) {
    return Failure{"the snapshot has " + std::to_string(sealed.size()) + " bytes, and " + std::to_string(reader.limits.bytes) + " are allowed"};
  }
  const size_t line = kMagic.size() + kSignatureText;
  if (sealed.size() <= line || sealed.substr(0, kMagic.size()) != kMagic || sealed[line] != '\n') {
    return Failure{"this is no snapshot: it does not start with a line `aclc-snapshot-1 SIGNATURE`"};
  }
  const auto signature = from_base64(sealed.substr(kMagic.size(), kSignatureText));
  const std::string_view json = sealed.substr(line + 1);
  if (!signature || !reader.trusted.verifies(signed_bytes(json), *signature)) {
    return Failure{"the snapshot's signature is not by the trusted key"};
  }
  auto snapshot = read_snapshot(json);
  if (!snapshot) return snapshot;
  if (snapshot->node_key != reader.own_key) return Failure{"the snapshot is for another node (`" + snapshot->node + "`)"};
  if (snapshot->peers.size() > reader.limits.peers) return Failure{"the snapshot has too many peers: " + std::to_string(snapshot->peers.size())};
  if (snapshot->filter_rules.size() > reader.limits.rules) {
    return Failure{"the snapshot has too many rules: " + std::to_string(snapshot->filter_rules.size())};
  }
  return snapshot;
}

Result<Done> may_follow(const Snapshot& next, std::string_view sealed, const LastAccepted& standing) {
  const auto generations = [&] { return std::to_string(next.generation) + ", and " + std::to_string(standing.generation) + " is in use"; };
  if (next.generation < standing.generation) return Failure{"the snapshot is older than what it would replace: generation " + generations()};
  if (next.generation == standing.generation && !standing.sealed.empty() && sealed != standing.sealed) {
    return Failure{"two different snapshots have generation " + std::to_string(next.generation)};
  }
  return Done{};
}

}  // namespace aclc
