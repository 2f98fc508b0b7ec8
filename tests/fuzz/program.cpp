// SPDX-License-Identifier: Apache-2.0
// Any bytes as a program: refused, or safe to use for every packet. The checksum is put right first, so that the fuzzer gets past it.
#include <cstdint>
#include <cstring>
#include <vector>

#include "evaluator/classify/classify.h"
#include "evaluator/program/program.h"
#include "tests/support/random_filter.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aclc;
  std::vector<std::byte> bytes(size);
  if (size != 0) std::memcpy(bytes.data(), data, size);
  if (size >= sizeof(format::FileHeader)) {
    format::FileHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    std::memcpy(header.magic, format::kMagic, sizeof header.magic);
    header.version = format::kVersion;
    header.byte_order = format::kByteOrder;
    header.size = size;
    std::memcpy(bytes.data(), &header, sizeof header);
    header.checksum = program_checksum(bytes);
    std::memcpy(bytes.data(), &header, sizeof header);
  }
  const auto program = Program::load(ProgramBytes::copy(bytes));
  if (!program) return 0;
  testing::Random random(size);
  for (size_t node = 0; node < (*program)->node_count() && node < 16; ++node) {
    const Filter& filter = (*program)->filter(node);
    (void)(*program)->node_name(node);
    std::vector<Packet4> v4;
    std::vector<Packet6> v6;
    for (int i = 0; i < 64; ++i) {
      const Packet p = testing::random_packet(random);
      const Verdict one = classify(filter, p);
      if (one.has_rule()) {
        ACLC_CHECK(one.rule() < filter.rule_count());
        (void)filter.origins(one.rule());
      }
      v4.push_back({static_cast<uint32_t>(p.src.lo), static_cast<uint32_t>(p.dst.lo), p.port, p.protocol});
      v6.push_back({p.src.hi, p.src.lo, p.dst.hi, p.dst.lo, p.port, p.protocol});
    }
    std::vector<Verdict> verdicts(v4.size());
    classify(filter, v4, verdicts);
    for (size_t i = 0; i < v4.size(); ++i) ACLC_CHECK(verdicts[i] == classify(filter, v4[i]));
    classify(filter, v6, verdicts);
    for (size_t i = 0; i < v6.size(); ++i) ACLC_CHECK(verdicts[i] == classify(filter, v6[i]));
  }
  return 0;
}
