#include "lib/http/new_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "lib/files/temporary_folder.h"
#include "lib/files/tiny_disk.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

class NewFileTest : public testing::Test {
 protected:
  std::string Destination() const { return folder_ / "file"; }
  long Files() const {
    return std::distance(std::filesystem::directory_iterator(folder_.path()),
                         std::filesystem::directory_iterator());
  }
  std::string Content() const { return ReadWholeFile(Destination()); }

  TemporaryFolder folder_;
};

TEST_F(NewFileTest, AppearsWhenCommitted) {
  ASSERT_OK_AND_ASSIGN(auto file, NewFile::Create(Destination()));
  ASSERT_OK(file->Write("one "));
  ASSERT_OK(file->Write("two"));
  EXPECT_FALSE(std::filesystem::exists(Destination()));
  ASSERT_OK(file->Commit());
  file.reset();
  EXPECT_EQ(Content(), "one two");
  EXPECT_EQ(Files(), 1);
}

TEST_F(NewFileTest, LeavesNothingUnlessCommitted) {
  std::ofstream(Destination()) << "before";
  ASSERT_OK_AND_ASSIGN(auto file, NewFile::Create(Destination()));
  ASSERT_OK(file->Write("half"));
  file.reset();
  EXPECT_EQ(Content(), "before");
  EXPECT_EQ(Files(), 1);
}

TEST_F(NewFileTest, TheLastOfTwoWritersWins) {
  ASSERT_OK_AND_ASSIGN(auto first, NewFile::Create(Destination()));
  ASSERT_OK_AND_ASSIGN(auto second, NewFile::Create(Destination()));
  ASSERT_OK(first->Write("first"));
  ASSERT_OK(second->Write("second"));
  ASSERT_OK(second->Commit());
  ASSERT_OK(first->Commit());
  EXPECT_EQ(Content(), "first");
}

TEST_F(NewFileTest, AMissingFolderIsNamed) {
  EXPECT_THAT(NewFile::Create("/nonexistent/file"),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("create /nonexistent/file: No such file")));
}

TEST_F(NewFileTest, AFailedRenameLeavesNothing) {
  std::filesystem::create_directory(Destination());
  ASSERT_OK_AND_ASSIGN(auto file, NewFile::Create(Destination()));
  EXPECT_THAT(file->Commit(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("rename")));
  file.reset();
  EXPECT_EQ(Files(), 1);
}

TEST_F(NewFileTest, AFileSizeLimitIsAFullDisk) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit const small{.rlim_cur = 16, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  ASSERT_OK_AND_ASSIGN(auto file, NewFile::Create(Destination()));
  absl::Status const status = file->Write(std::string(17, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(Destination())));
}

TEST_F(NewFileTest, AFullDiskIsExhausted) {
  TinyDisk const disk(folder_.path(), 64);
  if (!disk.mounted()) GTEST_SKIP() << "mounting needs root";
  absl::StatusOr<std::unique_ptr<NewFile>> file = NewFile::Create(Destination());
  absl::Status const status = file.ok() ? (*file)->Write(std::string(100'000, 'x')) : file.status();
  file = absl::UnknownError("closed");
  EXPECT_EQ(Files(), 0);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("No space left")));
}

}  // namespace
}  // namespace probefarm
