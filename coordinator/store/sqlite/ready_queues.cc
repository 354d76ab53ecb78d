#include "coordinator/store/sqlite/ready_queues.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/scheduling/job_eligibility.h"
#include "coordinator/store/sqlite/job_rows.h"
#include "coordinator/store/sqlite/label_column.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// The first line after (?1, ?2, ?3, ?4, ?5). Each part is one seek in the index, however many jobs
// wait: the next labels, or else memory, the next architecture, driver version, lane. A comparison
// of row values would look through the whole line.
std::string NextLine() {
  auto const first_where = [](absl::string_view condition) {
    return absl::StrCat(
        "SELECT * FROM (SELECT lane, driver_version, needs_arch, memory_bytes, needs_labels FROM "
        "jobs "
        "INDEXED BY jobs_ready WHERE ready = 1 AND ",
        condition,
        " ORDER BY lane, driver_version, needs_arch, memory_bytes, needs_labels LIMIT 1)");
  };
  return absl::StrCat(
      first_where("lane = ?1 AND driver_version = ?2 AND needs_arch = ?3 AND memory_bytes = ?4 AND "
                  "needs_labels > ?5"),
      " UNION ALL ",
      first_where("lane = ?1 AND driver_version = ?2 AND needs_arch = ?3 AND memory_bytes > ?4"),
      " UNION ALL ", first_where("lane = ?1 AND driver_version = ?2 AND needs_arch > ?3"),
      " UNION ALL ", first_where("lane = ?1 AND driver_version > ?2"),  //
      " UNION ALL ", first_where("lane > ?1"), " LIMIT 1");
}

}  // namespace

void ReadyQueues::Add(Job const& job) {
  lines_.insert({{job.lane, job.probe.driver_version}, job.requirements});
}

absl::Status ReadyQueues::Load(Database& db) {
  int64_t lane = -1;
  std::string driver_version;
  std::string arch;
  int64_t memory_bytes = 0;
  std::string labels;
  std::string const next_line = NextLine();
  while (true) {
    Statement query = db.Query(next_line, lane, driver_version, arch, memory_bytes, labels);
    if (!query.Step()) return query.status();
    lane = query.Int(0);
    driver_version = query.Text(1);
    arch = query.Text(2);
    memory_bytes = query.Int(3);
    labels = query.Text(4);
    ASSIGN_OR_RETURN(Arch const needs_arch, ParseArch(arch));
    lines_.insert({{lane == 0 ? Lane::kNewKernels : Lane::kBackfill, driver_version},
                   {needs_arch, memory_bytes, ReadLabels(labels)}});
  }
}

std::vector<LaneQueue> ReadyQueues::QueuesFor(Capabilities const& capabilities) const {
  std::vector<LaneQueue> queues;
  for (Line const& line : lines_) {
    if (UnmetRequirement(line.requirements, capabilities)) continue;
    if (queues.empty() || !(queues.back() == line.queue)) queues.push_back(line.queue);
  }
  return queues;
}

absl::StatusOr<std::optional<Job>> ReadyQueues::Head(Database& db, LaneQueue const& queue,
                                                     Capabilities const& capabilities) {
  static std::string const select =
      absl::StrCat(SelectJobsBy("jobs_ready"),
                   "ready = 1 AND lane = ? AND driver_version = ? AND needs_arch = ? AND "
                   "memory_bytes = ? AND needs_labels = ? ORDER BY id LIMIT 1");
  std::optional<Job> head;
  for (auto line = lines_.lower_bound({queue, {Arch::kX86_64, 0}});
       line != lines_.end() && line->queue == queue;) {
    if (UnmetRequirement(line->requirements, capabilities)) {
      ++line;
      continue;
    }
    ASSIGN_OR_RETURN(
        std::vector<Job> first,
        ReadJobs(db.Query(select, static_cast<int>(queue.lane), queue.driver_version,
                          ArchName(line->requirements.arch), line->requirements.memory_bytes,
                          LabelText(line->requirements.labels))));
    line = first.empty() ? lines_.erase(line) : std::next(line);
    if (!first.empty() && (!head || first.front().id < head->id)) head = std::move(first.front());
  }
  return head;
}

absl::StatusOr<std::optional<Job>> ReadyQueues::Next(Database& db,
                                                     Capabilities const& capabilities) {
  if (!trusted_) RETURN_IF_ERROR(Load(db));
  trusted_ = true;
  // Each turn that finds nothing drops a line, so this ends.
  while (std::optional<LaneQueue> const queue = order_.Next(QueuesFor(capabilities))) {
    ASSIGN_OR_RETURN(std::optional<Job> head, Head(db, *queue, capabilities));
    if (head) return head;
  }
  return std::nullopt;
}

}  // namespace probefarm
