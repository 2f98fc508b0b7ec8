// SPDX-License-Identifier: Apache-2.0
// The steps of lookup.h for sixteen IPv4 packets at once, with AVX-512. What few packets need (a second bucket, the address
// 0.0.0.0, a wide row) is done for all in another round, or for these alone by lookup.h.
//
// The file is compiled for every x86-64; only functions marked below hold other instructions, and none of them is shared.
#include "evaluator/classify/bursts.h"
#include "evaluator/classify/lookup.h"
#include "evaluator/wire/semantics.h"

#ifdef __x86_64__
#ifndef __clang__
// g++ 12 takes the value of no meaning that its own header passes to instructions for a mistake (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <cstddef>

#define ACLC_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx512vbmi,bmi2")))
#define ACLC_STEP ACLC_TARGET ACLC_INLINE

namespace aclc::bursts {
namespace {

// __builtin_cpu_supports asks the operating system too. BF16 and VBMI2 are not used: they tell processors whose gathers are
// fast from those on which every gather waits for the one before (as mended against CVE-2022-40982).
bool have_instructions() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vbmi") &&
         __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512bf16");
}
const bool have = have_instructions();  // whoever asks before it is set goes the other way

constexpr uint32_t kLanes = 16;
constexpr size_t kWorthwhile = 6;  // fewer packets are sooner done one by one
constexpr __mmask16 kAll = 0xffff;
using Lanes = __m512i;  // a number of 32 bits for each packet

ACLC_STEP Lanes all(uint32_t n) { return _mm512_set1_epi32(static_cast<int>(n)); }
ACLC_STEP Lanes zero() { return _mm512_setzero_si512(); }
// From an array of numbers at `base`. The masked form depends on no older value of a register.
ACLC_STEP Lanes gather(const void* base, Lanes index) { return _mm512_mask_i32gather_epi32(zero(), kAll, index, base, 4); }

// The upper halves of the products with one number.
ACLC_STEP Lanes multiply_high(Lanes a, Lanes b) {
  const Lanes even = _mm512_mul_epu32(a, b);
  const Lanes odd = _mm512_mul_epu32(_mm512_srli_epi64(a, 32), b);
  return _mm512_mask_mov_epi32(_mm512_srli_epi64(even, 32), 0xaaaa, odd);
}

// host_hash and first_bucket.
ACLC_STEP Lanes first_buckets(const AddressMap4View& map, Lanes key) {
  const Lanes mixed = _mm512_xor_si512(key, all(static_cast<uint32_t>(map.seed >> 32)));
  const Lanes low = multiply_high(mixed, all(static_cast<uint32_t>(map.seed)));
  const Lanes hash = _mm512_add_epi32(low, _mm512_mullo_epi32(mixed, all(static_cast<uint32_t>(map.seed >> 32))));
  return multiply_high(hash, all(map.bucket_span));
}

// The places in `values`, as find_range.
ACLC_STEP Lanes find_ranges(const AddressMap4View& map, Lanes key) {
  const Lanes low = all(map.low);
  const Lanes clamped = _mm512_min_epu32(_mm512_max_epu32(key, low), all(map.high));
  Lanes at = gather(map.index, _mm512_srl_epi32(_mm512_sub_epi32(clamped, low), _mm_cvtsi32_si128(static_cast<int>(map.shift))));
  for (uint32_t step = map.steps; step-- > 0;) {
    const Lanes next = _mm512_add_epi32(at, all(uint32_t{1} << step));
    at = _mm512_mask_mov_epi32(at, _mm512_cmple_epu32_mask(gather(map.starts, next), key), next);
  }
  return at;
}

ACLC_STEP uint64_t joined(__mmask16 a, __mmask16 b, __mmask16 c, __mmask16 d) {
  return _mm512_kunpackd(_mm512_kunpackw(d, c), _mm512_kunpackw(b, a));
}

// Four bits of `bits` to each packet.
ACLC_STEP Lanes nibbles(uint64_t bits) {
  const Lanes halves = _mm512_permutexvar_epi32(_mm512_set_epi32(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0),
                                                _mm512_castsi128_si512(_mm_cvtsi64_si128(static_cast<long long>(bits))));
  const Lanes shifts = _mm512_set_epi32(28, 24, 20, 16, 12, 8, 4, 0, 28, 24, 20, 16, 12, 8, 4, 0);
  return _mm512_and_si512(_mm512_srlv_epi32(halves, shifts), all(15));
}

ACLC_STEP Lanes four_keys(const format::HostBucket4* hosts, const uint32_t* bucket) {
  const auto keys = [&](uint32_t i) ACLC_TARGET { return _mm_load_si128(reinterpret_cast<const __m128i*>(hosts[bucket[i]].key)); };
  const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(keys(0)), keys(1), 1);
  const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(keys(2)), keys(3), 1);
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

