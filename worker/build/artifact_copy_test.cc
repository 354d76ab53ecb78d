#include "worker/build/artifact_copy.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"
#include "worker/engine/fake_container_engine.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

class ArtifactCopyTest : public testing::Test {
 protected:
  // A container that has left these files below /build/out.
  absl::StatusOr<BuiltArtifact> Copy(FakeTree const& left, int64_t max_bytes = 1 << 20) {
    engine_.AddImage("sha256:builder");
    engine_.SetProgram([left](ContainerSpec const&, FakeTree& files) {
      for (auto const& [name, file] : left) files["/build/out/" + name] = file;
      return FakeRun();
    });
    ContainerSpec spec;
    spec.name = absl::StrCat("build-", engine_.created().size());
    spec.image = "sha256:builder";
    spec.mounts = {{spec.name, "/build", false}};
    std::string const container = *engine_.CreateContainer(spec);
    EXPECT_OK(engine_.StartContainer(container));
    return CopyArtifact(engine_, container, "/build/out/probe", max_bytes, folder_ / "copy");
  }

  bool IsFolderEmpty() { return std::filesystem::is_empty(folder_.path()); }

  TemporaryFolder folder_;
  FakeContainerEngine engine_;
};

auto NoArtifact(std::string const& why) {
  return StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(why));
}

TEST_F(ArtifactCopyTest, CopiesTheFileAndComputesItsDigest) {
  std::string const content(200'000, 'p');
  ASSERT_OK_AND_ASSIGN(BuiltArtifact const artifact, Copy({{"probe", {.content = content}}}));
  EXPECT_EQ(ReadWholeFile(artifact.path), content);
  EXPECT_EQ(artifact.sha256, Sha256Hex(content));
  EXPECT_EQ(artifact.size, 200'000);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(ArtifactCopyTest, SaysThatThereIsNoFile) {
  EXPECT_THAT(Copy({}), NoArtifact("/build/out/probe"));
  EXPECT_TRUE(IsFolderEmpty());
}

TEST_F(ArtifactCopyTest, RefusesAFolder) {
  FakeFile const folder{.type = FakeFile::Type::kDirectory, .mode = 0755};
  EXPECT_THAT(Copy({{"probe", folder}, {"probe/x", {}}}), NoArtifact("regular"));
  EXPECT_TRUE(IsFolderEmpty());
}

TEST_F(ArtifactCopyTest, RefusesALink) {
  EXPECT_THAT(Copy({{"probe", {.type = FakeFile::Type::kSymlink, .content = "/etc/passwd"}}}),
              NoArtifact(""));
  EXPECT_THAT(Copy({{"probe", {.type = FakeFile::Type::kSymlink, .content = "other"}}}),
              NoArtifact("regular"));
  EXPECT_TRUE(IsFolderEmpty());
}

TEST_F(ArtifactCopyTest, RefusesAFileBeyondTheLimit) {
  EXPECT_OK(Copy({{"probe", {.content = std::string(1000, 'p')}}}, 1000));
  std::filesystem::remove(folder_ / "copy");
  EXPECT_THAT(Copy({{"probe", {.content = std::string(1001, 'p')}}}, 1000), NoArtifact("1000"));
  EXPECT_THAT(Copy({{"probe", {.content = std::string(1 << 20, 'p')}}}, 1000),
              NoArtifact("1000 bytes"));
  EXPECT_TRUE(IsFolderEmpty());
}

TEST_F(ArtifactCopyTest, PassesTheEnginesErrorsOn) {
  engine_.FailNext(EngineCall::kGetArchive, absl::UnavailableError("engine restarts"));
  EXPECT_THAT(Copy({{"probe", {}}}), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(IsFolderEmpty());
}

}  // namespace
}  // namespace probefarm
