#include "tests/simulation/simulation.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/fake_release_host.h"
#include "lib/digest/sha256.h"
#include "lib/driver/asset_name.h"
#include "lib/metrics/metrics.h"
#include "tests/simulation/crashing_store.h"
#include "tests/simulation/invariants.h"
#include "tests/simulation/simulated_coordinator.h"
#include "tests/simulation/simulated_worker.h"
#include "tests/simulation/world.h"

namespace probefarm {
namespace {

constexpr int kWorkers = 3;
constexpr int kProbes = 8;
constexpr absl::Duration kTrouble = absl::Minutes(6);
constexpr absl::Duration kCalm = absl::Hours(4);

NewJob JobFor(int64_t number) {
  NewJob job;
  job.probe.driver_version = number % 2 == 0 ? "8.0.0+driver" : "e5c53d64";
  job.probe.target = "debian";
  job.probe.kernel_release = absl::StrCat("6.1.", number);
  job.probe.kernel_version = "1";
  job.file_name = absl::StrCat("falco_debian_6.1.", number, "_1.o");
  job.fingerprint = "f";
  job.requirements.disk_bytes = (number % 2) << 30;
  job.lane = number % 3 == 0 ? Lane::kNewKernels : Lane::kBackfill;
  job.run_limit = absl::Minutes(2);
  job.spec = absl::StrCat("spec of ", job.file_name);
  return job;
}

class Simulation {
 public:
  explicit Simulation(uint64_t seed)
      : world_(seed),
        store_(world_.clock(), Policy(), world_.Seed(), [this] { return DrawCrash(); }),
        coordinator_(store_, host_, world_.clock(), metrics_, watch_) {
    for (int number = 1; number <= kWorkers; ++number)
      workers_.push_back(std::make_unique<SimulatedWorker>(world_, coordinator_, host_,
                                                           absl::StrCat("w", number)));
  }

  std::optional<std::string> Run();

 private:
  static StorePolicy Policy() {
    StorePolicy policy;
    policy.unheard_grace = SimulatedCoordinator::kTtl;
    return policy;
  }

  CrashPoint DrawCrash();
  void Every(absl::Duration interval, std::function<void()> const& act);
  void WithTrouble(absl::Duration mean, std::function<void()> const& act);
  void Begin();
  void BeginTrouble();
  void ToggleHost();
  void EndTrouble();
  void EnqueueOne(std::string const& key, NewJob const& job);
  std::optional<JobId> AnyJob();
  void StartCoordinatorLater();
  SimulatedWorker& AnyWorker() {
    return *workers_.at(static_cast<size_t>(world_.Between(0, kWorkers - 1)));
  }
  void Look();
  bool AllEnded() const;

