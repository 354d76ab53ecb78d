#include "lib/archive/archive_reader.h"

#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "lib/archive/archive_samples.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

auto const kRefused = absl::StatusCode::kInvalidArgument;
auto const kTooMuch = absl::StatusCode::kResourceExhausted;
auto const kBroken = absl::StatusCode::kDataLoss;
constexpr size_t kMegabyte = size_t{1} << 20;

absl::StatusOr<std::string> ReadAll(ArchiveReader& reader) {
  std::string content;
  std::array<char, 1000> piece;
  while (true) {
    ASSIGN_OR_RETURN(size_t const got, reader.Read(piece.data(), piece.size()));
    if (got == 0) return content;
    content.append(piece.data(), got);
  }
}

// One line for each entry: "usr/src/f file 644 content", "l symlink -> target".
absl::StatusOr<std::vector<std::string>> List(
    absl::StatusOr<std::unique_ptr<ArchiveReader>> opened) {
  constexpr std::array kNames = {"file", "directory", "symlink", "hardlink"};
  std::vector<std::string> lines;
  ASSIGN_OR_RETURN(std::unique_ptr<ArchiveReader> const reader, std::move(opened));
  while (true) {
    ASSIGN_OR_RETURN(std::optional<ArchiveEntry> const entry, reader->Next());
    if (!entry) return lines;
    ASSIGN_OR_RETURN(std::string const content, ReadAll(*reader));
    lines.push_back(absl::StrCat(entry->path, " ", kNames.at(static_cast<size_t>(entry->type)),
                                 entry->link_target.empty() ? "" : " -> ", entry->link_target,
                                 content.empty() ? "" : " ", content));
  }
}

class ArchiveReaderTest : public testing::Test {
 protected:
  absl::StatusOr<std::vector<std::string>> ListTar(std::vector<SampleEntry> const& entries,
                                                   ArchiveReader::Options const& options = {},
                                                   std::string const& filter = "") {
    WriteSampleTar(folder_ / "a.tar", entries, filter);
    return List(ArchiveReader::OpenTar(folder_ / "a.tar", options));
  }

  void WritePackage(std::string const& compression) {
    RunIn(folder_,
          "mkdir -p p/DEBIAN p/usr/src/h && echo obj > p/usr/src/h/Makefile && "
          "ln -s ../../lib/k p/usr/src/h/scripts && ln p/usr/src/h/Makefile p/usr/src/h/hard && "
          "printf 'Package: h\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@x>\\n"
          "Description: d\\n' > p/DEBIAN/control && "
          "dpkg-deb --root-owner-group -Z" +
              compression + " -b p h.deb > /dev/null");
  }

  // A package made by rpmbuild.
  void WriteRpm(std::string const& packing) {
    folder_.Write(
        "h.spec",
        "Name: h\nVersion: 6.1\nRelease: 1\nSummary: h\nLicense: none\nBuildArch: noarch\n"
        "%description\nh\n%install\n"
        "d=%{buildroot}/usr/src/kernels/6.1; mkdir -p $d\n"
        "echo all: >$d/Makefile; ln -s Makefile $d/build\n"
        "%files\n/usr/src/kernels/6.1\n");
    RunIn(folder_,
          absl::StrCat("rpmbuild --quiet -bb h.spec --define \"_topdir $PWD/top\" --define "
                       "\"_binary_payload ",
                       packing, "\" >rpmbuild.log 2>&1 && mv top/RPMS/noarch/h-*.rpm h.rpm"));
  }

  TemporaryFolder folder_;
};

TEST_F(ArchiveReaderTest, ReadsTarsOfTheSystemHoweverPacked) {
  RunIn(folder_, "mkdir -p d/sub && echo hello > d/sub/f && ln -s sub/f d/l && ln d/sub/f d/h");
  for (std::string const tool : {"--gzip", "--xz", "--zstd", ""}) {
    RunIn(folder_, absl::StrCat("tar ", tool, " --sort=name -cf t.tar ./d"));
    ASSERT_OK_AND_ASSIGN(auto const lines, List(ArchiveReader::OpenTar(folder_ / "t.tar", {})));
    EXPECT_THAT(lines, ElementsAre("d directory", "d/h file hello\n", "d/l symlink -> sub/f",
                                   "d/sub directory", "d/sub/f hardlink -> d/h"))
        << tool;
  }
}

