#include "worker/inputs/build_volume.h"

#include <gtest/gtest.h>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"
#include "worker/engine/fake_container_engine.h"

namespace probefarm {
namespace {

TEST(BuildVolume, HoldsSourceScriptAndOutputFolderForTheBuildUser) {
  TemporaryFolder folder;
  LocalArchive source;
  source.input.format = ArchiveFormat::kTar;
  source.input.strip_prefix = "driver-1/";
  source.path = folder.Write("s.tar", *WriteTar({{"driver-1/main.c", {.content = "int main;"}}}));
  FakeContainerEngine engine;
  engine.AddImage("sha256:builder");
  ContainerSpec spec;
  spec.image = "sha256:builder";
  spec.mounts = {{"build", "/build", false}};
  ASSERT_OK_AND_ASSIGN(std::string const container, engine.CreateContainer(spec));

  ASSERT_OK(FillBuildVolume(engine, container, {source}, "make\n"));

  ASSERT_OK_AND_ASSIGN(FakeTree const files, engine.VolumeFiles("build"));
  EXPECT_EQ(files.at("source/main.c").content, "int main;");
  EXPECT_EQ(files.at("build.sh").content, "make\n");
  EXPECT_EQ(files.at("out").type, FakeFile::Type::kDirectory);
  for (auto const& [path, file] : files) EXPECT_EQ(file.uid, kBuildUid) << path;
}

}  // namespace
}  // namespace probefarm
