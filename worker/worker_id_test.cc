#include "worker/worker_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

TEST(WorkerId, StaysTheSameForAFolderAndDiffersBetweenFolders) {
  std::string const one = testing::TempDir() + "/worker-id-one";
  std::string const other = testing::TempDir() + "/worker-id-other";
  for (std::string const& folder : {one, other}) std::filesystem::remove_all(folder);
  ASSERT_OK_AND_ASSIGN(std::string const first, KeptWorkerId(one));
  ASSERT_OK_AND_ASSIGN(std::string const again, KeptWorkerId(one));
  ASSERT_OK_AND_ASSIGN(std::string const different, KeptWorkerId(other));
  EXPECT_EQ(first, again);
  EXPECT_NE(first, different);
}

TEST(WorkerId, AFolderThatCannotBeMadeIsAnError) {
  EXPECT_THAT(KeptWorkerId("/proc/none"), testing::Not(IsOk()));
}

}  // namespace
}  // namespace probefarm
