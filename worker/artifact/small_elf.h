#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace probefarm {

// Writes the smallest ELF64 file with given sections, for tests. Not thread-safe.
class SmallElf {
 public:
  SmallElf(uint16_t type, uint16_t machine) : type_(type), machine_(machine) {}

  SmallElf& Add(std::string name, std::string content);
  std::string Build() const;

 private:
  uint16_t type_;
  uint16_t machine_;
  std::vector<std::pair<std::string, std::string>> sections_;
};

}  // namespace probefarm
