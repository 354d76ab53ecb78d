#include "coordinator/api/wire.h"

#include <re2/re2.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/scheduling/label.h"
#include "lib/build/image_id.h"
#include "lib/digest/hex.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMaxReasonText = 4096;
constexpr size_t kMaxProgressText = 200;
constexpr size_t kMaxLabels = 64;
constexpr int kMaxBuilders = 64;
constexpr int64_t kMaxRegexMemory = 1 << 20;

absl::Status CheckRegex(std::string const& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxRegexMemory);
  RE2 const regex(pattern, options);
  if (regex.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("kernel filter '", pattern, "' is not a regular expression: ", regex.error()));
}

absl::StatusOr<std::set<std::string>> BuildersFromWire(
    google::protobuf::RepeatedPtrField<std::string> const& wire) {
  if (wire.size() > kMaxBuilders)
    return absl::InvalidArgumentError(absl::StrCat("more than ", kMaxBuilders, " builders"));
  for (std::string const& builder : wire) RETURN_IF_ERROR(CheckImageId(builder));
  return std::set<std::string>(wire.begin(), wire.end());
}

LeasePhase KnownPhase(v1::LeasePhase phase) {
  if (!v1::LeasePhase_IsValid(phase)) return LeasePhase::kUnknown;
  return static_cast<LeasePhase>(phase);
}

// Half a character would make a message that no client can parse.
std::string Shortened(std::string const& text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

// The fields that jobs and assets are filtered by alike.
template <class Filter>
absl::Status FillProbeFilter(v1::ProbeFilter const& wire, std::string& kernel_regex,
                             Filter& filter) {
  filter.driver_version = wire.driver_version();
  filter.target = wire.target();
  RETURN_IF_ERROR(CheckRegex(wire.kernel()));
  kernel_regex = wire.kernel();
  if (wire.kind() != v1::KIND_UNSPECIFIED) {
    ASSIGN_OR_RETURN(filter.kind, FromWire(wire.kind()));
  }
  if (wire.arch() != v1::ARCH_UNSPECIFIED) {
    ASSIGN_OR_RETURN(filter.arch, FromWire(wire.arch()));
  }
  return absl::OkStatus();
}

absl::StatusOr<JobState> FromWire(v1::JobState state) {
  for (JobState const known :
       {JobState::kQueued, JobState::kLeased, JobState::kBuilt, JobState::kUploading,
        JobState::kVerifying, JobState::kPublished, JobState::kFailed, JobState::kDead,
        JobState::kCancelled, JobState::kSkipped}) {
    if (ToWire(known) == state) return known;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("job state ", static_cast<int>(state), " is not known"));
}

}  // namespace

v1::JobState ToWire(JobState state) {
  switch (state) {
    case JobState::kQueued:
      return v1::QUEUED;
    case JobState::kLeased:
      return v1::LEASED;
    case JobState::kBuilt:
      return v1::BUILT;
    case JobState::kUploading:
      return v1::UPLOADING;
    case JobState::kVerifying:
      return v1::VERIFYING;
    case JobState::kPublished:
      return v1::PUBLISHED;
    case JobState::kFailed:
      return v1::FAILED;
    case JobState::kDead:
      return v1::DEAD;
    case JobState::kCancelled:
      return v1::CANCELLED;
    case JobState::kSkipped:
      return v1::SKIPPED;
  }
  return v1::JOB_STATE_UNSPECIFIED;
}

v1::Reason ToWire(Reason const& reason) {
  v1::Reason wire;
  wire.set_code(reason.code);
  wire.set_text(reason.text);
  return wire;
}

v1::Job ToWire(Job const& job, LeaseProgress const& progress) {
  v1::Job wire;
  wire.set_id(job.id);
  *wire.mutable_probe() = ToWire(job.probe);
  wire.set_file_name(job.file_name);
  wire.set_state(ToWire(job.state));
  wire.set_lane(job.lane == Lane::kNewKernels ? v1::LANE_NEW_KERNELS : v1::LANE_BACKFILL);
  wire.set_epoch(job.epoch);
  wire.set_worker(job.worker);
  wire.set_attempts(job.attempts);
  if (!job.reason.code.empty()) *wire.mutable_reason() = ToWire(job.reason);
  if (job.artifact) {
    wire.mutable_artifact()->set_sha256(job.artifact->sha256);
    wire.mutable_artifact()->set_size(job.artifact->size);
  }
  if (job.state == JobState::kQueued && job.not_before > job.updated_at) {
    *wire.mutable_not_before() = ToWire(job.not_before);
  }
  *wire.mutable_created_at() = ToWire(job.created_at);
  *wire.mutable_updated_at() = ToWire(job.updated_at);
  if (IsHeld(job.state)) {
    wire.set_phase(static_cast<v1::LeasePhase>(progress.phase));
    wire.set_progress(progress.detail);
  }
  return wire;
}

