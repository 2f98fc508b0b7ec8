// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "daemon/api/client.h"
#include "daemon/api/server.h"

namespace aclc::testing {
namespace {

using local_http::Progress;

TEST(Requests, WithQueryAndBody) {
  local_http::Request r;
  ASSERT_EQ(local_http::parse_request("POST /v1/why?src=fd7a%3A%3a1&dst=x%20y&flag HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 2\r\n\r\nhi", r), Progress::kDone);
  EXPECT_EQ(r.method, "POST");
  EXPECT_EQ(r.path, "/v1/why");
  EXPECT_EQ(r.query["src"], "fd7a::1");
  EXPECT_EQ(r.query["dst"], "x y");
  EXPECT_EQ(r.query.count("flag"), 1u);
  EXPECT_EQ(r.body, "hi");
}

TEST(Requests, InPiecesNeedMore) {
  const std::string text = "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi";
  local_http::Request r;
  for (size_t n = 0; n < text.size(); ++n) EXPECT_EQ(local_http::parse_request(text.substr(0, n), r), Progress::kMore) << n;
  EXPECT_EQ(local_http::parse_request(text, r), Progress::kDone);
}

TEST(Requests, ThatAreNone) {
  local_http::Request r;
  for (const char* text : {"GET\r\n\r\n", "GET / FTP/1.1\r\n\r\n", "GET x HTTP/1.1\r\n\r\n", "GET /%zz HTTP/1.1\r\n\r\n", "GET /?a=%1 HTTP/1.1\r\n\r\n",
                           "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
                           "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "GET / HTTP/1.1\r\nnocolon\r\n\r\n"}) {
    EXPECT_EQ(local_http::parse_request(text, r), Progress::kBad) << text;
  }
  EXPECT_EQ(local_http::parse_request(std::string(70'000, 'a'), r), Progress::kBad);
}

TEST(Answers, ComeBack) {
  const auto a = local_http::parse_answer(local_http::write_answer({403, "application/json", "{}"}));
  ASSERT_TRUE(a);
  EXPECT_EQ(a->status, 403);
  EXPECT_EQ(a->body, "{}");
  EXPECT_FALSE(local_http::parse_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"));
}

class Served : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/aclc-api-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    path_ = folder_ + "/s";
    auto server = ApiServer::listen(path_, "", [](const local_http::Request& r, const Caller& c) {
      return local_http::Answer{200, "text/plain", r.path + " uid " + std::to_string(c.uid) + (c.may_change ? " may" : " may not") + std::string(200'000, '.')};
    });
    ASSERT_TRUE(server.ok()) << server.error().message;
    server_ = std::move(server).value();
    thread_ = std::thread([this] {
      uint64_t now = 0;
      while (!stop_) {
        auto waits = server_->waits();
        poll(waits.data(), waits.size(), 5);
        server_->serve(now += 5);
      }
    });
  }
  void TearDown() override {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    server_.reset();
    std::filesystem::remove_all(folder_);
  }
  int connect_to_it() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? fd : -1;
  }
  std::string folder_, path_;
  std::unique_ptr<ApiServer> server_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

TEST_F(Served, TheKernelSaysWhoAsks) {
  const auto answer = ask_daemon(path_, {"GET", "/v1/status", {}, ""});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  const bool root = getuid() == 0;
  EXPECT_THAT(answer->body, ::testing::StartsWith("/v1/status uid " + std::to_string(getuid()) + (root ? " may." : " may not.")));
  EXPECT_GT(answer->body.size(), 200'000u);
}

TEST_F(Served, OneWhoDawdlesKeepsNobodyWaiting) {
  const int slow = connect_to_it();
  ASSERT_GE(slow, 0);
  EXPECT_TRUE(ask_daemon(path_, {"GET", "/a", {}, ""}).ok());
  char byte = 0;
  EXPECT_EQ(recv(slow, &byte, 1, 0), 0);  // dropped in the end
  close(slow);
}

// Another user's program, or this one where it is not root's, opens more connections than it may.
TEST_F(Served, NobodyWhoMayChangeNothingTakesAllTheRoom) {
  std::filesystem::permissions(folder_, std::filesystem::perms::all);
  const pid_t crowd = fork();
  if (crowd == 0) {
    if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(100);
    pollfd ends[40];
    for (pollfd& end : ends) end = {connect_to_it(), POLLIN, 0};
    usleep(500'000);
    poll(ends, 40, 0);
    _exit(static_cast<int>(std::count_if(ends, ends + 40, [](const pollfd& end) { return end.revents != 0; })));
  }
  usleep(200'000);
  if (getuid() == 0) {
    EXPECT_TRUE(ask_daemon(path_, {"GET", "/a", {}, ""}).ok()) << "root is heard all the same";
  }
  int status = 0;
  ASSERT_EQ(waitpid(crowd, &status, 0), crowd);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 32) << "of 40, eight are served";
}

TEST_F(Served, TwoDaemonsDoNotShareASocket) {
  const auto second = ApiServer::listen(path_, "", [](const local_http::Request&, const Caller&) { return local_http::Answer{}; });
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, ::testing::HasSubstr("another daemon"));
  EXPECT_THAT(ask_daemon(folder_ + "/none", {"GET", "/", {}, ""}).error().message, ::testing::HasSubstr("no daemon answers"));
}

}  // namespace
}  // namespace aclc::testing
