// SPDX-License-Identifier: Apache-2.0
#include "daemon/snapshot/signature.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/check.h"

namespace aclc {

struct KeyHandle {
  explicit KeyHandle(EVP_PKEY* k) : key(k) {}
  KeyHandle(const KeyHandle&) = delete;
  KeyHandle& operator=(const KeyHandle&) = delete;
  ~KeyHandle() { EVP_PKEY_free(key); }
  EVP_PKEY* key;
};

namespace {

constexpr size_t kSignatureSize = 64;
constexpr size_t kWireGuardKeySize = 32;

struct Free {
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Digest = std::unique_ptr<EVP_MD_CTX, Free>;

const unsigned char* bytes_of(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

// An encrypted key would make OpenSSL ask on the terminal.
int no_password(char*, int, int, void*) { return -1; }

std::shared_ptr<KeyHandle> generate_key(int type) {
  const std::unique_ptr<EVP_PKEY_CTX, Free> context(EVP_PKEY_CTX_new_id(type, nullptr));
  EVP_PKEY* key = nullptr;
  ACLC_CHECK(context && EVP_PKEY_keygen_init(context.get()) == 1 && EVP_PKEY_keygen(context.get(), &key) == 1);
  return std::make_shared<KeyHandle>(key);
}

std::string raw_public(const KeyHandle& handle) {
  std::string out(kWireGuardKeySize, '\0');
  size_t size = out.size();
  ACLC_CHECK(EVP_PKEY_get_raw_public_key(handle.key, reinterpret_cast<unsigned char*>(out.data()), &size) == 1);
  return out;
}

}  // namespace

SigningKey SigningKey::generate() { return SigningKey(generate_key(EVP_PKEY_ED25519)); }

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto handle = std::make_shared<KeyHandle>(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (handle->key == nullptr || EVP_PKEY_id(handle->key) != EVP_PKEY_ED25519) {
    return Failure{"the signing key is no Ed25519 private key in PEM"};
  }
  return SigningKey(std::move(handle));
}

std::string SigningKey::to_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  ACLC_CHECK(PEM_write_bio_PrivateKey(bio.get(), key_->key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(bio.get());
}

std::string SigningKey::public_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  ACLC_CHECK(PEM_write_bio_PUBKEY(bio.get(), key_->key) == 1);
  return text_of(bio.get());
}

std::string SigningKey::sign(std::string_view message) const {
  const Digest context(EVP_MD_CTX_new());
  std::string out(kSignatureSize, '\0');
  size_t size = out.size();
  ACLC_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_->key) == 1);
  ACLC_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes_of(message), message.size()) == 1);
  return out;
}

Result<TrustedKey> TrustedKey::from_pem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto handle = std::make_shared<KeyHandle>(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr));
  if (handle->key == nullptr || EVP_PKEY_id(handle->key) != EVP_PKEY_ED25519) {
    return Failure{"the trusted key is no Ed25519 public key in PEM"};
  }
  return TrustedKey(std::move(handle));
}

bool TrustedKey::verifies(std::string_view message, std::string_view signature) const {
  const Digest context(EVP_MD_CTX_new());
  return signature.size() == kSignatureSize && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_->key) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int n = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes), static_cast<int>(bytes.size()));
  out.resize(static_cast<size_t>(n));
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.size() > 4096) return std::nullopt;
  std::string out(text.size() / 4 * 3 + 1, '\0');
  const int n = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(text), static_cast<int>(text.size()));
  if (n < 0) return std::nullopt;
  out.resize(static_cast<size_t>(n));
  // EVP_DecodeBlock counts the padding as zero bytes.
  for (size_t i = text.size(); i > 0 && text[i - 1] == '=' && !out.empty() && text.size() - i < 2; --i) out.pop_back();
  if (base64(out) != text) return std::nullopt;
  return out;
}

bool is_wireguard_key(std::string_view text) {
  const auto raw = from_base64(text);
  return raw && raw->size() == kWireGuardKeySize;
}

WireGuardKeyPair generate_wireguard_keys() {
  const auto handle = generate_key(EVP_PKEY_X25519);
  std::string raw(kWireGuardKeySize, '\0');
  size_t size = raw.size();
  ACLC_CHECK(EVP_PKEY_get_raw_private_key(handle->key, reinterpret_cast<unsigned char*>(raw.data()), &size) == 1);
  return {base64(raw), base64(raw_public(*handle))};
}

Result<std::string> wireguard_public_key(std::string_view private_key) {
  const auto raw = from_base64(private_key);
  if (!raw || raw->size() != kWireGuardKeySize) return Failure{"the private key is no WireGuard key"};
  const KeyHandle handle(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, bytes_of(*raw), raw->size()));
  ACLC_CHECK(handle.key != nullptr);
  return base64(raw_public(handle));
}

}  // namespace aclc
