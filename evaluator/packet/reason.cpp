// SPDX-License-Identifier: Apache-2.0
#include "evaluator/packet/packet_filter.h"

namespace aclc {

std::string_view reason_name(Reason reason) {
  switch (reason) {
    case Reason::kKeepalive: return "keepalive";
    case Reason::kRule: return "rule";
    case Reason::kReply: return "reply";
    case Reason::kRelated: return "related";
    case Reason::kFragment: return "fragment";
    case Reason::kIcmpReply: return "icmp-reply";
    case Reason::kTcpNonSyn: return "tcp-non-syn";
    case Reason::kOwnMessage: return "own-message";
    case Reason::kPeerService: return "peer-service";
    case Reason::kHook: return "hook";
    case Reason::kOutbound: return "outbound";
    case Reason::kNoPolicy: return "no-policy";
    case Reason::kTooShort: return "too-short";
    case Reason::kUnknownProtocol: return "unknown-protocol";
    case Reason::kMulticast: return "multicast";
    case Reason::kLinkLocalUnicast: return "link-local";
    case Reason::kNotSelf: return "not-self";
    case Reason::kNoRule: return "no-rule";
    case Reason::kShieldsUp: return "shields-up";
    case Reason::kNoFlow: return "no-flow";
    case Reason::kStrayFragment: return "stray-fragment";
  }
  return "unknown";
}

}  // namespace aclc
