// SPDX-License-Identifier: Apache-2.0
#include "cli/heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

namespace aclc::cli {
namespace {

/// Blocks of many sizes, each filled with a number of its own.
class Blocks {
 public:
  void grow(size_t count, size_t least) {
    for (size_t i = 0; i < count; ++i) {
      const auto value = static_cast<uint8_t>(blocks_.size() * 7 + 1);
      blocks_.emplace_back(least + i * 977, value);
    }
  }
  bool intact() const {
    for (size_t i = 0; i < blocks_.size(); ++i) {
      const auto value = static_cast<uint8_t>(i * 7 + 1);
      const auto& block = blocks_[i];
      if (!std::all_of(block.begin(), block.end(), [&](uint8_t b) { return b == value; })) return false;
    }
    return true;
  }
  void drop_half() {
    for (size_t i = 0; i < blocks_.size(); i += 2) std::vector<uint8_t>().swap(blocks_[i]);
  }

 private:
  std::vector<std::vector<uint8_t>> blocks_;
};

// A policy and a tailnet are opened one after the other, and with --watch again and again.
TEST(Heap, BlocksKeepWhatTheyHoldWhenMoreIsExpected) {
  Blocks blocks;
  blocks.grow(100, 10);
  for (const size_t bytes : {size_t{1}, size_t{1} << 20, size_t{100}, size_t{3} << 20, size_t{1} << 18}) {
    expect_text(bytes);
    blocks.grow(50, 100);
    blocks.grow(20, 300'000);
    ASSERT_TRUE(blocks.intact()) << bytes;
    blocks.drop_half();
    ASSERT_TRUE(blocks.intact()) << bytes;
  }
}

TEST(Heap, AnArrayMayOutgrowWhatWasExpected) {
  expect_text(1 << 20);
  std::vector<uint32_t> numbers;
  for (uint32_t i = 0; i < 40'000'000; ++i) numbers.push_back(i);  // 160 MB, over twice the room
  for (uint32_t i = 0; i < 40'000'000; i += 4099) ASSERT_EQ(numbers[i], i);
}

}  // namespace
}  // namespace aclc::cli
