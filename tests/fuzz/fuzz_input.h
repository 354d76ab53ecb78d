#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "lib/files/unique_fd.h"

namespace probefarm {

// A fuzzer's bytes as a file in memory, for readers that open one by its path.
//
//   extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
//     probefarm::FuzzInput const input(data, size);
//     auto reader = ArchiveReader::OpenTar(input.path(), {});
//
// No disk is touched. Ends the process when the kernel gives no memory for it.
class FuzzInput {
 public:
  FuzzInput(uint8_t const* data, size_t size);

  // Good as long as this lives, in this process.
  std::string path() const;

 private:
  UniqueFd fd_;
};

}  // namespace probefarm