v1::LeaseVerdict ToWire(LeaseVerdict verdict) {
  switch (verdict) {
    case LeaseVerdict::kContinue:
      return v1::CONTINUE;
    case LeaseVerdict::kCancel:
      return v1::CANCEL;
    case LeaseVerdict::kAbandon:
      return v1::ABANDON;
  }
  return v1::ABANDON;
}

v1::UploadGrant ToWire(UploadGrant const& grant) {
  v1::UploadGrant wire;
  wire.set_method(grant.method);
  wire.set_url(grant.url);
  wire.mutable_headers()->insert(grant.headers.begin(), grant.headers.end());
  *wire.mutable_deadline() = ToWire(grant.deadline);
  return wire;
}

v1::UploadWait ToWire(WaitUntil const& wait) {
  v1::UploadWait wire;
  *wire.mutable_not_before() = ToWire(wait.not_before);
  wire.set_why(wait.why);
  return wire;
}

v1::Kernel ToWire(Kernel const& kernel) {
  v1::Kernel wire;
  wire.set_target(kernel.host.target);
  wire.set_release(kernel.host.release);
  wire.set_version(kernel.host.version);
  wire.set_arch(ToWire(kernel.host.arch));
  wire.set_package_version(kernel.package_version);
  wire.set_suite(kernel.suite);
  for (ArchiveInput const& archive : kernel.headers) {
    v1::KernelPackage* package = wire.add_packages();
    package->set_name(archive.file.name);
    package->set_sha256(archive.file.sha256);
    package->set_size(archive.file.size);
    package->mutable_urls()->Add(archive.file.urls.begin(), archive.file.urls.end());
  }
  wire.set_missing(kernel.missing);
  return wire;
}

v1::PublishedProbe ToWire(PublishedAsset const& asset) {
  v1::PublishedProbe wire;
  *wire.mutable_probe() = ToWire(asset.probe);
  wire.set_file_name(asset.file_name);
  wire.set_tag(asset.tag);
  wire.set_asset_name(asset.asset_name);
  wire.set_url(asset.url);
  wire.mutable_artifact()->set_sha256(asset.sha256);
  wire.mutable_artifact()->set_size(asset.size);
  wire.set_job(asset.job);
  wire.set_worker(asset.worker);
  *wire.mutable_built_at() = ToWire(asset.built_at);
  *wire.mutable_published_at() = ToWire(asset.published_at);
  wire.set_missing(asset.presence == AssetPresence::kMissing);
  wire.set_adopted(asset.adopted());
  return wire;
}

v1::WithdrawnProbe ToWire(Withdrawal const& withdrawal) {
  v1::WithdrawnProbe wire;
  *wire.mutable_probe() = ToWire(withdrawal.asset);
  wire.mutable_probe()->set_missing(false);
  wire.set_repository(withdrawal.asset.repository);
  wire.set_inputs(withdrawal.fingerprint);
  wire.set_reason(withdrawal.reason);
  *wire.mutable_withdrawn_at() = ToWire(withdrawal.withdrawn_at);
  wire.set_removed(withdrawal.removed);
  return wire;
}

