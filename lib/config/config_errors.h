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
  explicit ConfigErrors(std::string file);

  // `line` counts from 1. An empty `key` is the file itself.
  void Add(int line, absl::string_view key, absl::string_view message);
  // INVALID_ARGUMENT with one line for each error, in the order of the file, the first fifty; OK
  // when there is none.
  absl::Status ToStatus() const;

 private:
  struct Error {
    int line;
    std::string text;
  };

  std::string file_;
  std::vector<Error> errors_;
};

}  // namespace probefarm
