#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "coordinator/store/await.h"
#include "coordinator/store/store_contract.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

class StoreShutdown : public StoreContract {};

TEST_P(StoreShutdown, AnswersAPing) {
  EXPECT_OK(Await<bool>([&](auto done) { store().Ping(std::move(done)); }));
}

TEST_P(StoreShutdown, FinishesWhatWasAccepted) {
  std::atomic<int> answered = 0;
  for (int i = 0; i < 100; ++i) {
    store().Enqueue({{JobFor(i)}, "", {}}, [&](auto answer) { answered += answer.ok() ? 1 : 0; });
    store().Ping([&](auto answer) { answered += answer.ok() ? 1 : 0; });
  }
  store().Shutdown();
  EXPECT_EQ(answered, 200);
  Restart();
  ASSERT_OK_AND_ASSIGN(JobCounts const counts, Count({}));
  EXPECT_EQ(counts.at(JobState::kQueued), 100);
}

TEST_P(StoreShutdown, AnswersEverythingAfterwardsUnavailable) {
  store().Shutdown();
  store().Shutdown();
  EXPECT_THAT(EnqueueBatchOf({{JobFor(1)}, "", {}}), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Heartbeat("w1-1"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(List({}), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Await<bool>([&](auto done) { store().Ping(std::move(done)); }),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_P(StoreShutdown, ACallbackMayCallTheStore) {
  std::promise<absl::StatusOr<Job>> answer;
  store().Enqueue({{JobFor(1)}, "", {}}, [&](auto enqueued) {
    store().GetJob(enqueued->at(0)->id, [&](auto job) { answer.set_value(std::move(job)); });
  });
  EXPECT_OK(answer.get_future().get());
}

INSTANTIATE_TEST_SUITE_P(Contract, StoreShutdown, testing::ValuesIn(ImplementationsUnderTest()),
                         &NameOf);

}  // namespace
}  // namespace probefarm