v1::Worker ToWire(WorkerRecord const& worker, PhaseBoard const& phases) {
  v1::Worker wire;
  wire.set_id(worker.worker);
  wire.mutable_capabilities()->set_arch(ToWire(worker.capabilities.arch));
  wire.mutable_capabilities()->set_memory_bytes_per_slot(worker.capabilities.memory_bytes_per_slot);
  wire.mutable_capabilities()->set_engine(worker.capabilities.engine);
  for (std::string const& label : worker.capabilities.labels) {
    std::pair<std::string, std::string> const parts =
        absl::StrSplit(label, absl::MaxSplits('=', 1));
    (*wire.mutable_capabilities()->mutable_labels())[parts.first] = parts.second;
  }
  wire.mutable_capabilities()->mutable_builders()->Add(worker.capabilities.builders.begin(),
                                                       worker.capabilities.builders.end());
  wire.mutable_capabilities()->set_free_disk_bytes(worker.capabilities.free_disk_bytes.value_or(0));
  wire.set_slots(worker.slots);
  wire.set_free_slots(worker.free_slots);
  *wire.mutable_last_heartbeat() = ToWire(worker.last_heartbeat);
  wire.set_live(worker.live);
  wire.set_draining(phases.Draining(worker.session));
  for (Job const& job : worker.leases) {
    *wire.add_leases() = ToWire(job, phases.ProgressOf(worker.session, {job.id, job.epoch}));
  }
  return wire;
}

absl::StatusOr<Capabilities> FromWire(v1::Capabilities const& wire) {
  Capabilities capabilities;
  ASSIGN_OR_RETURN(capabilities.arch, FromWire(wire.arch()));
  capabilities.memory_bytes_per_slot = wire.memory_bytes_per_slot();
  capabilities.engine = wire.engine();
  if (wire.labels().size() > kMaxLabels)
    return absl::InvalidArgumentError(absl::StrCat("more than ", kMaxLabels, " labels"));
  for (auto const& [key, value] : wire.labels()) {
    std::string label = absl::StrCat(key, "=", value);
    RETURN_IF_ERROR(CheckLabel(label));
    capabilities.labels.insert(std::move(label));
  }
  std::string const engine = wire.engine().substr(0, wire.engine().find(' '));
  std::string label = absl::StrCat("engine=", engine);
  if (!engine.empty() && CheckLabel(label).ok()) capabilities.labels.insert(std::move(label));
  ASSIGN_OR_RETURN(capabilities.builders, BuildersFromWire(wire.builders()));
  ASSIGN_OR_RETURN(capabilities.free_disk_bytes, FreeDiskFromWire(wire.free_disk_bytes()));
  return capabilities;
}

absl::StatusOr<std::optional<int64_t>> FreeDiskFromWire(int64_t bytes) {
  if (bytes < 0)
    return absl::InvalidArgumentError(absl::StrCat("free_disk_bytes ", bytes, " is negative"));
  return bytes == 0 ? std::nullopt : std::make_optional(bytes);
}

LeaseKey FromWire(v1::LeaseName const& name) { return {name.job(), name.epoch()}; }

LeaseProgress FromWire(v1::HeldLease const& held) {
  return {FromWire(held.name()), KnownPhase(held.phase()),
          Shortened(held.progress(), kMaxProgressText)};
}

Reason FromWire(v1::Reason const& reason) {
  return {Shortened(reason.code(), kMaxReasonText), Shortened(reason.text(), kMaxReasonText)};
}

absl::StatusOr<Artifact> FromWire(v1::Artifact const& artifact) {
  if (!IsSha256Hex(artifact.sha256())) {
    return absl::InvalidArgumentError("artifact.sha256 is not 64 lower-case hexadecimal digits");
  }
  if (artifact.size() <= 0) return absl::InvalidArgumentError("artifact.size is not positive");
  return Artifact{artifact.sha256(), artifact.size()};
}

absl::StatusOr<JobFilter> FromWire(v1::JobFilter const& wire) {
  JobFilter filter;
  RETURN_IF_ERROR(FillProbeFilter(wire.probe(), filter.kernel_regex, filter));
  for (int const state : wire.states()) {
    ASSIGN_OR_RETURN(JobState known, FromWire(static_cast<v1::JobState>(state)));
    filter.states.push_back(known);
  }
  if (wire.backfill() != 0) filter.backfill = wire.backfill();
  return filter;
}

absl::StatusOr<AssetFilter> ToAssetFilter(v1::ProbeFilter const& wire) {
  AssetFilter filter;
  RETURN_IF_ERROR(FillProbeFilter(wire, filter.kernel_regex, filter));
  return filter;
}

absl::StatusOr<int> CheckPageSize(int requested, int fallback, int limit) {
  if (requested == 0) return fallback;
  if (requested > 0 && requested <= limit) return requested;
  return absl::InvalidArgumentError(
      absl::StrCat("page_size ", requested, " is not between 1 and ", limit));
}

}  // namespace probefarm
