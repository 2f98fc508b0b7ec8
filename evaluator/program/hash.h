// SPDX-License-Identifier: Apache-2.0
// The hash that places hosts into buckets: part of the format, shared by the writer and the lookup.
#pragma once

#include <cstdint>

#include "evaluator/program/format.h"

namespace aclc {

constexpr uint32_t host_hash(uint32_t key, uint64_t seed) {
  // The seed is odd. The upper half of the product depends on every bit of the key.
  return static_cast<uint32_t>((key ^ (seed >> 32)) * seed >> 32);
}

constexpr uint32_t host_hash(const format::Key6& key, uint64_t seed) {
  uint64_t x = (key.hi ^ (key.hi >> 29)) * 0xbf58476d1ce4e5b9u + key.lo;
  x = (x ^ (x >> 32)) * seed;
  return static_cast<uint32_t>(x >> 32);
}

}  // namespace aclc
