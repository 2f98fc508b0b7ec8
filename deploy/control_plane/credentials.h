// SPDX-License-Identifier: Apache-2.0
// Who asks: an API key, an OAuth client, or a workload's identity token. From the environment or a file that it names.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aclc {

/// A text that must not be shown: no formatter takes it, and its memory is wiped.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  bool empty() const { return text_.empty(); }
  /// For the wire alone.
  const std::string& reveal() const { return text_; }

 private:
  void wipe();
  std::string text_;
};

struct Credentials {
  enum class Kind { kApiKey, kOauthClient, kIdentityToken };
  Kind kind = Kind::kApiKey;
  std::string client_id;  ///< of the two latter
  Secret secret;          ///< API key, client secret or identity token
  Secret token;           ///< what the server gave for the two latter, once it did

  /// The text with every secret in it replaced, also where a server gives it back encoded for a URL or in JSON.
  std::string hide(std::string_view text) const;
};

/// Null: not set. As getenv(3).
using Environment = std::function<const char*(const char* name)>;

/// TS_API_KEY; TS_OAUTH_ID with TS_OAUTH_SECRET; TS_OAUTH_ID with TS_ID_TOKEN. Each secret may be given as a file by
/// NAME_FILE instead. None, a part, or more than one kind at once is a failure that says which names are set.
Result<Credentials> hosted_credentials(const Environment& environment);
/// HEADSCALE_CLI_API_KEY, or HEADSCALE_CLI_API_KEY_FILE.
Result<Credentials> headscale_credentials(const Environment& environment);

}  // namespace aclc
