#include "bench/uploads/publish.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

std::string Unfinished(std::vector<v1::Job> const& jobs) {
  int64_t left = 0;
  std::string first;
  for (v1::Job const& job : jobs) {
    if (job.state() == v1::PUBLISHED) continue;
    if (left++ == 0)
      first = absl::StrCat("job ", job.id(), " is ", v1::JobState_Name(job.state()), " ",
                           job.reason().text());
  }
  return absl::StrCat(left, " of ", jobs.size(), " jobs are not published: ", first);
}

}  // namespace

absl::StatusOr<nlohmann::json> PublishProbes(std::string const& address,
                                             UploadLoadOptions const& options, int probes,
                                             absl::Duration patience) {
  absl::Time const begin = absl::Now();
  UploadLoad load(address, options);
  RETURN_IF_ERROR(load.Order(probes));
  while (true) {
    ASSIGN_OR_RETURN(auto const jobs, load.AllJobs());
    auto const published = std::count_if(
        jobs.begin(), jobs.end(), [](v1::Job const& job) { return job.state() == v1::PUBLISHED; });
    if (published >= probes) break;
    if (absl::Now() - begin > patience) return absl::DeadlineExceededError(Unfinished(jobs));
    absl::SleepFor(absl::Milliseconds(500));
  }
  absl::Duration const took = absl::Now() - begin;
  load.Stop();
  return nlohmann::json{
      {"probes", probes}, {"seconds", absl::ToDoubleSeconds(took)}, {"uploads", load.uploads()}};
}

}  // namespace probefarm
