#include "tests/power/store_history.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "lib/driver/asset_name.h"

namespace probefarm {
namespace {

NewJob JobFor(int64_t number) {
  NewJob job;
  job.probe = {"8.0.0+driver", Arch::kX86_64, "debian", absl::StrCat("6.1.", number), "1",
               Kind::kKmod};
  job.file_name = ProbeFileName("falco", job.probe);
  job.spec = std::string(700, 'x');
  return job;
}

}  // namespace

template <class T, class Ask>
std::optional<T> StoreHistory::Call(std::function<bool()> const& alive, Ask ask) {
  bool in_time = false;
  absl::StatusOr<T> answer = Await<T>([&](Done<T> done) {
    ask(Done<T>([&in_time, &alive, done = std::move(done)](absl::StatusOr<T> got) mutable {
      in_time = alive();
      std::move(done)(std::move(got));
    }));
  });
  if (!in_time || !answer.ok()) return std::nullopt;
  ++answered_;
  return *std::move(answer);
}

void StoreHistory::Step(Store& store, std::function<bool()> const& alive) {
  switch (random_() % 8) {
    case 0:
    case 1:
      return Enqueue(store, alive);
    case 2:
    case 3:
      return session_.empty() || random_() % 20 == 0 ? OpenSession(store, alive)
                                                     : Acquire(store, alive);
    case 4:
      return Fail(store, alive);
    case 5:
      return Report(store, alive);
    default:
      return AppendLog(store, alive);
  }
}

void StoreHistory::Enqueue(Store& store, std::function<bool()> const& alive) {
  EnqueueBatch batch;
  for (unsigned i = 0, count = 1 + random_() % 8; i < count; ++i)
    batch.jobs.emplace_back(JobFor(++jobs_));
  auto const answers = Call<std::vector<absl::StatusOr<EnqueuedJob>>>(
      alive, [&](auto done) { store.Enqueue(std::move(batch), std::move(done)); });
  if (!answers) return;
  for (absl::StatusOr<EnqueuedJob> const& answer : *answers) known_[answer->id];
}

void StoreHistory::OpenSession(Store& store, std::function<bool()> const& alive) {
  leases_.clear();
  std::string const session = absl::StrCat("s", ++calls_, "-", random_());
  auto const opened = Call<OpenedSession>(alive, [&](auto done) {
    store.OpenSession({session, "w", {Arch::kX86_64, 1, ""}, 4, {}}, std::move(done));
  });
  session_ = opened ? session : "";
}

void StoreHistory::Acquire(Store& store, std::function<bool()> const& alive) {
  auto const leases = Call<std::vector<GrantedLease>>(alive, [&](auto done) {
    store.Acquire({session_, absl::StrCat(++calls_), 2}, std::move(done));
  });
  if (!leases) return;
  for (GrantedLease const& lease : *leases) {
    known_[lease.job.id] = {lease.job.epoch, std::nullopt, std::nullopt, 0};
    leases_.push_back({{lease.job.id, lease.job.epoch}, 0});
  }
}

std::optional<size_t> StoreHistory::AnyLease() {
  if (leases_.empty()) return std::nullopt;
  return random_() % leases_.size();
}

void StoreHistory::Fail(Store& store, std::function<bool()> const& alive) {
  std::optional<size_t> const at = AnyLease();
  if (!at) return;
  LeaseKey const key = leases_[*at].key;
  leases_.erase(leases_.begin() + static_cast<ptrdiff_t>(*at));
  std::string const code = absl::StrCat("f", key.epoch);
  auto const job = Call<Job>(alive, [&](auto done) {
    store.ApplyToLease({key, session_}, job_event::PermanentFailure{{code, ""}}, std::move(done));
  });
  if (job) known_[key.job].failed = code;
}

void StoreHistory::Report(Store& store, std::function<bool()> const& alive) {
  std::optional<size_t> const at = AnyLease();
  if (!at) return;
  LeaseKey const key = leases_[*at].key;
  leases_.erase(leases_.begin() + static_cast<ptrdiff_t>(*at));
  std::string const digest(64, static_cast<char>('a' + key.job % 6));
  auto const job = Call<Job>(alive, [&](auto done) {
    store.ApplyToLease({key, session_}, job_event::ReportArtifact{{digest, 7}}, std::move(done));
  });
  if (job) known_[key.job].artifact = digest;
}

void StoreHistory::AppendLog(Store& store, std::function<bool()> const& alive) {
  std::optional<size_t> const at = AnyLease();
  if (!at) return;
  Lease& lease = leases_[*at];
  auto const length = Call<int64_t>(alive, [&](auto done) {
    store.AppendLog({lease.key, session_}, lease.log, std::string(50 + random_() % 3000, 'l'),
                    std::move(done));
  });
  if (length) known_[lease.key.job].log = lease.log = *length;
}

std::vector<std::string> StoreHistory::Check(Store& store) const {
  std::vector<std::string> lost;
  for (auto const& entry : known_) {
    JobId const id = entry.first;
    Known const& known = entry.second;
    auto const job = Await<Job>([&](auto done) { store.GetJob(id, std::move(done)); });
    std::string const name = absl::StrCat("job ", id);
    if (!job.ok()) {
      lost.push_back(absl::StrCat(name, ": ", job.status().ToString()));
      continue;
    }
    if (job->epoch < known.epoch) lost.push_back(absl::StrCat(name, ": epoch ", known.epoch));
    if (known.failed && (job->state != JobState::kFailed || job->reason.code != *known.failed))
      lost.push_back(absl::StrCat(name, ": its failure"));
    if (job->epoch != known.epoch) continue;
    // The lease may have been given back since, by a session that was not answered.
    if (known.artifact && job->state == JobState::kLeased)
      lost.push_back(absl::StrCat(name, ": its digest"));
    auto const log = Await<LogChunk>([&](auto done) {
      store.ReadLog({id, known.epoch, 0, int64_t{1} << 30}, std::move(done));
    });
    if (!log.ok() || static_cast<int64_t>(log->bytes.size()) < known.log)
      lost.push_back(absl::StrCat(name, ": ", known.log, " bytes of its log"));
  }
  return lost;
}

}  // namespace probefarm
