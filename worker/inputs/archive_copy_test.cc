#include "worker/inputs/archive_copy.h"

#include <gtest/gtest.h>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"
#include "worker/engine/fake_tree.h"
#include "worker/inputs/header_tree.h"

namespace probefarm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

class ArchiveCopyTest : public testing::Test {
 protected:
  LocalArchive Archive(FakeTree const& tree, std::string const& strip_prefix = "") {
    auto const tar = WriteTar(tree);
    EXPECT_OK(tar);
    LocalArchive archive;
    archive.input.file.name = "x.tar";
    archive.input.format = ArchiveFormat::kTar;
    archive.input.strip_prefix = strip_prefix;
    archive.path = folder_.Write("x.tar", *tar);
    return archive;
  }

  static std::optional<std::string> InSource(std::string const& path) { return "source/" + path; }

  absl::StatusOr<FakeTree> Copy(LocalArchive const& archive, PathMap const& map) {
    return Written(
        [&](TarWriter& tar) { return CopyArchive(archive, ArchiveReader::Options(), map, tar); });
  }

  absl::StatusOr<FakeTree> Written(std::function<absl::Status(TarWriter&)> const& write) {
    std::string bytes;
    TarWriter tar(
        [&](absl::string_view piece) {
          bytes.append(piece.data(), piece.size());
          return absl::OkStatus();
        },
        0, 0);
    absl::Status status = write(tar);
    if (status.ok()) status = tar.Finish();
    if (!status.ok()) return status;
    return ReadTar(bytes);
  }

  TemporaryFolder folder_;
};

std::vector<std::string> PathsOf(FakeTree const& tree) {
  std::vector<std::string> paths;
  for (auto const& [path, file] : tree) paths.push_back(path);
  return paths;
}

FakeFile Symlink(std::string target) {
  return {.type = FakeFile::Type::kSymlink, .content = std::move(target)};
}

TEST(PathBelow, TakesTheFolderOff) {
  EXPECT_THAT(PathBelow("a/b/c", ""), Optional(std::string("a/b/c")));
  EXPECT_THAT(PathBelow("a/b/c", "a/b/"), Optional(std::string("c")));
  EXPECT_THAT(PathBelow("a/b/c", "a"), Optional(std::string("b/c")));
  EXPECT_EQ(PathBelow("a/b", "a/b/"), std::nullopt);
  EXPECT_EQ(PathBelow("ab/c", "a"), std::nullopt);
}

TEST_F(ArchiveCopyTest, PutsEntriesWhereTheMapSays) {
  auto const archive = Archive(
      {{"usr/src/x-1/main.c", {.content = "int main;"}}, {"usr/share/doc", {.content = "no"}}},
      "usr/src/x-1/");
  ASSERT_OK_AND_ASSIGN(FakeTree const tree, Copy(archive, InSource));
  EXPECT_THAT(PathsOf(tree), ElementsAre("source/main.c"));
  EXPECT_EQ(tree.at("source/main.c").content, "int main;");
}

TEST_F(ArchiveCopyTest, SaysThatThePrefixHoldsNothing) {
  EXPECT_THAT(Copy(Archive({{"a", {}}}, "usr/src/x-2/"), InSource),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("usr/src/x-2/")));
}

TEST_F(ArchiveCopyTest, SaysThatAnArchiveIsBroken) {
  LocalArchive archive = Archive({});
  archive.input.format = ArchiveFormat::kDeb;
  archive.path = folder_.Write("broken.deb", "not an ar archive");
  EXPECT_THAT(Copy(archive, InSource),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("x.tar")));
}

TEST_F(ArchiveCopyTest, RefusesALinkOutOfTheTree) {
  EXPECT_THAT(Copy(Archive({{"a", Symlink("/etc/passwd")}}), InSource),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ArchiveCopyTest, HeaderTreeKeepsSourcesAndToolsAndEndsWithItsMarker) {
  auto const archive = Archive({{"usr/src/linux/Makefile", {.content = "all:"}},
                                {"usr/src/linux/scripts", Symlink("/usr/lib/linux-kbuild/scripts")},
                                {"usr/lib/linux-kbuild/fixdep", {.mode = 0755}},
                                {"lib/modules/6.1/build", Symlink("/usr/src/linux")},
                                {"usr/share/doc/copyright", {}}});
  ASSERT_OK_AND_ASSIGN(FakeTree const tree,
                       Written([&](TarWriter& tar) { return WriteHeaderTree({archive}, tar); }));
  EXPECT_THAT(PathsOf(tree),
              ElementsAre(kCompleteMarker, "usr", "usr/lib", "usr/lib/linux-kbuild/fixdep",
                          "usr/src", "usr/src/linux/Makefile", "usr/src/linux/scripts"));
  EXPECT_EQ(tree.at("usr/src/linux/scripts").content, "/usr/lib/linux-kbuild/scripts");
}

TEST(HeaderVolumeName, DependsOnThePackagesAndTheirOrder) {
  LocalArchive a;
  LocalArchive b;
  a.input.file.sha256 = "a";
  b.input.file.sha256 = "b";
  EXPECT_EQ(HeaderVolumeName({a, b}), HeaderVolumeName({a, b}));
  EXPECT_NE(HeaderVolumeName({a, b}), HeaderVolumeName({b, a}));
  EXPECT_NE(HeaderVolumeName({a, b}), HeaderVolumeName({a}));
  EXPECT_THAT(HeaderVolumeName({a}), testing::MatchesRegex("probefarm-kernel-[0-9a-f]{32}"));
}

}  // namespace
}  // namespace probefarm
