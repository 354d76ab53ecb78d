#include "lib/files/temporary_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

namespace probefarm {
namespace {

TEST(TemporaryFolder, HasAFolderOfItsOwn) {
  TemporaryFolder const one;
  TemporaryFolder const other;
  EXPECT_NE(one.path(), other.path());
  EXPECT_TRUE(std::filesystem::is_directory(one.path()));
  EXPECT_EQ(std::filesystem::path(one.path()).lexically_normal(), one.path());
}

TEST(TemporaryFolder, GoesWithAllInIt) {
  std::optional<TemporaryFolder> folder(std::in_place);
  std::string const file = folder->Write("a/b", "content");
  EXPECT_EQ(file, *folder / "a/b");
  EXPECT_EQ(ReadWholeFile(file), "content");
  std::string const path = folder->path();
  folder.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace probefarm
