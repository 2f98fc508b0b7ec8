// SPDX-License-Identifier: Apache-2.0
#include "parser/diagnostics/display.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text/utf8.h"

namespace aclc {
namespace {

struct Run {
  char32_t first, last;
};

// Combining marks, variation selectors and joiners of the scripts that names are commonly written in. The wide runs are
// those of Unicode's East Asian Width W and F, and emoji. Coarse on purpose: a miss shifts an underline by a column.
constexpr Run kZero[] = {{0x0300, 0x036f}, {0x0483, 0x0489},   {0x0591, 0x05bd},  {0x0610, 0x061a}, {0x064b, 0x065f},
                         {0x0900, 0x0902}, {0x093c, 0x093c},   {0x0941, 0x0948},  {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
                         {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff},   {0x1dc0, 0x1dff},  {0x20d0, 0x20ff}, {0xfe00, 0xfe0f},
                         {0xfe20, 0xfe2f}, {0x1f3fb, 0x1f3ff}, {0xe0100, 0xe01ef}};
constexpr Run kWide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23f3},   {0x25fd, 0x25fe},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x26a1, 0x26a1},   {0x26bd, 0x26be},   {0x26d4, 0x26d4},   {0x2705, 0x2705},
    {0x270a, 0x270b},   {0x2728, 0x2728},   {0x274c, 0x274c},   {0x2753, 0x2757},   {0x2795, 0x2797},
    {0x2b1b, 0x2b1c},   {0x2b50, 0x2b50},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf},
    {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a}, {0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f3fa},
    {0x1f400, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb}, {0x1f90c, 0x1f9ff}, {0x1fa70, 0x1faff},
    {0x20000, 0x3fffd}};
constexpr Run kUnprintable[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},      {0x061c, 0x061c},
                                {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},  {0x2060, 0x206f},
                                {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};

template <size_t N>
bool among(const Run (&runs)[N], char32_t c) {
  const Run* run =
      std::upper_bound(std::begin(runs), std::end(runs), c, [](char32_t x, const Run& r) { return x < r.first; });
  return run != std::begin(runs) && c <= std::prev(run)->last;
}

constexpr int kTabStop = 4;

}  // namespace

int display_width(char32_t code_point) {
  if (code_point < 0x300) return 1;
  if (among(kZero, code_point)) return 0;
  return among(kWide, code_point) ? 2 : 1;
}

bool is_unprintable(char32_t code_point) {
  return among(kUnprintable, code_point);
}

Cell cell_at(std::string_view line, size_t at, int column) {
  const CodePoint c = decode_utf8(line, at);
  Cell out{line.substr(at, c.length), {}, 1, c.length};
  if (!c.valid) {
    out.shown = fmt::format("<x{:02X}>", static_cast<unsigned char>(line[at]));
    out.width = static_cast<int>(out.shown.size());
  } else if (c.value == '\t') {
    out.width = kTabStop - column % kTabStop;
    out.shown.assign(static_cast<size_t>(out.width), ' ');
  } else if (is_unprintable(c.value)) {
    out.shown = fmt::format("<U+{:04X}>", static_cast<uint32_t>(c.value));
    out.width = static_cast<int>(out.shown.size());
  } else {
    out.width = display_width(c.value);
  }
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const auto plain = static_cast<unsigned char>(text[at]);
    if ((plain >= 0x20 && plain < 0x7f) || plain == '\t') {
      out += text[at++];
      continue;
    }
    const Cell cell = cell_at(text, at, 0);
    out += cell.view();
    at += cell.bytes;
  }
  return out;
}

}  // namespace aclc