// For packets whose address stands in `hosts`, the place of its value in `values`, if that array went on for so long (both lie
// in one section of less than 2 GiB); `otherwise` for others.
ACLC_STEP Lanes find_hosts(const AddressMap4View& map, Lanes key, Lanes otherwise) {
  const auto apart = (reinterpret_cast<uintptr_t>(map.hosts) - reinterpret_cast<uintptr_t>(map.values)) / sizeof(uint32_t);
  const Lanes spread = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
  const Lanes first_bit = _mm512_set_epi32(0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, 0);
  const Lanes base = all(static_cast<uint32_t>(apart) + 4);
  Lanes bucket = first_buckets(map, key);
  Lanes out = otherwise;
  __mmask16 open = kAll;
  for (uint32_t probe = 0;; ++probe) {
    alignas(64) uint32_t at[kLanes];
    _mm512_store_si512(at, bucket);
    const Lanes a = four_keys(map.hosts, at);
    const Lanes b = four_keys(map.hosts, at + 4);
    const Lanes c = four_keys(map.hosts, at + 8);
    const Lanes d = four_keys(map.hosts, at + 12);
    const __mmask16 same_a = _mm512_cmpeq_epi32_mask(a, _mm512_permutexvar_epi32(spread, key));
    const __mmask16 same_b = _mm512_cmpeq_epi32_mask(b, _mm512_permutexvar_epi32(_mm512_add_epi32(spread, all(4)), key));
    const __mmask16 same_c = _mm512_cmpeq_epi32_mask(c, _mm512_permutexvar_epi32(_mm512_add_epi32(spread, all(8)), key));
    const __mmask16 same_d = _mm512_cmpeq_epi32_mask(d, _mm512_permutexvar_epi32(_mm512_add_epi32(spread, all(12)), key));
    const Lanes places = nibbles(joined(same_a, same_b, same_c, same_d));
    const Lanes found = _mm512_add_epi32(_mm512_add_epi32(base, _mm512_slli_epi32(bucket, 3)), _mm512_permutexvar_epi32(places, first_bit));
    const __mmask16 hit = _mm512_mask_test_epi32_mask(open, places, places);
    out = _mm512_mask_mov_epi32(out, hit, found);
    if (probe == map.max_probe) return out;
    // Whoever was not found in a full bucket looks into the next.
    const uint64_t used = joined(_mm512_test_epi32_mask(a, a), _mm512_test_epi32_mask(b, b), _mm512_test_epi32_mask(c, c), _mm512_test_epi32_mask(d, d));
    open = static_cast<__mmask16>(open & ~hit & _pext_u64(used, 0x8888888888888888u));
    if (__builtin_expect(open == 0, 1)) return out;
    bucket = _mm512_mask_add_epi32(bucket, open, bucket, all(1));
  }
}

// A node has often one address of its own: there is but one bucket, and no need to look where it is.
ACLC_STEP Lanes find_in_bucket(const format::HostBucket4& bucket, Lanes key, Lanes otherwise) {
  for (int i = 0; i < 4; ++i) {
    if (bucket.value[i] == 0) break;
    otherwise = _mm512_mask_mov_epi32(otherwise, _mm512_cmpeq_epi32_mask(key, all(bucket.key[i])), all(bucket.value[i]));
  }
  return otherwise;
}

ACLC_STEP Lanes find_addresses(const AddressMap4View& map, Lanes key) {
  const Lanes range = map.steps != 0 ? find_ranges(map, key) : zero();
  if (map.bucket_span == 0) return map.steps != 0 ? gather(map.values, range) : all(map.values[0]);
  if (map.bucket_span == 1 && map.max_probe == 0) {
    return find_in_bucket(map.hosts[0], key, map.steps != 0 ? gather(map.values, range) : all(map.values[0]));
  }
  const Lanes value = gather(map.values, find_hosts(map, key, range));
  // Free places hold key 0.
  const __mmask16 nil = _mm512_testn_epi32_mask(key, key);
  if (__builtin_expect(nil != 0, 0)) return _mm512_mask_mov_epi32(value, nil, all(lookup::find_address(map, 0u)));
  return value;
}

