#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// Numbers of the ELF specification that drivers have: ET_REL; EM_X86_64, EM_AARCH64, EM_BPF.
enum class ElfType : uint16_t { kRelocatable = 1 };
enum class ElfMachine : uint16_t { kX86_64 = 62, kAarch64 = 183, kBpf = 247 };

// The section headers of a little-endian ELF64 file. Nothing in the file is trusted: each offset,
// size and name is checked against the bytes that are there before it is followed. Neither symbols
// nor relocations are read. Thread-safe once made.
//
//   ASSIGN_OR_RETURN(ElfFile const elf, ElfFile::Parse(file.bytes()));
//   std::optional<absl::string_view> const modinfo = elf.Section(".modinfo");
class ElfFile {
 public:
  // `bytes` outlives the result. INVALID_ARGUMENT says what is wrong; a file without section
  // headers, such as a stripped executable may be, is wrong too.
  static absl::StatusOr<ElfFile> Parse(absl::string_view bytes);

  // As stored: may be a number that the enums above do not name.
  ElfType type() const { return type_; }
  ElfMachine machine() const { return machine_; }

  // The content of the first section of that name, a view of the bytes that were parsed; empty for
  // one without bytes in the file (SHT_NOBITS); nullopt when there is none.
  std::optional<absl::string_view> Section(absl::string_view name) const;
  // The name of the section that has the byte at `offset` of the file; empty when none has it.
  absl::string_view SectionAt(size_t offset) const;

 private:
  struct NamedSection {
    absl::string_view name;
    absl::string_view content;
  };

  ElfFile(absl::string_view bytes, ElfType type, ElfMachine machine,
          std::vector<NamedSection> sections);

  absl::string_view bytes_;
  ElfType type_;
  ElfMachine machine_;
  std::vector<NamedSection> sections_;
};

}  // namespace probefarm
