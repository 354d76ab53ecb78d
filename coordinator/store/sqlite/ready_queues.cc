#include "coordinator/store/sqlite/ready_queues.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/scheduling/job_eligibility.h"
#include "coordinator/store/sqlite/job_rows.h"
#include "coordinator/store/sqlite/requirement_sets.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// The first line after (?1, ?2, ?3). Each part is one seek, however many jobs wait: the next
// requirements, or else driver version, or else lane. A comparison of row values would look through
// the whole line.
std::string NextLine() {
  auto const first_where = [](absl::string_view condition) {
    return absl::StrCat(
        "SELECT * FROM (SELECT lane, driver_version, requirements FROM ready_jobs WHERE ",
        condition, " ORDER BY lane, driver_version, requirements LIMIT 1)");
  };
  return absl::StrCat("SELECT lane, driver_version, number, ", kRequirementColumns, " FROM (",
                      first_where("lane = ?1 AND driver_version = ?2 AND requirements > ?3"),
                      " UNION ALL ", first_where("lane = ?1 AND driver_version > ?2"),
                      " UNION ALL ", first_where("lane > ?1"),
                      " LIMIT 1) JOIN requirement_sets ON number = requirements");
}

}  // namespace

void ReadyQueues::Add(Job const& job) {
  lines_.insert({{job.lane, job.probe.driver_version}, job.requirements});
}

absl::Status ReadyQueues::EnsureLoaded(Database& db) {
  if (!trusted_) RETURN_IF_ERROR(Load(db));
  trusted_ = true;
  return absl::OkStatus();
}

absl::Status ReadyQueues::Load(Database& db) {
  int64_t lane = -1;
  std::string driver_version;
  int64_t requirements = 0;
  std::string const next_line = NextLine();
  while (true) {
    Statement query = db.Query(next_line, lane, driver_version, requirements);
    if (!query.Step()) return query.status();
    lane = query.Int(0);
    driver_version = query.Text(1);
    requirements = query.Int(2);
    ASSIGN_OR_RETURN(Requirements needed, ReadRequirements(query, 3));
    lines_.insert(
        {{lane == 0 ? Lane::kNewKernels : Lane::kBackfill, driver_version}, std::move(needed)});
  }
}

absl::StatusOr<bool> ReadyQueues::Gains(Database& db, Capabilities const& before,
                                        Capabilities const& now) {
  RETURN_IF_ERROR(EnsureLoaded(db));
  return std::any_of(lines_.begin(), lines_.end(), [&](Line const& line) {
    return UnmetRequirement(line.requirements, before) && !UnmetRequirement(line.requirements, now);
  });
}

bool ReadyQueues::MayGrant(Line const& line, Capabilities const& capabilities) const {
  return !UnmetRequirement(line.requirements, capabilities) &&
         !Holds(held_back_, line.queue.driver_version, line.requirements.arch);
}

std::vector<LaneQueue> ReadyQueues::QueuesFor(Capabilities const& capabilities) const {
  std::vector<LaneQueue> queues;
  for (Line const& line : lines_) {
    if (!MayGrant(line, capabilities)) continue;
    if (queues.empty() || !(queues.back() == line.queue)) queues.push_back(line.queue);
  }
  return queues;
}

absl::StatusOr<std::optional<Job>> ReadyQueues::Head(Database& db, LaneQueue const& queue,
                                                     Capabilities const& capabilities) {
  static std::string const select =
      absl::StrCat(SelectJobsWhere(),
                   "id = (SELECT job FROM ready_jobs WHERE lane = ? AND driver_version = ? AND "
                   "requirements = (SELECT number FROM requirement_sets WHERE ",
                   kRequirementsAre, ") ORDER BY job LIMIT 1)");
  std::optional<Job> head;
  for (auto line = lines_.lower_bound({queue, {Arch::kX86_64, 0}});
       line != lines_.end() && line->queue == queue;) {
    if (!MayGrant(*line, capabilities)) {
      ++line;
      continue;
    }
    Statement query = db.Query(select, static_cast<int>(queue.lane), queue.driver_version);
    BindRequirements(query, line->requirements);
    ASSIGN_OR_RETURN(std::vector<Job> first, ReadJobs(std::move(query)));
    line = first.empty() ? lines_.erase(line) : std::next(line);
    if (!first.empty() && (!head || first.front().id < head->id)) head = std::move(first.front());
  }
  return head;
}

absl::StatusOr<std::optional<Job>> ReadyQueues::Next(Database& db,
                                                     Capabilities const& capabilities) {
  RETURN_IF_ERROR(EnsureLoaded(db));
  // Each turn that finds nothing drops a line, so this ends.
  while (std::optional<LaneQueue> const queue = order_.Next(QueuesFor(capabilities))) {
    ASSIGN_OR_RETURN(std::optional<Job> head, Head(db, *queue, capabilities));
    if (head) return head;
  }
  return std::nullopt;
}

}  // namespace probefarm
