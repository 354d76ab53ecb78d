#include "coordinator/web/byte_range.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

RangeAnswer const kWhole = WholeFile{};
RangeAnswer const kNone = UnsatisfiableRange{};
RangeAnswer Range(int64_t offset, int64_t length) { return ByteRange{offset, length}; }

TEST(ByteRange, TakesTheBytesThatAreNamed) {
  EXPECT_EQ(ParseByteRange("bytes=0-0", 10), Range(0, 1));
  EXPECT_EQ(ParseByteRange("bytes=2-5", 10), Range(2, 4));
  EXPECT_EQ(ParseByteRange("Bytes=0-9", 10), Range(0, 10));
}

TEST(ByteRange, EndsWithTheFile) {
  EXPECT_EQ(ParseByteRange("bytes=2-", 10), Range(2, 8));
  EXPECT_EQ(ParseByteRange("bytes=2-100", 10), Range(2, 8));
  EXPECT_EQ(ParseByteRange("bytes=2-99999999999999999999", 10), Range(2, 8));
}

TEST(ByteRange, TakesTheLastBytes) {
  EXPECT_EQ(ParseByteRange("bytes=-3", 10), Range(7, 3));
  EXPECT_EQ(ParseByteRange("bytes=-30", 10), Range(0, 10));
}

TEST(ByteRange, CannotBeSatisfiedBeyondTheEnd) {
  EXPECT_EQ(ParseByteRange("bytes=10-", 10), kNone);
  EXPECT_EQ(ParseByteRange("bytes=99999999999999999999-", 10), kNone);
  EXPECT_EQ(ParseByteRange("bytes=-0", 10), kNone);
  EXPECT_EQ(ParseByteRange("bytes=0-", 0), kNone);
  EXPECT_EQ(ParseByteRange("bytes=-1", 0), kNone);
}

TEST(ByteRange, IsIgnoredWhenItIsNotOneRangeOfBytes) {
  for (char const* header :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b",
        "bytes=1-b", "bytes=+1-2", "bytes=1--2", "bytes=0x1-2", "bytes=1"})
    EXPECT_EQ(ParseByteRange(header, 10), kWhole) << header;
}

}  // namespace
}  // namespace probefarm
