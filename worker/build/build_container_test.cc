#include "worker/build/build_container.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/inputs/labels.h"

namespace probefarm {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;
using testing::Pair;
using testing::UnorderedElementsAre;

BuildLease const kLease{"worker-1", 7, 3};

TEST(BuildContainer, IsSealedAndHasWhatTheSpecSaysAndNoMore) {
  BuildSpec spec;
  spec.image.id = "sha256:builder";
  spec.env = {{"CC", "gcc-12"}, {"KIND", "kmod"}};
  spec.limits.memory_bytes = 1000;
  spec.limits.cpus = 1.5;
  spec.limits.processes = 64;
  spec.limits.output_bytes = 2000;
  spec.limits.timeout = absl::Milliseconds(90'500);
  ContainerSpec const container = BuildContainer(spec, kLease, "probefarm-kernel-x");
  EXPECT_TRUE(container.sealed);
  EXPECT_EQ(container.image, "sha256:builder");
  EXPECT_EQ(container.user, "1000:1000");
  EXPECT_EQ(container.working_dir, "/build");
  EXPECT_THAT(container.command,
              ElementsAre("timeout", "-k", "10", "91", "bash", "/build/build.sh"));
  EXPECT_THAT(container.env, ElementsAre("CC=gcc-12", "KIND=kmod"));
  EXPECT_THAT(container.tmpfs, ElementsAre("/tmp"));
  EXPECT_EQ(container.memory_bytes, 1000);
  EXPECT_EQ(container.cpus, 1.5);
  EXPECT_EQ(container.pids, 64);
  EXPECT_EQ(container.file_bytes, 2000);
  ASSERT_EQ(container.mounts.size(), 2);
  EXPECT_EQ(container.mounts[0].volume, "probefarm-kernel-x");
  EXPECT_EQ(container.mounts[0].path, "/kernel");
  EXPECT_TRUE(container.mounts[0].read_only);
  EXPECT_EQ(container.mounts[1].volume, BuildName(kLease));
  EXPECT_EQ(container.mounts[1].path, "/build");
  EXPECT_FALSE(container.mounts[1].read_only);
}

TEST(BuildContainer, IsFoundByItsLabels) {
  EXPECT_THAT(BuildLabels(kLease),
              UnorderedElementsAre(Pair(kKindLabel, kBuildKind), Pair(kWorkerLabel, "worker-1"),
                                   Pair(kJobLabel, "7"), Pair(kEpochLabel, "3")));
}

TEST(BuildName, HasJobAndEpochAndDiffersByWorker) {
  EXPECT_THAT(BuildName(kLease), MatchesRegex("probefarm-build-7-3-[0-9a-f]{8}"));
  EXPECT_NE(BuildName(kLease), BuildName({"worker-2", 7, 3}));
}

}  // namespace
}  // namespace probefarm
