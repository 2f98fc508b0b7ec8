// SPDX-License-Identifier: Apache-2.0
// Where flow records go: a file of JSON lines that is turned over when it has grown, and the last ones in memory for questions.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "daemon/telemetry/flow_record.h"

namespace aclc {

class FlowLog {
 public:
  /// `path`: a file, `-` for standard output, or empty for memory only.
  static Result<std::unique_ptr<FlowLog>> open(const std::string& path, uint64_t turn_over_at = uint64_t{64} << 20);
  ~FlowLog();
  FlowLog(const FlowLog&) = delete;
  FlowLog& operator=(const FlowLog&) = delete;

  void write(const FlowRecord& record);
  /// The last `most` lines, oldest first, each with its end.
  std::string recent(size_t most) const;
  uint64_t written(FlowEvent event) const;
  /// Lines that the file or standard output did not take at once.
  uint64_t failed() const { return failed_; }

 private:
  FlowLog(std::string path, int fd, uint64_t size, uint64_t turn_over_at)
      : path_(std::move(path)), fd_(fd), size_(size), turn_over_at_(turn_over_at) {}
  void turn_over();

  std::string path_;
  int fd_;  // -1: memory only
  uint64_t size_;
  uint64_t turn_over_at_;
  uint64_t failed_ = 0;
  std::map<FlowEvent, uint64_t> written_;
  std::deque<std::string> recent_;
};

}  // namespace aclc
