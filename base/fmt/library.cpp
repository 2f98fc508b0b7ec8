// SPDX-License-Identifier: Apache-2.0
// The part of {fmt} that its headers leave to a library. Debian ships that library as a shared object only; compiled here once,
// programs need no loader at start, and no source pays for the header-only form.
#include <fmt/format-inl.h>

namespace fmt {
inline namespace v9 {
namespace detail {

template void vformat_to<char>(buffer<char>&, string_view, basic_format_args<format_context>, locale_ref);
template void buffer<char>::append<char>(const char*, const char*);
template auto thousands_sep_impl<char>(locale_ref) -> thousands_sep_result<char>;
template auto decimal_point_impl<char>(locale_ref) -> char;
template auto dragonbox::to_decimal<float>(float) noexcept -> dragonbox::decimal_fp<float>;
template auto dragonbox::to_decimal<double>(double) noexcept -> dragonbox::decimal_fp<double>;

}  // namespace detail
}  // namespace v9
}  // namespace fmt
