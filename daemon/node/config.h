// SPDX-License-Identifier: Apache-2.0
// What an administrator tells a node's daemon: one flat HuJSON object. `daemon/packaging/aclcd.hujson` shows and explains every field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aclc {

/// What happens when a snapshot expires and no newer one has come.
enum class OnExpiry { kFailStatic, kFailClosed };
/// Who tells the host's programs about the stub resolver.
enum class DnsMode { kOff, kFile, kResolved };
enum class TunnelKind { kProgram, kKernel };

struct NodeConfig {
  std::string private_key;                              ///< file: WireGuard key in base64, readable by its owner only
  std::string trusted_key;                              ///< file: public Ed25519 key in PEM
  std::string snapshot;                                 ///< file, or folder that holds NODE.snapshot files; watched
  std::string interface = "aclc0";
  std::string table = "aclcd";                          ///< nftables, family inet
  uint16_t listen_port = 41641;
  std::string state_dir = "/var/lib/aclcd";
  std::string socket = "/run/aclcd/aclcd.sock";
  std::string operators;                                ///< group that may change things; empty: root only
  TunnelKind tunnel = TunnelKind::kProgram;             ///< kKernel: where the kernel has WireGuard
  std::string tunnel_program = "wireguard-go";
  OnExpiry on_expiry = OnExpiry::kFailStatic;
  bool shields_up = false;
  bool reject = false;                                  ///< answer what no rule allows, rather than drop it in silence
  bool masquerade = true;                               ///< of what comes from the mesh and leaves by a subnet route
  std::string flow_log;                                 ///< file of JSON lines; `-`: standard output; empty: none
  uint16_t log_group = 17;                              ///< NFLOG group of this network namespace
  std::string exit_node;                                ///< a peer's name; empty: none is used
  bool exit_node_allow_lan = false;
  DnsMode dns = DnsMode::kOff;
  std::string resolv_conf = "/etc/resolv.conf";         ///< for DnsMode::kFile
};

/// Unknown fields, wrong types and missing files' names are faults that say their line. Paths are taken as written.
Result<NodeConfig> read_config(std::string_view text, const std::string& path);

}  // namespace aclc
