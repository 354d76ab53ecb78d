#include "lib/files/durable_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <cerrno>
#include <filesystem>

#include "lib/files/temporary_folder.h"
#include "lib/files/unique_fd.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

class DurableFile : public testing::Test {
 protected:
  std::string Path(std::string const& name) const { return folder_ / name; }

  TemporaryFolder folder_;
};

TEST_F(DurableFile, ReplacesWhatIsThere) {
  ASSERT_OK(ReplaceFile(Path("a"), Path("tmp"), "one"));
  ASSERT_OK(ReplaceFile(Path("a"), Path("tmp"), "two"));
  EXPECT_EQ(ReadWholeFile(Path("a")), "two");
  EXPECT_FALSE(std::filesystem::exists(Path("tmp")));
}

TEST_F(DurableFile, LeavesTheOldContentAndNoTemporaryWhenTheRenameFails) {
  ASSERT_OK(MakeFolders(Path("a/b")));
  EXPECT_FALSE(ReplaceFile(Path("a"), Path("tmp"), "one").ok());
  EXPECT_TRUE(std::filesystem::is_directory(Path("a/b")));
  EXPECT_FALSE(std::filesystem::exists(Path("tmp")));
}

TEST_F(DurableFile, MakesFoldersOfAnyDepthAndAgain) {
  ASSERT_OK(MakeFolders(Path("x/y/z")));
  ASSERT_OK(MakeFolders(Path("x/y/z")));
  EXPECT_TRUE(std::filesystem::is_directory(Path("x/y/z")));
}

TEST_F(DurableFile, NamesTheFileThatStandsWhereAFolderShould) {
  ASSERT_OK(ReplaceFile(Path("a"), Path("tmp"), "one"));
  EXPECT_THAT(MakeFolders(Path("a/b")),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(Path("a"))));
  EXPECT_THAT(MakeFolders(Path("a")),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(Path("a"))));
}

TEST_F(DurableFile, SaysHowMuchRoomThereIs) {
  ASSERT_OK_AND_ASSIGN(int64_t const free, FreeBytes(Path("")));
  EXPECT_GT(free, 0);
  EXPECT_THAT(FreeBytes(Path("none")), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(DurableFile, SaysThatTheDiskIsFull) {
  ASSERT_OK_AND_ASSIGN(UniqueFd const full, OpenFile("/dev/full", O_WRONLY));
  EXPECT_THAT(WriteAll(full.get(), "x", "/dev/full"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("/dev/full")));
  EXPECT_THAT(FileError(EFBIG, "write", "f"), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(DurableFile, NamesTheFileThatIsNotThere) {
  EXPECT_THAT(OpenFile(Path("none"), O_RDONLY).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(Path("none"))));
}

}  // namespace
}  // namespace probefarm
