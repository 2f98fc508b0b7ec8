// SPDX-License-Identifier: Apache-2.0
// A list that is short nearly always: its first elements lie in the object itself, more of them on the heap.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <type_traits>

#include "base/check.h"

namespace aclc {

/// Up to N elements cost no allocation; beyond that it grows as std::vector does. T is a number or an id, copied as bytes.
template <class T, uint32_t N>
class Few {
  static_assert(std::is_trivially_copyable_v<T> && N * sizeof(T) >= sizeof(T*));

 public:
  Few() = default;
  Few(std::initializer_list<T> items) { assign(items.begin(), items.end()); }
  explicit Few(std::span<const T> items) { assign(items.begin(), items.end()); }
  Few(const Few& other) { assign(other.begin(), other.end()); }
  Few(Few&& other) noexcept { take(other); }
  Few& operator=(const Few& other) {
    if (this != &other) assign(other.begin(), other.end());
    return *this;
  }
  Few& operator=(Few&& other) noexcept {
    if (this == &other) return *this;
    if (on_heap()) delete[] heap();
    take(other);
    return *this;
  }
  ~Few() {
    if (on_heap()) delete[] heap();
  }

  T* begin() { return on_heap() ? heap() : reinterpret_cast<T*>(bytes_); }
  T* end() { return begin() + size_; }
  const T* begin() const { return on_heap() ? heap() : reinterpret_cast<const T*>(bytes_); }
  const T* end() const { return begin() + size_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](size_t i) const {
    ACLC_CHECK(i < size_);
    return begin()[i];
  }
  const T& front() const { return (*this)[0]; }

  void push_back(T item) { insert(end(), item); }
  void insert(const T* before, T item) {
    const auto at = static_cast<uint32_t>(before - begin());
    ACLC_CHECK(at <= size_);
    if (size_ == room_) grow(size_ * 2);
    std::move_backward(begin() + at, end(), end() + 1);
    begin()[at] = item;
    ++size_;
  }
  void erase(const T* item) {
    T* at = begin() + (item - begin());
    ACLC_CHECK(at < end());
    std::move(at + 1, end(), at);
    --size_;
  }
  template <class Iterator>
  void assign(Iterator first, Iterator last) {
    const auto count = static_cast<uint32_t>(std::distance(first, last));
    size_ = 0;
    if (count > room_) grow(count);
    std::copy(first, last, begin());
    size_ = count;
  }

 private:
  bool on_heap() const { return room_ > N; }
  T* heap() const {
    T* out;
    std::memcpy(&out, bytes_, sizeof(out));
    return out;
  }
  void grow(uint32_t room) {
    T* const more = new T[room];
    std::copy(begin(), end(), more);
    if (on_heap()) delete[] heap();
    std::memcpy(bytes_, &more, sizeof(more));
    room_ = room;
  }
  void take(Few& other) {
    std::memcpy(this, &other, sizeof(*this));
    other.size_ = 0;
    other.room_ = N;
  }

  uint32_t size_ = 0;
  uint32_t room_ = N;
  alignas(alignof(T) > alignof(T*) ? alignof(T) : alignof(T*)) std::byte bytes_[N * sizeof(T)];
};

}  // namespace aclc