  World world_;
  FakeReleaseHost host_{&world_.clock()};
  Metrics metrics_;
  Invariants watch_{AttemptPolicy().max_attempts};
  CrashingStore store_;
  SimulatedCoordinator coordinator_;
  std::vector<std::unique_ptr<SimulatedWorker>> workers_;
  std::map<std::string, std::string> hosted_;  // as last seen
  int64_t looked_at_ = -1;
  int keys_ = 0;
  bool starting_ = false;
};

CrashPoint Simulation::DrawCrash() {
  if (!world_.Goes(0.004)) return CrashPoint::kNone;
  return world_.Chance(0.5) ? CrashPoint::kBeforeCommit : CrashPoint::kAfterCommit;
}

void Simulation::Every(absl::Duration interval, std::function<void()> const& act) {
  world_.After(interval, [=, this] {
    act();
    Every(interval, act);
  });
}

// About so often, while there is trouble.
void Simulation::WithTrouble(absl::Duration mean, std::function<void()> const& act) {
  world_.After(world_.Between(absl::ZeroDuration(), 2 * mean), [=, this] {
    if (!world_.trouble()) return;
    act();
    WithTrouble(mean, act);
  });
}

void Simulation::Begin() {
  for (auto const& worker : workers_) worker->Start();
  Every(absl::Seconds(1), [this] {
    if (coordinator_.up()) coordinator_.Sweep();
    if (!coordinator_.up()) StartCoordinatorLater();
  });
  Every(absl::Seconds(5), [this] {
    if (coordinator_.up()) coordinator_.Verify();
  });
}

void Simulation::StartCoordinatorLater() {
  if (starting_) return;
  starting_ = true;
  world_.After(world_.Between(absl::ZeroDuration(), absl::Seconds(40)), [this] {
    starting_ = false;
    coordinator_.StartAgain();
  });
}

void Simulation::BeginTrouble() {
  WithTrouble(absl::Seconds(8), [this] {
    EnqueueOne(absl::StrCat("key-", ++keys_), JobFor(world_.Between(1, kProbes)));
  });
  WithTrouble(absl::Seconds(30), [this] {
    auto const job = AnyJob();
    if (job && coordinator_.up()) coordinator_.Cancel(*job).IgnoreError();
  });
  WithTrouble(absl::Seconds(20), [this] {
    auto const job = AnyJob();
    if (job && coordinator_.up()) coordinator_.Retry(*job).IgnoreError();
  });
  WithTrouble(absl::Seconds(90), [this] { store_.Crash(); });
  WithTrouble(absl::Seconds(40), [this] {
    SimulatedWorker& worker = AnyWorker();
    worker.Kill();
    world_.After(world_.Between(absl::ZeroDuration(), absl::Minutes(1)), [&worker] {
      if (!worker.runs()) worker.Start();
    });
  });
  WithTrouble(absl::Seconds(60), [this] {
    AnyWorker().Sleep(world_.Between(absl::Seconds(5), 3 * SimulatedCoordinator::kTtl));
  });
  WithTrouble(absl::Minutes(2), [this] { AnyWorker().Drain(); });
  WithTrouble(absl::Seconds(90),
              [this] { world_.clock().Jump(world_.Between(-absl::Minutes(2), absl::Minutes(2))); });
  WithTrouble(absl::Seconds(40), [this] { ToggleHost(); });
}

void Simulation::ToggleHost() {
  host_.FailWith(world_.Chance(0.3) ? absl::UnavailableError("503") : absl::OkStatus());
  host_.FailUploads(world_.Chance(0.3) ? std::optional<int>(world_.Chance(0.5) ? 0 : 502)
                                       : std::nullopt);
  absl::Time const now = world_.clock().Now();
  host_.CloseGate(world_.Chance(0.3) ? now + absl::Minutes(1) : absl::InfinitePast(), "paced");
}

void Simulation::EndTrouble() {
  world_.EndTrouble();
  host_.FailWith(absl::OkStatus());
  host_.FailUploads(std::nullopt);
  host_.CloseGate(absl::InfinitePast(), "");
}

// Until it is answered, as a client does whose answer was lost.
void Simulation::EnqueueOne(std::string const& key, NewJob const& job) {
  bool const answered = coordinator_.up() && coordinator_.Enqueue(job, key).ok();
  if (answered && !world_.Goes(0.1)) return;
  world_.After(absl::Seconds(3), [=, this] { EnqueueOne(key, job); });
}

std::optional<JobId> Simulation::AnyJob() {
  std::vector<Job> const jobs = store_.Jobs();
  if (jobs.empty()) return std::nullopt;
  return jobs.at(static_cast<size_t>(world_.Between(0, static_cast<int64_t>(jobs.size()) - 1))).id;
}

void Simulation::Look() {
  if (store_.writes() == looked_at_) return;
  looked_at_ = store_.writes();
  for (Job const& job : store_.Jobs()) {
    auto const bytes = host_.Asset(ReleaseTag(job.probe), SanitizeAssetName(job.file_name));
    if (bytes) hosted_[job.file_name] = Sha256Hex(*bytes);
  }
  watch_.Look(store_.Jobs(), store_.Assets(), hosted_);
}

bool Simulation::AllEnded() const {
  std::vector<Job> const jobs = store_.Jobs();
  return std::all_of(jobs.begin(), jobs.end(), [](Job const& job) { return IsFinal(job.state); });
}

std::optional<std::string> Simulation::Run() {
  Begin();
  BeginTrouble();
  while (!watch_.broken() && world_.Step(kTrouble)) Look();
  EndTrouble();
  bool ended = false;
  while (!watch_.broken() && !ended && world_.Step(kTrouble + kCalm)) {
    Look();
    ended = coordinator_.up() && AllEnded();
  }
  if (!ended) watch_.Break("I6: there are jobs that do not end");
  if (!watch_.broken()) return std::nullopt;
  return absl::StrCat(*watch_.broken(), ", after ", absl::FormatDuration(world_.now()));
}

}  // namespace

std::optional<std::string> Simulate(uint64_t seed) { return Simulation(seed).Run(); }

}  // namespace probefarm
