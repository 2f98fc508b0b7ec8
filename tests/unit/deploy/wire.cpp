// SPDX-License-Identifier: Apache-2.0
#include "deploy/http/wire.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

namespace aclc::http {
namespace {

struct Pipe {
  Pipe() { EXPECT_EQ(::pipe(ends), 0); }
  ~Pipe() {
    ::close(ends[0]);
    end();
  }
  void end() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  int ends[2];
};

TEST(Wire, CarriesWhatItIsGiven) {
  Request request{"POST", "https://example.com/x?y", {{"If-Match", "\"a\\b\""}, {"X", "\xff\n"}}, std::string(300'000, '\0') + "\n{", {1, 2, 3, "/ca"}};
  Pipe pipe;
  std::thread writer([&] { EXPECT_TRUE(write_request(pipe.ends[1], request)); });
  const auto read = read_request(pipe.ends[0]);
  writer.join();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->method, request.method);
  EXPECT_EQ(read->url, request.url);
  EXPECT_EQ(read->headers[0], request.headers[0]);
  EXPECT_EQ(read->body, request.body);
  EXPECT_EQ(read->limits.max_bytes, 3U);
  EXPECT_EQ(read->limits.ca_file, "/ca");
}

TEST(Wire, CarriesAnswersAndTrouble) {
  Pipe pipe;
  EXPECT_TRUE(write_answer(pipe.ends[1], Response{412, {{"etag", "\"x\""}}, "body"}));
  EXPECT_TRUE(write_answer(pipe.ends[1], Trouble{TroubleKind::kCertificate, "no"}));
  const auto first = read_answer(pipe.ends[0], 4);
  ASSERT_TRUE(first && first->ok());
  EXPECT_EQ((*first)->status, 412);
  EXPECT_EQ((*first)->header("etag"), "\"x\"");
  EXPECT_EQ((*first)->body, "body");
  const auto second = read_answer(pipe.ends[0], 4);
  ASSERT_TRUE(second && !second->ok());
  EXPECT_EQ(second->error().kind, TroubleKind::kCertificate);
}

TEST(Wire, RefusesWhatKeepsToNoForm) {
  for (const std::string text : {"", "{", "[]\n", "{}\n", "{\"bytes\": -1}\n", "{\"bytes\": 5, \"status\": 200, \"headers\": []}\nfour", "{\"bytes\": 99, \"status\": 200, \"headers\": []}\n",
                                 "{\"trouble\": 77, \"message\": \"\"}\n", "{\"trouble\": 0}\n", "{\"bytes\": 0, \"status\": \"x\", \"headers\": []}\n"}) {
    Pipe pipe;
    ASSERT_EQ(::write(pipe.ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    pipe.end();
    EXPECT_FALSE(read_answer(pipe.ends[0], 10)) << text;
  }
}

}  // namespace
}  // namespace aclc::http
