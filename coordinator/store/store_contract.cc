#include "coordinator/store/store_contract.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

StorePolicy ContractPolicy() {
  StorePolicy policy;
  policy.attempts.max_attempts = 3;
  policy.max_log_bytes = 100;
  return policy;
}

}  // namespace

StoreContract::StoreContract()
    : policy_(ContractPolicy()), under_test_(GetParam().make(clock_, policy_)) {}

NewJob StoreContract::JobFor(int number, std::string const& driver_version) {
  NewJob job;
  job.probe = {
      driver_version, Arch::kX86_64, "debian", absl::StrCat("6.1.0-", number, "-amd64"), "1",
      Kind::kKmod};
  job.file_name = ProbeFileName("falco", job.probe);
  job.fingerprint = absl::StrCat("fingerprint-", number);
  job.requirements = {Arch::kX86_64, int64_t{1} << 30};
  job.spec = absl::StrCat("{\"number\":", number, "}\n");
  return job;
}

PublishedAsset StoreContract::AssetOf(Job const& job) {
  PublishedAsset asset;
  asset.probe = job.probe;
  asset.file_name = job.file_name;
  asset.tag = ReleaseTag(job.probe);
  asset.asset_name = SanitizeAssetName(job.file_name);
  asset.url = absl::StrCat("http://host/releases/download/", asset.tag, "/", asset.asset_name);
  if (job.artifact) asset.sha256 = job.artifact->sha256;
  asset.size = 7;
  asset.job = job.id;
  asset.epoch = job.epoch;
  asset.worker = job.worker;
  asset.built_at = job.updated_at;
  asset.published_at = job.updated_at;
  return asset;
}

absl::StatusOr<std::vector<absl::StatusOr<EnqueuedJob>>> StoreContract::EnqueueBatchOf(
    EnqueueBatch batch) {
  return Await<std::vector<absl::StatusOr<EnqueuedJob>>>(
      [&](auto done) { store().Enqueue(std::move(batch), std::move(done)); });
}

JobId StoreContract::Enqueue(NewJob const& job) {
  auto const answers = EnqueueBatchOf({{job}, "", {}});
  EXPECT_OK(answers);
  EXPECT_OK(answers->at(0));
  return answers->at(0)->id;
}

absl::StatusOr<OpenedSession> StoreContract::Open(NewSession session) {
  return Await<OpenedSession>(
      [&](auto done) { store().OpenSession(std::move(session), std::move(done)); });
}

std::string StoreContract::OpenFor(std::string const& worker, std::string const& suffix,
                                   std::vector<LeaseKey> held) {
  NewSession session;
  session.session = absl::StrCat(worker, suffix);
  session.worker = worker;
  session.capabilities = {Arch::kX86_64, int64_t{8} << 30, "docker 20.10.24"};
  session.slots = 4;
  session.held = std::move(held);
  EXPECT_OK(Open(session));
  return session.session;
}

absl::StatusOr<std::vector<GrantedLease>> StoreContract::Acquire(std::string const& session,
                                                                 std::string const& request,
                                                                 int max) {
  return Await<std::vector<GrantedLease>>([&](auto done) {
    store().Acquire({session, request, max}, std::move(done));
  });
}

Job StoreContract::AcquireOne(std::string const& session) {
  auto const leases = Acquire(session, absl::StrCat("one-", ++requests_));
  EXPECT_OK(leases);
  if (!leases.ok() || leases->size() != 1) {
    ADD_FAILURE() << "no lease for " << session;
    return {};
  }
  return leases->front().job;
}

absl::StatusOr<HeartbeatAnswer> StoreContract::Heartbeat(std::string const& session,
                                                         std::vector<LeaseKey> held,
                                                         std::optional<int64_t> free_disk_bytes) {
  return Await<HeartbeatAnswer>([&](auto done) {
    store().Heartbeat({session, std::move(held), 2, false, free_disk_bytes}, std::move(done));
  });
}

absl::StatusOr<std::vector<ExpiredLease>> StoreContract::Expire() {
  return Await<std::vector<ExpiredLease>>(
      [&](auto done) { store().ExpireSessions(kTtl, std::move(done)); });
}

