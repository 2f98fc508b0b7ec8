// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  const int slow = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(connect(slow, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_TRUE(ask_daemon(path_, {"GET", "/a", {}, ""}).ok());
  char byte = 0;
  EXPECT_EQ(recv(slow, &byte, 1, 0), 0);  // dropped in the end
  close(slow);
}

TEST_F(Served, TwoDaemonsDoNotShareASocket) {
  const auto second = ApiServer::listen(path_, "", [](const local_http::Request&, const Caller&) { return local_http::Answer{}; });
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, ::testing::HasSubstr("another daemon"));
  EXPECT_THAT(ask_daemon(folder_ + "/none", {"GET", "/", {}, ""}).error().message, ::testing::HasSubstr("no daemon answers"));
}

}  // namespace
}  // namespace aclc::testing
