// SPDX-License-Identifier: Apache-2.0
// Packets against a loaded filter. No call allocates, locks or fails; the cost does not depend on the number of rules.
#pragma once

#include <span>

#include "evaluator/classify/packet.h"
#include "evaluator/program/program.h"

namespace aclc {

Verdict classify(const Filter& filter, const Packet4& packet);
Verdict classify(const Filter& filter, const Packet6& packet);
Verdict classify(const Filter& filter, const Packet& packet);

/// Many at once, of any number; best in bursts of 32 and more, where the loads of different packets overlap.
/// `verdicts` is at least as long as `packets`.
void classify(const Filter& filter, std::span<const Packet4> packets, std::span<Verdict> verdicts);
void classify(const Filter& filter, std::span<const Packet6> packets, std::span<Verdict> verdicts);

}  // namespace aclc
