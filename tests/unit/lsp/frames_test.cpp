// SPDX-License-Identifier: Apache-2.0
#include "lsp/transport/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aclc::lsp {
namespace {

std::vector<std::string> decode(std::string_view bytes, size_t step) {
  FrameDecoder decoder;
  std::vector<std::string> out;
  for (size_t i = 0; i < bytes.size(); i += step) {
    decoder.feed(bytes.substr(i, step));
    while (auto frame = decoder.next()) out.push_back(frame->is_fault() ? "fault" : frame->body);
  }
  return out;
}

using testing::ElementsAre;

TEST(Frames, AreCutAtAnyPlace) {
  const std::string bytes = frame_header(2) + "{}" + "content-LENGTH:3\nX-Other: 1\n\n" + "abc" + frame_header(4) + "\xc3\xa9\xc3\xa9";
  for (size_t step = 1; step <= bytes.size(); ++step)
    EXPECT_THAT(decode(bytes, step), ElementsAre("{}", "abc", "\xc3\xa9\xc3\xa9")) << step;
}

TEST(Frames, GoOnAtTheNextHeaderAfterOneWithoutLength) {
  const std::string bytes = "Content-Type: x\r\n\r\n{\"lost\": 1}" + frame_header(2) + "{}";
  for (size_t step = 1; step <= bytes.size(); ++step) EXPECT_THAT(decode(bytes, step), ElementsAre("fault", "{}")) << step;
}

TEST(Frames, TakeNoLengthThatIsNone) {
  for (const std::string length : {"abc", "-1", "", "1x", "99999999999999999999999"}) {
    const std::string bytes = "Content-Length: " + length + "\r\n\r\n{}" + frame_header(2) + "ok";
    EXPECT_THAT(decode(bytes, 7), ElementsAre("fault", "ok")) << length;
  }
}

TEST(Frames, RefuseAnAbsurdLength) {
  FrameDecoder decoder(1000);
  decoder.feed("Content-Length: 1001\r\n\r\n" + frame_header(2) + "{}");
  EXPECT_TRUE(decoder.next()->is_fault());
  EXPECT_EQ(decoder.next()->body, "{}");
}

TEST(Frames, SkipEmptyLinesBetweenMessages) {
  EXPECT_THAT(decode("\r\n\n" + frame_header(2) + "{}\r\n" + frame_header(2) + "[]", 3), ElementsAre("{}", "[]"));
  EXPECT_THAT(decode(frame_header(0) + frame_header(2) + "{}", 100), ElementsAre("fault", "{}"));
}

TEST(Frames, GiveUpOnAHeaderWithoutEnd) {
  EXPECT_THAT(decode(std::string(10'000, 'x') + frame_header(2) + "{}", 4096), ElementsAre("fault", "{}"));
}

}  // namespace
}  // namespace aclc::lsp
