// SPDX-License-Identifier: Apache-2.0
// Result<T, E>: a value, or what went wrong with the world (a file, a socket, a damaged program).
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace aclc {

/// A failure of the outside world, told to a person: what was tried and why it failed ("cannot read x: No such file").
struct Failure {
  std::string message;
};

/// Holds a T or an E. Reading the side that is not there is our own fault and aborts.
template <class T, class E = Failure>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}   // NOLINT: implicit by design
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    ACLC_CHECK(ok());
    return std::get<0>(state_);
  }
  const T& value() const& {
    ACLC_CHECK(ok());
    return std::get<0>(state_);
  }
  T&& value() && {
    ACLC_CHECK(ok());
    return std::get<0>(std::move(state_));
  }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }

  const E& error() const {
    ACLC_CHECK(!ok());
    return std::get<1>(state_);
  }

 private:
  std::variant<T, E> state_;
};

/// For functions that succeed with nothing to say.
struct Done {};

}  // namespace aclc
