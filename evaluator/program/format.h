// SPDX-License-Identifier: Apache-2.0
// The bytes of a program: little-endian, position-independent, usable as they lie in memory once `Program` has checked them.
//
// A program is a header, a directory of sections and the sections. A section belongs to one node, or to all. A reader skips
// sections of kinds it does not know unless they are marked as required; a change of meaning of a known section is a new
// version. SSH rules, capabilities and routes will be sections beside the filter's; capability grants decide no packet.
//
// The filter of one family (a `PlaneHeader` and what it points to) answers in five steps, each a load or two:
//   source address      -> row of the source's class            (AddressMap)
//   destination address -> first of the class's port maps       (AddressMap)
//   protocol            -> which of them                         (kinds)
//   destination port    -> atom: the ports and destinations that the same rules take  (tops, pages)
//   row, atom           -> number of the first matching rule, plus one; 0 for none
// Classes of sources with equal answers share one row.
#pragma once

#include <cstddef>
#include <cstdint>

namespace aclc::format {

inline constexpr char kMagic[8] = {'a', 'c', 'l', 'c', 'p', 'r', 'o', 'g'};
inline constexpr uint32_t kVersion = 1;
inline constexpr uint32_t kByteOrder = 0x01020304;
inline constexpr uint64_t kAlignment = 64;  ///< of every section and every array in it
inline constexpr uint32_t kAllNodes = UINT32_MAX;

struct FileHeader {
  char magic[8];
  uint32_t version;
  uint32_t byte_order;
  uint64_t size;      ///< of everything
  uint64_t checksum;  ///< of everything behind this header
  uint32_t section_count;
  uint32_t node_count;
  uint64_t reserved[3];
};
static_assert(sizeof(FileHeader) == 64);

enum class SectionKind : uint32_t {
  kNames = 1,    ///< TextTable: one name for each node; all nodes'
  kFilter4 = 2,  ///< PlaneHeader; one node's
  kFilter6 = 3,  ///< PlaneHeader; one node's
  kOrigins = 4,  ///< OriginsHeader; one node's
};

inline constexpr uint32_t kRequired = 1;  ///< a reader that does not know the kind must refuse the program

struct SectionEntry {
  uint32_t kind;
  uint32_t node;  ///< or kAllNodes
  uint64_t offset;
  uint64_t size;
  uint32_t flags;
  uint32_t reserved;
};
static_assert(sizeof(SectionEntry) == 32);

/// `count` entries of an array at `offset`, counted from the start of the section.
struct ArrayRef {
  uint64_t offset;
  uint64_t count;
};

/// Single addresses stand in `hosts`, everything else in ranges; an address found in `hosts` is not looked for in the ranges.
struct AddressMap {
  ArrayRef hosts;         ///< HostBucket4 or HostBucket6; bucket_span + max_probe of them
  uint64_t seed;
  uint32_t bucket_span;   ///< a hash falls into one of these; 0: no hosts
  uint32_t max_probe;     ///< how many buckets behind that one may have to be looked at
  // Ranges: `starts` ascends from 0; the value of an address is that of the last start not above it. An index narrows the
  // search: an address, clamped to [low, high], less low, shifted, gives the place to start from; then `steps` halvings.
  uint64_t low_hi, low_lo, high_hi, high_lo;
  ArrayRef starts;        ///< uint32_t or Key6, padded by 2^steps copies of the highest address
  ArrayRef values;        ///< as many
  ArrayRef index;         ///< uint32_t
  uint32_t shift;
  uint32_t steps;
};

/// In a bucket of either family taken places come first and their keys ascend; free places have key 0.
struct HostBucket4 {
  uint32_t key[4];
  uint32_t value[4];  ///< 0: free
};
struct Key6 {
  uint64_t hi;
  uint64_t lo;
};
struct HostBucket6 {
  uint64_t hi[3];
  uint64_t lo[3];
  uint32_t value[3];  ///< 0: free
  uint32_t pad;
};
static_assert(sizeof(HostBucket4) == 32 && sizeof(HostBucket6) == 64);

inline constexpr uint8_t kDeniedKind = 0;  ///< the kind of protocols that no rule takes: its port maps are all atom 0
inline constexpr uint32_t kPortsPerPage = 256;

struct PlaneHeader {
  uint8_t kinds[256];      ///< protocol -> kind
  uint32_t kind_count;     ///< port maps of one destination class
  uint32_t rule_count;     ///< rules of the node's filter; answers are at most this
  uint32_t atom_count;     ///< atom 0 stands for "no rule"
  uint32_t reserved;
  AddressMap sources;      ///< values are row references
  AddressMap destinations; ///< values are indices into maps, multiples of kind_count; 0 for what is not local
  ArrayRef maps;           ///< uint32_t: index into tops, a multiple of kPortsPerPage
  ArrayRef tops;           ///< uint32_t: index into pages, a multiple of kPortsPerPage
  ArrayRef pages;          ///< uint32_t: atom
  ArrayRef rows;           ///< bytes
};

// A row reference is an offset into `rows` in units of 64 bytes, times four, plus the row's form.
enum class RowForm : uint32_t { kShort = 0, kDense = 1, kLong = 2, kRanked = 3 };
inline constexpr uint32_t kRowUnit = 64;
inline constexpr uint32_t kShortRuns = 7;
inline constexpr uint32_t kNoAtom = INT32_MAX;

/// Up to seven runs of atoms, in one cache line: answer[i] is that of atoms from start[i - 1] to before start[i].
/// Row reference 0 is the short row that denies everything.
struct ShortRow {
  int32_t start[kShortRuns + 1];    ///< ascending; unused ones, and always the last, are kNoAtom
  uint32_t answer[kShortRuns + 1];  ///< the first is 0
};
static_assert(sizeof(ShortRow) == 64);

/// Followed by `count` answers, the first for atom `first`; 0 for atoms outside.
struct DenseRow {
  uint32_t first;
  uint32_t count;
};

/// Followed by 2^steps starts, then as many answers; the first start is 0 and unused ones are kNoAtom.
struct LongRow {
  uint32_t steps;
  uint32_t reserved;
};

/// Followed by `word_count` words and `answer_count` answers. Word w stands for atoms first + 64 w and on: a bit for each at which a
/// run begins, and how many began before. The answer is that of the last run begun; answer 0, before all runs, is 0.
struct RankedRow {
  uint32_t first;  ///< the atoms before it are denied, those behind the last word too
  uint32_t word_count;
  uint32_t answer_count;
  uint32_t reserved;
};
struct RankedWord {
  uint64_t begins;
  uint32_t before;
  uint32_t reserved;
};

/// Where a filter's rules come from: for each rule a run of entries.
struct OriginsHeader {
  uint32_t rule_count;
  uint32_t reserved;
  ArrayRef firsts;   ///< uint32_t, rule_count + 1, ascending: entries of rule i are [firsts[i], firsts[i + 1])
  ArrayRef entries;  ///< OriginEntry
  ArrayRef texts;    ///< bytes
};
struct OriginEntry {
  uint32_t line;        ///< counted from 1; 0: not known
  uint32_t span_begin;  ///< bytes in the policy's text
  uint32_t span_end;
  uint32_t text;        ///< into texts
  uint32_t text_size;
};

struct TextTable {
  ArrayRef offsets;  ///< uint32_t, one more than there are texts, ascending
  ArrayRef bytes;
};

}  // namespace aclc::format
