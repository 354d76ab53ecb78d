#include "coordinator/inventory/builder_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "lib/archive/tar_writer.h"
#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kConfiguration[] =
    R"({"architecture":"amd64","config":{"Labels":{"io.probefarm.gcc":"11 12"}}})";

class BuilderArchiveTest : public testing::Test {
 protected:
  std::string WriteArchive(std::map<std::string, std::string> const& files) const {
    std::string archive;
    TarWriter tar(
        [&](absl::string_view bytes) {
          archive.append(bytes.data(), bytes.size());
          return absl::OkStatus();
        },
        0, 0);
    for (auto const& [name, content] : files) EXPECT_OK(tar.AddFile(name, 0644, content));
    EXPECT_OK(tar.Finish());
    return folder_.Write("image.tar", archive);
  }

  TemporaryFolder folder_;
};

TEST_F(BuilderArchiveTest, KnowsItsImageByTheDigestOfTheConfiguration) {
  std::string const path = WriteArchive(
      {{"abc.json", kConfiguration}, {"manifest.json", R"([{"Config":"abc.json","Layers":[]}])"}});
  ASSERT_OK_AND_ASSIGN(BuilderArchive const archive, ReadBuilderArchive(path));
  EXPECT_EQ(archive.image_id, "sha256:" + Sha256Hex(kConfiguration));
  EXPECT_EQ(archive.labels.at("io.probefarm.gcc"), "11 12");
  ASSERT_OK_AND_ASSIGN(std::string const digest, Sha256OfFile(path));
  EXPECT_EQ(archive.sha256, digest);
}

TEST_F(BuilderArchiveTest, RefusesWhatIsNoArchive) {
  std::string const path = folder_.Write("no-archive", "plain text");
  EXPECT_THAT(ReadBuilderArchive(path),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(path), HasSubstr("scripts/builder-image"))));
}

TEST_F(BuilderArchiveTest, RefusesWhatIsNotOneImage) {
  EXPECT_THAT(ReadBuilderArchive("/nowhere"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("scripts/builder-image")));
  EXPECT_THAT(ReadBuilderArchive(WriteArchive({{"x", "y"}})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no manifest.json")));
  EXPECT_THAT(ReadBuilderArchive(WriteArchive({{"manifest.json", "[]"}})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("exactly one image")));
  EXPECT_THAT(ReadBuilderArchive(WriteArchive({{"manifest.json", "{"}})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("exactly one image")));
  EXPECT_THAT(ReadBuilderArchive(WriteArchive({{"manifest.json", R"([{"Config":"gone.json"}])"}})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("does not hold gone.json")));
}

TEST_F(BuilderArchiveTest, AConfigurationThatIsNotJsonHasNoLabels) {
  ASSERT_OK_AND_ASSIGN(BuilderArchive const archive,
                       ReadBuilderArchive(WriteArchive(
                           {{"c.json", "?"}, {"manifest.json", R"([{"Config":"c.json"}])"}})));
  EXPECT_TRUE(archive.labels.empty());
}

}  // namespace
}  // namespace probefarm
