#include "coordinator/leasing/expiry_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/store/await.h"
#include "coordinator/store/memory/memory_store.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(ExpirySweep, TakesTheLeasesOfASilentWorkerAndCountsThem) {
  FakeClock clock;
  MemoryStore store(clock);
  PhaseBoard phases;
  Metrics metrics;
  ExpirySweep sweep(store, phases, metrics, clock, absl::Seconds(30));
  NewSession session;
  session.session = "s";
  session.worker = "w";
  session.slots = 1;
  ASSERT_OK(Await<OpenedSession>([&](auto done) { store.OpenSession(session, std::move(done)); }));
  NewJob job;
  job.probe = {"8.0.0+driver", Arch::kX86_64, "debian", "6.1", "1", Kind::kBpf};
  job.file_name = "falco_debian_6.1_1.o";
  job.fingerprint = "f";
  job.spec = "{}";
  ASSERT_OK(Await<std::vector<absl::StatusOr<EnqueuedJob>>>([&](auto done) {
    store.Enqueue({{job}, "", std::nullopt}, std::move(done));
  }));
  ASSERT_OK_AND_ASSIGN(auto const leases, Await<std::vector<GrantedLease>>([&](auto done) {
                         store.Acquire({"s", "r", 1}, std::move(done));
                       }));
  ASSERT_THAT(leases, SizeIs(1));

  clock.Advance(absl::Seconds(29));
  sweep.RunOnce();
  clock.Advance(absl::Seconds(2));
  sweep.RunOnce();

  ASSERT_OK_AND_ASSIGN(Job const queued, Await<Job>([&](auto done) {
                         store.GetJob(leases[0].job.id, std::move(done));
                       }));
  EXPECT_EQ(queued.state, JobState::kQueued);
  EXPECT_EQ(queued.attempts, 1);
  EXPECT_THAT(metrics.Render(), HasSubstr("probefarm_lease_expired_total 1"));
}

}  // namespace
}  // namespace probefarm
