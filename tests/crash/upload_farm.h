#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "lib/files/temporary_folder.h"
#include "tests/crash/upload_load.h"
#include "tests/testing/farm/farm.h"
#include "tests/testing/farm/farm_github.h"

namespace probefarm {

// The shipped coordinator before a fake GitHub, without a feed: what is published is ordered from
// an UploadLoad, so no container engine is needed. Leases are short, and a lost one costs nothing.
class UploadFarm : public testing::Test {
 protected:
  // The GitHub is there and `config_` is complete; nothing runs yet.
  void SetUp() override;
  // After a failure, shows the end of what the coordinator logged.
  void TearDown() override;

  // To be killed at a failpoint, if one is named. False when it was killed before it served.
  bool Start(std::string const& failpoint = "");

  FakeGitHub& github() const { return github_->fake(); }
  void Plant(std::string const& rule);  // fake_fault.h
  std::vector<FakeRelease> Releases() const;
  // Of all that was ordered: what is not published, or not as it should be.
  std::vector<std::string> Complaints(UploadLoad& load);
  // Waits until there are none; then nothing that was whole has ever been changed, no limit of
  // GitHub's was met, and no token went astray.
  void ExpectSettles(UploadLoad& load, absl::Duration patience = absl::Seconds(120));

  TemporaryFolder folder_;
  std::unique_ptr<FarmGitHub> github_;
  FarmConfig config_;
  Farm farm_{folder_.path()};
  int unbundled_ = 0;  // logs that were in no bundle when Complaints() looked
};

}  // namespace probefarm
