// SPDX-License-Identifier: Apache-2.0
// What both servers' clients share: a base URL, a bearer token, patience, and failures in words.
#pragma once

#include <string>
#include <vector>

#include "deploy/control_plane/control_plane.h"

namespace aclc {

/// Why a URL is none that a policy may be fetched from; empty: it may.
std::string fault_of_url(std::string_view url, bool allow_http);

class Session {
 public:
  Session(http::Transport& transport, ServerOptions options, Credentials credentials)
      : transport_(transport), options_(std::move(options)), credentials_(std::move(credentials)) {}

  /// With a bearer token, if `authorised`. No answer is a Failure, and so is a page for browsers in place of one; any status is an answer.
  Result<http::Response> send(std::string method, std::string_view path, http::Headers headers, std::string body, bool authorised = true);

  /// An answer that is none of those expected, in words: what was tried, the status, what the server said.
  Failure unexpected(std::string_view what, const http::Response& response) const;

  /// That something between, or another program there, answered with a page for browsers.
  Failure not_the_api(std::string_view what) const;

  /// Text of the server's as it may be shown: no secrets, nothing a terminal would obey, of readable length.
  std::string shown(std::string_view text) const;

  const ServerOptions& options() const { return options_; }
  Credentials& credentials() { return credentials_; }
  /// The base URL without its scheme.
  std::string host() const;

 private:
  void log(const std::string& line) const;

  http::Transport& transport_;
  ServerOptions options_;
  Credentials credentials_;
};

/// A segment of a path or a value of a form, with all but letters, digits and -._~ as %XX.
std::string url_escaped(std::string_view text);

}  // namespace aclc
