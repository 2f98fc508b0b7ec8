// SPDX-License-Identifier: Apache-2.0
// Which file is taken where several could be meant.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "daemon/node/snapshot_source.h"

namespace aclc::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ASource : public ::testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/aclc-source-XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    folder_ = folder;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<SnapshotSource> watch(const std::string& path, size_t limit = SnapshotLimits().bytes) {
    SnapshotReader reader{TrustedKey::from_pem(signer_.public_pem()).value(), own_, {}};
    reader.limits.bytes = limit;
    return watched_path(path, reader, [this](const std::string& text) { said_.push_back(text); });
  }
  std::string seal(uint64_t generation, const WireGuardKey& key) const {
    Snapshot s;
    s.node = "web";
    s.node_key = key;
    s.generation = generation;
    return seal_snapshot(s, signer_);
  }
  void put(const std::string& name, const std::string& bytes) const { std::ofstream(folder_ + "/" + name, std::ios::binary) << bytes; }

  const SigningKey signer_ = SigningKey::generate();
  const WireGuardKey own_ = generate_wireguard_keys().public_key, other_ = generate_wireguard_keys().public_key;
  std::string folder_;
  std::vector<std::string> said_;
};

TEST_F(ASource, TakesTheNewestThatIsGenuineAndNamesTheOthersOnce) {
  put("a.snapshot", "a note about \"node_key\":\"" + own_ + "\"");
  put("b.snapshot", seal(3, own_));  // of before the node was renamed
  put("c.snapshot", seal(99, other_));
  std::string forged = seal(100, own_);
  forged.insert(forged.size() - 1, " ");
  put("d.snapshot", forged);
  put("y.snapshot", seal(7, own_));
  put("z.snapshot", seal(5, own_));
  const auto source = watch(folder_);
  EXPECT_EQ(source->take().value(), seal(7, own_));
  ASSERT_EQ(said_.size(), 1u);
  EXPECT_THAT(said_[0], AllOf(HasSubstr("y.snapshot is taken"), HasSubstr("a.snapshot (this is no snapshot"), HasSubstr("b.snapshot (generation 3)"),
                              HasSubstr("d.snapshot (the snapshot's signature is not by the trusted key)"), HasSubstr("z.snapshot (generation 5)")));
  EXPECT_THAT(said_[0], Not(HasSubstr("c.snapshot")));
  EXPECT_EQ(source->take().value(), "");
  EXPECT_EQ(said_.size(), 1u) << "once";
  put("z.snapshot", seal(8, own_));
  EXPECT_EQ(source->take().value(), seal(8, own_));
  EXPECT_EQ(said_.size(), 2u) << "others are passed over now";
}

TEST_F(ASource, LeavesASingleOneToTheNodeToJudge) {
  const std::string junk = "\"node_key\":\"" + own_ + "\"";
  put("a.snapshot", junk);
  put("b.snapshot", seal(3, other_));
  EXPECT_EQ(watch(folder_)->take().value(), junk) << "so that health says what is wrong with it";
  EXPECT_TRUE(said_.empty());
}

TEST_F(ASource, TakesABurstForOneChange) {
  const std::string path = folder_ + "/s";
  const auto source = watch(path);
  const auto has_news = [&] {
    pollfd waiting{source->descriptor(), POLLIN, 0};
    return poll(&waiting, 1, 0) == 1;
  };
  EXPECT_EQ(source->take().value(), "");
  for (uint64_t generation = 1; generation <= 50; ++generation) put("s", seal(generation, own_));
  EXPECT_TRUE(has_news());
  EXPECT_EQ(source->take().value(), seal(50, own_));
  EXPECT_FALSE(has_news()) << "nobody is woken for those in between";
  EXPECT_EQ(source->take().value(), "");
}

TEST_F(ASource, OffersTheSameAgainBehindAFault) {
  const std::string path = folder_ + "/s", good = seal(1, own_);
  const auto source = watch(path, 1000);
  EXPECT_EQ(source->take().value(), "");
  put("s", good);
  EXPECT_EQ(source->take().value(), good);
  EXPECT_EQ(source->take().value(), "");
  put("s", std::string(1001, 'x'));
  EXPECT_FALSE(source->take().ok());
  put("s", good);
  EXPECT_EQ(source->take().value(), good) << "or the fault would be shown for ever";
}

}  // namespace
}  // namespace aclc::testing