TEST_F(ArchiveReaderTest, ReadsTheDataOfAPackageHoweverPacked) {
  for (std::string const compression : {"gzip", "xz", "zstd", "none"}) {
    WritePackage(compression);
    ASSERT_OK_AND_ASSIGN(auto const lines, List(ArchiveReader::OpenDeb(folder_ / "h.deb", {})));
    EXPECT_THAT(lines, SizeIs(6)) << compression;
    EXPECT_THAT(lines, testing::IsSupersetOf({"usr directory", "usr/src/h directory",
                                              "usr/src/h/scripts symlink -> ../../lib/k"}));
    RunIn(folder_, "rm -r p");
  }
}

TEST_F(ArchiveReaderTest, ReadsThePayloadOfAnRpmHoweverPacked) {
  for (std::string const packing : {"w9.gzdio", "w6.xzdio", "w19.zstdio"}) {
    WriteRpm(packing);
    ASSERT_OK_AND_ASSIGN(auto const lines, List(ArchiveReader::OpenRpm(folder_ / "h.rpm", {})));
    EXPECT_THAT(lines, ElementsAre("usr/src/kernels/6.1 directory",
                                   "usr/src/kernels/6.1/Makefile file all:\n",
                                   "usr/src/kernels/6.1/build symlink -> Makefile"))
        << packing;
  }
}

