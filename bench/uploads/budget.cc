#include "bench/uploads/budget.h"

#include <variant>

#include "coordinator/releases/github/pacing/request_gate.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/fake_clock.h"
#include "tests/testing/github/fake_release.h"
#include "tests/testing/github/limiter.h"

namespace probefarm {
namespace {

constexpr char kLogin[] = "farm";
constexpr absl::Duration kUpload = absl::Seconds(2);

}  // namespace

nlohmann::json MeasureBudget(int hours) {
  FakeClock clock;
  Metrics metrics;
  PacingLimits const limits;
  RequestGate gate(limits, clock, metrics);
  fake_github::Limiter limiter;
  FakeLimits const theirs;
  FakeToken const token;
  limiter.SetLimits(theirs);
  absl::Time const counted = clock.Now() + absl::Hours(1);
  absl::Time const end = clock.Now() + absl::Hours(hours);
  int refused = 0;
  int uploads = 0;
  while (clock.Now() < end) {
    std::variant<RequestPlace, WaitUntil> entered = gate.Enter(RequestKind::kUpload);
    if (auto const* wait = std::get_if<WaitUntil>(&entered)) {
      clock.Advance(std::max(wait->not_before - clock.Now(), absl::Milliseconds(1)));
      continue;
    }
    auto const admission =
        limiter.Begin(kLogin, token.points_an_hour, FakeCallKind::kUpload, clock.Now());
    clock.Advance(kUpload);
    HostAnswer answer{.http_status = 201};
    if (admission.refusal) {
      ++refused;
      answer.http_status = 403;
      answer.headers["retry-after"] = "60";
    } else {
      limiter.End(kLogin, admission.ticket, theirs.upload_points, false, clock.Now());
      if (clock.Now() >= counted) ++uploads;
    }
    gate.Leave(std::get<RequestPlace>(std::move(entered)), answer);
  }
  double const allowed = static_cast<double>(theirs.creations_an_hour) * (hours - 1);
  return {{"budget_used", uploads / allowed}, {"refused", refused}, {"uploads", uploads}};
}

}  // namespace probefarm
