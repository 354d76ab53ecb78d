#include "worker/rebuild/byte_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/artifact/small_elf.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(DescribeDifference, NamesTheFirstByte) {
  EXPECT_EQ(DescribeDifference("abcd", "abXd"), "first at byte 2");
}

TEST(DescribeDifference, NamesTheSection) {
  std::string const built = SmallElf(1, 247).Add("license", "GPL").Add("maps", "one").Build();
  std::string const published = SmallElf(1, 247).Add("license", "GPL").Add("maps", "two").Build();
  EXPECT_THAT(DescribeDifference(built, published), HasSubstr("in section maps"));
}

TEST(DescribeDifference, TellsLengthsThatDiffer) {
  EXPECT_THAT(DescribeDifference("abcd", "ab"),
              AllOf(HasSubstr("byte 2"), HasSubstr("2 bytes longer")));
  EXPECT_THAT(DescribeDifference("", "ab"), HasSubstr("2 bytes shorter"));
}

}  // namespace
}  // namespace probefarm
