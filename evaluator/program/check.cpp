// SPDX-License-Identifier: Apache-2.0
#include "evaluator/program/check.h"

#include <algorithm>
#include <bit>

namespace aclc {
namespace {

constexpr uint32_t kMostProbes = 64;
constexpr uint32_t kMostSteps = 31;
constexpr size_t kCached = size_t{512} << 10;  // half of a usual second-level cache
constexpr size_t kAbreast = size_t{8} << 20;  // in what is larger most packets wait for memory, which stages overlap better

// Row references seen by the sources, checked once each row is known to be sound.
class Rows {
 public:
  Rows(std::span<const std::byte> bytes, uint32_t rule_count) : bytes_(bytes), rule_count_(rule_count) {}

  bool sound(uint32_t ref) {
    if (ref == last_sound_) return true;  // many neighbours share a row
    const uint64_t offset = uint64_t{ref >> 2} * format::kRowUnit;
    if (offset >= bytes_.size()) return false;
    // A row is looked at once however many sources point at it, so that the whole check stays linear.
    if (seen_.empty()) seen_.resize(bytes_.size() / format::kRowUnit + 1, kUnseen);
    uint8_t& seen = seen_[ref >> 2];
    const uint8_t form = static_cast<uint8_t>(ref & 3);
    if (seen == kUnseen) {
      if (!sound_row(offset, static_cast<format::RowForm>(form))) return false;
      seen = form;
    }
    if (seen != form) return false;
    last_sound_ = ref;
    return true;
  }

 private:
  static constexpr uint8_t kUnseen = 0xff;

  bool answers_sound(const uint32_t* answers, size_t count) const {
    return std::all_of(answers, answers + count, [this](uint32_t a) { return a <= rule_count_; });
  }

  // Each unit of bytes may belong to one row only; else rows could overlap and be read many times over.
  bool claim(uint64_t offset, uint64_t size) {
    if (size > bytes_.size() - offset) return false;
    const size_t first = static_cast<size_t>(offset / format::kRowUnit);
    const size_t last = static_cast<size_t>((offset + size - 1) / format::kRowUnit);
    for (size_t i = first + 1; i <= last; ++i) {
      if (seen_[i] != kUnseen) return false;
      seen_[i] = kInside;
    }
    return true;
  }
  static constexpr uint8_t kInside = 0xfe;

  bool sound_row(uint64_t offset, format::RowForm form) {
    const std::byte* at = bytes_.data() + offset;
    const uint64_t left = bytes_.size() - offset;
    switch (form) {
      case format::RowForm::kShort: {
        if (left < sizeof(format::ShortRow)) return false;
        const auto* row = reinterpret_cast<const format::ShortRow*>(at);
        // The search ends at the last start, which no atom reaches.
        return row->start[format::kShortRuns] == format::kNoAtom && answers_sound(row->answer, format::kShortRuns + 1);
      }
      case format::RowForm::kDense: {
        if (left < sizeof(format::DenseRow)) return false;
        const uint32_t count = reinterpret_cast<const format::DenseRow*>(at)->count;
        if (!claim(offset, sizeof(format::DenseRow) + 4 * uint64_t{count})) return false;
        return answers_sound(reinterpret_cast<const uint32_t*>(at + sizeof(format::DenseRow)), count);
      }
      case format::RowForm::kLong: {
        if (left < sizeof(format::LongRow)) return false;
        const uint32_t steps = reinterpret_cast<const format::LongRow*>(at)->steps;
        if (steps > kMostSteps - 3) return false;
        const uint64_t count = uint64_t{1} << steps;
        if (!claim(offset, sizeof(format::LongRow) + 8 * count)) return false;
        return answers_sound(reinterpret_cast<const uint32_t*>(at + sizeof(format::LongRow)) + count, static_cast<size_t>(count));
      }
      case format::RowForm::kRanked: {
        if (left < sizeof(format::RankedRow)) return false;
        const auto* row = reinterpret_cast<const format::RankedRow*>(at);
        const uint64_t words_end = sizeof(format::RankedRow) + sizeof(format::RankedWord) * uint64_t{row->word_count};
        if (!claim(offset, words_end + 4 * uint64_t{row->answer_count})) return false;
        const auto* words = reinterpret_cast<const format::RankedWord*>(at + sizeof(format::RankedRow));
        for (uint32_t i = 0; i < row->word_count; ++i) {
          if (uint64_t{words[i].before} + static_cast<uint64_t>(std::popcount(words[i].begins)) >= row->answer_count) return false;
        }
        return answers_sound(reinterpret_cast<const uint32_t*>(at + words_end), row->answer_count);
      }
    }
    return false;
  }

