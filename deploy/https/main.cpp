// SPDX-License-Identifier: Apache-2.0
// aclc-https: one HTTP exchange after another for `aclc`, which asks on standard input and reads on standard output (the
// form is that of deploy/http/wire.h). Ends when no question comes any more. All of the name resolution, proxies and TLS of
// the project is in here, and in libcurl behind it.
#include <curl/curl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>

#include "deploy/http/wire.h"

namespace {

using aclc::http::Request;
using aclc::http::Response;
using aclc::http::Trouble;
using aclc::http::TroubleKind;
using Answer = aclc::Result<Response, Trouble>;

constexpr size_t kMaxHeaderBytes = size_t{64} << 10;

/// What of an answer has come so far.
struct Arriving {
  Response response;
  size_t max_bytes = 0;
  size_t header_bytes = 0;
  bool too_large = false;
};

size_t take_body(char* data, size_t, size_t n, void* to) {
  auto& a = *static_cast<Arriving*>(to);
  if (a.response.body.size() + n > a.max_bytes) {
    a.too_large = true;
    return 0;
  }
  a.response.body.append(data, n);
  return n;
}

std::string trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

size_t take_header(char* data, size_t, size_t n, void* to) {
  auto& a = *static_cast<Arriving*>(to);
  a.header_bytes += n;
  if (a.header_bytes > kMaxHeaderBytes) {
    a.too_large = true;
    return 0;
  }
  const std::string_view line(data, n);
  if (line.substr(0, 5) == "HTTP/") a.response.headers.clear();  // those before were of an interim answer or a proxy
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return n;
  std::string name = trimmed(line.substr(0, colon));
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  a.response.headers.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
  return n;
}

TroubleKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return TroubleKind::kTimeout;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT: return TroubleKind::kUnreachable;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return TroubleKind::kCertificate;
    case CURLE_FILESIZE_EXCEEDED: return TroubleKind::kTooLarge;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_OUT_OF_MEMORY: return TroubleKind::kLocal;
    default: return TroubleKind::kBroken;
  }
}

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

/// Null: a header that is none, or no memory.
List header_list(const Request& request) {
  List list;
  const auto add = [&list](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return false;
    (void)list.release();
    list.reset(longer);
    return true;
  };
  if (!add("Expect:")) return nullptr;  // no round trip before the body
  for (const auto& [name, value] : request.headers) {
    if (has_line_break(name) || has_line_break(value) || !add(name + ": " + value)) return nullptr;
  }
  return list;
}

Answer exchange(CURL* curl, const Request& request) {
  char why[CURL_ERROR_SIZE] = "";
  Arriving arriving;
  arriving.max_bytes = request.limits.max_bytes;
  const List headers = header_list(request);
  if (!headers) return Trouble{TroubleKind::kLocal, "a header has a line break in it"};

  curl_easy_reset(curl);  // keeps connections
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!request.limits.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, request.limits.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.limits.connect_ms));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.limits.total_ms));
  curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.limits.max_bytes));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "aclc/" ACLC_VERSION);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method != "GET") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &arriving);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &arriving);

  const CURLcode code = curl_easy_perform(curl);
  if (arriving.too_large || code == CURLE_FILESIZE_EXCEEDED) {
    return Trouble{TroubleKind::kTooLarge, "the answer is larger than " + std::to_string(request.limits.max_bytes) + " bytes"};
  }
  if (code != CURLE_OK) return Trouble{kind_of(code), *why != '\0' ? why : curl_easy_strerror(code)};
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  arriving.response.status = static_cast<int>(status);
  return std::move(arriving.response);
}

}  // namespace

int main() {
  std::signal(SIGPIPE, SIG_IGN);
  if (::isatty(0) != 0) {
    std::fputs("aclc-https: a part of aclc, which starts it and talks to it over a pipe\n", stderr);
    return 2;
  }
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return 2;
  CURL* curl = curl_easy_init();
  if (curl == nullptr) return 2;
  while (const auto request = aclc::http::read_request(0)) {
    if (!aclc::http::write_answer(1, exchange(curl, *request))) break;
  }
  curl_easy_cleanup(curl);
  curl_global_cleanup();
  return 0;
}