TEST_F(ArchiveReaderTest, TellsModeSizeAndTime) {
  SampleEntry script = SampleFile("run", "12345");
  script.mode = 0750;
  WriteSampleTar(folder_ / "a.tar", {script});
  ASSERT_OK_AND_ASSIGN(auto const reader, ArchiveReader::OpenTar(folder_ / "a.tar", {}));
  ASSERT_OK_AND_ASSIGN(auto const entry, reader->Next());
  EXPECT_EQ(entry->mode, 0750);
  EXPECT_EQ(entry->size, 5);
  EXPECT_EQ(entry->mtime, absl::FromUnixSeconds(1'700'000'000));
}

TEST_F(ArchiveReaderTest, SkipsWhatIsNotRead) {
  WriteSampleTar(folder_ / "a.tar",
                 {SampleFile("a", std::string(kMegabyte, 'a')), SampleFile("b", "second")});
  ASSERT_OK_AND_ASSIGN(auto const reader, ArchiveReader::OpenTar(folder_ / "a.tar", {}));
  ASSERT_OK(reader->Next());
  ASSERT_OK_AND_ASSIGN(auto const second, reader->Next());
  EXPECT_EQ(second->path, "b");
  ASSERT_OK_AND_ASSIGN(std::string const content, ReadAll(*reader));
  EXPECT_EQ(content, "second");
}

TEST_F(ArchiveReaderTest, ReadsNamesBeyondAscii) {
  RunIn(folder_, "mkdir d && touch d/naïve");
  for (std::string const format : {"gnu", "pax"}) {
    RunIn(folder_, "tar --format=" + format + " -cf t.tar d");
    ASSERT_OK_AND_ASSIGN(auto const lines, List(ArchiveReader::OpenTar(folder_ / "t.tar", {})));
    EXPECT_THAT(lines, ElementsAre("d directory", "d/naïve file")) << format;
  }
}

TEST_F(ArchiveReaderTest, RefusesPathsOutOfTheTree) {
  for (std::string const path : {"/etc/passwd", "../x", "a/../../x", "a/.."}) {
    EXPECT_THAT(ListTar({SampleFile("ok"), SampleFile(path)}),
                StatusIs(kRefused, AllOf(HasSubstr(absl::StrCat("'", path, "'")),
                                         HasSubstr(folder_ / "a.tar"))));
  }
  EXPECT_THAT(ListTar({SampleFile(".")}), StatusIs(kRefused));
}

TEST_F(ArchiveReaderTest, RefusesLinksOutOfTheTree) {
  EXPECT_THAT(ListTar({SampleSymlink("a/b", "../../x")}), StatusIs(kRefused, HasSubstr("'a/b'")));
  EXPECT_THAT(ListTar({SampleSymlink("a", "/etc/passwd")}), StatusIs(kRefused, HasSubstr("'a'")));
  EXPECT_THAT(ListTar({SampleHardlink("a", "/etc/passwd")}), StatusIs(kRefused));
  EXPECT_THAT(ListTar({SampleHardlink("a", "../x")}), StatusIs(kRefused));
  EXPECT_THAT(ListTar({SampleHardlink("a", "./")}), StatusIs(kRefused));
}

TEST_F(ArchiveReaderTest, LetsLinksBelowAllowedRoots) {
  std::vector<SampleEntry> const entries = {SampleSymlink("scripts", "/usr/lib/kbuild/scripts")};
  ArchiveReader::Options options;
  options.allowed_link_roots = {"/usr/lib/", "/usr/src/"};
  ASSERT_OK_AND_ASSIGN(auto const lines, ListTar(entries, options));
  EXPECT_THAT(lines, ElementsAre("scripts symlink -> /usr/lib/kbuild/scripts"));
  EXPECT_THAT(ListTar(entries), StatusIs(kRefused));
}

TEST_F(ArchiveReaderTest, NothingIsWrittenThroughALink) {
  SampleEntry const link = SampleSymlink("a/l", "b");
  for (char const* path : {"a/l", "a/l/passwd", "./a//l/x/y"}) {
    EXPECT_THAT(ListTar({link, SampleFile(path)}), StatusIs(kRefused, HasSubstr("'a/l'"))) << path;
    EXPECT_THAT(ListTar({link, SampleDirectory(path)}), StatusIs(kRefused)) << path;
    EXPECT_THAT(ListTar({link, SampleSymlink(path, "x")}), StatusIs(kRefused)) << path;
    EXPECT_THAT(ListTar({link, SampleHardlink("h", path)}), StatusIs(kRefused)) << path;
  }
}

TEST_F(ArchiveReaderTest, RefusesDevicesAndFifos) {
  for (unsigned const type : {AE_IFCHR, AE_IFBLK, AE_IFIFO})
    EXPECT_THAT(ListTar({{.path = "special", .type = type}}),
                StatusIs(kRefused, HasSubstr("'special'")));
}

TEST_F(ArchiveReaderTest, RefusesSetuidAndSetgidFiles) {
  for (int const mode : {04755, 02755})
    EXPECT_THAT(ListTar({{.path = "su", .type = AE_IFREG, .mode = mode}}),
                StatusIs(kRefused, HasSubstr("'su'")));
}

TEST_F(ArchiveReaderTest, DropsSpecialBitsOfDirectories) {
  WriteSampleTar(folder_ / "a.tar", {{.path = "tmp", .type = AE_IFDIR, .mode = 07755}});
  ASSERT_OK_AND_ASSIGN(auto const reader, ArchiveReader::OpenTar(folder_ / "a.tar", {}));
  ASSERT_OK_AND_ASSIGN(auto const entry, reader->Next());
  EXPECT_EQ(entry->mode, 0755);
}

TEST_F(ArchiveReaderTest, BoundsTheNumberOfEntries) {
  ArchiveReader::Options options;
  options.limits.max_entries = 2;
  EXPECT_OK(ListTar({SampleFile("a"), SampleFile("b")}, options));
  EXPECT_THAT(ListTar({SampleFile("a"), SampleFile("b"), SampleFile("c")}, options),
              StatusIs(kTooMuch, HasSubstr("max_entries (2)")));
}

TEST_F(ArchiveReaderTest, BoundsTheSizes) {
  ArchiveReader::Options options;
  options.limits.max_entry_bytes = 10;
  options.limits.max_total_bytes = 15;
  EXPECT_THAT(ListTar({SampleFile("a", "12345678901")}, options),
              StatusIs(kTooMuch, AllOf(HasSubstr("max_entry_bytes (10)"), HasSubstr("'a'"))));
  EXPECT_THAT(ListTar({SampleFile("a", "1234567890"), SampleFile("b", "123456")}, options),
              StatusIs(kTooMuch, AllOf(HasSubstr("max_total_bytes (15)"), HasSubstr("'b'"))));
  EXPECT_OK(ListTar({SampleFile("a", "1234567890"), SampleFile("b", "12345")}, options));
}

TEST_F(ArchiveReaderTest, BoundsTheRatioThoughTheEntryIsSkipped) {
  std::vector<SampleEntry> const bomb = {SampleFile("zeros", std::string(4 * kMegabyte, '\0')),
                                         SampleFile("b")};
  EXPECT_THAT(ListTar(bomb, {}, "zstd"), StatusIs(kTooMuch, HasSubstr("max_ratio (1000)")));
  ASSERT_OK_AND_ASSIGN(auto const reader, ArchiveReader::OpenTar(folder_ / "a.tar", {}));
  ASSERT_OK(reader->Next());
  EXPECT_THAT(reader->Next(), StatusIs(kTooMuch, HasSubstr("'zeros'")));
}

TEST_F(ArchiveReaderTest, ASmallArchiveMayPackWell) {
  EXPECT_OK(ListTar({SampleFile("zeros", std::string(kMegabyte / 2, '\0'))}, {}, "zstd"));
}

TEST_F(ArchiveReaderTest, TruncationIsDataLoss) {
  // Content that does not compress, so that half of the file is in the middle of it.
  std::string noise(kMegabyte / 4, '\0');
  unsigned state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  for (std::string const filter : {"", "gzip", "xz", "zstd"}) {
    WriteSampleTar(folder_ / "a.tar", {SampleFile("noise", noise)}, filter);
    std::filesystem::resize_file(folder_ / "a.tar", kMegabyte / 8);
    EXPECT_THAT(List(ArchiveReader::OpenTar(folder_ / "a.tar", {})),
                StatusIs(kBroken, HasSubstr(folder_ / "a.tar")))
        << filter;
  }
}

TEST_F(ArchiveReaderTest, ATruncatedPackageIsDataLoss) {
  WritePackage("xz");
  std::filesystem::resize_file(folder_ / "h.deb",
                               std::filesystem::file_size(folder_ / "h.deb") - 100);
  EXPECT_THAT(List(ArchiveReader::OpenDeb(folder_ / "h.deb", {})), StatusIs(kBroken));
}

TEST_F(ArchiveReaderTest, ATruncatedRpmIsDataLoss) {
  WriteRpm("w6.xzdio");
  std::filesystem::resize_file(folder_ / "h.rpm",
                               std::filesystem::file_size(folder_ / "h.rpm") - 100);
  EXPECT_THAT(List(ArchiveReader::OpenRpm(folder_ / "h.rpm", {})), StatusIs(kBroken));
}

TEST_F(ArchiveReaderTest, WhatIsNoArchiveIsDataLoss) {
  folder_.Write("empty", "");
  folder_.Write("text", std::string(5000, 'x'));
  for (char const* name : {"empty", "text"}) {
    EXPECT_THAT(List(ArchiveReader::OpenTar(folder_ / name, {})), StatusIs(kBroken)) << name;
    EXPECT_THAT(List(ArchiveReader::OpenDeb(folder_ / name, {})), StatusIs(kBroken)) << name;
    EXPECT_THAT(List(ArchiveReader::OpenRpm(folder_ / name, {})), StatusIs(kBroken)) << name;
  }
}

TEST_F(ArchiveReaderTest, APackageWithoutDataIsRefused) {
  RunIn(folder_, "echo 2.0 > debian-binary && ar rc n.deb debian-binary");
  EXPECT_THAT(List(ArchiveReader::OpenDeb(folder_ / "n.deb", {})),
              StatusIs(kRefused, HasSubstr("data.tar")));
}

TEST_F(ArchiveReaderTest, WhatIsPackedTwiceIsRefused) {
  RunIn(folder_, "touch f && tar -czf a.tar f && gzip a.tar");
  EXPECT_THAT(List(ArchiveReader::OpenTar(folder_ / "a.tar.gz", {})), StatusIs(kRefused));
}

TEST_F(ArchiveReaderTest, AMissingFileIsNotFound) {
  EXPECT_THAT(ArchiveReader::OpenTar("/nonexistent.tar", {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent.tar")));
}

TEST_F(ArchiveReaderTest, AnEmptyArchiveHasNoEntries) {
  ASSERT_OK_AND_ASSIGN(auto const lines, ListTar({}));
  EXPECT_THAT(lines, IsEmpty());
}

TEST_F(ArchiveReaderTest, AnErrorStays) {
  WriteSampleTar(folder_ / "a.tar", {SampleFile("../x"), SampleFile("y")});
  ASSERT_OK_AND_ASSIGN(auto const reader, ArchiveReader::OpenTar(folder_ / "a.tar", {}));
  EXPECT_THAT(reader->Next(), StatusIs(kRefused));
  EXPECT_THAT(reader->Next(), StatusIs(kRefused));
}

}  // namespace
}  // namespace probefarm
