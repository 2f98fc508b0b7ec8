// SPDX-License-Identifier: Apache-2.0
// Any bytes as a request to the local API, in one piece and in two.
#include <cstdint>

#include "base/check.h"
#include "daemon/api/http.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aclc;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  http::Request whole;
  const http::Progress progress = http::parse_request(bytes, whole, 4096);
  if (progress == http::Progress::kDone) {
    http::Request again;
    ACLC_CHECK(http::parse_request(http::write_request(whole), again, 65536) == http::Progress::kDone);
    ACLC_CHECK(again.path == whole.path && again.query == whole.query && again.body == whole.body);
  }
  http::Request part;
  (void)http::parse_request(bytes.substr(0, size / 2), part, 4096);
  (void)http::parse_answer(bytes);
  return 0;
}
