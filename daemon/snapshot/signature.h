// SPDX-License-Identifier: Apache-2.0
// Ed25519 keys that sign snapshots, and WireGuard keys. The cryptography is OpenSSL's.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aclc {

struct KeyHandle;  // OpenSSL's EVP_PKEY

/// The private half, held by whoever compiles policies.
class SigningKey {
 public:
  static SigningKey generate();
  /// PEM, as `openssl genpkey -algorithm ed25519` writes.
  static Result<SigningKey> from_pem(std::string_view pem);
  std::string to_pem() const;
  std::string public_pem() const;
  /// 64 bytes.
  std::string sign(std::string_view message) const;

 private:
  explicit SigningKey(std::shared_ptr<KeyHandle> key) : key_(std::move(key)) {}
  std::shared_ptr<KeyHandle> key_;
};

/// The public half, pinned in a node's configuration.
class TrustedKey {
 public:
  static Result<TrustedKey> from_pem(std::string_view pem);
  bool verifies(std::string_view message, std::string_view signature) const;

 private:
  explicit TrustedKey(std::shared_ptr<KeyHandle> key) : key_(std::move(key)) {}
  std::shared_ptr<KeyHandle> key_;
};

std::string base64(std::string_view bytes);
/// Only the canonical form, without spaces or line ends.
std::optional<std::string> from_base64(std::string_view text);

bool is_wireguard_key(std::string_view text);
struct WireGuardKeyPair {
  std::string private_key;  ///< base64
  std::string public_key;   ///< base64
};
WireGuardKeyPair generate_wireguard_keys();
Result<std::string> wireguard_public_key(std::string_view private_key);

}  // namespace aclc
