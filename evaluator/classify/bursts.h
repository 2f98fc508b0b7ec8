// SPDX-License-Identifier: Apache-2.0
// The ways of deciding many packets, of which `classify` takes the best that the machine and the filter allow. They give equal
// verdicts. Private to this folder and to the tests that hold one to the other.
#pragma once

#include <span>

#include "evaluator/classify/packet.h"
#include "evaluator/program/program.h"

namespace aclc::bursts {

/// One packet after the other, or in stages where the filter is larger than a cache. On every machine.
void decide_in_turn(const PlaneView<AddressMap4View>& plane, std::span<const Packet4> packets, std::span<Verdict> verdicts);
void decide_in_turn(const PlaneView<AddressMap6View>& plane, std::span<const Packet6> packets, std::span<Verdict> verdicts);

/// Whether this machine has the instructions of decide_abreast, and they pay there.
bool can_abreast();

/// Sixteen packets at once. Only where can_abreast(), and for planes that say so (PlaneView::abreast).
void decide_abreast(const PlaneView<AddressMap4View>& plane, std::span<const Packet4> packets, std::span<Verdict> verdicts);

}  // namespace aclc::bursts
