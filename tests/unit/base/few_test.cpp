// SPDX-License-Identifier: Apache-2.0
#include "base/few.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

#include "base/sorted.h"

namespace aclc {
namespace {

using Short = Few<uint32_t, 4>;

std::vector<uint32_t> all(const Short& list) { return {list.begin(), list.end()}; }

TEST(Few, CostsNoMoreThanAPointerAndItsElements) {
  EXPECT_EQ(sizeof(Short), 24u);
  EXPECT_EQ(sizeof(Few<uint32_t, 2>), 16u);
}

TEST(Few, CopiesAndMovesKeepWhatTheyHold) {
  for (const size_t count : {0u, 1u, 4u, 5u, 50u}) {
    Short list;
    std::vector<uint32_t> model;
    for (uint32_t i = 0; i < count; ++i) {
      list.push_back(i * 3);
      model.push_back(i * 3);
    }
    Short copy(list);
    Short assigned{9, 8, 7, 6, 5, 4};
    assigned = list;
    Short moved(std::move(list));
    Short moved_into{1, 2, 3, 4, 5, 6};
    moved_into = std::move(copy);
    EXPECT_EQ(all(moved), model);
    EXPECT_EQ(all(moved_into), model);
    EXPECT_EQ(all(assigned), model);
    list.push_back(1);  // what was moved from can be used again, and is empty
    EXPECT_EQ(all(list), std::vector<uint32_t>{1});
    const Short& itself = moved;
    moved = itself;
    EXPECT_EQ(all(moved), model);
  }
}

// Two lists in turn, so that one that outgrows its room meets one that shrank again.
TEST(Few, BehavesAsAVectorUnderRandomEdits) {
  std::mt19937 random(7);
  Short list;
  std::vector<uint32_t> model;
  for (int i = 0; i < 100'000; ++i) {
    const uint32_t item = random() % 12;
    switch (random() % 6) {
      case 0:
      case 1:
        insert_sorted(list, item);
        insert_sorted(model, item);
        break;
      case 2:
      case 3:
        erase_sorted(list, item);
        erase_sorted(model, item);
        break;
      case 4:
        EXPECT_EQ(contains_sorted(list, item), contains_sorted(model, item));
        break;
      default:
        if (random() % 50 == 0) {
          model.assign(random() % 9, 0);
          for (uint32_t k = 0; k < model.size(); ++k) model[k] = k;
          list.assign(model.begin(), model.end());
        }
    }
    ASSERT_EQ(all(list), model);
  }
}

}  // namespace
}  // namespace aclc
