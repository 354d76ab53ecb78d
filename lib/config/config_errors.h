#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// Collects what is wrong with a configuration file, so that one run names every error, each as
// "coordinator.yaml:12: releases.directory.root: is missing". Not thread-safe.
class ConfigErrors {
 public:
  // `file` is the path as the user gave it: it begins every message.
  explicit ConfigErrors(std::string file);

  // `line` counts from 1. `key` is its whole path ("drivers[2].version"); an empty one is the file
  // itself. `message` reads on from the key: "is missing", "'x' is not a number".
  void Add(int line, absl::string_view key, absl::string_view message);
  // INVALID_ARGUMENT with one line for each error, in the order of the file, the first fifty, then
  // one line that counts the rest; OK when there is none.
  absl::Status ToStatus() const;

 private:
  struct Error {
    int line;
    std::string text;
  };

  std::string file_;
  std::vector<Error> errors_;  // as they came; ToStatus() sorts
};

}  // namespace probefarm
