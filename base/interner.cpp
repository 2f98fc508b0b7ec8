// SPDX-License-Identifier: Apache-2.0
#include "base/interner.h"

#include <algorithm>
#include <cstring>

#include "base/short_text.h"

namespace aclc {
namespace {

constexpr size_t kChunkBytes = 1 << 16;

}  // namespace

Interner::Interner() = default;
Interner::Interner(Interner&&) noexcept = default;
Interner& Interner::operator=(Interner&&) noexcept = default;
Interner::~Interner() = default;

size_t Interner::probe(std::string_view text, uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  const auto tag = static_cast<uint32_t>(hash);
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.id == StringId::kInvalid) return i;
    if (slot.hash == tag && equal_text(texts_[slot.id], text)) return i;
  }
}

void Interner::grow() {
  std::vector<Slot> old(slots_.empty() ? 256 : slots_.size() * 2);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.id == StringId::kInvalid) continue;
    size_t i = hash_text(texts_[slot.id]) & mask;
    while (slots_[i].id != StringId::kInvalid) i = (i + 1) & mask;
    slots_[i] = slot;
  }
}

StringId Interner::intern(std::string_view text) {
  if (texts_.size() * 2 >= slots_.size()) grow();
  const uint64_t hash = hash_text(text);
  const size_t at = probe(text, hash);
  if (slots_[at].id != StringId::kInvalid) return StringId(slots_[at].id);
  if (chunk_size_ - chunk_used_ < text.size()) {
    chunk_size_ = std::max(kChunkBytes, text.size());
    chunks_.push_back(std::make_unique<char[]>(chunk_size_));
    chunk_used_ = 0;
  }
  std::string_view kept;
  if (!text.empty()) {
    char* to = chunks_.back().get() + chunk_used_;
    std::memcpy(to, text.data(), text.size());
    chunk_used_ += text.size();
    kept = {to, text.size()};
  }
  const StringId id(texts_.size());
  texts_.push_back(kept);
  slots_[at] = {static_cast<uint32_t>(hash), id.value};
  return id;
}

StringId Interner::find(std::string_view text) const {
  if (slots_.empty()) return {};
  return StringId(size_t{slots_[probe(text, hash_text(text))].id});
}

std::string_view Interner::text(StringId id) const {
  return id.valid() ? texts_[id.value] : std::string_view();
}

}  // namespace aclc
