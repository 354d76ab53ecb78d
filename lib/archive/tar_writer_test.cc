#include "lib/archive/tar_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "lib/archive/archive_samples.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

TarWriter::Sink Into(std::string& out) {
  return [&out](absl::string_view piece) {
    absl::StrAppend(&out, piece);
    return absl::OkStatus();
  };
}

class TarWriterTest : public testing::Test {
 protected:
  // What the system's tar says of `archive`.
  std::string Listed(std::string const& archive) {
    folder_.Write("out.tar", archive);
    RunIn(folder_, "TZ=UTC tar --numeric-owner --full-time -tvf out.tar > list");
    return ReadWholeFile(folder_ / "list");
  }

  TemporaryFolder folder_;
};

TEST_F(TarWriterTest, WritesWhatTheSystemsTarReads) {
  std::string archive;
  TarWriter writer(Into(archive), 1000, 1001);
  ASSERT_OK(writer.AddDirectory("build", 0755));
  ASSERT_OK(writer.AddFile("build/run.sh", 0750, "exit 0\n"));
  ASSERT_OK(writer.Finish());
  EXPECT_EQ(Listed(archive),
            "drwxr-xr-x 1000/1001         0 1970-01-01 00:00:00 build/\n"
            "-rwxr-x--- 1000/1001         7 1970-01-01 00:00:00 build/run.sh\n");
  RunIn(folder_, "tar -xOf out.tar build/run.sh > content");
  EXPECT_EQ(ReadWholeFile(folder_ / "content"), "exit 0\n");
}

TEST_F(TarWriterTest, CopiesEntriesUnderAnotherPath) {
  std::string const content(200'000, 'x');
  WriteSampleTar(folder_ / "in.tar",
                 {SampleDirectory("d"), SampleFile("d/f", content), SampleSymlink("d/l", "f"),
                  SampleHardlink("d/h", "d/f")},
                 "gzip");
  ASSERT_OK_AND_ASSIGN(auto const reader, ArchiveReader::OpenTar(folder_ / "in.tar", {}));
  std::string archive;
  TarWriter writer(Into(archive), 0, 0);
  while (true) {
    ASSERT_OK_AND_ASSIGN(std::optional<ArchiveEntry> entry, reader->Next());
    if (!entry) break;
    if (entry->type == EntryType::kHardlink) entry->link_target = "kernel/" + entry->link_target;
    ASSERT_OK(writer.CopyEntry(*entry, "kernel/" + entry->path, *reader));
  }
  ASSERT_OK(writer.Finish());
  EXPECT_EQ(Listed(archive),
            "drwxr-xr-x 0/0               0 2023-11-14 22:13:20 kernel/d/\n"
            "-rw-r--r-- 0/0          200000 2023-11-14 22:13:20 kernel/d/f\n"
            "lrwxrwxrwx 0/0               0 2023-11-14 22:13:20 kernel/d/l -> f\n"
            "hrw-r--r-- 0/0               0 2023-11-14 22:13:20 kernel/d/h link to kernel/d/f\n");
  RunIn(folder_, "tar -xOf out.tar kernel/d/f > content");
  EXPECT_EQ(ReadWholeFile(folder_ / "content"), content);
}

TEST_F(TarWriterTest, LongAndForeignNamesSurvive) {
  std::string const path =
      absl::StrCat(std::string(150, 'd'), "/", std::string(150, 'f'), "/naïve");
  std::string archive;
  TarWriter writer(Into(archive), 0, 0);
  ASSERT_OK(writer.AddFile(path, 0644, "x"));
  ASSERT_OK(writer.Finish());
  folder_.Write("out.tar", archive);
  ASSERT_OK_AND_ASSIGN(auto const reader, ArchiveReader::OpenTar(folder_ / "out.tar", {}));
  ASSERT_OK_AND_ASSIGN(auto const entry, reader->Next());
  EXPECT_EQ(entry->path, path);
  RunIn(folder_, "tar -xf out.tar");
  EXPECT_EQ(ReadWholeFile(folder_ / path), "x");
}

TEST_F(TarWriterTest, TheSameCallsGiveTheSameBytes) {
  std::string archives[2];
  for (std::string& archive : archives) {
    TarWriter writer(Into(archive), 1000, 1000);
    ASSERT_OK(writer.AddDirectory("d", 0755));
    ASSERT_OK(writer.AddFile("d/f", 0644, "content"));
    ASSERT_OK(writer.Finish());
  }
  EXPECT_EQ(archives[0], archives[1]);
}

TEST_F(TarWriterTest, WithoutItsEndTheStreamIsTruncated) {
  std::string archive;
  {
    TarWriter writer(Into(archive), 0, 0);
    ASSERT_OK(writer.AddFile("f", 0644, std::string(100'000, 'x')));
  }
  folder_.Write("out.tar", archive);
  ASSERT_OK_AND_ASSIGN(auto const reader, ArchiveReader::OpenTar(folder_ / "out.tar", {}));
  ASSERT_OK(reader->Next());
  EXPECT_THAT(reader->Next(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(TarWriterTest, TheSinksErrorEndsTheWriting) {
  int calls = 0;
  TarWriter writer(
      [&](absl::string_view) {
        ++calls;
        return absl::UnavailableError("engine gone");
      },
      0, 0);
  EXPECT_THAT(writer.AddFile("f", 0644, std::string(1'000'000, 'x')),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("write f: engine gone")));
  EXPECT_THAT(writer.Finish(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(calls, 1);
}

TEST_F(TarWriterTest, ARefusedSourceEndsTheWriting) {
  WriteSampleTar(folder_ / "in.tar", {SampleFile("f", std::string(100'000, 'x'))});
  std::filesystem::resize_file(folder_ / "in.tar", 50'000);
  ASSERT_OK_AND_ASSIGN(auto const reader, ArchiveReader::OpenTar(folder_ / "in.tar", {}));
  ASSERT_OK_AND_ASSIGN(auto const entry, reader->Next());
  std::string archive;
  TarWriter writer(Into(archive), 0, 0);
  EXPECT_THAT(writer.CopyEntry(*entry, "f", *reader), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(writer.Finish(), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace probefarm
