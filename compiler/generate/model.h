// SPDX-License-Identifier: Apache-2.0
// What is generated before it is text; inside this folder only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/generate/generate.h"

namespace aclc::generated {

/// SplitMix64: the same numbers on every machine, which the standard library's distributions do not promise.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next();
  /// 0 to below-1; below > 0.
  uint32_t below(uint32_t below) { return static_cast<uint32_t>((next() >> 32) * below >> 32); }
  bool one_in(uint32_t n) { return below(n) == 0; }
  /// Small numbers far more often than large ones, as people have devices and groups have rules.
  uint32_t skewed(uint32_t below_) { return below(below(below_) + 1); }
  template <class T>
  const T& of(const std::vector<T>& items) { return items[below(static_cast<uint32_t>(items.size()))]; }

 private:
  uint64_t state_;
};

struct GeneratedNode {
  std::string name;
  std::string ipv4, ipv6;
  std::vector<uint32_t> tags;
  uint32_t user = 0;  ///< where it has no tags
  std::vector<std::string> routes;
  bool approved_by_hand = false;
};

struct Model {
  std::vector<std::string> logins;
  std::vector<std::string> roles;
  std::vector<std::string> groups;  ///< `group:sales-3`
  std::vector<std::vector<uint32_t>> members;
  std::vector<std::string> tags;  ///< `tag:web-1`
  std::vector<GeneratedNode> nodes;
  std::vector<std::string> subnets;  ///< served by routers
  std::vector<uint32_t> nodes_of_user, nodes_of_tag;
};

/// Tags that every model has, at these places.
enum FixedTag : uint32_t { kRouter, kExit, kFixedTags };

Model make_model(const GenerateOptions& options, Random& random);
std::string tailnet_text(const Model& model, Random& random);
/// Not yet in the canonical layout.
std::string policy_text(const Model& model, const GenerateOptions& options, Random& random);

}  // namespace aclc::generated