ACLC_STEP Lanes find_atoms(const PlaneView<AddressMap4View>& plane, Lanes maps, Lanes protocol, Lanes port) {
  const auto* kinds = reinterpret_cast<const Lanes*>(plane.kinds);
  const Lanes low = _mm512_permutex2var_epi8(_mm512_loadu_si512(kinds), protocol, _mm512_loadu_si512(kinds + 1));
  const Lanes high = _mm512_permutex2var_epi8(_mm512_loadu_si512(kinds + 2), protocol, _mm512_loadu_si512(kinds + 3));
  const Lanes kind = _mm512_and_si512(_mm512_mask_mov_epi32(low, _mm512_test_epi32_mask(protocol, all(128)), high), all(0xff));
  const Lanes map = _mm512_add_epi32(maps, kind);
  Lanes top;
  if (plane.map_count <= kLanes) {
    top = _mm512_permutexvar_epi32(map, _mm512_maskz_loadu_epi32(static_cast<__mmask16>((1u << plane.map_count) - 1), plane.maps));
  } else {
    top = gather(plane.maps, map);
  }
  const Lanes page = gather(plane.tops, _mm512_add_epi32(top, _mm512_srli_epi32(port, 8)));
  return gather(plane.pages, _mm512_add_epi32(page, _mm512_and_si512(port, all(0xff))));
}

ACLC_STEP Lanes two_rows(const std::byte* rows, const uint32_t* at) {
  const auto starts = [&](uint32_t i) ACLC_TARGET { return _mm256_load_si256(reinterpret_cast<const __m256i*>(rows + at[i])); };
  return _mm512_inserti64x4(_mm512_castsi256_si512(starts(0)), starts(1), 1);
}

ACLC_STEP Lanes find_answers(const std::byte* rows, Lanes ref, Lanes atom) {
  const __mmask16 wide = _mm512_test_epi32_mask(ref, all(3));
  // Where a row is wide, the short row 0 is read in its place.
  const Lanes offset = _mm512_maskz_slli_epi32(static_cast<__mmask16>(~wide), ref, 4);
  alignas(64) uint32_t at[kLanes];
  _mm512_store_si512(at, offset);
  const Lanes spread = _mm512_set_epi32(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
  const auto above = [&](uint32_t pair) ACLC_TARGET {
    return _mm512_cmpgt_epi32_mask(two_rows(rows, at + 2 * pair), _mm512_permutexvar_epi32(_mm512_add_epi32(spread, all(2 * pair)), atom));
  };
  const uint64_t low = joined(above(0), above(1), above(2), above(3));
  const uint64_t high = joined(above(4), above(5), above(6), above(7));
  const Lanes bits = _mm512_cvtepu8_epi32(_mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low)));
  // The first start above the atom: the lowest bit, less than eight since the last start is above every atom.
  const Lanes lowest = _mm512_and_si512(bits, _mm512_sub_epi32(zero(), bits));
  const Lanes run = _mm512_sub_epi32(all(31), _mm512_lzcnt_epi32(lowest));
  const Lanes answer = gather(rows, _mm512_add_epi32(_mm512_add_epi32(_mm512_srli_epi32(offset, 2), run), all(format::kShortRuns + 1)));
  if (__builtin_expect(wide == 0, 1)) return answer;
  alignas(64) uint32_t refs[kLanes];
  alignas(64) uint32_t atoms[kLanes];
  alignas(64) uint32_t answers[kLanes];
  _mm512_store_si512(refs, ref);
  _mm512_store_si512(atoms, atom);
  _mm512_store_si512(answers, answer);
  for (uint32_t left = wide; left != 0; left &= left - 1) {
    const auto i = static_cast<uint32_t>(__builtin_ctz(left));
    answers[i] = lookup::find_answer(rows, refs[i], atoms[i]);
  }
  return _mm512_load_si512(answers);
}

