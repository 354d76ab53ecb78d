#include "coordinator/publishing/publisher.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "coordinator/store/lease_rules.h"
#include "coordinator/store/withdrawal_rules.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/failpoint.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kVerifyPage = 500;
// How long a worker waits when the release host is in trouble and cannot say itself for how long.
constexpr absl::Duration kHostPause = absl::Seconds(10);

UploadIntent IntentOf(Job const& job) {
  return {job.id,
          job.epoch,
          ReleaseTag(job.probe),
          job.file_name,
          job.artifact->sha256,
          job.artifact->size};
}

bool Same(Artifact const& artifact, HostedAsset const& asset) {
  return artifact.sha256 == asset.sha256 && artifact.size == asset.size;
}

std::string Differs(HostedAsset const& asset, Artifact const& artifact) {
  return absl::StrCat(asset.tag, "/", asset.asset_name, " is there with sha256 ", asset.sha256,
                      ", this build has ", artifact.sha256, ": a published probe never changes");
}

// Before anything is uploaded: the bytes or inputs of the job are withdrawn ones.
absl::Status CheckBytes(ProbeKnowledge const& known, Job const& job) {
  PublishedAsset asset;
  asset.file_name = job.file_name;
  asset.sha256 = job.artifact->sha256;
  return CheckPublishAfterWithdrawal(job, asset, known.withdrawn);
}

// By a list that is behind, or because somebody has put it back.
absl::Status StillListed(HostedAsset const& asset) {
  return absl::UnavailableError(absl::StrCat(
      asset.tag, "/", asset.asset_name, " is what was withdrawn, and not gone yet: it is removed"));
}

absl::StatusOr<Job> ApplyToLease(Store& store, LeaseRef const& lease, JobEvent event) {
  return Await<Job>(
      [&](Done<Job> done) { store.ApplyToLease(lease, std::move(event), std::move(done)); });
}

absl::StatusOr<Job> ApplyToJob(Store& store, Job const& job, JobEvent event) {
  return Await<Job>([&](Done<Job> done) {
    store.ApplyToJob(job.id, job.epoch, std::move(event), std::move(done));
  });
}

}  // namespace

Publisher::Publisher(Store& store, ReleaseHost& host, Clock& clock, Metrics& metrics,
                     std::function<void()> on_published)
    : store_(store),
      host_(host),
      clock_(clock),
      metrics_(metrics),
      on_published_(std::move(on_published)) {
  CountPublished(0);
  CountConflicts(0);
}

absl::StatusOr<OfferAnswer> Publisher::Offer(LeaseRef const& lease, Artifact const& artifact) {
  ASSIGN_OR_RETURN(Job const job, ApplyToLease(store_, lease, job_event::ReportArtifact{artifact}));
  if (!IsHeld(job.state))
    return AlreadyPublished{{"done", absl::StrCat("the job is ", JobStateName(job.state))}};
  ASSIGN_OR_RETURN(auto const known, Await<std::vector<ProbeKnowledge>>([&](auto done) {
                     store_.FindProbes({job.probe}, std::move(done));
                   }));
  std::string const& recorded = known.at(0).sha256;
  if (!recorded.empty() && recorded != artifact.sha256) {
    ASSIGN_OR_RETURN(
        Reason reason,
        FailOnConflict(job, absl::StrCat(job.file_name, " was published with sha256 ", recorded,
                                         ", this build has ", artifact.sha256)));
    return PublishConflict{std::move(reason)};
  }
  if (absl::Status const withdrawn = CheckBytes(known.at(0), job); !withdrawn.ok()) {
    ASSIGN_OR_RETURN(Reason reason, Fail(job, {"withdrawn", std::string(withdrawn.message())}));
    return PublishConflict{std::move(reason)};
  }
  if (std::optional<WaitUntil> wait = WaitForRemoval(known.at(0))) return *std::move(wait);
  return AskHost(lease, job);
}

// The name is free for other bytes once the withdrawn ones are gone.
std::optional<WaitUntil> Publisher::WaitForRemoval(ProbeKnowledge const& known) const {
  for (WithdrawnBuild const& build : known.withdrawn) {
    if (!build.removed)
      return WaitUntil{clock_.Now() + kHostPause,
                       "what had this name was withdrawn, and is being removed"};
  }
  return std::nullopt;
}

