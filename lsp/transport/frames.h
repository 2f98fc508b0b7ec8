// SPDX-License-Identifier: Apache-2.0
// The base protocol's framing: header lines, an empty line, a body whose length the header gives in bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace aclc::lsp {

/// What came out of the stream: a body, or a complaint about bytes that are no message.
struct Frame {
  std::string body;   ///< empty for a fault
  std::string fault;  ///< what was wrong; the decoder has gone on to the next header
  bool is_fault() const { return !fault.empty(); }
};

/// Cuts a byte stream into frames. After damage it goes on at the next `Content-Length:` of the stream.
class FrameDecoder {
 public:
  explicit FrameDecoder(size_t max_body = size_t{256} << 20) : max_body_(max_body) {}

  void feed(std::string_view bytes);
  /// The next whole frame, or nothing until more bytes come.
  std::optional<Frame> next();

 private:
  enum class State : unsigned char { kHeader, kBody, kLost };

  std::optional<Frame> read_header();
  Frame lose(std::string fault);
  bool find_header();
  void drop(size_t count);

  size_t max_body_;
  std::string buffer_;
  size_t at_ = 0;  ///< bytes of buffer_ that are done with
  size_t body_ = 0;
  State state_ = State::kHeader;
};

/// The header that goes before a body of this many bytes.
std::string frame_header(size_t body_bytes);

}  // namespace aclc::lsp
