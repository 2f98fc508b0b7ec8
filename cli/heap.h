// SPDX-License-Identifier: Apache-2.0
// The process's heap, made ready for work on large files.
#pragma once

#include <cstddef>

namespace aclc::cli {

/// Says that a text of so many bytes is about to be read and worked on. First touches of memory are what a short run over a
/// large file spends most of its time on; for such a file the heap grows once, in large pages. A small one changes nothing.
/// Only for processes that end with their work: memory is kept, not given back. Where the C library has no such knobs: nothing.
void expect_text(size_t bytes);

}  // namespace aclc::cli