absl::StatusOr<OfferAnswer> Publisher::AskHost(LeaseRef const& lease, Job const& job) {
  absl::StatusOr<UploadAnswer> answer = host_.PrepareUpload(IntentOf(job));
  if (absl::IsInvalidArgument(answer.status())) {
    ASSIGN_OR_RETURN(Reason reason,
                     Fail(job, {"unpublishable", std::string(answer.status().message())}));
    return PublishConflict{std::move(reason)};
  }
  if (!answer.ok()) return HostTrouble(job, answer.status());
  if (std::holds_alternative<AssetPresent>(*answer)) return SettleWithPresent(lease, job);
  if (auto* wait = std::get_if<WaitUntil>(&*answer)) return *wait;
  RETURN_IF_ERROR(ApplyToLease(store_, lease, job_event::GrantUpload{}).status());
  Failpoint("publish.granted");
  return std::get<UploadGrant>(*answer);
}

// The worker keeps its file: trouble at the release host never rebuilds.
WaitUntil Publisher::HostTrouble(Job const& job, absl::Status const& status) {
  Log(LogLevel::kWarning, "the release host is in trouble, the artifact waits",
      {{"job", job.id}, {"epoch", job.epoch}, {"error", status.ToString()}});
  return {clock_.Now() + kHostPause, std::string(status.message())};
}

// An earlier upload of this job arrived although its answer did not, or another job built the same
// bytes.
absl::StatusOr<OfferAnswer> Publisher::SettleWithPresent(LeaseRef const& lease, Job const& job) {
  UploadIntent const intent = IntentOf(job);
  absl::StatusOr<HostedAsset> const asset =
      host_.FindAsset(intent.tag, SanitizeAssetName(intent.file_name));
  if (!asset.ok()) return HostTrouble(job, asset.status());
  if (!Same(*job.artifact, *asset)) {
    ASSIGN_OR_RETURN(bool const withdrawn, WasWithdrawn(job, *asset));
    if (withdrawn) return HostTrouble(job, StillListed(*asset));
    ASSIGN_OR_RETURN(Reason reason, FailOnConflict(job, Differs(*asset, *job.artifact)));
    return PublishConflict{std::move(reason)};
  }
  RETURN_IF_ERROR(ApplyToLease(store_, lease, job_event::GrantUpload{}).status());
  ASSIGN_OR_RETURN(Job const arrived, ApplyToLease(store_, lease, job_event::UploadArrived{}));
  RETURN_IF_ERROR(Publish(arrived, *asset));
  return AlreadyPublished{
      {"present", absl::StrCat(asset->tag, "/", asset->asset_name, " is there already")}};
}

absl::StatusOr<bool> Publisher::WasWithdrawn(Job const& job, HostedAsset const& asset) {
  ASSIGN_OR_RETURN(auto const known, Await<std::vector<ProbeKnowledge>>([&](auto done) {
                     store_.FindProbes({job.probe}, std::move(done));
                   }));
  auto const& withdrawn = known.at(0).withdrawn;
  return std::any_of(withdrawn.begin(), withdrawn.end(),
                     [&](WithdrawnBuild const& build) { return build.sha256 == asset.sha256; });
}

absl::StatusOr<UploadReportAnswer> Publisher::Report(LeaseRef const& lease,
                                                     UploadReport const& report) {
  ASSIGN_OR_RETURN(Job const job,
                   Await<Job>([&](auto done) { store_.GetJob(lease.key.job, std::move(done)); }));
  if (job.epoch != lease.key.epoch || !job.artifact) {
    return absl::AbortedError(
        absl::StrCat("job ", job.id, " has epoch ", job.epoch, ", not ", lease.key.epoch));
  }
  if (!IsHeld(job.state))
    return UploadDone{{"done", absl::StrCat("the job is ", JobStateName(job.state))}};
  RETURN_IF_ERROR(CheckLease(job, lease));
  UploadOutcome outcome = host_.InterpretUpload(IntentOf(job), report);
  if (auto* wait = std::get_if<WaitUntil>(&outcome)) return *wait;
  if (std::holds_alternative<UploadAccepted>(outcome)) return SettleArrived(lease);
  if (auto const* refused = std::get_if<UploadRefused>(&outcome)) {
    ASSIGN_OR_RETURN(Reason reason, FailOnConflict(job, refused->why));
    return PublishConflict{std::move(reason)};
  }
  return GrantAgain(lease, job, std::get<UploadRetry>(outcome).why);
}

absl::StatusOr<UploadReportAnswer> Publisher::SettleArrived(LeaseRef const& lease) {
  ASSIGN_OR_RETURN(Job const arrived, ApplyToLease(store_, lease, job_event::UploadArrived{}));
  Failpoint("publish.arrived");
  // An error here is no error of the worker's: RunOnce() tries again.
  if (absl::Status verified = Verify(arrived.id); !verified.ok()) {
    Log(LogLevel::kWarning, "verification waits",
        {{"job", arrived.id}, {"error", verified.ToString()}});
  }
  return UploadDone{{"uploaded", "the upload arrived"}};
}

