#include "coordinator/releases/release_fixture.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "lib/build/sample_build_spec.h"
#include "lib/digest/sha256.h"

namespace probefarm {
namespace {

ProbeId ProbeFor(std::string const& kernel) {
  return {.driver_version = "8.0.0+driver",
          .target = "debian",
          .kernel_release = kernel,
          .kernel_version = "1"};
}

NewJob JobFor(std::string const& kernel, std::string const& name) {
  return {.probe = ProbeFor(kernel),
          .file_name = name,
          .fingerprint = std::string(64, 'f'),
          .spec = ToJson(SampleBuildSpec())};
}

}  // namespace

ReleaseFixture::ReleaseFixture() {
  Await<OpenedSession>([&](auto done) {
    store_.OpenSession({.session = "s", .worker = "w", .slots = 1}, std::move(done));
  }).value();
}

Job ReleaseFixture::Upload(std::string const& sha256, int64_t size, std::string const& log) {
  Job job = Await<std::vector<GrantedLease>>([&](auto done) {
              store_.Acquire({.session = "s", .request_id = sha256}, std::move(done));
            })
                .value()
                .at(0)
                .job;
  LeaseRef const lease{{job.id, job.epoch}, "s"};
  Await<int64_t>([&](auto done) { store_.AppendLog(lease, 0, log, std::move(done)); }).value();
  for (JobEvent const& event :
       {JobEvent(job_event::ReportArtifact{{sha256, size}}), JobEvent(job_event::GrantUpload{}),
        JobEvent(job_event::UploadArrived{})})
    job =
        Await<Job>([&](auto done) { store_.ApplyToLease(lease, event, std::move(done)); }).value();
  return job;
}

void ReleaseFixture::Publish(std::string const& kernel, std::string const& bytes) {
  PublishAs(absl::StrCat(kernel, ".o"), kernel, bytes);
}

void ReleaseFixture::PublishAs(std::string const& name, std::string const& kernel,
                               std::string const& bytes) {
  Await<std::vector<absl::StatusOr<EnqueuedJob>>>(
      [&](auto done) { store_.Enqueue({.jobs = {JobFor(kernel, name)}}, std::move(done)); })
      .value()
      .at(0)
      .value();
  host_.Put(kTag, name, bytes);
  Job const job = Upload(Sha256Hex(bytes), static_cast<int64_t>(bytes.size()), LogOf(name));
  PublishedAsset const asset{.probe = job.probe,
                             .file_name = name,
                             .tag = kTag,
                             .asset_name = name,
                             .sha256 = Sha256Hex(bytes),
                             .size = static_cast<int64_t>(bytes.size()),
                             .job = job.id,
                             .epoch = job.epoch,
                             .published_at = clock_.Now()};
  Await<Job>([&](auto done) { store_.Publish(job.id, asset, std::move(done)); }).value();
}

PublishedAsset ReleaseFixture::Recorded(std::string const& name) {
  return Await<PublishedAsset>([&](auto done) { store_.FindAsset(kTag, name, std::move(done)); })
      .value();
}

}  // namespace probefarm
