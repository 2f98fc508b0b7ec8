// SPDX-License-Identifier: Apache-2.0
// Flows that have been seen, in a table of fixed size: all memory is taken when it is made, and a new flow in a full table takes
// the place of the one unused for longest.
#pragma once

#include <cstdint>
#include <vector>

#include "base/net/address.h"

namespace aclc {

/// A flow as the node sees it: the same key for both of its directions.
struct FlowKey {
  uint64_t remote_hi = 0, remote_lo = 0;
  uint64_t local_hi = 0, local_lo = 0;
  uint16_t remote_port = 0, local_port = 0;
  uint8_t protocol = 0;
  uint8_t space = 0;  ///< keeps keys of different kinds apart: address family, fragments
  uint16_t unused = 0;

  friend bool operator==(const FlowKey&, const FlowKey&) = default;
};
static_assert(sizeof(FlowKey) == 40);
/// `seed` should be unpredictable, else a peer can choose ports whose hashes collide.
uint64_t hash_of(const FlowKey& key, uint64_t seed);

struct Flow {
  FlowKey key;
  uint64_t expires = 0;         ///< milliseconds on the caller's clock
  bool opened_by_us = false;    ///< our side sent the first packet
  bool answered = false;        ///< both sides have sent
  bool closing = false;         ///< TCP: a FIN or RST has been seen
};

class FlowTable {
 public:
  /// `capacity` is at least 1; `seed` as in hash_of.
  FlowTable(uint32_t capacity, uint64_t seed);

  /// The flow, marked as the one used last, if it is there and has not expired. Valid until the next insert.
  Flow* find(const FlowKey& key, uint64_t now);
  /// A new flow, or the one that was there already.
  Flow& insert(const FlowKey& key, uint64_t now);
  void clear();
  uint32_t size() const { return size_; }
  uint32_t capacity() const { return static_cast<uint32_t>(entries_.size()); }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Entry {
    Flow flow;
    uint32_t next = kNone;                     // in the chain of its bucket
    uint32_t newer = kNone, older = kNone;     // in the order of use
  };

  uint32_t bucket_of(const FlowKey& key) const;
  uint32_t lookup(const FlowKey& key, uint32_t bucket) const;
  void detach(uint32_t i);
  void put_first(uint32_t i);
  void unchain(uint32_t i);
  uint32_t take_entry();

  std::vector<Entry> entries_;
  std::vector<uint32_t> buckets_;
  uint64_t seed_;
  uint32_t size_ = 0;
  uint32_t newest_ = kNone, oldest_ = kNone;
};

}  // namespace aclc