absl::StatusOr<UploadReportAnswer> Publisher::GrantAgain(LeaseRef const& lease, Job const& job,
                                                         std::string const& why) {
  Log(LogLevel::kWarning, "upload did not arrive",
      {{"job", job.id}, {"epoch", job.epoch}, {"why", why}});
  ASSIGN_OR_RETURN(OfferAnswer again, AskHost(lease, job));
  return std::visit(
      [](auto& next) -> UploadReportAnswer {
        if constexpr (std::is_same_v<std::decay_t<decltype(next)>, AlreadyPublished>) {
          return UploadDone{next.reason};
        } else {
          return next;
        }
      },
      again);
}

absl::Status Publisher::Verify(JobId id) {
  ASSIGN_OR_RETURN(Job const job,
                   Await<Job>([&](auto done) { store_.GetJob(id, std::move(done)); }));
  if (job.state != JobState::kVerifying) return absl::OkStatus();
  UploadIntent const intent = IntentOf(job);
  absl::StatusOr<HostedAsset> const asset =
      host_.FindAsset(intent.tag, SanitizeAssetName(intent.file_name));
  if (absl::IsNotFound(asset.status())) {
    Log(LogLevel::kWarning, "asset is not there, the job is queued again",
        {{"job", job.id}, {"epoch", job.epoch}});
    return ApplyToJob(store_, job, job_event::AssetMissing{}).status();
  }
  RETURN_IF_ERROR(asset.status());
  if (!Same(*job.artifact, *asset)) {
    ASSIGN_OR_RETURN(bool const withdrawn, WasWithdrawn(job, *asset));
    if (withdrawn) return StillListed(*asset);
    return FailOnConflict(job, Differs(*asset, *job.artifact)).status();
  }
  return Publish(job, *asset);
}

absl::Status Publisher::Publish(Job const& job, HostedAsset const& asset) {
  PublishedAsset record;
  record.probe = job.probe;
  record.file_name = job.file_name;
  record.repository = asset.repository;
  record.tag = asset.tag;
  record.asset_name = asset.asset_name;
  record.url = asset.url;
  record.sha256 = asset.sha256;
  record.size = asset.size;
  record.job = job.id;
  record.epoch = job.epoch;
  record.worker = job.worker;
  record.built_at = job.updated_at;
  record.published_at = clock_.Now();
  absl::Status const recorded = Await<Job>([&](auto done) {
                                  store_.Publish(job.id, std::move(record), std::move(done));
                                }).status();
  if (absl::IsAlreadyExists(recorded))
    return FailOnConflict(job, std::string(recorded.message())).status();
  RETURN_IF_ERROR(recorded);
  Failpoint("publish.recorded");
  CountPublished(1);
  Log(LogLevel::kInfo, "published",
      {{"job", job.id},
       {"epoch", job.epoch},
       {"worker", job.worker},
       {"asset", asset.url},
       {"sha256", asset.sha256}});
  on_published_();
  return absl::OkStatus();
}

void Publisher::CountPublished(int by) {
  metrics_.Count("probefarm_published_total", "Probes that reached the catalog", {}, by);
}

void Publisher::CountConflicts(int by) {
  metrics_.Count("probefarm_conflicts_total", "Builds whose bytes differ from what is published",
                 {}, by);
}

absl::StatusOr<Reason> Publisher::FailOnConflict(Job const& job, std::string const& why) {
  CountConflicts(1);
  return Fail(job, {"conflict", why});
}

absl::StatusOr<Reason> Publisher::Fail(Job const& job, Reason reason) {
  Log(LogLevel::kError, "a built probe cannot be published",
      {{"job", job.id}, {"epoch", job.epoch}, {"code", reason.code}, {"why", reason.text}});
  RETURN_IF_ERROR(ApplyToJob(store_, job, job_event::Conflict{reason}).status());
  return reason;
}

void Publisher::RunOnce() {
  int waiting = 0;
  absl::Status why;  // of the first
  std::string cursor;
  do {
    JobFilter filter;
    filter.states = {JobState::kVerifying};
    absl::StatusOr<JobPage> const page = Await<JobPage>([&](auto done) {
      store_.ListJobs(filter, {kVerifyPage, cursor}, std::move(done));
    });
    if (!page.ok()) {
      Log(LogLevel::kError, "cannot list jobs to verify", {{"error", page.status().ToString()}});
      return;
    }
    for (Job const& job : page->jobs) {
      absl::Status const verified = Verify(job.id);
      if (!verified.ok()) ++waiting;
      why.Update(verified);
    }
    cursor = page->next_cursor;
  } while (!cursor.empty());
  if (waiting > 0)
    Log(LogLevel::kInfo, "verification waits", {{"jobs", waiting}, {"error", why.ToString()}});
}

}  // namespace probefarm
