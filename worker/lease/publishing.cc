#include "worker/lease/publishing.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "lib/runtime/backoff.h"
#include "lib/runtime/failpoint.h"
#include "lib/runtime/log.h"
#include "worker/lease/persistent_call.h"
#include "worker/upload/upload.h"

namespace probefarm {
namespace {

// Even for a time that has passed: a coordinator that errs is not asked in a tight loop.
constexpr absl::Duration kShortestWait = absl::Milliseconds(50);
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

std::variant<PublishingEnd, absl::Time> Publishing::GoOn(Delivery& delivery) {
  LeaseName const lease = delivery.file.lease;
  while (!leases_.IsOver(lease)) {
    absl::StatusOr<NextStep> next = TakeStep(delivery);
    if (leases_.IsOver(lease)) break;
    if (!next.ok()) {
      Log(LogLevel::kWarning, "the lease is not ours any more",
          {{"job", lease.job}, {"epoch", lease.epoch}, {"error", next.status().ToString()}});
      break;
    }
    if (auto const* end = std::get_if<DeleteIt>(&*next)) return Ended(delivery.file, *end);
    absl::Time const now = clock_.Now();
    if (auto const* later = std::get_if<AskAgain>(&*next)) {
      leases_.SetPhase(lease, Phase::kAwaitingUpload, later->why);
      return std::max(later->not_before, now + kShortestWait);
    }
    absl::Duration const pause = Keep(std::get<SendIt>(*std::move(next)), delivery);
    if (pause > absl::ZeroDuration()) return now + pause;
  }
  return PublishingEnd::kLeaseOver;
}

absl::StatusOr<NextStep> Publishing::TakeStep(Delivery& delivery) {
  if (!delivery.grant) return Report(delivery.file);
  return Send(delivery.file, *std::exchange(delivery.grant, std::nullopt));
}

// A new grant after each try that fails must not become a tight loop.
absl::Duration Publishing::Keep(SendIt order, Delivery& delivery) {
  delivery.grant = std::move(order.grant);
  int const before = delivery.sent++;
  if (before == 0) return absl::ZeroDuration();
  absl::BitGen random;
  return kBetweenTries.Delay(before, random);
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
  Failpoint("upload.reported");
  return step;
}

}  // namespace probefarm
