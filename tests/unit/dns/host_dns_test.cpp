// SPDX-License-Identifier: Apache-2.0
// The host's own resolver settings come back as they were, whatever they were.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "daemon/dns/host_dns.h"

namespace aclc::testing {
namespace {

namespace fs = std::filesystem;
using Servers = std::vector<std::string>;

class AHost : public ::testing::Test {
 protected:
  AHost() {
    char folder[] = "/tmp/aclc-resolv-XXXXXX";
    folder_ = mkdtemp(folder);
    conf_ = folder_ + "/etc/resolv.conf";
    kept_ = folder_ + "/state/before";
    fs::create_directory(folder_ + "/etc");
    fs::create_directory(folder_ + "/state");
  }
  ~AHost() override { fs::remove_all(folder_); }

  void put(const std::string& path, const std::string& text, mode_t mode = 0644) const {
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
  }
  static std::string text(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static unsigned mode(const std::string& path) {
    struct stat status {};
    return lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
  }
  // Each run has an object of its own, as each daemon has.
  std::unique_ptr<dns::HostDns> host() const { return dns::resolv_conf_file(conf_, kept_); }

  std::string folder_, conf_, kept_;
};

TEST_F(AHost, AFileComesBackWithItsMode) {
  put(conf_, "# mine\nnameserver 192.0.2.53\noptions rotate\n", 0640);
  EXPECT_EQ(host()->own_servers(), Servers{"192.0.2.53"});
  ASSERT_TRUE(host()->point_at_stub({"corp.example"}));
  EXPECT_NE(text(conf_).find("nameserver 100.100.100.100\nsearch corp.example\n"), std::string::npos);
  EXPECT_EQ(mode(conf_), 0644u) << "everybody resolves names";
  EXPECT_EQ(host()->own_servers(), Servers{"192.0.2.53"});
  ASSERT_TRUE(host()->point_at_stub({}));  // the policy's domains have changed
  ASSERT_TRUE(host()->restore());
  EXPECT_EQ(text(conf_), "# mine\nnameserver 192.0.2.53\noptions rotate\n");
  EXPECT_EQ(mode(conf_), 0640u);
  EXPECT_FALSE(fs::exists(kept_));
}

TEST_F(AHost, ALinkComesBackAndItsFileIsNeverTouched) {
  const std::string theirs = folder_ + "/run-resolv.conf";
  put(theirs, "nameserver 192.0.2.54\n");
  for (const std::string& target : {theirs, std::string("../run-resolv.conf")}) {
    fs::remove(conf_);
    fs::create_symlink(target, conf_);
    ASSERT_TRUE(host()->point_at_stub({}));
    EXPECT_FALSE(fs::is_symlink(conf_));
    EXPECT_EQ(text(theirs), "nameserver 192.0.2.54\n");
    EXPECT_EQ(host()->own_servers(), Servers{"192.0.2.54"}) << target;
    ASSERT_TRUE(host()->restore());
    EXPECT_EQ(fs::read_symlink(conf_), target);
    EXPECT_EQ(text(theirs), "nameserver 192.0.2.54\n");
  }
}

TEST_F(AHost, ALinkToNowhereAndNoFileAtAllComeBackToo) {
  fs::create_symlink("/nowhere/resolv.conf", conf_);
  ASSERT_TRUE(host()->point_at_stub({}));
  EXPECT_EQ(host()->own_servers(), Servers{});
  ASSERT_TRUE(host()->restore());
  EXPECT_EQ(fs::read_symlink(conf_), "/nowhere/resolv.conf");
  fs::remove(conf_);
  ASSERT_TRUE(host()->point_at_stub({}));
  ASSERT_TRUE(host()->restore());
  EXPECT_FALSE(fs::exists(fs::symlink_status(conf_)));
  EXPECT_FALSE(fs::exists(kept_));
}

// As in a container, or under a service manager that lets only the file itself be written.
TEST_F(AHost, AFileThatCannotBeReplacedIsRewrittenButNeverThroughALink) {
  fs::create_directory(conf_ + ".new");  // in the way of what would be renamed
  put(conf_, "nameserver 192.0.2.53\n");
  ASSERT_TRUE(host()->point_at_stub({}));
  ASSERT_TRUE(host()->restore());
  EXPECT_EQ(text(conf_), "nameserver 192.0.2.53\n");
  const std::string theirs = folder_ + "/run-resolv.conf";
  put(theirs, "nameserver 192.0.2.54\n");
  fs::remove(conf_);
  fs::create_symlink(theirs, conf_);
  const auto done = host()->point_at_stub({});
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("use `dns: resolved`"), std::string::npos) << done.error().message;
  ASSERT_TRUE(host()->restore());
  EXPECT_EQ(fs::read_symlink(conf_), theirs);
  EXPECT_EQ(text(theirs), "nameserver 192.0.2.54\n");
}

TEST_F(AHost, WhatSomebodyElseWroteMeanwhileStays) {
  put(conf_, "nameserver 192.0.2.53\n");
  ASSERT_TRUE(host()->point_at_stub({}));
  put(conf_, "nameserver 192.0.2.77\n");
  ASSERT_TRUE(host()->restore());
  EXPECT_EQ(text(conf_), "nameserver 192.0.2.77\n");
  EXPECT_FALSE(fs::exists(kept_));
}

}  // namespace
}  // namespace aclc::testing
