// SPDX-License-Identifier: Apache-2.0
// What is degraded, since when, and in which words.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace aclc {

class Health {
 public:
  struct Trouble {
    uint64_t since = 0;  ///< seconds since 1970: when this topic was last well
    std::string message;
  };

  /// A message replaces the topic's earlier one; `since` stays.
  void degrade(const std::string& topic, std::string message, uint64_t now) {
    const auto [it, is_new] = troubles_.try_emplace(topic, Trouble{now, {}});
    it->second.message = std::move(message);
    static_cast<void>(is_new);
  }
  void recover(const std::string& topic) { troubles_.erase(topic); }
  bool ok() const { return troubles_.empty(); }
  const std::map<std::string, Trouble>& troubles() const { return troubles_; }

 private:
  std::map<std::string, Trouble> troubles_;
};

}  // namespace aclc
