#include "tests/power/unsynced_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace probefarm {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

std::set<std::string> Possible(UnsyncedFile const& file) {
  std::set<std::string> contents;
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::mt19937 random(seed);
    contents.insert(file.AfterPowerCut(random));
  }
  return contents;
}

TEST(UnsyncedFile, WhatIsSyncedIsThere) {
  UnsyncedFile file("abc");
  file.Write(1, "xy");
  file.Truncate(2);
  file.Write(4, "z");
  file.Sync();
  EXPECT_THAT(Possible(file), ElementsAre(std::string("ax\0\0z", 5)));
}

TEST(UnsyncedFile, WhatIsNotMayBeLostOrNot) {
  UnsyncedFile file("abc");
  file.Write(0, "A");
  file.Write(2, "C");
  EXPECT_THAT(Possible(file), ElementsAre("AbC", "Abc", "abC", "abc"));
}

TEST(UnsyncedFile, AWriteMayBeTornBetweenSectors) {
  UnsyncedFile file(std::string(1024, 'a'));
  file.Write(256, std::string(512, 'b'));
  std::string const torn = std::string(512, 'a') + std::string(256, 'b') + std::string(256, 'a');
  EXPECT_THAT(Possible(file), Contains(torn));
  EXPECT_EQ(Possible(file).size(), 4U);
}

TEST(UnsyncedFile, ATruncationMayBeLost) {
  UnsyncedFile file("abc");
  file.Truncate(1);
  EXPECT_THAT(Possible(file), ElementsAre("a", "abc"));
}

}  // namespace
}  // namespace probefarm
