#include "worker/artifact/elf_file.h"

#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"
#include "worker/artifact/small_elf.h"

namespace probefarm {
namespace {

using testing::HasSubstr;
using testing::Optional;

std::string Sample() { return SmallElf(1, 247).Add("license", "GPL").Add("empty", "").Build(); }

// Little-endian, over what stands there.
void Put(std::string& bytes, size_t offset, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i) bytes[offset + i] = static_cast<char>(value >> (8 * i));
}

uint64_t TableOffset(std::string const& bytes) {
  uint64_t offset = 0;
  for (size_t i = 0; i < 8; ++i) {
    offset |= uint64_t{static_cast<uint8_t>(bytes[40 + i])} << (8 * i);
  }
  return offset;
}

TEST(ElfFile, FindsSectionsByName) {
  std::string const bytes = Sample();
  ASSERT_OK_AND_ASSIGN(ElfFile const elf, ElfFile::Parse(bytes));
  EXPECT_EQ(elf.type(), ElfType::kRelocatable);
  EXPECT_EQ(elf.machine(), ElfMachine::kBpf);
  EXPECT_THAT(elf.Section("license"), Optional(absl::string_view("GPL")));
  EXPECT_THAT(elf.Section("empty"), Optional(absl::string_view()));
  EXPECT_EQ(elf.Section("licens"), std::nullopt);
}

TEST(ElfFile, RefusesEveryTruncation) {
  std::string const whole = Sample();
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(ElfFile::Parse(absl::string_view(whole).substr(0, size)),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << size;
  }
}

TEST(ElfFile, RefusesOtherFiles) {
  std::string const bytes(1000, 'x');
  EXPECT_THAT(ElfFile::Parse(bytes),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("magic")));
}

TEST(ElfFile, RefusesBigEndianAnd32Bit) {
  for (size_t position : {4, 5}) {
    std::string bytes = Sample();
    bytes[position] = static_cast<char>(3 - bytes[position]);
    EXPECT_THAT(ElfFile::Parse(bytes), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(ElfFile, RefusesASectionTableOutsideOfTheFile) {
  for (uint64_t const offset : {uint64_t{1} << 40, ~uint64_t{0}, ~uint64_t{63}}) {
    std::string bytes = Sample();
    Put(bytes, 40, offset, 8);
    EXPECT_THAT(ElfFile::Parse(bytes),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("section headers")));
  }
}

TEST(ElfFile, RefusesASectionOutsideOfTheFile) {
  for (size_t const field : {24, 32}) {
    std::string bytes = Sample();
    Put(bytes, TableOffset(bytes) + 64 + field, ~uint64_t{0}, 8);
    EXPECT_THAT(ElfFile::Parse(bytes),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a section lies outside")));
  }
}

TEST(ElfFile, GivesASectionWithoutBytesNoContent) {
  std::string bytes = Sample();
  size_t const header = TableOffset(bytes) + 64;
  Put(bytes, header + 4, 8, 4);
  Put(bytes, header + 32, ~uint64_t{0}, 8);
  ASSERT_OK_AND_ASSIGN(ElfFile const elf, ElfFile::Parse(bytes));
  EXPECT_THAT(elf.Section("license"), Optional(absl::string_view()));
}

TEST(ElfFile, RefusesANameOutsideOfTheNames) {
  std::string bytes = Sample();
  Put(bytes, TableOffset(bytes) + 64, 0xffffffff, 4);
  EXPECT_THAT(ElfFile::Parse(bytes),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("name")));
}

TEST(ElfFile, RefusesNamesThatAreNotThere) {
  std::string bytes = Sample();
  Put(bytes, 62, 0xffff, 2);
  EXPECT_THAT(ElfFile::Parse(bytes),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no section names")));
}

}  // namespace
}  // namespace probefarm