// Of what is known of source, destination, protocol and port.
ACLC_STEP Lanes decide(const PlaneView<AddressMap4View>& plane, Lanes row, Lanes maps, Lanes protocol, Lanes port) {
  const Lanes answer = find_answers(plane.rows, row, find_atoms(plane, maps, protocol, port));
  const __mmask16 own_message = _mm512_cmpeq_epi32_mask(protocol, all(wire::kTsmp));
  return _mm512_mask_mov_epi32(answer, own_message, _mm512_maskz_mov_epi32(_mm512_test_epi32_mask(maps, maps), all(Verdict::kWithoutRule)));
}

static_assert(sizeof(Packet4) == 12 && offsetof(Packet4, src) == 0 && offsetof(Packet4, dst) == 4 && offsetof(Packet4, port) == 8 &&
              offsetof(Packet4, protocol) == 10 && sizeof(Verdict) == 4);

// The first `count` of sixteen packets; nothing is read or written behind them.
ACLC_STEP void decide_sixteen(const PlaneView<AddressMap4View>& plane, const Packet4* packets, Verdict* verdicts, uint32_t count) {
  const uint64_t words = _bzhi_u64(~uint64_t{0}, 3 * count);
  const auto* from = reinterpret_cast<const uint32_t*>(packets);
  const Lanes a = _mm512_maskz_loadu_epi32(static_cast<__mmask16>(words), from);
  const Lanes b = _mm512_maskz_loadu_epi32(static_cast<__mmask16>(words >> 16), from + 16);
  const Lanes c = _mm512_maskz_loadu_epi32(static_cast<__mmask16>(words >> 32), from + 32);
  // Every third word: of the first ten or eleven packets from a and b, of the others from c.
  const Lanes early = _mm512_set_epi32(0, 0, 0, 0, 0, 30, 27, 24, 21, 18, 15, 12, 9, 6, 3, 0);
  const Lanes late = _mm512_set_epi32(29, 26, 23, 20, 17, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const Lanes later = _mm512_set_epi32(30, 27, 24, 21, 18, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const Lanes latest = _mm512_set_epi32(31, 28, 25, 22, 19, 16, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const Lanes src = _mm512_permutex2var_epi32(_mm512_permutex2var_epi32(a, early, b), late, c);
  const Lanes dst = _mm512_permutex2var_epi32(_mm512_permutex2var_epi32(a, _mm512_add_epi32(early, all(1)), b), later, c);
  const Lanes rest = _mm512_permutex2var_epi32(_mm512_permutex2var_epi32(a, _mm512_add_epi32(early, all(2)), b), latest, c);
  const Lanes port = _mm512_and_si512(rest, all(0xffff));
  const Lanes protocol = _mm512_and_si512(_mm512_srli_epi32(rest, 16), all(0xff));  // the byte behind it may hold anything
  const Lanes maps = find_addresses(plane.destinations, dst);
  const Lanes row = find_addresses(plane.sources, src);
  _mm512_mask_storeu_epi32(verdicts, static_cast<__mmask16>(_bzhi_u32(kAll, count)), decide(plane, row, maps, protocol, port));
}

}  // namespace

bool can_abreast() { return have; }

ACLC_TARGET void decide_abreast(const PlaneView<AddressMap4View>& shared, std::span<const Packet4> packets, std::span<Verdict> verdicts) {
  ACLC_CHECK(verdicts.size() >= packets.size());
  const PlaneView<AddressMap4View> plane = shared;  // a copy that no store to `verdicts` can be suspected of changing
  size_t at = 0;
  for (; packets.size() - at >= kLanes; at += kLanes) decide_sixteen(plane, packets.data() + at, verdicts.data() + at, kLanes);
  const size_t left = packets.size() - at;
  if (left >= kWorthwhile) return decide_sixteen(plane, packets.data() + at, verdicts.data() + at, static_cast<uint32_t>(left));
  if (left != 0) decide_in_turn(shared, packets.subspan(at), verdicts.subspan(at));
}

}  // namespace aclc::bursts

#else  // other machines

namespace aclc::bursts {

bool can_abreast() { return false; }
void decide_abreast(const PlaneView<AddressMap4View>& plane, std::span<const Packet4> packets, std::span<Verdict> verdicts) {
  decide_in_turn(plane, packets, verdicts);
}

}  // namespace aclc::bursts
#endif
