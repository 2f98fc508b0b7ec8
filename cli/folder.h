// SPDX-License-Identifier: Apache-2.0
// Many files into one folder, all of them or none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aclc::cli {

/// Files are written beside the folder and moved into it by commit(). Whatever fails before that leaves the folder as it was.
class FolderWriter {
 public:
  explicit FolderWriter(std::string folder) : folder_(std::move(folder)) {}
  ~FolderWriter();
  FolderWriter(const FolderWriter&) = delete;
  FolderWriter& operator=(const FolderWriter&) = delete;

  /// A file of the folder; its name has no `/`.
  Result<Done> add(const std::string& name, std::string_view text);
  /// The folder is made where there is none; files of the same names are replaced, others stay.
  Result<Done> commit();
  size_t size() const { return names_.size(); }

 private:
  Failure failure(std::string_view what) const;

  std::string folder_;
  std::string staging_;
  std::vector<std::string> names_;
};

}  // namespace aclc::cli
