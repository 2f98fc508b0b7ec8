// SPDX-License-Identifier: Apache-2.0
#include "evaluator/packet/flow_table.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace aclc {
namespace {

uint64_t mix(uint64_t a, uint64_t b) {
  const uint128 product = static_cast<uint128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

uint64_t hash_of(const FlowKey& key, uint64_t seed) {
  const uint64_t small = uint64_t{key.remote_port} << 48 | uint64_t{key.local_port} << 32 | uint64_t{key.protocol} << 8 | key.space;
  uint64_t h = mix(key.remote_hi ^ seed, key.remote_lo ^ 0x9e3779b97f4a7c15u);
  h = mix(key.local_hi ^ h, key.local_lo ^ 0xbf58476d1ce4e5b9u ^ seed);
  return mix(small ^ h, 0x94d049bb133111ebu ^ seed);
}

FlowTable::FlowTable(uint32_t capacity, uint64_t seed)
    : entries_(capacity), buckets_(std::bit_ceil(uint64_t{capacity} * 2), kNone), seed_(seed) {
  ACLC_CHECK(capacity > 0);
}

uint32_t FlowTable::bucket_of(const FlowKey& key) const {
  return static_cast<uint32_t>(hash_of(key, seed_)) & static_cast<uint32_t>(buckets_.size() - 1);
}

uint32_t FlowTable::lookup(const FlowKey& key, uint32_t bucket) const {
  uint32_t i = buckets_[bucket];
  while (i != kNone && !(entries_[i].flow.key == key)) i = entries_[i].next;
  return i;
}

void FlowTable::detach(uint32_t i) {
  Entry& e = entries_[i];
  (e.newer == kNone ? newest_ : entries_[e.newer].older) = e.older;
  (e.older == kNone ? oldest_ : entries_[e.older].newer) = e.newer;
}

void FlowTable::put_first(uint32_t i) {
  Entry& e = entries_[i];
  e.newer = kNone;
  e.older = newest_;
  (newest_ == kNone ? oldest_ : entries_[newest_].newer) = i;
  newest_ = i;
}

void FlowTable::unchain(uint32_t i) {
  uint32_t* link = &buckets_[bucket_of(entries_[i].flow.key)];
  while (*link != i) link = &entries_[*link].next;
  *link = entries_[i].next;
}

uint32_t FlowTable::take_entry() {
  if (size_ < entries_.size()) return size_++;
  const uint32_t i = oldest_;
  unchain(i);
  detach(i);
  return i;
}

Flow* FlowTable::find(const FlowKey& key, uint64_t now) {
  const uint32_t i = lookup(key, bucket_of(key));
  if (i == kNone || entries_[i].flow.expires <= now) return nullptr;
  if (i != newest_) {
    detach(i);
    put_first(i);
  }
  return &entries_[i].flow;
}

Flow& FlowTable::insert(const FlowKey& key, uint64_t now) {
  const uint32_t bucket = bucket_of(key);
  uint32_t i = lookup(key, bucket);
  if (i != kNone) {
    Flow& flow = entries_[i].flow;
    if (flow.expires <= now) flow = Flow{key};
    detach(i);
    put_first(i);
    return flow;
  }
  i = take_entry();
  entries_[i].flow = Flow{key};
  entries_[i].next = buckets_[bucket];
  buckets_[bucket] = i;
  put_first(i);
  return entries_[i].flow;
}

void FlowTable::clear() {
  std::fill(buckets_.begin(), buckets_.end(), kNone);
  size_ = 0;
  newest_ = oldest_ = kNone;
}

}  // namespace aclc
