#include "worker/lease/fake_coordinator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace probefarm {
namespace {

std::string NameOf(LeaseName name) { return absl::StrCat(name.job, "/", name.epoch); }

absl::string_view PhaseName(Phase phase) {
  switch (phase) {
    case Phase::kFetching:
      return "fetching";
    case Phase::kBuilding:
      return "building";
    case Phase::kChecking:
      return "checking";
    case Phase::kAwaitingUpload:
      return "awaiting";
    case Phase::kSending:
      return "sending";
  }
  return "?";
}

std::string DiskText(std::optional<int64_t> free_disk_bytes) {
  return free_disk_bytes ? absl::StrCat(" disk ", *free_disk_bytes) : "";
}

template <class T>
absl::StatusOr<T> Next(std::deque<absl::StatusOr<T>>& script, T usual) {
  if (script.empty()) return usual;
  absl::StatusOr<T> answer = std::move(script.front());
  script.pop_front();
  return answer;
}

std::vector<Verdict> GoOn(size_t leases) {
  std::vector<Verdict> verdicts(leases, Verdict::kContinue);
  return verdicts;
}

}  // namespace

void FakeCoordinator::NextOpen(absl::StatusOr<Session> answer) {
  MutexLock lock(mu_);
  opens_.push_back(std::move(answer));
}

void FakeCoordinator::NextAcquire(absl::StatusOr<std::vector<Lease>> answer) {
  MutexLock lock(mu_);
  acquires_.push_back(std::move(answer));
}

void FakeCoordinator::NextHeartbeat(absl::StatusOr<HeartbeatReply> answer) {
  MutexLock lock(mu_);
  heartbeats_.push_back(std::move(answer));
}

void FakeCoordinator::NextAppend(absl::StatusOr<int64_t> answer) {
  MutexLock lock(mu_);
  appends_.push_back(std::move(answer));
}

void FakeCoordinator::NextStepOf(absl::StatusOr<NextStep> answer) {
  MutexLock lock(mu_);
  steps_.push_back(std::move(answer));
}

void FakeCoordinator::NextEnd(absl::Status answer) {
  MutexLock lock(mu_);
  if (answer.ok()) {
    ends_.emplace_back(true);
  } else {
    ends_.emplace_back(std::move(answer));
  }
}

void FakeCoordinator::LimitLogs(size_t max_bytes) {
  MutexLock lock(mu_);
  max_log_bytes_ = max_bytes;
}

std::vector<std::string> FakeCoordinator::calls() const {
  MutexLock lock(mu_);
  return calls_;
}

std::string FakeCoordinator::LogOf(LeaseName lease) const {
  MutexLock lock(mu_);
  auto const log = logs_.find(NameOf(lease));
  return log == logs_.end() ? "" : log->second;
}

void FakeCoordinator::Record(std::string const& call) {
  {
    MutexLock lock(mu_);
    calls_.push_back(call);
  }
  if (on_call_) on_call_(call);
}

absl::StatusOr<Session> FakeCoordinator::OpenSession(WorkerDescription const& worker,
                                                     std::vector<LeaseName> const& held) {
  auto const name = [](std::string* out, LeaseName lease) { out->append(NameOf(lease)); };
  Record(absl::StrCat("OpenSession ", worker.id, " [", absl::StrJoin(held, " ", name), "]",
                      DiskText(worker.free_disk_bytes)));
  MutexLock lock(mu_);
  return Next(opens_, {absl::StrCat("s", ++sessions_), absl::Seconds(30), GoOn(held.size())});
}

absl::StatusOr<std::vector<Lease>> FakeCoordinator::Acquire(std::string const& session,
                                                            Wish const& wish) {
  Record(absl::StrCat("Acquire ", session, " ", wish.request_id, " ",
                      absl::FormatDuration(wish.wait), wish.ahead ? " ahead" : ""));
  MutexLock lock(mu_);
  return Next(acquires_, {});
}

void FakeCoordinator::InterruptAcquire() { Record("InterruptAcquire"); }

absl::StatusOr<HeartbeatReply> FakeCoordinator::Heartbeat(std::string const& session,
                                                          WorkerState const& state) {
  auto const lease = [](std::string* out, HeldPhase const& phase) {
    absl::StrAppend(out, NameOf(phase.name), " ", PhaseName(phase.phase),
                    phase.progress.empty() ? "" : " ", phase.progress);
  };
  Record(absl::StrCat("Heartbeat ", session, " [", absl::StrJoin(state.held, " ", lease), "] free ",
                      state.free_slots, state.draining ? " draining" : "",
                      DiskText(state.free_disk_bytes)));
  MutexLock lock(mu_);
  return Next(heartbeats_, {GoOn(state.held.size()), false});
}

absl::StatusOr<int64_t> FakeCoordinator::AppendLog(std::string const& session, LeaseName lease,
                                                   int64_t offset, std::string const& bytes) {
  Record(absl::StrCat("AppendLog ", session, " ", NameOf(lease), " @", offset, " ", bytes));
  MutexLock lock(mu_);
  if (!appends_.empty() && !appends_.front().ok()) return Next(appends_, int64_t{0});
  return Next(appends_, Append(lease, offset, bytes));
}

int64_t FakeCoordinator::Append(LeaseName lease, int64_t offset, std::string const& bytes) {
  std::string& log = logs_[NameOf(lease)];
  size_t const known = std::min(bytes.size(), log.size() - std::min<size_t>(offset, log.size()));
  log.append(bytes, known, max_log_bytes_ - log.size());
  return offset + static_cast<int64_t>(bytes.size());
}

absl::StatusOr<NextStep> FakeCoordinator::ReportArtifact(std::string const& session,
                                                         LeaseName lease, std::string const& sha256,
                                                         int64_t size) {
  Record(absl::StrCat("ReportArtifact ", session, " ", NameOf(lease), " ", sha256, " ", size));
  MutexLock lock(mu_);
  return Next<NextStep>(steps_, DeleteIt{true, "there already"});
}

absl::StatusOr<NextStep> FakeCoordinator::ReportUpload(std::string const& session, LeaseName lease,
                                                       UploadReply const& answer) {
  Record(absl::StrCat("ReportUpload ", session, " ", NameOf(lease), " ", answer.http_status, " ",
                      answer.error));
  MutexLock lock(mu_);
  return Next<NextStep>(steps_, DeleteIt{true, "uploaded"});
}

absl::Status FakeCoordinator::Complete(std::string const& session, LeaseName lease, bool permanent,
                                       std::string const& code, std::string const& /*text*/) {
  Record(absl::StrCat("Complete ", session, " ", NameOf(lease),
                      permanent ? " permanent " : " transient ", code));
  MutexLock lock(mu_);
  return Next(ends_, true).status();
}

absl::Status FakeCoordinator::Release(std::string const& session, LeaseName lease,
                                      std::string const& code, std::string const& /*text*/) {
  Record(absl::StrCat("Release ", session, " ", NameOf(lease), " ", code));
  MutexLock lock(mu_);
  return Next(ends_, true).status();
}

}  // namespace probefarm
