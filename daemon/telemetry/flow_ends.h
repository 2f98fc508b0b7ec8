// SPDX-License-Identifier: Apache-2.0
// Flows that the kernel's connection tracking has let go of, read without blocking.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "daemon/telemetry/flow_record.h"

namespace aclc {

struct FlowEnd {
  FlowTuple flow;  ///< as its first packet had it
  uint64_t packets_in = 0, bytes_in = 0;    ///< in the direction of the first packet; 0 unless nf_conntrack_acct is set
  uint64_t packets_out = 0, bytes_out = 0;
  double seconds = 0;                        ///< 0 unless nf_conntrack_timestamp is set
};

class FlowEnds {
 public:
  /// All of this network namespace, not only the mesh's: the caller picks.
  static Result<std::unique_ptr<FlowEnds>> open();
  virtual ~FlowEnds() = default;
  virtual int descriptor() const = 0;
  virtual void read(const std::function<void(const FlowEnd&)>& take) = 0;
  virtual uint64_t lost() const = 0;
};

}  // namespace aclc
