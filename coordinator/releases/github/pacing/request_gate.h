#pragma once

#include <string>
#include <variant>

#include "absl/time/time.h"
#include "coordinator/releases/github/pacing/host_answer.h"
#include "coordinator/releases/github/pacing/pacing_state.h"
#include "coordinator/releases/release_host.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

class RequestGate;

// The right to make one request. Goes back to its gate, which outlives it, when it is destroyed:
// then nobody knows what became of the request, and it keeps counting. Movable; what was moved from
// is nothing. Not thread-safe.
class RequestPlace {
 public:
  RequestPlace(RequestPlace&& other) noexcept;
  RequestPlace& operator=(RequestPlace&& other) noexcept;
  ~RequestPlace();

 private:
  friend class RequestGate;
  RequestPlace(RequestGate* gate, PlaceId id) : gate_(gate), id_(id) {}
  // The id of the place, which this holds no longer.
  PlaceId Release();

  RequestGate* gate_;
  PlaceId id_;
};

// Where every request to the release host asks first, those of workers too: one for all that use
// one token. Keeps the rules of PacingState on a clock that never jumps. Thread-safe; never blocks.
//
//   std::variant<RequestPlace, WaitUntil> entered = gate.Enter(RequestKind::kRead);
//   if (auto* wait = std::get_if<WaitUntil>(&entered)) return *wait;
//   absl::StatusOr<HttpResponse> const response = http.Send(request);
//   gate.Leave(std::get<RequestPlace>(std::move(entered)), AnswerOf(response));
//
// Metrics: requests by kind and outcome, waits by kind and rule, for each rule its limit and what
// is left of it, and until when the gate is closed.
class RequestGate {
 public:
  // `clock` and `metrics` outlive this.
  RequestGate(PacingLimits const& limits, Clock const& clock, Metrics& metrics);
  RequestGate(RequestGate const&) = delete;
  RequestGate& operator=(RequestGate const&) = delete;

  // A place, or the time before which there will be none and why, for an operator.
  std::variant<RequestPlace, WaitUntil> Enter(RequestKind kind) EXCLUDES(mu_);

  // For a request that is made elsewhere, by a grant: the place is held until Leave(), or until
  // `deadline`, on Clock::Now()'s scale.
  PlaceId Keep(RequestPlace place, absl::Time deadline) EXCLUDES(mu_);

  // What came back. By an id that is unknown, or whose deadline has passed, the answer is heeded
  // all the same, as that of an upload.
  void Leave(RequestPlace place, HostAnswer const& answer) EXCLUDES(mu_);
  void Leave(PlaceId id, HostAnswer const& answer) EXCLUDES(mu_);

  // Of a place that was kept: its request is over, and nobody will hear how.
  void Abandon(PlaceId id) EXCLUDES(mu_);

  // A request of an earlier run of this program, which the host counts still: whoever knows of any
  // says so at the start. `when` is on Clock::Now()'s scale.
  void CountPast(RequestKind kind, absl::Time when) EXCLUDES(mu_);

  // Gives up places whose deadline has passed and shows the metrics as of now. Every few seconds;
  // nothing depends on it but the metrics.
  void RunOnce() EXCLUDES(mu_);

 private:
  // PacingState's scale: starts with the wall clock and never jumps.
  absl::Time SteadyNow() const;
  // The same moment by the wall clock as it is now.
  absl::Time ToWall(absl::Time steady) const;
  WaitUntil Describe(RequestKind kind, PacingRefusal const& refusal);
  void DropOverdue() EXCLUDES(mu_);
  void CountOutcome(RequestKind kind, absl::string_view outcome);
  void ShowState() EXCLUDES(mu_);

  Clock const& clock_;
  Metrics& metrics_;
  absl::Time const start_;
  absl::Duration const start_since_boot_;
  Mutex mu_;
  PacingState state_ GUARDED_BY(mu_);
};

}  // namespace probefarm
