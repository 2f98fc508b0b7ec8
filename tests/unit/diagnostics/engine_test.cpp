// SPDX-License-Identifier: Apache-2.0
#include "parser/diagnostics/engine.h"

#include "tests/unit/diagnostics/findings.h"

namespace aclc {
namespace {

using test::OneText;
using testing::ElementsAre;

std::vector<std::string> messages(DiagnosticEngine& engine) {
  std::vector<std::string> out;
  for (const Diagnostic& d : engine.sorted()) out.push_back(d.message);
  return out;
}

TEST(Engine, SortsByPlaceAndKeepsTheOrderOfEqualPlaces) {
  DiagnosticEngine engine;
  engine.report(diag::UnknownTag({9, 10}, "c"));
  engine.report(diag::UnknownTag({2, 3}, "b"));
  engine.report(diag::UnknownTag({2, 9}, "a"));
  EXPECT_THAT(messages(engine),
              ElementsAre(testing::HasSubstr("`b`"), testing::HasSubstr("`a`"), testing::HasSubstr("`c`")));
}

TEST(Engine, PutsWhatTheHostedServiceReportsFirstAtItsPlace) {
  DiagnosticEngine engine;
  engine.report(diag::UnknownTag({2, 3}, "a"));
  engine.report(diag::UnknownTag({2, 3}, "b").upstream("tag not found"));
  EXPECT_THAT(messages(engine), ElementsAre(testing::HasSubstr("`b`"), testing::HasSubstr("`a`")));
}

TEST(Engine, DropsTheSameFindingAtTheSamePlaceOnly) {
  DiagnosticEngine engine;
  for (int i = 0; i < 3; ++i) {
    engine.report(diag::UnknownTag({2, 3}, "a"));
    engine.report(diag::UnknownHost({2, 3}, "a"));
    engine.report(diag::UnknownTag({4, 5}, "a"));
  }
  EXPECT_EQ(engine.sorted().size(), 3u);
  EXPECT_EQ(engine.counts().errors, 3u);
}

TEST(Engine, GivesFindingsTheSourceOfTheMoment) {
  OneText first("a"), second("b");
  DiagnosticEngine engine;
  engine.set_source(SourceId(size_t{1}));
  engine.report(diag::UnknownTag({0, 1}, "late").label({0, 1}, "here"));
  engine.report(diag::UnknownTag({0, 1}, "named").in(SourceId(size_t{0})));
  ASSERT_EQ(engine.sorted().size(), 2u);
  EXPECT_EQ(engine.sorted()[0].source, SourceId(size_t{0}));
  EXPECT_EQ(engine.sorted()[1].source, SourceId(size_t{1}));
  EXPECT_EQ(engine.sorted()[1].labels[0].source, SourceId(size_t{1}));
}

TEST(Engine, CountsWhatItDoesNotKeep) {
  DiagnosticEngine engine(2);
  for (uint32_t i = 0; i < 5; ++i) engine.report(diag::UnknownTag({i, i + 1}, "a"));
  engine.report(diag::UnknownGroup({9, 10}, "g"));
  EXPECT_EQ(engine.sorted().size(), 2u);
  EXPECT_EQ(engine.counts().errors, 5u);
  EXPECT_EQ(engine.counts().warnings, 1u);
  EXPECT_TRUE(engine.has_errors());
}

TEST(Engine, TakesReportsAfterItWasRead) {
  DiagnosticEngine engine;
  engine.report(diag::UnknownTag({5, 6}, "b"));
  EXPECT_EQ(engine.sorted().size(), 1u);
  engine.report(diag::UnknownTag({1, 2}, "a"));
  EXPECT_THAT(messages(engine), ElementsAre(testing::HasSubstr("`a`"), testing::HasSubstr("`b`")));
}

}  // namespace
}  // namespace aclc
