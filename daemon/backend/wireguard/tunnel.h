// SPDX-License-Identifier: Apache-2.0
// A WireGuard tunnel: in another process, or in the kernel.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "daemon/backend/wireguard/uapi.h"

namespace aclc::wireguard {

class Tunnel {
 public:
  virtual ~Tunnel() = default;
  virtual Result<DeviceState> state() = 0;
  virtual Result<Done> change(const DeviceChange& change) = 0;
};

/// Speaks to `/var/run/wireguard/INTERFACE.sock`. The folder is the host's, not the network namespace's: names are unique on a host.
std::unique_ptr<Tunnel> uapi_tunnel(const std::string& interface);

/// A wireguard-go of our own. It is ended with this object; the interface goes with it.
class TunnelProcess {
 public:
  /// Starts `program INTERFACE` and waits until its socket answers, up to `patience_ms`.
  static Result<std::unique_ptr<TunnelProcess>> start(const std::string& program, const std::string& interface, int patience_ms = 5000);
  ~TunnelProcess();
  TunnelProcess(const TunnelProcess&) = delete;
  TunnelProcess& operator=(const TunnelProcess&) = delete;
  pid_t pid() const { return pid_; }
  /// False once it has ended by itself.
  bool alive();

 private:
  explicit TunnelProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_;
};

/// Whoever makes the interface and takes it away again.
class TunnelHost {
 public:
  virtual ~TunnelHost() = default;
  /// Nothing to do where it is open already.
  virtual Result<Done> open() = 0;
  virtual void close() = 0;
  virtual bool is_open() = 0;
  virtual Tunnel& tunnel() = 0;
};
/// Linux' own WireGuard; `otherwise` where this kernel has none. The interface is marked as ours: it outlives a daemon that dies, and the
/// next one goes on with it.
std::unique_ptr<TunnelHost> kernel_wireguard(const std::string& interface, std::unique_ptr<TunnelHost> otherwise);
std::unique_ptr<TunnelHost> wireguard_go(const std::string& program, const std::string& interface);

}  // namespace aclc::wireguard
