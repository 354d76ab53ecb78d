#include "client/output/names.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

TEST(Names, AreThoseOfTheCommandLine) {
  EXPECT_EQ(StateName(v1::PUBLISHED), "published");
  EXPECT_EQ(KindName(v1::KIND_KMOD), "kmod");
  EXPECT_EQ(ArchName(v1::ARCH_X86_64), "x86_64");
  EXPECT_EQ(PhaseName(v1::AWAITING_UPLOAD), "awaiting_upload");
  EXPECT_EQ(PhaseName(v1::LEASE_PHASE_UNSPECIFIED), "");
}

TEST(Names, AValueFromTheFutureIsItsNumber) {
  EXPECT_EQ(StateName(static_cast<v1::JobState>(77)), "77");
}

TEST(TimeText, IsEmptyForAnUnsetTime) {
  google::protobuf::Timestamp time;
  EXPECT_EQ(TimeText(time), "");
  time.set_seconds(1'800'000'000);
  EXPECT_EQ(TimeText(time), "2027-01-15T08:00:00Z");
}

TEST(SizeText, PicksAUnit) {
  EXPECT_EQ(SizeText(999), "999 B");
  EXPECT_EQ(SizeText(1'400'000), "1.4 MB");
}

TEST(BuildersText, IsShort) {
  google::protobuf::RepeatedPtrField<std::string> ids;
  EXPECT_EQ(BuildersText(ids), "any");
  *ids.Add() = "sha256:0123456789abcdef";
  *ids.Add() = "sha256:f";
  EXPECT_EQ(BuildersText(ids), "0123456789ab,f");
}

}  // namespace
}  // namespace probefarm
