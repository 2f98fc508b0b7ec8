// SPDX-License-Identifier: Apache-2.0
// Numbers in Prometheus' text format (exposition format 0.0.4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aclc {

class Metrics {
 public:
  enum class Type { kCounter, kGauge };
  using Labels = std::vector<std::pair<std::string_view, std::string>>;

  /// Starts a family; its samples follow.
  void family(std::string_view name, Type type, std::string_view help);
  void sample(double value, const Labels& labels = {});
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  std::string name_;
};

}  // namespace aclc
