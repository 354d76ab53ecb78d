#include "worker/inputs/cache_folder.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"
#include "worker/inputs/cached_file.h"

namespace probefarm {
namespace {

using std::filesystem::exists;

class CacheFolderTest : public testing::Test {
 protected:
  // A file of 10 bytes, last used at this time.
  std::string Add(int number, absl::Time last_use) {
    std::string const path = PathOfDigest(root_.path(), Sha256Hex(std::to_string(number)));
    return AddAt(std::filesystem::relative(path, root_.path()).string(), last_use);
  }

  std::string AddAt(std::string const& name, absl::Time last_use) {
    std::string const path = root_.Write(name, "0123456789");
    auto const file = CachedFile::Pin(path);
    EXPECT_OK(file);
    EXPECT_OK((*file)->Touch(last_use));
    return path;
  }

  TemporaryFolder root_;
  absl::Time const now_ = absl::FromUnixSeconds(1'800'000'000);
};

TEST_F(CacheFolderTest, PutsAFileUnderTheStartOfItsDigest) {
  EXPECT_EQ(PathOfDigest("/c", "abcdef"), "/c/sha256/ab/abcdef");
}

TEST_F(CacheFolderTest, ThatIsNotThereIsEmpty) {
  ASSERT_OK_AND_ASSIGN(auto const files, ListWholeFiles(root_ / "nowhere"));
  EXPECT_TRUE(files.empty());
}

TEST_F(CacheFolderTest, ListsWholeFilesOnly) {
  std::string const whole = Add(1, now_);
  AddAt("sha256/ab/abcdef.part", now_);
  ASSERT_OK_AND_ASSIGN(auto const files, ListWholeFiles(root_.path()));
  ASSERT_EQ(files.size(), 1);
  EXPECT_EQ(files[0].path, whole);
  EXPECT_EQ(files[0].size, 10);
  EXPECT_EQ(files[0].last_use, now_);
}

TEST_F(CacheFolderTest, RemovesOldUnfinishedFiles) {
  std::string const whole = Add(1, now_ - absl::Hours(100));
  std::string const old = AddAt("sha256/ab/old.part", now_ - absl::Hours(2));
  std::string const running = AddAt("sha256/ab/running.part", now_);
  ASSERT_OK(RemoveUnfinishedFiles(root_.path(), now_ - absl::Hours(1)));
  EXPECT_TRUE(exists(whole));
  EXPECT_FALSE(exists(old));
  EXPECT_TRUE(exists(running));
}

TEST_F(CacheFolderTest, EvictsTheLeastRecentlyUsedFirst) {
  std::string const newest = Add(1, now_);
  std::string const oldest = Add(2, now_ - absl::Hours(2));
  std::string const middle = Add(3, now_ - absl::Hours(1));
  ASSERT_OK(EvictDownTo(root_.path(), 25));
  EXPECT_FALSE(exists(oldest));
  EXPECT_TRUE(exists(middle));
  EXPECT_TRUE(exists(newest));
}

TEST_F(CacheFolderTest, EvictsNothingWithinTheLimit) {
  std::string const file = Add(1, now_);
  ASSERT_OK(EvictDownTo(root_.path(), 10));
  EXPECT_TRUE(exists(file));
}

TEST_F(CacheFolderTest, DoesNotEvictAPinnedFile) {
  std::string const oldest = Add(1, now_ - absl::Hours(2));
  std::string const newest = Add(2, now_);
  {
    ASSERT_OK_AND_ASSIGN(auto const pin, CachedFile::Pin(oldest));
    ASSERT_OK(EvictDownTo(root_.path(), 10));
    EXPECT_TRUE(exists(oldest));
    EXPECT_FALSE(exists(newest));
  }
  ASSERT_OK(EvictDownTo(root_.path(), 0));
  EXPECT_FALSE(exists(oldest));
}

TEST_F(CacheFolderTest, HasNoPinForAFileThatIsNotThere) {
  ASSERT_OK_AND_ASSIGN(auto const pin, CachedFile::Pin(root_ / "nothing"));
  EXPECT_FALSE(pin.has_value());
  ASSERT_OK_AND_ASSIGN(bool const removed, RemoveUnlessPinned(root_ / "nothing"));
  EXPECT_FALSE(removed);
}

}  // namespace
}  // namespace probefarm
