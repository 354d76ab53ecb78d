#pragma once

#include "absl/time/time.h"
#include "coordinator/releases/github/pacing/host_answer.h"

namespace probefarm {

// The gate after a 403 or 429 that was about limits: closed for everyone until the time that the
// host names, or for 60 s, doubled with each further one to an hour. Many requests that were under
// way are refused together; that is one refusal, not many. Pure; `now` must not go back.
class LimitClosing {
 public:
  // `facts` are of a limit. `write`: the refused request was to change something. `granted_at`:
  // when it was let through; InfinitePast() when nobody knows.
  void Refused(AnswerFacts const& facts, bool write, absl::Time granted_at, absl::Time now);
  // A request was answered as it should be. Ends the doubling when it was let through after the
  // last refusal; reads say nothing about a refusal of writes.
  void Answered(bool write, absl::Time granted_at);

  // Open from then on.
  absl::Time until() const { return until_; }
  // Which limit closed it last: kPrimaryLimit or kSecondaryLimit.
  AnswerSign reason() const { return reason_; }

 private:
  int refusals_ = 0;  // in a row
  bool of_write_ = false;
  absl::Time refused_at_ = absl::InfinitePast();  // the first of those refused together
  absl::Time until_ = absl::InfinitePast();
  AnswerSign reason_ = AnswerSign::kSecondaryLimit;
};

// One of the host's two faces (API, uploads) while it answers 5xx or nothing: one request is let
// through as a trial, then none for 1 s, doubled with each failed trial to 60 s, until one is
// answered. So an outage costs its own time and few requests. Pure; `now` must not go back.
class HostTrouble {
 public:
  void Failed(absl::Time granted_at, absl::Time now);
  // Any answer of the host's, a refusal too.
  void Answered();
  // A request was let through: in trouble it is the trial, and the next one waits.
  void Granted(absl::Time now);

  absl::Time until() const { return until_; }
  // Failures in a row; those of requests that were under way together are one.
  int failures() const { return failures_; }

 private:
  absl::Duration Delay() const;

  int failures_ = 0;
  absl::Time failed_at_ = absl::InfinitePast();
  absl::Time until_ = absl::InfinitePast();
};

}  // namespace probefarm
