#include "worker/lease/publishing.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "lib/runtime/backoff.h"
#include "lib/runtime/log.h"
#include "worker/lease/persistent_call.h"
#include "worker/upload/upload.h"

namespace probefarm {
namespace {

// The lease may be cancelled during a wait, so it is looked at this often.
constexpr absl::Duration kLookEvery = absl::Seconds(1);
constexpr Backoff kBetweenTries = {absl::Seconds(1), absl::Minutes(1)};

}  // namespace

Publishing::Publishing(CoordinatorClient& coordinator, LeaseTable& leases, HttpClient& http,
                       Clock& clock, std::function<std::string()> session,
                       std::function<void(absl::Duration)> wait)
    : coordinator_(coordinator),
      leases_(leases),
      http_(http),
      clock_(clock),
      session_(std::move(session)),
      wait_(std::move(wait)) {}

PublishingEnd Publishing::Run(BuiltFile const& file) {
  absl::BitGen random;
  absl::StatusOr<NextStep> next = Report(file);
  for (int sent = 0; next.ok() && !leases_.IsOver(file.lease);) {
    if (auto const* end = std::get_if<DeleteIt>(&*next)) return Ended(file, *end);
    if (auto const* later = std::get_if<AskAgain>(&*next)) {
      WaitUntil(file.lease, later->not_before);
      next = Report(file);
    } else {
      // A new grant after each try that fails must not become a tight loop.
      if (sent > 0) WaitUntil(file.lease, clock_.Now() + kBetweenTries.Delay(sent, random));
      ++sent;
      next = Send(file, UploadOrder(std::get<SendIt>(*next).grant));
    }
  }
  if (!next.ok() && !leases_.IsOver(file.lease)) {
    Log(LogLevel::kWarning, "the lease is not ours any more",
        {{"job", file.lease.job},
         {"epoch", file.lease.epoch},
         {"error", next.status().ToString()}});
  }
  return PublishingEnd::kLeaseOver;
}

PublishingEnd Publishing::Ended(BuiltFile const& file, DeleteIt const& end) {
  Log(LogLevel::kInfo, end.published ? "delivered" : "refused",
      {{"job", file.lease.job}, {"epoch", file.lease.epoch}, {"why", end.why}});
  return end.published ? PublishingEnd::kDelivered : PublishingEnd::kRefused;
}

absl::StatusOr<NextStep> Publishing::Report(BuiltFile const& file) {
  leases_.SetPhase(file.lease, Phase::kAwaitingUpload, "");
  absl::StatusOr<NextStep> step;
  CallPersistently(
      [&] {
        step = coordinator_.ReportArtifact(session_(), file.lease, file.sha256, file.size);
        return step.status();
      },
      [&] { return leases_.IsOver(file.lease); }, wait_)
      .IgnoreError();  // it is in `step`
  return step;
}

absl::StatusOr<NextStep> Publishing::Send(BuiltFile const& file, UploadOrder const& grant) {
  leases_.SetPhase(file.lease, Phase::kSending, "");
  UploadReply const answer =
      Upload(http_, clock_, grant, file.path, nullptr, [&] { return leases_.IsOver(file.lease); });
  absl::StatusOr<NextStep> step;
  CallPersistently(
      [&] {
        step = coordinator_.ReportUpload(session_(), file.lease, answer);
        return step.status();
      },
      [&] { return leases_.IsOver(file.lease); }, wait_)
      .IgnoreError();  // it is in `step`
  return step;
}

void Publishing::WaitUntil(LeaseName lease, absl::Time time) {
  // Even a time that has passed costs one look, so that a coordinator that errs is not asked in a
  // tight loop.
  do {
    wait_(std::clamp(time - clock_.Now(), absl::Milliseconds(50), kLookEvery));
  } while (clock_.Now() < time && !leases_.IsOver(lease));
}

}  // namespace probefarm
