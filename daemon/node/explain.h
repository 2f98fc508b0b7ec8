// SPDX-License-Identifier: Apache-2.0
// May a packet come in here, by which policy line, or which lines came nearest and what they lack.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "daemon/node/policy.h"

namespace aclc {

struct NearRule {
  std::string place;  ///< `policy.hujson:12`
  std::string text;
  std::string lacks;  ///< `the port is 22, it allows 80,443`
};

struct Explanation {
  Address src, dst;
  uint8_t protocol = 0;
  uint16_t port = 0;
  bool allowed = false;
  std::string reason;  ///< `rule`, or of the denial: `no-rule`, `not-self`, `shields-up`, `expired`, `down` ...
  std::string place;   ///< of the rule that allows it
  std::string text;
  std::vector<NearRule> nearest;  ///< where denied for want of a rule, or in spite of one: at most three
};

/// What stands between the policy and the packets.
struct Enforcement {
  enum class State {
    kInForce,
    kNotYet,   ///< the host refused it so far: all is denied
    kExpired,  ///< and all is denied therefore
    kDown,     ///< there is no interface
  };
  State state = State::kInForce;
  bool shields_up = false;
};

/// The first packet of a flow from `src` to `dst`, each an address or a node's name; an empty `dst` is this node.
Result<Explanation> explain(const NodePolicy& policy, std::string_view src, std::string_view dst, uint8_t protocol, uint16_t port, const Enforcement& how);

}  // namespace aclc
