// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/interner.h"
#include "base/nearest.h"
#include "base/result.h"

namespace aclc {
namespace {

using FruitId = Id<struct FruitTag>;

TEST(Ids, DefaultIsInvalidAndOrderIsByNumber) {
  EXPECT_FALSE(FruitId().valid());
  EXPECT_TRUE(FruitId(0).valid());
  EXPECT_LT(FruitId(1), FruitId(2));
  EXPECT_EQ(std::hash<FruitId>{}(FruitId(7)), std::hash<FruitId>{}(FruitId(7)));
}

TEST(Ids, StoreGivesBackWhatItTook) {
  Store<std::string, FruitId> store;
  const FruitId a = store.add("apple");
  const FruitId b = store.add("plum");
  EXPECT_EQ(store[a], "apple");
  EXPECT_EQ(store[b], "plum");
  EXPECT_EQ(store.size(), 2u);
  EXPECT_DEATH(store[FruitId(2)], "internal error");
  EXPECT_DEATH(store[FruitId()], "internal error");
}

TEST(Ids, SliceStaysInsideItsPool) {
  const std::vector<int> pool = {1, 2, 3, 4};
  const Slice<int> middle{1, 2};
  EXPECT_EQ(middle.in(pool).size(), 2u);
  EXPECT_EQ(middle.in(pool)[0], 2);
  EXPECT_TRUE(Slice<int>{}.empty());
  EXPECT_DEATH((Slice<int>{3, 2}.in(pool)), "internal error");
}

TEST(Interner, EqualTextsHaveEqualIds) {
  Interner names;
  EXPECT_FALSE(names.find("a").valid());
  const StringId a = names.intern("a");
  const StringId empty = names.intern("");
  EXPECT_EQ(names.intern("a"), a);
  EXPECT_EQ(names.find("a"), a);
  EXPECT_NE(a, empty);
  EXPECT_EQ(names.text(empty), "");
  EXPECT_EQ(names.text(StringId()), "");
  EXPECT_FALSE(names.find("b").valid());
  EXPECT_EQ(names.size(), 2u);
}

TEST(Interner, ViewsOutliveGrowthAndMoves) {
  Interner names;
  std::vector<std::string_view> views;
  for (int i = 0; i < 20000; ++i) {
    const StringId id = names.intern("name-" + std::to_string(i));
    ASSERT_EQ(id.value, static_cast<uint32_t>(i));
    views.push_back(names.text(id));
  }
  names.intern(std::string(200000, 'x'));  // more than a chunk
  const Interner moved = std::move(names);
  for (int i = 0; i < 20000; ++i) {
    ASSERT_EQ(views[static_cast<size_t>(i)], "name-" + std::to_string(i));
    ASSERT_EQ(moved.find("name-" + std::to_string(i)).value, static_cast<uint32_t>(i));
    ASSERT_EQ(moved.text(StringId(static_cast<size_t>(i))).data(), views[static_cast<size_t>(i)].data());
  }
}

Result<int> half(int n) {
  if (n % 2 != 0) return Failure{"odd"};
  return n / 2;
}

TEST(Result, HoldsOneOfTwo) {
  EXPECT_EQ(*half(4), 2);
  EXPECT_FALSE(half(3).ok());
  EXPECT_EQ(half(3).error().message, "odd");
  EXPECT_DEATH((void)*half(3), "internal error");
  EXPECT_DEATH((void)half(4).error(), "internal error");
}

TEST(Result, CarriesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> made(std::make_unique<int>(5));
  const std::unique_ptr<int> taken = std::move(made).value();
  EXPECT_EQ(*taken, 5);
}

TEST(Nearest, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("prod", "prdo"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("Tag", "tAG"), 0u);
  EXPECT_GT(edit_distance("aaaa", "bbbb", 2), 2u);
}

TEST(Nearest, TakesTheFirstOfTheBest) {
  const std::vector<std::string_view> known = {"tag:web", "tag:prod", "tag:pred", "group:eng"};
  EXPECT_EQ(nearest("tag:prdo", known), "tag:prod");
  EXPECT_EQ(nearest("tag:prxd", known), "tag:prod");
  EXPECT_EQ(nearest("autogroup:member", known), "");
}

}  // namespace
}  // namespace aclc
