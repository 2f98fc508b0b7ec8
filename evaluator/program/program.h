// SPDX-License-Identifier: Apache-2.0
// A loaded, checked program. Its bytes are untrusted until `load` has looked at every offset, count and reference once, in time
// linear in their number; after that no packet can make a reader leave the buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/span.h"
#include "evaluator/program/format.h"

namespace aclc {

/// One AddressMap as pointers.
template <class Bucket, class Key>
struct AddressMapView {
  const Bucket* hosts = nullptr;
  uint64_t seed = 0;
  uint32_t bucket_span = 0;
  uint32_t max_probe = 0;
  Key low{};
  Key high{};
  const Key* starts = nullptr;
  const uint32_t* values = nullptr;
  const uint32_t* index = nullptr;
  uint32_t shift = 0;
  uint32_t steps = 0;
};
using AddressMap4View = AddressMapView<format::HostBucket4, uint32_t>;
using AddressMap6View = AddressMapView<format::HostBucket6, format::Key6>;

/// The filter of one family as pointers into the program.
template <class MapView>
struct PlaneView {
  const uint8_t* kinds = nullptr;
  MapView sources;
  MapView destinations;
  const uint32_t* maps = nullptr;
  const uint32_t* tops = nullptr;
  const uint32_t* pages = nullptr;
  const std::byte* rows = nullptr;
  uint32_t map_count = 0;
  bool fits_cache = false;  ///< small enough that a burst need not wait for memory
  bool abreast = false;     ///< small enough that sixteen packets at once beat stages
};

struct RuleOrigin {
  uint32_t line = 0;  ///< in the policy file, counted from 1; 0: not known
  Span span;          ///< bytes in the policy file
  std::string_view text;
};

/// The filter of one node. Valid as long as its Program.
class Filter {
 public:
  const PlaneView<AddressMap4View>& v4() const { return v4_; }
  const PlaneView<AddressMap6View>& v6() const { return v6_; }
  uint32_t rule_count() const { return rule_count_; }
  /// Where rule `rule` comes from; none where the program does not say.
  std::vector<RuleOrigin> origins(uint32_t rule) const;

 private:
  friend class Program;
  PlaneView<AddressMap4View> v4_;
  PlaneView<AddressMap6View> v6_;
  uint32_t rule_count_ = 0;
  std::span<const uint32_t> origin_firsts_;
  std::span<const format::OriginEntry> origin_entries_;
  std::string_view origin_texts_;
};

/// A sealed buffer: bytes at an address that is a multiple of format::kAlignment, freed with the last owner.
class ProgramBytes {
 public:
  static ProgramBytes copy(std::span<const std::byte> bytes);
  std::span<const std::byte> view() const { return {owner_.get(), size_}; }

 private:
  friend class Program;
  std::shared_ptr<const std::byte> owner_;
  size_t size_ = 0;
};

class Program {
 public:
  /// Checks and takes bytes.
  static Result<std::shared_ptr<const Program>> load(ProgramBytes bytes);
  /// Reads a file into memory of its own: right for files that others can write to.
  static Result<std::shared_ptr<const Program>> read(const char* path);
  /// Maps a file. Whoever can change the file afterwards can make the process crash, as with any mapped file: only for
  /// files that nobody else can write to and that are replaced, never rewritten.
  static Result<std::shared_ptr<const Program>> map(const char* path);

  size_t node_count() const { return filters_.size(); }
  std::string_view node_name(size_t node) const;
  std::optional<size_t> find_node(std::string_view name) const;
  const Filter& filter(size_t node) const;
  std::span<const std::byte> bytes() const { return bytes_.view(); }

 private:
  explicit Program(ProgramBytes bytes) : bytes_(std::move(bytes)) {}
  Result<Done> check();
  Result<Done> check_section(const format::SectionEntry& entry);

  ProgramBytes bytes_;
  std::vector<Filter> filters_;
  std::span<const uint32_t> name_offsets_;
  std::string_view name_bytes_;
};

/// The checksum that belongs into a program's header.
uint64_t program_checksum(std::span<const std::byte> bytes);

}  // namespace aclc
