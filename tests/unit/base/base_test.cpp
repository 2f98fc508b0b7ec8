// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
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

/// The definition as it stands: a whole matrix, no limit, nothing left out.
size_t plain_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

TEST(Nearest, CountsAsTheWholeMatrixDoes) {
  std::vector<std::string> words = {""};
  for (size_t at = 0; at < words.size() && words[at].size() < 5; ++at) {
    for (const char c : {'a', 'b', 'c'}) words.push_back(words[at] + c);
  }
  size_t near = 0;
  for (const std::string& a : words) {
    for (const std::string& b : words) {
      const size_t plain = plain_distance(a, b);
      ASSERT_EQ(edit_distance(a, b), plain) << a << " " << b;
      ASSERT_EQ(edit_distance(a, b, 1) <= 1, plain <= 1) << a << " " << b;
      near += plain == 1 ? 1 : 0;
    }
  }
  EXPECT_GT(near, 1000u);
}

TEST(Nearest, TakesTheFirstOfTheBest) {
  const std::vector<std::string_view> known = {"tag:web", "tag:prod", "tag:pred", "group:eng"};
  EXPECT_EQ(nearest("tag:prdo", known), "tag:prod");
  EXPECT_EQ(nearest("tag:prxd", known), "tag:prod");
  EXPECT_TRUE(is_slip("prdo", "prod") && is_slip("prodd", "prod") && is_slip("engneering", "engineering") && is_slip("wbe", "web"));
  EXPECT_FALSE(is_slip("rest", "test") || is_slip("cd", "ci") || is_slip("db1", "db2") || is_slip("internal", "internet") || is_slip("eu", "us"));
  EXPECT_TRUE(is_slip_in_list("acls", "acl") && !is_slip_in_list("nogroup:", "group:"));
  EXPECT_EQ(nearest("autogroup:member", known), "");
}

}  // namespace
}  // namespace aclc
