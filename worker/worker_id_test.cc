#include "worker/worker_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

TEST(WorkerId, StaysTheSameForAFolderAndDiffersBetweenFolders) {
  TemporaryFolder const folder;
  ASSERT_OK_AND_ASSIGN(std::string const first, KeptWorkerId(folder / "one"));
  ASSERT_OK_AND_ASSIGN(std::string const again, KeptWorkerId(folder / "one"));
  ASSERT_OK_AND_ASSIGN(std::string const different, KeptWorkerId(folder / "other"));
  EXPECT_EQ(first, again);
  EXPECT_NE(first, different);
}

TEST(WorkerId, AFolderThatCannotBeMadeIsAnError) {
  EXPECT_THAT(KeptWorkerId("/proc/none"), testing::Not(IsOk()));
}

}  // namespace
}  // namespace probefarm
