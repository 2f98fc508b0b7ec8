// SPDX-License-Identifier: Apache-2.0
// A network namespace of the test's own with a tunnel whose far end the test holds: what it writes comes in as packets.
#pragma once

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "tests/support/packets.h"

namespace aclc::testing {

inline bool run_quietly(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }
inline void write_setting(const std::string& name, const char* value) { std::ofstream("/proc/sys/net/" + name) << value; }

class Tunnel {
 public:
  explicit Tunnel(const char* name) : fd_(open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK)) {
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    std::snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (fd_ >= 0 && ioctl(fd_, TUNSETIFF, &request) != 0) {
      close(fd_);
      fd_ = -1;
    }
  }
  Tunnel(const Tunnel&) = delete;
  Tunnel& operator=(const Tunnel&) = delete;
  ~Tunnel() {
    if (fd_ >= 0) close(fd_);
  }
  bool ok() const { return fd_ >= 0; }

  bool send(Bytes packet) {
    fix_ip4_checksum(packet);
    return write(fd_, packet.data(), packet.size()) == static_cast<ssize_t>(packet.size());
  }
  /// A packet that the kernel sent; empty when there is none.
  Bytes receive() {
    Bytes out(4096);
    const ssize_t n = read(fd_, out.data(), out.size());
    out.resize(n > 0 ? static_cast<size_t>(n) : 0);
    return out;
  }

 private:
  int fd_;
};

/// Moves the process into a new namespace and gives it 100.64.0.9 and fd7a:115c:a1e0::9 on `tun0`, and `lan0` towards 10.33.0.0/24.
/// False where that is not allowed here.
inline bool enter_own_network() {
  if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0) return false;
  return run_quietly("ip link set lo up && nft list ruleset");
}

inline bool configure_own_network() {
  write_setting("netfilter/nf_conntrack_checksum", "0");
  write_setting("ipv4/ip_forward", "1");
  write_setting("ipv6/conf/all/forwarding", "1");
  for (const char* device : {"all", "tun0", "lan0"}) write_setting("ipv4/conf/" + std::string(device) + "/rp_filter", "0");
  return run_quietly(
      "ip addr add 100.64.0.9/32 dev tun0 && ip addr add fd7a:115c:a1e0::9/128 dev tun0 nodad && ip link set tun0 up && "
      "ip route add 100.64.0.0/10 dev tun0 && ip route add fd7a:115c:a1e0::/48 dev tun0 && "
      "ip link set lan0 up && ip addr add 10.33.0.1/24 dev lan0");
}

}  // namespace aclc::testing
