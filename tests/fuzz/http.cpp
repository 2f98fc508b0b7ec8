// SPDX-License-Identifier: Apache-2.0
// Any bytes as a request to the local API, in one piece and in two.
#include <cstdint>

#include "base/check.h"
#include "daemon/api/http.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aclc;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  local_http::Request whole;
  const local_http::Progress progress = local_http::parse_request(bytes, whole, 4096);
  if (progress == local_http::Progress::kDone) {
    local_http::Request again;
    ACLC_CHECK(local_http::parse_request(local_http::write_request(whole), again, 65536) == local_http::Progress::kDone);
    ACLC_CHECK(again.path == whole.path && again.query == whole.query && again.body == whole.body);
  }
  local_http::Request part;
  (void)local_http::parse_request(bytes.substr(0, size / 2), part, 4096);
  (void)local_http::parse_answer(bytes);
  return 0;
}