absl::StatusOr<Job> StoreContract::OnLease(Job const& lease, JobEvent event) {
  return Await<Job>([&](auto done) {
    store().ApplyToLease({KeyOf(lease), lease.session}, std::move(event), std::move(done));
  });
}

absl::StatusOr<Job> StoreContract::OnJob(JobId job, JobEvent event,
                                         std::optional<int64_t> if_epoch) {
  return Await<Job>(
      [&](auto done) { store().ApplyToJob(job, if_epoch, std::move(event), std::move(done)); });
}

absl::StatusOr<int64_t> StoreContract::Append(Job const& lease, int64_t offset, std::string bytes) {
  return Await<int64_t>([&](auto done) {
    store().AppendLog({KeyOf(lease), lease.session}, offset, std::move(bytes), std::move(done));
  });
}

absl::StatusOr<LogChunk> StoreContract::ReadLog(LogRequest request) {
  return Await<LogChunk>([&](auto done) { store().ReadLog(request, std::move(done)); });
}

absl::StatusOr<JobPage> StoreContract::List(JobFilter filter, PageRequest page) {
  return Await<JobPage>(
      [&](auto done) { store().ListJobs(std::move(filter), std::move(page), std::move(done)); });
}

absl::StatusOr<JobCounts> StoreContract::Count(JobFilter filter) {
  return Await<JobCounts>(
      [&](auto done) { store().CountJobs(std::move(filter), std::move(done)); });
}

absl::Status StoreContract::SetPaused(bool paused) {
  return Await<bool>([&](auto done) { store().SetPaused(paused, std::move(done)); }).status();
}

absl::Status StoreContract::SetDrained(std::string const& worker, bool drained) {
  return Await<bool>([&](auto done) { store().SetDrained(worker, drained, std::move(done)); })
      .status();
}

Controls StoreContract::GetControls() {
  auto const controls = Await<Controls>([&](auto done) { store().GetControls(std::move(done)); });
  EXPECT_OK(controls);
  return controls.value_or(Controls());
}

absl::StatusOr<int64_t> StoreContract::CountAhead(JobId job) {
  return Await<int64_t>([&](auto done) { store().CountAhead(job, std::move(done)); });
}

Job StoreContract::Get(JobId job) {
  auto const found = Await<Job>([&](auto done) { store().GetJob(job, std::move(done)); });
  EXPECT_OK(found);
  return found.value_or(Job{});
}

absl::StatusOr<Job> StoreContract::Publish(JobId job, PublishedAsset asset) {
  return Await<Job>([&](auto done) { store().Publish(job, std::move(asset), std::move(done)); });
}

ProbeKnowledge StoreContract::Know(ProbeId const& probe) {
  auto const known = Await<std::vector<ProbeKnowledge>>(
      [&](auto done) { store().FindProbes({probe}, std::move(done)); });
  EXPECT_OK(known);
  return known->at(0);
}

std::vector<StaleRelease> StoreContract::Stale() {
  auto const stale =
      Await<std::vector<StaleRelease>>([&](auto done) { store().StaleReleases(std::move(done)); });
  EXPECT_OK(stale);
  return stale.value_or(std::vector<StaleRelease>());
}

Job StoreContract::Upload(Job const& lease, std::string const& sha256) {
  EXPECT_OK(OnLease(lease, job_event::ReportArtifact{{sha256, 7}}));
  EXPECT_OK(OnLease(lease, job_event::GrantUpload{}));
  auto const arrived = OnLease(lease, job_event::UploadArrived{});
  EXPECT_OK(arrived);
  return arrived.value_or(Job{});
}

Job StoreContract::PublishOne(NewJob const& job, std::string const& sha256) {
  JobId const id = Enqueue(job);
  Job const lease = AcquireOne(OpenFor(absl::StrCat("publisher-", id)));
  auto const published = Publish(id, AssetOf(Upload(lease, sha256)));
  EXPECT_OK(published);
  return published.value_or(Job{});
}

}  // namespace probefarm
