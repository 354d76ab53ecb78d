#include "worker/lease/persistent_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::SizeIs;

class PersistentCallTest : public testing::Test {
 protected:
  absl::Status Call(std::deque<absl::Status> answers) {
    return CallPersistently(
        [&] {
          ++calls_;
          absl::Status answer = answers.front();
          if (answers.size() > 1) answers.pop_front();
          return answer;
        },
        [&] { return calls_ >= over_after_; },
        [&](absl::Duration wait) { waits_.push_back(wait); });
  }

  int calls_ = 0;
  int over_after_ = 1000;
  std::vector<absl::Duration> waits_;
};

TEST_F(PersistentCallTest, RepeatsWhileNobodyAnswers) {
  EXPECT_OK(Call({absl::UnavailableError(""), absl::DeadlineExceededError(""),
                  absl::ResourceExhaustedError(""), absl::OkStatus()}));
  EXPECT_EQ(calls_, 4);
  EXPECT_THAT(waits_, SizeIs(3));
}

TEST_F(PersistentCallTest, AnyOtherStatusIsTheAnswer) {
  EXPECT_THAT(Call({absl::AbortedError("stale")}), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(calls_, 1);
  EXPECT_THAT(waits_, IsEmpty());
}

TEST_F(PersistentCallTest, GivesUpWhenItIsOver) {
  over_after_ = 3;
  EXPECT_THAT(Call({absl::UnavailableError("")}), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(calls_, 3);
}

TEST_F(PersistentCallTest, NeverWaitsForLong) {
  over_after_ = 100;
  EXPECT_THAT(Call({absl::UnavailableError("")}), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(waits_, Each(Lt(absl::Seconds(5))));
}

}  // namespace
}  // namespace probefarm
