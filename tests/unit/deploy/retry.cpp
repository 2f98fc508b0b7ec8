// SPDX-License-Identifier: Apache-2.0
#include "deploy/http/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace aclc::http {
namespace {

using Answer = Result<Response, Trouble>;

/// Answers from a list, the last one for ever.
class Script : public Transport {
 public:
  explicit Script(std::deque<Answer> answers) : answers_(std::move(answers)) {}
  Answer send(const Request&) override {
    ++sent;
    Answer out = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    return out;
  }
  int sent = 0;

 private:
  std::deque<Answer> answers_;
};

Answer status(int code, Headers headers = {}) {
  return Response{code, std::move(headers), ""};
}

struct Waits {
  std::vector<Milliseconds> pauses;
  Milliseconds now{0};
  Clock clock{[this] { return now; },
              [this](Milliseconds pause) {
                pauses.push_back(pause);
                now += pause;
              }};
  Answer send(Script& script, const Patience& patience = {}) {
    return send_patiently(script, {}, patience, clock, [](const std::string&, Milliseconds) {});
  }
};

TEST(Retry, PausesGrowToABound) {
  Script script({status(503)});
  Waits waits;
  Patience patience;
  patience.tries = 8;
  EXPECT_EQ(waits.send(script, patience)->status, 503);
  EXPECT_EQ(script.sent, 8);
  ASSERT_EQ(waits.pauses.size(), 7U);
  for (size_t i = 0; i < waits.pauses.size(); ++i) {
    const Milliseconds least = std::min(patience.first_pause * (1 << i), patience.longest_pause);
    EXPECT_GE(waits.pauses[i], least);
    EXPECT_LE(waits.pauses[i], least * 5 / 4);
  }
}

TEST(Retry, HonoursTheServersWish) {
  Script script({status(429, {{"retry-after", "7"}}), status(200)});
  Waits waits;
  EXPECT_EQ(waits.send(script)->status, 200);
  EXPECT_THAT(waits.pauses, testing::ElementsAre(Milliseconds(7000)));
}

TEST(Retry, ButNotAnyWish) {
  Script script({status(429, {{"retry-after", "61"}}), status(200)});
  Waits waits;
  EXPECT_EQ(waits.send(script)->status, 429);
  EXPECT_TRUE(waits.pauses.empty());
}

TEST(Retry, EndsInTime) {
  Script script({status(503, {{"retry-after", "50"}})});
  Waits waits;
  Patience patience;
  patience.tries = 20;
  EXPECT_EQ(waits.send(script, patience)->status, 503);
  EXPECT_LE(waits.now, patience.in_all);
  EXPECT_EQ(script.sent, 3);
}

TEST(Retry, RepeatsOnlyWhatMayGetBetter) {
  for (const auto& [kind, sent] : {std::pair{TroubleKind::kUnreachable, 5}, {TroubleKind::kTimeout, 5}, {TroubleKind::kBroken, 5}, {TroubleKind::kCertificate, 1},
                                   {TroubleKind::kTooLarge, 1}, {TroubleKind::kLocal, 1}}) {
    Script script({Trouble{kind, "x"}});
    Waits waits;
    EXPECT_FALSE(waits.send(script));
    EXPECT_EQ(script.sent, sent);
  }
  for (const int code : {200, 301, 400, 401, 404, 412, 501, 505}) {
    Script script({status(code)});
    Waits waits;
    EXPECT_EQ(waits.send(script)->status, code);
    EXPECT_EQ(script.sent, 1) << code;
  }
}

TEST(Retry, AnAnswerMayBeSettledWhateverItsStatus) {
  Script script({status(500)});
  Waits waits;
  Patience patience;
  patience.settled = [](const Response&) { return true; };
  EXPECT_EQ(waits.send(script, patience)->status, 500);
  EXPECT_EQ(script.sent, 1);
}

TEST(RetryAfter, SecondsAndDates) {
  using std::chrono::seconds;
  EXPECT_EQ(retry_after("0", 0), seconds(0));
  EXPECT_EQ(retry_after("120", 0), seconds(120));
  // The date of RFC 9110's example is 784111777 seconds after 1970.
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111770), seconds(7));
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111790), seconds(0));
  for (const char* bad : {"", "-1", "1.5", "soon", "99999999999999999999", "Sun, 06 Nov 1994 08:49:37 GMT x"}) EXPECT_EQ(retry_after(bad, 0), std::nullopt) << bad;
}

}  // namespace
}  // namespace aclc::http
