#include "tests/crash/upload_farm.h"

#include <algorithm>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/runtime/status_matchers.h"
#include "tests/crash/log_audit.h"
#include "tests/crash/release_audit.h"
#include "tests/testing/farm/builder_archive.h"

namespace probefarm {
namespace {

constexpr size_t kShownLog = 20'000;

}  // namespace

void UploadFarm::SetUp() {
  ASSERT_OK_AND_ASSIGN(github_, FarmGitHub::Start(folder_.path()));
  config_.mirror = "http://127.0.0.1:1";
  config_.keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  config_.builder = folder_ / "builder.tar";
  ASSERT_OK(WriteBareBuilder(config_.builder));
  config_.ttl = "3s";
  config_.leases =
      "max_attempts: 1000, max_free_requeues: 1000, poison_losses: 1000, poison_workers: 1000, ";
  config_.more = "jobs: {accept_specs: true}\n";
  config_.releases = github_->Config();
}

void UploadFarm::TearDown() {
  std::string const log = farm_.coordinator_log();
  if (HasFailure()) std::cerr << log.substr(log.size() - std::min(log.size(), kShownLog)) << '\n';
}

bool UploadFarm::Start(std::string const& failpoint) {
  farm_.WriteConfig(config_);
  absl::Status const started = farm_.StartCoordinator(
      failpoint.empty() ? "" : absl::StrCat("PROBEFARM_FAILPOINT=", failpoint));
  if (started.ok()) return true;
  EXPECT_FALSE(failpoint.empty()) << started;
  return false;
}

void UploadFarm::Plant(std::string const& rule) {
  absl::StatusOr<FakeFault> fault = ParseFakeFault(rule);
  ASSERT_OK(fault);
  github().Plant(*std::move(fault));
}

std::vector<FakeRelease> UploadFarm::Releases() const {
  return github().Releases(FarmGitHub::kRepository);
}

std::vector<std::string> UploadFarm::Complaints(UploadLoad& load) {
  auto const jobs = load.AllJobs();
  auto const probes = load.AllProbes();
  if (!jobs.ok() || !probes.ok()) return {"the coordinator does not answer"};
  std::vector<std::string> all = AuditJobs(*jobs, *probes);
  if (std::ssize(*jobs) != load.ordered())
    all.push_back(absl::StrCat("there are ", jobs->size(), " jobs of ", load.ordered()));
  auto more = AuditReleases(Releases(), *probes);
  all.insert(all.end(), more.begin(), more.end());
  more = AuditLogBundles(Releases(), unbundled_);
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

void UploadFarm::ExpectSettles(UploadLoad& load, absl::Duration patience) {
  std::vector<std::string> complaints;
  absl::Status const settled = WaitUntil(
      "all is published",
      [&] {
        complaints = Complaints(load);
        return complaints.empty();
      },
      patience);
  ASSERT_OK(settled) << absl::StrJoin(complaints, "\n");
  EXPECT_THAT(AuditJournal(ReadWholeFile(github_->journal_path())), testing::IsEmpty());
  EXPECT_EQ(github().counters().limited, 0);
  EXPECT_EQ(github().counters().leaked_tokens, 0);
}

}  // namespace probefarm
