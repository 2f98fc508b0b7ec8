// SPDX-License-Identifier: Apache-2.0
#include "evaluator/program/program.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string>

#include "evaluator/program/check.h"

namespace aclc {
namespace {

constexpr size_t kMostNodes = 1 << 24;
constexpr size_t kHugePage = size_t{2} << 20;

Failure damaged(std::string what) { return Failure{"damaged program: " + std::move(what)}; }

Failure cannot_read(const char* path, const char* why) { return Failure{std::string("cannot read ") + path + ": " + why}; }

// Closes on every way out.
struct File {
  int fd;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

std::shared_ptr<std::byte> allocate(size_t size) {
  const auto alignment = std::align_val_t(size >= kHugePage ? kHugePage : format::kAlignment);
  auto* at = static_cast<std::byte*>(::operator new(std::max<size_t>(size, 1), alignment, std::nothrow));
  if (at == nullptr) return nullptr;
#ifdef MADV_HUGEPAGE
  // A large table is read at random places; fewer page-table entries make each of them cheaper. Advice may be declined.
  if (size >= kHugePage) ::madvise(at, size / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
  return {at, [alignment](std::byte* p) { ::operator delete(p, alignment); }};
}

}  // namespace

uint64_t program_checksum(std::span<const std::byte> bytes) {
  // Against accidents, not against forgers: four lanes of multiply and mix.
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15u;
  uint64_t lane[4] = {1, 2, 3, 4};
  size_t at = std::min(sizeof(format::FileHeader), bytes.size());
  const auto take = [&](uint64_t& l, uint64_t word) {
    l = (l ^ word) * kOdd;
    l ^= l >> 32;
  };
  uint64_t words[4];
  for (; bytes.size() - at >= sizeof words; at += sizeof words) {
    std::memcpy(words, bytes.data() + at, sizeof words);
    for (int i = 0; i < 4; ++i) take(lane[i], words[i]);
  }
  std::memset(words, 0, sizeof words);
  if (at < bytes.size()) std::memcpy(words, bytes.data() + at, bytes.size() - at);
  for (int i = 0; i < 4; ++i) take(lane[i], words[i]);
  uint64_t out = bytes.size();
  for (const uint64_t l : lane) take(out, l);
  return out;
}

ProgramBytes ProgramBytes::copy(std::span<const std::byte> bytes) {
  ProgramBytes out;
  auto owner = allocate(bytes.size());
  ACLC_CHECK(owner != nullptr);
  if (!bytes.empty()) std::memcpy(owner.get(), bytes.data(), bytes.size());
  out.owner_ = std::move(owner);
  out.size_ = bytes.size();
  return out;
}

Result<std::shared_ptr<const Program>> Program::load(ProgramBytes bytes) {
  std::shared_ptr<Program> program(new Program(std::move(bytes)));
  if (auto done = program->check(); !done) return done.error();
  return std::shared_ptr<const Program>(std::move(program));
}

Result<std::shared_ptr<const Program>> Program::read(const char* path) {
  const File file{::open(path, O_RDONLY | O_CLOEXEC)};
  struct stat info {};
  if (file.fd < 0 || ::fstat(file.fd, &info) != 0) return cannot_read(path, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) return cannot_read(path, "not a regular file");
  const auto size = static_cast<size_t>(info.st_size);
  auto owner = allocate(size);
  if (owner == nullptr) return cannot_read(path, "not enough memory");
  for (size_t at = 0; at < size;) {
    const ssize_t got = ::read(file.fd, owner.get() + at, size - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_read(path, std::strerror(errno));
    if (got == 0) return cannot_read(path, "the file became shorter while it was read");
    at += static_cast<size_t>(got);
  }
  ProgramBytes bytes;
  bytes.owner_ = std::move(owner);
  bytes.size_ = size;
  return load(std::move(bytes));
}

Result<std::shared_ptr<const Program>> Program::map(const char* path) {
  const File file{::open(path, O_RDONLY | O_CLOEXEC)};
  struct stat info {};
  if (file.fd < 0 || ::fstat(file.fd, &info) != 0) return cannot_read(path, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) return cannot_read(path, "not a regular file");
  const auto size = static_cast<size_t>(info.st_size);
  if (size == 0) return damaged("it is empty");
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
  if (at == MAP_FAILED) return cannot_read(path, std::strerror(errno));
  ProgramBytes bytes;
  bytes.owner_ = std::shared_ptr<const std::byte>(static_cast<const std::byte*>(at),
                                                  [size](const std::byte* p) { ::munmap(const_cast<std::byte*>(p), size); });
  bytes.size_ = size;
  return load(std::move(bytes));
}

Result<Done> Program::check() {
  const std::span<const std::byte> all = bytes_.view();
  format::FileHeader header;
  if (all.size() < sizeof header) return damaged("it is shorter than its header");
  std::memcpy(&header, all.data(), sizeof header);
  if (std::memcmp(header.magic, format::kMagic, sizeof header.magic) != 0) return Failure{"not a program of aclc"};
  if (header.byte_order != format::kByteOrder) return Failure{"the program was made for another byte order"};
  if (header.version != format::kVersion) {
    return Failure{"the program has version " + std::to_string(header.version) + "; this reader knows version " +
                   std::to_string(format::kVersion)};
  }
  if (header.size != all.size()) return damaged("its size is not the one it says");
  if (header.checksum != program_checksum(all)) return damaged("its checksum does not match");
  if (header.section_count > (all.size() - sizeof header) / sizeof(format::SectionEntry)) return damaged("its directory is too long");
  // A node without any section would cost memory and no bytes.
  if (header.node_count > kMostNodes || header.node_count > header.section_count) return damaged("it names too many nodes");
  filters_.resize(header.node_count);
  const auto* entries = reinterpret_cast<const format::SectionEntry*>(all.data() + sizeof header);
  std::vector<uint32_t> seen(header.node_count, 0);
  for (uint32_t i = 0; i < header.section_count; ++i) {
    const format::SectionEntry& entry = entries[i];
    if (entry.offset % format::kAlignment != 0 || entry.offset > all.size() || entry.size > all.size() - entry.offset) {
      return damaged("section " + std::to_string(i) + " leaves the file");
    }
    if (entry.node != format::kAllNodes && entry.node >= header.node_count) return damaged("a section belongs to no node");
    if (entry.node != format::kAllNodes && entry.kind < 32) {
      if ((seen[entry.node] >> entry.kind & 1) != 0) return damaged("a node has a section twice");
      seen[entry.node] |= uint32_t{1} << entry.kind;
    }
    if (auto done = check_section(entry); !done) return done;
  }
  if (name_offsets_.size() != size_t{header.node_count} + 1) return damaged("its nodes have no names");
  const uint32_t filter = 1u << static_cast<uint32_t>(format::SectionKind::kFilter4) | 1u << static_cast<uint32_t>(format::SectionKind::kFilter6);
  for (size_t node = 0; node < filters_.size(); ++node) {
    if ((seen[node] & filter) != filter) return damaged("a node has no filter");
    const Filter& f = filters_[node];
    if (!f.origin_firsts_.empty() && f.origin_firsts_.size() != size_t{f.rule_count_} + 1) return damaged("origins do not fit their rules");
  }
  return Done{};
}

Result<Done> Program::check_section(const format::SectionEntry& entry) {
  const SectionBytes section(bytes_.view().subspan(static_cast<size_t>(entry.offset), static_cast<size_t>(entry.size)));
  const auto kind = static_cast<format::SectionKind>(entry.kind);
  if (kind == format::SectionKind::kNames && entry.node == format::kAllNodes) {
    const auto* table = section.header<format::TextTable>();
    std::span<const char> bytes;
    if (table == nullptr || !section.array(table->offsets, name_offsets_) || !section.array(table->bytes, bytes) ||
        !ascends_within(name_offsets_, bytes.size())) {
      return damaged("the table of names is broken");
    }
    name_bytes_ = {bytes.data(), bytes.size()};
    return Done{};
  }
  const bool known = kind == format::SectionKind::kFilter4 || kind == format::SectionKind::kFilter6 || kind == format::SectionKind::kOrigins;
  if (!known || entry.node == format::kAllNodes) {
    if ((entry.flags & format::kRequired) == 0) return Done{};
    return Failure{"the program needs a reader that knows sections of kind " + std::to_string(entry.kind)};
  }
  Filter& filter = filters_[entry.node];
  if (kind == format::SectionKind::kOrigins) {
    const auto* header = section.header<format::OriginsHeader>();
    std::span<const char> texts;
    if (header == nullptr || !section.array(header->firsts, filter.origin_firsts_) || !section.array(header->entries, filter.origin_entries_) ||
        !section.array(header->texts, texts) || !ascends_within(filter.origin_firsts_, filter.origin_entries_.size())) {
      return damaged("the origins of rules are broken");
    }
    for (const format::OriginEntry& origin : filter.origin_entries_) {
      if (origin.text > texts.size() || origin.text_size > texts.size() - origin.text || origin.span_begin > origin.span_end) {
        return damaged("the origin of a rule is broken");
      }
    }
    filter.origin_texts_ = {texts.data(), texts.size()};
    return Done{};
  }
  uint32_t rules = 0;
  const char* fault = kind == format::SectionKind::kFilter4 ? check_plane(section, filter.v4_, rules) : check_plane(section, filter.v6_, rules);
  if (fault != nullptr) return damaged(fault);
  filter.rule_count_ = std::max(filter.rule_count_, rules);
  return Done{};
}

std::string_view Program::node_name(size_t node) const {
  ACLC_CHECK(node < filters_.size());
  return name_bytes_.substr(name_offsets_[node], name_offsets_[node + 1] - name_offsets_[node]);
}

std::optional<size_t> Program::find_node(std::string_view name) const {
  for (size_t node = 0; node < filters_.size(); ++node) {
    if (node_name(node) == name) return node;
  }
  return std::nullopt;
}

const Filter& Program::filter(size_t node) const {
  ACLC_CHECK(node < filters_.size());
  return filters_[node];
}

std::vector<RuleOrigin> Filter::origins(uint32_t rule) const {
  std::vector<RuleOrigin> out;
  if (size_t{rule} + 1 >= origin_firsts_.size()) return out;
  for (uint32_t i = origin_firsts_[rule]; i < origin_firsts_[rule + 1]; ++i) {
    const format::OriginEntry& e = origin_entries_[i];
    out.push_back({e.line, {e.span_begin, e.span_end}, origin_texts_.substr(e.text, e.text_size)});
  }
  return out;
}

}  // namespace aclc
