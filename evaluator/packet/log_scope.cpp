// SPDX-License-Identifier: Apache-2.0
#include "evaluator/packet/log_scope.h"

#include <algorithm>

namespace aclc {

LogScope::LogScope(const AddressSet& routes) : nets_(routes) {
  for (const Family family : {Family::kV4, Family::kV6}) {
    const AddressRange whole = Prefix{Address::of(family, 0), 0}.range();
    if (routes.contains(whole)) nets_.remove(whole);
  }
  nets_.add(Prefix{Address::v4(0x64400000), 10});
  nets_.add(Prefix{Address::v6(uint128{0xfd7a115ca1e0} << 80), 48});
}

bool LogScope::may_log(const PacketHeaders& packet, bool outbound) const {
  constexpr uint8_t kIgmp = 2;
  const bool local_noise = is_multicast(packet.dst) || (is_link_local_unicast(packet.dst) && !is_metadata_service(packet.dst));
  if (outbound && (local_noise || (packet.dst.is_v4() && packet.protocol == kIgmp))) return false;
  return nets_.contains(packet.src) && nets_.contains(packet.dst);
}

bool LogBudget::take(uint64_t now) {
  const uint64_t earned = (now - refilled_) / period_;
  if (earned > 0) {
    left_ = static_cast<uint32_t>(std::min<uint64_t>(burst_, left_ + earned));
    refilled_ += earned * period_;
  }
  if (left_ == 0) return false;
  --left_;
  return true;
}

}  // namespace aclc
