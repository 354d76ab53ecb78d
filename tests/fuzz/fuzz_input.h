#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "lib/files/unique_fd.h"

namespace probefarm {

// A fuzzer's bytes as a file in memory, for readers that open one by its path.
class FuzzInput {
 public:
  FuzzInput(uint8_t const* data, size_t size);

  std::string path() const;

 private:
  UniqueFd fd_;
};

}  // namespace probefarm
