// SPDX-License-Identifier: Apache-2.0
// The flow log never holds up who writes to it.
#include "daemon/telemetry/flow_log.h"

#include <gtest/gtest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace aclc::testing {
namespace {

/// Opens the log of standard output while that leads to `fd`.
std::unique_ptr<FlowLog> log_to(int fd) {
  const int before = dup(STDOUT_FILENO);
  dup2(fd, STDOUT_FILENO);
  auto log = FlowLog::open("-").value();
  dup2(before, STDOUT_FILENO);
  close(before);
  close(fd);
  return log;
}

FlowRecord record() {
  FlowRecord r;
  r.peer = std::string(200, 'x');
  return r;
}

TEST(FlowLog, LosesLinesOfAPipeThatNobodyReads) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const auto log = log_to(ends[1]);
  for (int i = 0; i < 2000; ++i) log->write(record());
  EXPECT_GT(log->failed(), 0u);
  EXPECT_LT(log->failed(), 2000u);
  EXPECT_EQ(log->written(FlowEvent::kDeny), 2000u) << "the last ones are in memory all the same";
  std::string read_back(1 << 20, ' ');
  const ssize_t got = read(ends[0], read_back.data(), read_back.size());
  ASSERT_GT(got, 0);
  EXPECT_EQ(read_back[static_cast<size_t>(got) - 1], '\n') << "lines are taken whole";
  const uint64_t lost = log->failed();
  log->write(record());
  EXPECT_EQ(log->failed(), lost) << "and go on once somebody reads";
  close(ends[0]);
}

TEST(FlowLog, LosesLinesOfASocketThatNobodyReads) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const auto log = log_to(ends[1]);
  for (int i = 0; i < 5000; ++i) log->write(record());
  EXPECT_GT(log->failed(), 0u);
  EXPECT_LT(log->failed(), 5000u);
  close(ends[0]);
}

TEST(FlowLog, RefusesANamedPipeThatNobodyReads) {
  const std::string path = ::testing::TempDir() + "aclc-flow-pipe-" + std::to_string(getpid());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_FALSE(FlowLog::open(path).ok());
  unlink(path.c_str());
}

}  // namespace
}  // namespace aclc::testing
