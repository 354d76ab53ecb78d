#include "tests/simulation/simulated_worker.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"

namespace probefarm {
namespace {

constexpr int kSlots = 2;
constexpr absl::Duration kTick = absl::Seconds(1);

enum Ending { kPermanent, kTransient, kRelease };

bool IsUnanswered(absl::Status const& status) { return absl::IsUnavailable(status); }

}  // namespace

SimulatedWorker::SimulatedWorker(World& world, SimulatedCoordinator& coordinator,
                                 FakeReleaseHost& host, std::string id)
    : world_(world), host_(host), network_(world, coordinator), id_(std::move(id)) {}

void SimulatedWorker::Start() {
  process_ = std::make_shared<Process>();
  WorkerDescription description;
  description.id = id_;
  description.slots = kSlots;
  description.memory_bytes_per_slot = int64_t{1} << 40;
  description.engine = "simulated";
  Process* const process = process_.get();
  process->session = std::make_unique<SessionKeeper>(
      network_, process->leases, world_.clock(), description,
      [process] { process->is_void = true; }, /*on_drain=*/nullptr, [this] { return FreeDisk(); });
  After(absl::ZeroDuration(), [this](Process& started) { Beat(started); });
  After(kTick, [this](Process& started) { Watch(started); });
  After(kTick, [this](Process& started) { Poll(started); });
}

void SimulatedWorker::Sleep(absl::Duration duration) { asleep_until_ = world_.now() + duration; }

void SimulatedWorker::Drain() {
  if (!process_) return;
  process_->draining = true;
  process_->session->SetDraining();
}

void SimulatedWorker::After(absl::Duration delay, std::function<void(Process&)> act) {
  world_.After(delay, [this, process = std::weak_ptr<Process>(process_), act = std::move(act)] {
    Run(process, act);
  });
}

void SimulatedWorker::Run(std::weak_ptr<Process> const& process,
                          std::function<void(Process&)> const& act) {
  std::shared_ptr<Process> const alive = process.lock();
  if (!alive) return;
  if (world_.now() < asleep_until_) {
    world_.After(asleep_until_ - world_.now(), [this, process, act] { Run(process, act); });
    return;
  }
  act(*alive);
}

// At times too little for what half of the jobs need.
int64_t SimulatedWorker::FreeDisk() { return world_.Goes(0.2) ? 1 : int64_t{8} << 30; }

// As Worker has it: the first session by Open(), the others by Heartbeat().
void SimulatedWorker::Beat(Process& process) {
  bool acknowledged = true;
  if (process.session->token().empty()) {
    acknowledged = process.session->Open().ok();
  } else {
    process.session->Heartbeat();
  }
  absl::Duration const third = SimulatedCoordinator::kTtl / 3;
  After(acknowledged ? world_.Between(third * 0.9, third * 1.1) : kTick,
        [this](Process& again) { Beat(again); });
}

void SimulatedWorker::Watch(Process& process) {
  process.session->Fence();
  bool const drained = process.draining && process.leases.Held().empty();
  if (process.is_void || drained) {
    Kill();
    world_.After(world_.Between(kTick, absl::Minutes(1)), [this] {
      if (!runs()) Start();
    });
    return;
  }
  After(kTick, [this](Process& again) { Watch(again); });
}

void SimulatedWorker::Poll(Process& process) {
  After(world_.Between(kTick, 3 * kTick), [this](Process& again) { Poll(again); });
  bool const opened = !process.session->token().empty();
  if (!opened || process.draining || process.leases.Held().size() >= kSlots) return;
  if (process.wish.empty()) process.wish = absl::StrCat("wish-", ++process.wishes);
  auto const leases =
      network_.Acquire(process.session->token(), {process.wish, absl::ZeroDuration()});
  if (IsUnanswered(leases.status())) return;
  process.wish.clear();
  if (!leases.ok()) return;
  for (Lease const& lease : *leases) Build(process, lease);
}

void SimulatedWorker::Build(Process& process, Lease const& lease) {
  process.leases.Add(lease.name);
  if (world_.Chance(0.5)) {
    network_.AppendLog(process.session->token(), lease.name, 0, "CC probe.o\n").IgnoreError();
  }
  After(world_.Between(kTick, absl::Minutes(1)),
        [this, lease](Process& later) { EndBuild(later, lease.name, lease.spec); });
}

// The same spec gives the same bytes, nearly always.
void SimulatedWorker::EndBuild(Process& process, LeaseName name, std::string const& spec) {
  if (process.leases.IsOver(name)) return process.leases.Remove(name);
  if (world_.Goes(0.05)) return Tell(process, name, kPermanent);
  if (world_.Goes(0.15)) return Tell(process, name, kTransient);
  if (world_.Goes(0.05)) return Tell(process, name, kRelease);
  Report(process, name, world_.Goes(0.02) ? spec + " by another compiler" : spec);
}

void SimulatedWorker::Tell(Process& process, LeaseName name, int how) {
  if (process.leases.IsOver(name)) return process.leases.Remove(name);
  std::string const token = process.session->token();
  absl::Status const told =
      how == kRelease ? network_.Release(token, name, "no_space", "disk full")
                      : network_.Complete(token, name, how == kPermanent, "failed", "it failed");
  if (!IsUnanswered(told)) return process.leases.Remove(name);
  After(world_.Between(kTick, 5 * kTick), [=, this](Process& again) { Tell(again, name, how); });
}

void SimulatedWorker::Report(Process& process, LeaseName name, std::string const& bytes) {
  if (process.leases.IsOver(name)) return process.leases.Remove(name);
  Follow(process, name, bytes,
         network_.ReportArtifact(process.session->token(), name, Sha256Hex(bytes),
                                 static_cast<int64_t>(bytes.size())),
         [=, this](Process& again) { Report(again, name, bytes); });
}

void SimulatedWorker::Follow(Process& process, LeaseName name, std::string const& bytes,
                             absl::StatusOr<NextStep> const& step,
                             std::function<void(Process&)> const& again) {
  if (IsUnanswered(step.status())) return After(world_.Between(kTick, 5 * kTick), again);
  if (!step.ok()) return process.leases.Remove(name);
  if (auto const* send = std::get_if<SendIt>(&*step)) {
    After(world_.Between(absl::ZeroDuration(), absl::Seconds(20)),
          [=, this, order = send->grant](Process& later) { Upload(later, name, bytes, order); });
  } else if (auto const* wait = std::get_if<AskAgain>(&*step)) {
    absl::Duration const pause = wait->not_before - world_.clock().Now();
    After(std::clamp(pause, kTick, absl::Minutes(2)),
          [=, this](Process& later) { Report(later, name, bytes); });
  } else {
    process.leases.Remove(name);
  }
}

// What is on its way when a lease ends may still arrive.
void SimulatedWorker::Upload(Process& process, LeaseName name, std::string const& bytes,
                             UploadOrder const& order) {
  bool const over = process.leases.IsOver(name);
  bool const arrives = !over && !world_.Goes(0.1);
  UploadReply reply;
  if (arrives || (over && world_.Goes(0.3))) {
    UploadReport const report =
        host_.Perform({order.method, order.url, order.headers, order.deadline}, bytes);
    if (!world_.Goes(0.1)) reply = {report.http_status, report.headers, report.body, report.error};
  }
  if (over) return process.leases.Remove(name);
  ReportUpload(process, name, bytes, reply);
}

void SimulatedWorker::ReportUpload(Process& process, LeaseName name, std::string const& bytes,
                                   UploadReply const& reply) {
  if (process.leases.IsOver(name)) return process.leases.Remove(name);
  Follow(process, name, bytes, network_.ReportUpload(process.session->token(), name, reply),
         [=, this](Process& again) { ReportUpload(again, name, bytes, reply); });
}

}  // namespace probefarm
