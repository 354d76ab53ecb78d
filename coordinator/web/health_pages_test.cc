#include "coordinator/web/health_pages.h"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "lib/runtime/fake_clock.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(LivenessPage, IsAlive) { EXPECT_EQ(LivenessPage().Answer({}).status, 200); }

TEST(MetricsPage, ShowsWhatWasCounted) {
  Metrics metrics;
  metrics.Count("probefarm_things_total", "Things");
  EXPECT_THAT(MetricsPage(&metrics).Answer({}).body, HasSubstr("probefarm_things_total 1"));
}

class ReadinessPageTest : public testing::Test {
 protected:
  FakeClock clock_;
  int calls_ = 0;
  absl::Status store_;
  absl::Status host_;
  ReadinessPage page_{{{"store",
                        [this] {
                          ++calls_;
                          return store_;
                        }},
                       {"release host", [this] { return host_; }}},
                      &clock_};
};

TEST_F(ReadinessPageTest, IsReadyWhenEverythingIs) { EXPECT_EQ(page_.Answer({}).status, 200); }

TEST_F(ReadinessPageTest, GivesEveryReason) {
  store_ = absl::DeadlineExceededError("no answer in 2s");
  host_ = absl::PermissionDeniedError("open /srv");
  HttpAnswer const answer = page_.Answer({});
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, AllOf(HasSubstr("store: DEADLINE_EXCEEDED: no answer in 2s\n"),
                                 HasSubstr("release host: PERMISSION_DENIED")));
}

TEST_F(ReadinessPageTest, AsksAtMostOnceASecond) {
  for (int i = 0; i < 5; ++i) page_.Answer({});
  EXPECT_EQ(calls_, 1);
  store_ = absl::UnavailableError("gone");
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(page_.Answer({}).status, 503);
  EXPECT_EQ(calls_, 2);
}

// A page whose one check blocks from its second call on.
class HangingCheck : public testing::Test {
 protected:
  ~HangingCheck() override {
    release_.set_value();
    asker_.join();
  }
  void StartAsking() {
    EXPECT_EQ(page_.Answer({}).status, 200);
    clock_.Advance(absl::Seconds(1));
    asker_ = std::thread([this] { page_.Answer({}); });
    hangs_.get_future().wait();
  }
  absl::Status Check() {
    if (std::exchange(first_, false)) return absl::OkStatus();
    hangs_.set_value();
    release_.get_future().wait();
    return absl::OkStatus();
  }

  FakeClock clock_;
  bool first_ = true;
  std::promise<void> hangs_;
  std::promise<void> release_;
  std::thread asker_;
  ReadinessPage page_{{{"store", [this] { return Check(); }}}, &clock_};
};

TEST_F(HangingCheck, HoldsUpNobodyElse) {
  StartAsking();
  EXPECT_EQ(page_.Answer({}).status, 200);
}

TEST_F(HangingCheck, IsNotReadyForLong) {
  StartAsking();
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(page_.Answer({}).status, 503);
}

}  // namespace
}  // namespace probefarm
