#include "worker/artifact/elf_file.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr absl::string_view kMagic("\177ELF\2\1\1", 7);  // 64 bits, little-endian, version 1
constexpr size_t kFileHeaderBytes = 64;
constexpr size_t kSectionHeaderBytes = 64;
constexpr uint32_t kSectionWithoutBytes = 8;  // SHT_NOBITS

// What the file header says of the section headers.
struct Table {
  uint64_t offset;
  uint64_t count;
  uint64_t names;  // index of the section that holds the names
};

struct SectionHeader {
  uint64_t name;  // offset in the names
  uint32_t type;
  uint64_t offset;
  uint64_t size;
};

absl::Status Broken(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("not a sound ELF file: ", what));
}

// Little-endian, at an offset that the caller has checked.
template <class T>
T Number(absl::string_view bytes, size_t offset) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value =
        static_cast<T>(value | static_cast<T>(static_cast<uint8_t>(bytes[offset + i])) << (8 * i));
  }
  return value;
}

bool Holds(absl::string_view bytes, uint64_t offset, uint64_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset;
}

absl::StatusOr<Table> ReadTable(absl::string_view bytes) {
  Table const table{Number<uint64_t>(bytes, 40), Number<uint16_t>(bytes, 60),
                    Number<uint16_t>(bytes, 62)};
  if (Number<uint16_t>(bytes, 58) != kSectionHeaderBytes) {
    return Broken("its section headers have an unknown size");
  }
  if (!Holds(bytes, table.offset, table.count * kSectionHeaderBytes)) {
    return Broken("its section headers lie outside of it");
  }
  if (table.names >= table.count) return Broken("it has no section names");
  return table;
}

SectionHeader ReadSectionHeader(absl::string_view bytes, Table const& table, uint64_t index) {
  absl::string_view const header =
      bytes.substr(table.offset + index * kSectionHeaderBytes, kSectionHeaderBytes);
  return {Number<uint32_t>(header, 0), Number<uint32_t>(header, 4), Number<uint64_t>(header, 24),
          Number<uint64_t>(header, 32)};
}

absl::StatusOr<absl::string_view> ReadContent(absl::string_view bytes,
                                              SectionHeader const& header) {
  if (header.type == kSectionWithoutBytes) return absl::string_view();
  if (!Holds(bytes, header.offset, header.size)) return Broken("a section lies outside of it");
  return bytes.substr(header.offset, header.size);
}

absl::StatusOr<absl::string_view> ReadName(absl::string_view names, uint64_t offset) {
  size_t const end = offset < names.size() ? names.find('\0', offset) : absl::string_view::npos;
  if (end == absl::string_view::npos) return Broken("a section's name lies outside of the names");
  return names.substr(offset, end - offset);
}

}  // namespace

absl::StatusOr<ElfFile> ElfFile::Parse(absl::string_view bytes) {
  if (bytes.size() < kFileHeaderBytes) return Broken("it is too short");
  if (!absl::StartsWith(bytes, kMagic)) return Broken("no 64-bit little-endian ELF magic");
  ASSIGN_OR_RETURN(Table const table, ReadTable(bytes));
  ASSIGN_OR_RETURN(absl::string_view const names,
                   ReadContent(bytes, ReadSectionHeader(bytes, table, table.names)));
  std::vector<NamedSection> sections;
  for (uint64_t i = 0; i < table.count; ++i) {
    SectionHeader const header = ReadSectionHeader(bytes, table, i);
    ASSIGN_OR_RETURN(absl::string_view const name, ReadName(names, header.name));
    ASSIGN_OR_RETURN(absl::string_view const content, ReadContent(bytes, header));
    sections.push_back({name, content});
  }
  return ElfFile(bytes, ElfType{Number<uint16_t>(bytes, 16)},
                 ElfMachine{Number<uint16_t>(bytes, 18)}, std::move(sections));
}

ElfFile::ElfFile(absl::string_view bytes, ElfType type, ElfMachine machine,
                 std::vector<NamedSection> sections)
    : bytes_(bytes), type_(type), machine_(machine), sections_(std::move(sections)) {}

std::optional<absl::string_view> ElfFile::Section(absl::string_view name) const {
  for (auto const& section : sections_) {
    if (section.name == name) return section.content;
  }
  return std::nullopt;
}

absl::string_view ElfFile::SectionAt(size_t offset) const {
  for (auto const& section : sections_) {
    if (section.content.empty()) continue;
    auto const start = static_cast<size_t>(section.content.data() - bytes_.data());
    if (start <= offset && offset - start < section.content.size()) return section.name;
  }
  return "";
}

}  // namespace probefarm
