#include "coordinator/leasing/farm_gauges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "coordinator/store/memory/memory_store.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

NewJob JobFor(int number) {
  return {.probe = {.driver_version = "8.0.0+driver",
                    .target = "debian",
                    .kernel_release = absl::StrCat("6.1.", number),
                    .kernel_version = "1"},
          .file_name = absl::StrCat(number, ".o"),
          .fingerprint = "f",
          .spec = "{}"};
}

TEST(FarmGauges, ShowsWhatWaitsAndWhoIsThere) {
  FakeClock clock;
  Metrics metrics;
  MemoryStore store(clock);
  FarmGauges gauges(store, metrics);
  ASSERT_OK(Await<OpenedSession>([&](auto done) {
    store.OpenSession({.session = "s", .worker = "w", .slots = 4}, std::move(done));
  }));
  ASSERT_OK(Await<std::vector<absl::StatusOr<EnqueuedJob>>>([&](auto done) {
    store.Enqueue({.jobs = {JobFor(1), JobFor(2), JobFor(3)}}, std::move(done));
  }));
  ASSERT_OK(Await<std::vector<GrantedLease>>(
      [&](auto done) { store.Acquire({.session = "s", .request_id = "r"}, std::move(done)); }));
  gauges.RunOnce();
  store.Shutdown();
  EXPECT_THAT(metrics.Render(),
              AllOf(HasSubstr("probefarm_jobs_queued 2"), HasSubstr("probefarm_leases_active 1"),
                    HasSubstr("probefarm_workers_live 1"), HasSubstr("probefarm_slots_free 4")));
}

}  // namespace
}  // namespace probefarm
