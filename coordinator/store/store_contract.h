#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/store/store.h"
#include "coordinator/store/store_policy.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/fake_clock.h"

namespace probefarm {

// A store with the data behind it, which outlives a restart. Destruction ends both.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual Store& store() = 0;
  // Ends the store and starts another on the same data.
  virtual void Restart() = 0;
};

// `name` is part of the tests' names; `make` answers an empty store that goes by the clock it is
// given.
struct StoreImplementation {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>(Clock&, StorePolicy const&)> make;
};
inline std::ostream& operator<<(std::ostream& out, StoreImplementation const& implementation) {
  return out << implementation.name;
}

// What the suite runs against: defined by the test that links it.
std::vector<StoreImplementation> ImplementationsUnderTest();

inline std::string NameOf(testing::TestParamInfo<StoreImplementation> const& info) {
  return info.param.name;
}

// What store.h promises, as tests that every implementation passes; they stand in
// store_contract_*.cc by theme. The calls here block for the answer; those that a test takes for
// granted fail it when they are not OK.
class StoreContract : public testing::TestWithParam<StoreImplementation> {
 protected:
  // What Expire() expires by.
  static constexpr absl::Duration kTtl = absl::Seconds(30);

  StoreContract();

  Store& store() { return under_test_->store(); }
  void Restart() { under_test_->Restart(); }

  // `number` and `driver_version` make a probe of its own.
  static NewJob JobFor(int number, std::string const& driver_version = "8.0.0+driver");
  // What would be published of the job: its own digest, where it has reported one.
  static PublishedAsset AssetOf(Job const& job);

  absl::StatusOr<std::vector<absl::StatusOr<EnqueuedJob>>> EnqueueBatchOf(EnqueueBatch batch);
  JobId Enqueue(NewJob const& job);

  absl::StatusOr<OpenedSession> Open(NewSession session);
  // A session of `worker` on x86_64 with plenty of memory, named like the worker with `suffix`.
  std::string OpenFor(std::string const& worker, std::string const& suffix = "-1",
                      std::vector<LeaseKey> held = {});
  absl::StatusOr<std::vector<GrantedLease>> Acquire(std::string const& session,
                                                    std::string const& request, int max = 1);
  // Acquires one job, under a new request id.
  Job AcquireOne(std::string const& session);
  // With two free slots.
  absl::StatusOr<HeartbeatAnswer> Heartbeat(std::string const& session,
                                            std::vector<LeaseKey> held = {},
                                            std::optional<int64_t> free_disk_bytes = {});
  absl::StatusOr<std::vector<ExpiredLease>> Expire();
  // As the worker that holds `lease`, which may be stale by now.
  absl::StatusOr<Job> OnLease(Job const& lease, JobEvent event);
  absl::StatusOr<Job> OnJob(JobId job, JobEvent event, std::optional<int64_t> if_epoch = {});
  absl::StatusOr<int64_t> Append(Job const& lease, int64_t offset, std::string bytes);
  absl::StatusOr<LogChunk> ReadLog(LogRequest request);
  absl::StatusOr<JobPage> List(JobFilter filter, PageRequest page = {});
  absl::StatusOr<JobCounts> Count(JobFilter filter);
  Job Get(JobId job);
  absl::StatusOr<int64_t> CountAhead(JobId job);
  absl::Status SetPaused(bool paused);
  absl::Status SetDrained(std::string const& worker, bool drained);
  Controls GetControls();
  absl::StatusOr<Job> Publish(JobId job, PublishedAsset asset);
  ProbeKnowledge Know(ProbeId const& probe);
  std::vector<StaleRelease> Stale();

  // A leased job brought as far as VERIFYING.
  Job Upload(Job const& lease, std::string const& sha256);
  // Enqueues, builds and publishes.
  Job PublishOne(NewJob const& job, std::string const& sha256);

  static LeaseKey KeyOf(Job const& job) { return {job.id, job.epoch}; }

  // Moved by tests, never by itself.
  FakeClock clock_;
  // Three attempts, and logs of 100 bytes, so that limits are reached.
  StorePolicy policy_;

 private:
  int requests_ = 0;
  std::unique_ptr<StoreUnderTest> under_test_;
};

}  // namespace probefarm
