// SPDX-License-Identifier: Apache-2.0
#include "lsp/transport/frames.h"

#include <algorithm>
#include <charconv>

namespace aclc::lsp {
namespace {

constexpr std::string_view kLength = "content-length:";
constexpr size_t kMaxHeader = 4096;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool starts_folded(std::string_view text, std::string_view lower_prefix) {
  if (text.size() < lower_prefix.size()) return false;
  return std::equal(lower_prefix.begin(), lower_prefix.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

void FrameDecoder::feed(std::string_view bytes) {
  if (at_ > 0 && (at_ == buffer_.size() || at_ > size_t{1} << 16)) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  if (state_ == State::kBody) buffer_.reserve(at_ + body_);
  buffer_.append(bytes);
}

void FrameDecoder::drop(size_t count) {
  at_ += count;
  if (at_ < buffer_.size()) return;
  buffer_.clear();
  at_ = 0;
  // A large document need not stay in the buffer's capacity.
  if (buffer_.capacity() > size_t{1} << 18) buffer_.shrink_to_fit();
}

Frame FrameDecoder::lose(std::string fault) {
  state_ = State::kLost;
  return {{}, std::move(fault)};
}

bool FrameDecoder::find_header() {
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  for (size_t i = 0; i < rest.size(); ++i) {
    const std::string_view tail = rest.substr(i);
    if (starts_folded(tail, kLength)) {
      drop(i);
      state_ = State::kHeader;
      return true;
    }
  }
  // The name may be cut in half at the end.
  drop(rest.size() - std::min(rest.size(), kLength.size() - 1));
  return false;
}

std::optional<Frame> FrameDecoder::read_header() {
  size_t blank = 0;  // stray empty lines between messages
  while (at_ + blank < buffer_.size() && (buffer_[at_ + blank] == '\r' || buffer_[at_ + blank] == '\n')) ++blank;
  if (blank > 0) drop(blank);
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  std::optional<size_t> length;
  size_t from = 0;
  while (true) {
    const size_t end = rest.find('\n', from);
    if (end == std::string_view::npos) {
      if (rest.size() - from > kMaxHeader) return lose("a header line without end");
      return std::nullopt;
    }
    const std::string_view line = trim(rest.substr(from, end - from));
    from = end + 1;
    if (line.empty()) {
      if (length) break;
      drop(from);
      return lose("a header without Content-Length");
    }
    if (starts_folded(line, kLength)) {
      const std::string_view digits = trim(line.substr(kLength.size()));
      size_t value = 0;
      const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      if (error != std::errc() || last != digits.data() + digits.size() || value > max_body_) {
        const std::string shown(digits.substr(0, 40));
        drop(from);
        return lose("`" + shown + "` is no length of a message");
      }
      length = value;
    } else if (line.find(':') == std::string_view::npos) {
      drop(std::min(from, rest.size()));
      return lose("a header line without a colon");
    }
    if (from > kMaxHeader) {
      drop(from);
      return lose("a header without end");
    }
  }
  drop(from);
  body_ = *length;
  state_ = State::kBody;
  return std::nullopt;
}

std::optional<Frame> FrameDecoder::next() {
  while (true) {
    switch (state_) {
      case State::kLost:
        if (!find_header()) return std::nullopt;
        break;
      case State::kHeader: {
        std::optional<Frame> fault = read_header();
        if (fault) return fault;
        if (state_ == State::kHeader) return std::nullopt;
        break;
      }
      case State::kBody: {
        if (buffer_.size() - at_ < body_) return std::nullopt;
        Frame frame;
        if (at_ == 0 && buffer_.size() == body_) {
          frame.body = std::move(buffer_);
          buffer_ = {};
        } else {
          frame.body.assign(buffer_, at_, body_);
          drop(body_);
        }
        state_ = State::kHeader;
        if (frame.body.empty()) frame.fault = "a message without a body";
        return frame;
      }
    }
  }
}

std::string frame_header(size_t body_bytes) { return "Content-Length: " + std::to_string(body_bytes) + "\r\n\r\n"; }

}  // namespace aclc::lsp
