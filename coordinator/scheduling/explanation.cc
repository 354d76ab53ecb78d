#include "coordinator/scheduling/explanation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/scheduling/job_eligibility.h"
#include "coordinator/scheduling/unmatchable.h"

namespace probefarm {
namespace {

constexpr char kWithdrawn[] = "withdrawn";

std::string After(Reason const& reason) {
  return reason.text.empty() ? "" : absl::StrCat(", after: ", reason.text);
}

std::vector<LiveWorker> Fitting(Requirements const& needs, std::vector<LiveWorker> workers) {
  std::erase_if(workers, [&](LiveWorker const& worker) {
    return UnmetRequirement(needs, worker.capabilities).has_value();
  });
  return workers;
}

// What the workers are to blame for; nothing when one of them could take the job now.
std::vector<Reason> BecauseOf(Requirements const& needs, std::vector<LiveWorker> const& workers) {
  if (workers.empty()) return {{"no_worker", "no worker is connected"}};
  std::vector<LiveWorker> fitting = Fitting(needs, workers);
  if (fitting.empty()) return {{"unmatchable", WhyUnmatchable(needs, workers)}};
  std::erase_if(fitting, [](LiveWorker const& worker) { return worker.draining; });
  if (fitting.empty()) return {{"draining", "every worker that could build it is draining"}};
  bool const free = std::any_of(fitting.begin(), fitting.end(),
                                [](LiveWorker const& worker) { return worker.free_slots > 0; });
  if (!free) return {{"busy", "every worker that could build it is busy"}};
  return {};
}

Reason NoRoom() {
  return {"no_room",
          "its release is full, or immutable, in every repository: add one to "
          "releases.github.repositories"};
}

std::vector<Reason> ExplainQueued(Job const& job, Surroundings const& around, absl::Time now) {
  std::vector<Reason> reasons;
  if (job.not_before > now) {
    reasons.push_back({"backoff", absl::StrCat("waits for its backoff until ",
                                               absl::FormatTime(absl::RFC3339_sec, job.not_before,
                                                                absl::UTCTimeZone()),
                                               After(job.reason))});
  }
  if (around.paused) reasons.push_back({"paused", "the farm is paused: nothing new is begun"});
  if (around.room == 0) reasons.push_back(NoRoom());
  std::vector<Reason> blamed = BecauseOf(job.requirements, around.workers);
  if (around.ahead > 0) {
    Reason queue{"queue", absl::StrCat(around.ahead, around.ahead == 1 ? " job" : " jobs",
                                       " ahead in its lane")};
    bool const busy = !blamed.empty() && blamed.front().code == "busy";
    blamed.insert(busy ? blamed.begin() : blamed.end(), std::move(queue));
  }
  reasons.insert(reasons.end(), blamed.begin(), blamed.end());
  if (reasons.empty()) reasons.push_back({"next", "a worker is about to take it"});
  return reasons;
}

std::string AtWorker(Job const& job, Surroundings const& around) {
  return absl::StrCat("worker ", job.worker, around.progress.empty() ? "" : ": ", around.progress);
}

std::string Blaming(absl::string_view what, std::string const& host_error) {
  if (host_error.empty()) return std::string(what);
  return absl::StrCat(what, "; the release host is in trouble: ", host_error);
}

std::vector<Reason> ExplainState(Job const& job, Surroundings const& around, absl::Time now) {
  std::string const state(JobStateName(job.state));
  switch (job.state) {
    case JobState::kQueued:
      return ExplainQueued(job, around, now);
    case JobState::kLeased:
      return {{state, AtWorker(job, around)}};
    case JobState::kBuilt:
      return {{state, Blaming(absl::StrCat("built; the file waits for leave to be uploaded at ",
                                           AtWorker(job, around)),
                              around.release_host_error)}};
    case JobState::kUploading:
      return {{state, absl::StrCat("being uploaded by ", AtWorker(job, around))}};
    case JobState::kVerifying:
      return {{state,
               Blaming("uploaded; to be compared with what was built", around.release_host_error)}};
    case JobState::kPublished:
      return {{state, absl::StrCat("published, built by worker ", job.worker)}};
    case JobState::kCancelled:
      return {{state, "a client cancelled it; retry queues it again"}};
    case JobState::kFailed:
    case JobState::kDead:
    case JobState::kSkipped:
      return {{job.reason.code.empty() ? state : job.reason.code, job.reason.text}};
  }
  return {{state, ""}};
}

}  // namespace

std::vector<Reason> Explain(Job const& job, Surroundings const& around, absl::Time now) {
  std::vector<Reason> reasons = ExplainState(job, around, now);
  if (around.room > 0 && (job.state == JobState::kQueued || IsHeld(job.state)))
    reasons.push_back({"room", absl::StrCat("the releases of its tag have room for ", *around.room,
                                            " more probes")});
  bool const told = !reasons.empty() && reasons.front().code == kWithdrawn;
  if (IsFinal(job.state) && !around.withdrawn.empty() && !told)
    reasons.insert(reasons.begin(), {kWithdrawn, around.withdrawn});
  return reasons;
}

}  // namespace probefarm
