#include "worker/rebuild/byte_comparison.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "worker/artifact/elf_file.h"

namespace probefarm {
namespace {

std::string SectionOf(absl::string_view file, size_t offset) {
  absl::StatusOr<ElfFile> const elf = ElfFile::Parse(file);
  if (!elf.ok()) return "";
  absl::string_view const section = elf->SectionAt(offset);
  return section.empty() ? "" : absl::StrCat(", in section ", section);
}

std::string Lengths(size_t built, size_t published) {
  if (built == published) return "";
  return built > published
             ? absl::StrCat("; ", built - published, " bytes longer than what is published")
             : absl::StrCat("; ", published - built, " bytes shorter than what is published");
}

}  // namespace

std::string DescribeDifference(absl::string_view built, absl::string_view published) {
  size_t const common = std::min(built.size(), published.size());
  auto const first = std::mismatch(built.begin(), built.begin() + static_cast<ptrdiff_t>(common),
                                   published.begin());
  auto const offset = static_cast<size_t>(first.first - built.begin());
  return absl::StrCat("first at byte ", offset, SectionOf(built, offset),
                      Lengths(built.size(), published.size()));
}

}  // namespace probefarm
