// SPDX-License-Identifier: Apache-2.0
// Strings kept once. Equal texts have equal ids, so names are compared and hashed as integers from then on.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace aclc {

using StringId = Id<struct StringTag>;

/// Owns the bytes of every interned text in chunks that never move: views stay valid as long as the interner lives,
/// also after it is moved.
class Interner {
 public:
  Interner();
  Interner(Interner&&) noexcept;
  Interner& operator=(Interner&&) noexcept;
  ~Interner();

  /// The id of text, adding it on first sight.
  StringId intern(std::string_view text);
  /// The id of text if it was interned before, else an invalid id.
  StringId find(std::string_view text) const;
  /// An invalid id gives the empty text.
  std::string_view text(StringId id) const;
  size_t size() const { return texts_.size(); }

 private:
  size_t probe(std::string_view text, uint64_t hash) const;
  void grow();

  struct Slot {
    uint32_t hash = 0;
    uint32_t id = Id<struct StringTag>::kInvalid;
  };
  std::vector<std::string_view> texts_;
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  size_t chunk_used_ = 0;
  size_t chunk_size_ = 0;
};

}  // namespace aclc
