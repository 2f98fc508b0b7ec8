// SPDX-License-Identifier: Apache-2.0
// Tells the host's programs about the stub resolver, and takes that back.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace aclc::dns {

class HostDns {
 public:
  virtual ~HostDns() = default;
  /// The servers that the host had before, to be asked where the policy names none.
  virtual std::vector<std::string> own_servers() = 0;
  virtual Result<Done> point_at_stub(const std::vector<std::string>& search) = 0;
  /// What was there before; where somebody else has changed it meanwhile, it is left as it is.
  virtual Result<Done> restore() = 0;
};

/// Replaces `path`, keeping what was there in `kept`, so that it comes back even after a crash: `restore` of the next run finds it. A link
/// comes back as the link, a file with its mode and owner, none as none. A file that is a mount of its own (containers) is rewritten in place.
std::unique_ptr<HostDns> resolv_conf_file(std::string path, std::string kept);
/// `resolvectl dns` and `domain` for our interface; everything goes with the interface.
std::unique_ptr<HostDns> systemd_resolved(std::string interface);

}  // namespace aclc::dns
