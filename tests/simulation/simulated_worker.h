#pragma once

#include <functional>
#include <memory>
#include <string>

#include "coordinator/releases/fake_release_host.h"
#include "tests/simulation/simulated_network.h"
#include "tests/simulation/world.h"
#include "worker/lease/lease_table.h"
#include "worker/lease/session_keeper.h"

namespace probefarm {

// A worker with two slots, whose session, leases and fences are the product's own; its builds take
// a while and end by chance. It can be killed, put to sleep and drained. For one thread.
class SimulatedWorker {
 public:
  // All outlive this, and all that happens in `world`.
  SimulatedWorker(World& world, SimulatedCoordinator& coordinator, FakeReleaseHost& host,
                  std::string id);

  // A new process, in place of the one before. The disk's spool is empty then.
  void Start();
  void Kill() { process_ = nullptr; }
  bool runs() const { return process_ != nullptr; }
  // SIGSTOP: nothing of it happens until then.
  void Sleep(absl::Duration duration);
  // SIGTERM. Ends when it holds nothing any more, and is started again a while later.
  void Drain();

 private:
  struct Process {
    std::unique_ptr<SessionKeeper> session;
    LeaseTable leases;
    int wishes = 0;
    std::string wish;  // which has no answer yet
    bool draining = false;
    bool is_void = false;
  };

  // Of this process, unless it has gone by then; when it sleeps, once it wakes.
  void After(absl::Duration delay, std::function<void(Process&)> act);
  void Run(std::weak_ptr<Process> const& process, std::function<void(Process&)> const& act);

  int64_t FreeDisk();
  void Beat(Process& process);
  void Watch(Process& process);
  void Poll(Process& process);
  void Build(Process& process, Lease const& lease);
  void EndBuild(Process& process, LeaseName name, std::string const& spec);
  void Tell(Process& process, LeaseName name, int how);
  void Report(Process& process, LeaseName name, std::string const& bytes);
  void Follow(Process& process, LeaseName name, std::string const& bytes,
              absl::StatusOr<NextStep> const& step, std::function<void(Process&)> const& again);
  void Upload(Process& process, LeaseName name, std::string const& bytes, UploadOrder const& order);
  void ReportUpload(Process& process, LeaseName name, std::string const& bytes,
                    UploadReply const& reply);

  World& world_;
  FakeReleaseHost& host_;
  SimulatedNetwork network_;
  std::string const id_;
  std::shared_ptr<Process> process_;
  absl::Duration asleep_until_ = absl::ZeroDuration();
};

}  // namespace probefarm
