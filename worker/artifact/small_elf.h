#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace probefarm {

// Writes the smallest ELF64 file with given sections, for tests. Not thread-safe.
//
//   SmallElf(1, 247).Add("license", "GPL").Build()
class SmallElf {
 public:
  // e_type and e_machine of the file header; any numbers.
  SmallElf(uint16_t type, uint16_t machine) : type_(type), machine_(machine) {}

  // Names may stand twice.
  SmallElf& Add(std::string name, std::string content);
  // The file's bytes: file header, contents in the order added, names, section headers.
  std::string Build() const;

 private:
  uint16_t type_;
  uint16_t machine_;
  std::vector<std::pair<std::string, std::string>> sections_;
};

}  // namespace probefarm