  std::span<const std::byte> bytes_;
  uint32_t rule_count_;
  uint32_t last_sound_ = UINT32_MAX;
  std::vector<uint8_t> seen_;
};

uint64_t span_bits(const format::AddressMap& map, uint32_t shift, bool v6) {
  const uint128 low = static_cast<uint128>(map.low_hi) << 64 | map.low_lo;
  const uint128 high = static_cast<uint128>(map.high_hi) << 64 | map.high_lo;
  const uint128 most = v6 ? ~uint128{0} : uint128{UINT32_MAX};
  if (low > high || high > most || shift >= (v6 ? 128u : 32u)) return UINT64_MAX;
  const uint128 last = (high - low) >> shift;
  return last >= UINT64_MAX ? UINT64_MAX : static_cast<uint64_t>(last);
}

void set_key(uint32_t& key, uint64_t, uint64_t lo) { key = static_cast<uint32_t>(lo); }
void set_key(format::Key6& key, uint64_t hi, uint64_t lo) { key = {hi, lo}; }

uint128 key_of(const format::HostBucket4& b, size_t i) { return b.key[i]; }
uint128 key_of(const format::HostBucket6& b, size_t i) { return static_cast<uint128>(b.hi[i]) << 64 | b.lo[i]; }

// A lookup joins the values of equal keys, and may take a place with key 0 for a free one unless it is the first.
template <class Bucket>
bool in_order(const Bucket& bucket) {
  bool ends = false;
  for (size_t i = 0; i < std::size(bucket.value); ++i) {
    ends |= bucket.value[i] == 0;
    if (ends && (bucket.value[i] != 0 || key_of(bucket, i) != 0)) return false;
    if (!ends && i != 0 && key_of(bucket, i) <= key_of(bucket, i - 1)) return false;
  }
  return true;
}

template <class Bucket, class Key, class Sound>
const char* check_map(const SectionBytes& section, const format::AddressMap& map, AddressMapView<Bucket, Key>& out, Sound sound) {
  std::span<const Bucket> hosts;
  if (!section.array(map.hosts, hosts)) return "a host table leaves its section";
  if (map.max_probe > kMostProbes) return "a host table asks for too many probes";
  if (map.bucket_span != 0 && uint64_t{map.bucket_span} + map.max_probe > hosts.size()) return "a host table is too short";
  for (const Bucket& bucket : hosts) {
    for (uint32_t value : bucket.value) {
      if (value != 0 && !sound(value)) return "a host refers to nothing";
    }
    if (!in_order(bucket)) return "a bucket of hosts is out of order";
  }
  std::span<const Key> starts;
  std::span<const uint32_t> values;
  std::span<const uint32_t> index;
  if (!section.array(map.starts, starts) || !section.array(map.values, values) || !section.array(map.index, index)) {
    return "a range table leaves its section";
  }
  if (map.steps > kMostSteps || starts.size() != values.size()) return "a range table does not fit together";
  const uint64_t last = span_bits(map, map.shift, std::is_same_v<Key, format::Key6>);
  if (last >= index.size()) return "a range index is too short";
  const uint64_t reach = uint64_t{1} << map.steps;
  for (uint32_t at : index) {
    if (at + reach > starts.size()) return "a range index leaves its table";
  }
  for (uint32_t value : values) {
    if (!sound(value)) return "a range refers to nothing";
  }
  out = {hosts.data(), map.seed, map.bucket_span, map.max_probe, {}, {}, starts.data(), values.data(), index.data(), map.shift, map.steps};
  set_key(out.low, map.low_hi, map.low_lo);
  set_key(out.high, map.high_hi, map.high_lo);
  return nullptr;
}

template <class MapView>
const char* check_any_plane(const SectionBytes& section, PlaneView<MapView>& out, uint32_t& rule_count) {
  const auto* header = section.header<format::PlaneHeader>();
  if (header == nullptr) return "a filter is too short";
  if (header->rule_count >= UINT32_MAX - 1) return "a filter has too many rules";
  if (header->kind_count == 0 || header->kind_count > 256) return "a filter has no kinds of protocols";
  for (uint8_t kind : header->kinds) {
    if (kind >= header->kind_count) return "a protocol is of no kind";
  }
  std::span<const uint32_t> maps;
  std::span<const uint32_t> tops;
  std::span<const uint32_t> pages;
  std::span<const std::byte> rows;
  if (!section.array(header->maps, maps) || !section.array(header->tops, tops) || !section.array(header->pages, pages) ||
      !section.array(header->rows, rows) || header->rows.offset % format::kRowUnit != 0) {
    return "a filter's tables leave their section";
  }
  const uint32_t page = format::kPortsPerPage;
  for (uint32_t top : maps) {
    if (uint64_t{top} + page > tops.size()) return "a port map refers to nothing";
  }
  for (uint32_t at : tops) {
    if (uint64_t{at} + page > pages.size()) return "a port page refers to nothing";
  }
  for (uint32_t atom : pages) {
    if (atom >= header->atom_count) return "a port has no atom";
  }
  if (header->atom_count > format::kNoAtom) return "a filter has too many atoms";
  Rows known(rows, header->rule_count);
  if (!known.sound(0) || rows.size() < sizeof(format::ShortRow)) return "a filter has no rows";
  if (const char* fault = check_map(section, header->sources, out.sources, [&](uint32_t ref) { return known.sound(ref); })) return fault;
  const auto has_maps = [&](uint32_t value) { return uint64_t{value} + header->kind_count <= maps.size(); };
  if (const char* fault = check_map(section, header->destinations, out.destinations, has_maps)) return fault;
  if (!has_maps(0)) return "a filter has no port maps";
  out.kinds = header->kinds;
  out.maps = maps.data();
  out.tops = tops.data();
  out.pages = pages.data();
  out.rows = rows.data();
  out.map_count = static_cast<uint32_t>(std::min<size_t>(maps.size(), UINT32_MAX));
  out.fits_cache = section.size() <= kCached;
  out.abreast = section.size() <= kAbreast;
  rule_count = header->rule_count;
  return nullptr;
}

}  // namespace

const char* check_plane(const SectionBytes& section, PlaneView<AddressMap4View>& out, uint32_t& rule_count) {
  return check_any_plane(section, out, rule_count);
}

const char* check_plane(const SectionBytes& section, PlaneView<AddressMap6View>& out, uint32_t& rule_count) {
  return check_any_plane(section, out, rule_count);
}

bool ascends_within(std::span<const uint32_t> offsets, size_t limit) {
  if (offsets.empty() || offsets.front() != 0 || offsets.back() > limit) return false;
  return std::is_sorted(offsets.begin(), offsets.end());
}

}  // namespace aclc
