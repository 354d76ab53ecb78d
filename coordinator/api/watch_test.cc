#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "coordinator/api/api_fixture.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

class WatchTest : public ApiFixture {
 protected:
  WatchTest() { SetDeadline(context_, kPatience); }
  ~WatchTest() override { context_.TryCancel(); }

  void Start(v1::WatchRequest const& request = {}) {
    reader_ = v1::JobService::Stub(channel_).Watch(&context_, request);
  }
  void StartAfter(int64_t revision) {
    v1::WatchRequest request;
    request.set_revision(revision);
    Start(request);
  }
  // Nothing at the stream's end.
  v1::WatchResponse Next() {
    v1::WatchResponse change;
    EXPECT_TRUE(reader_->Read(&change));
    return change;
  }
  void Cancel(JobId job) {
    v1::CancelRequest request;
    request.set_job(job);
    ASSERT_OK(Call<v1::JobService>(&v1::JobService::Stub::Cancel, request));
  }

  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchResponse>> reader_;
};

TEST_F(WatchTest, SaysFirstWhereItBeginsAndThenWhatChanges) {
  Enqueue(1);
  Start();
  v1::WatchResponse const first = Next();
  EXPECT_FALSE(first.has_job());
  JobId const second = Enqueue(2);
  v1::WatchResponse const change = Next();
  EXPECT_EQ(change.job().id(), second);
  EXPECT_GT(change.revision(), first.revision());
  Cancel(second);
  EXPECT_EQ(Next().job().state(), v1::CANCELLED);
}

TEST_F(WatchTest, FromTheBeginningTellsOfAllJobs) {
  Enqueue(1);
  Enqueue(2);
  StartAfter(0);
  EXPECT_EQ(Next().job().id(), 1);
  EXPECT_EQ(Next().job().id(), 2);
}

TEST_F(WatchTest, GoesOnWithWhatCameMeanwhile) {
  JobId const id = Enqueue(1);
  StartAfter(0);
  int64_t const seen = Next().revision();
  context_.TryCancel();
  Cancel(id);
  grpc::ClientContext again;
  v1::WatchRequest request;
  request.set_revision(seen);
  auto const reader = v1::JobService::Stub(channel_).Watch(&again, request);
  v1::WatchResponse change;
  ASSERT_TRUE(reader->Read(&change));
  EXPECT_EQ(change.job().state(), v1::CANCELLED);
  again.TryCancel();
}

TEST_F(WatchTest, PassesOverWhatDoesNotMatchButSaysHowFarItIs) {
  Enqueue(1);
  v1::WatchRequest request;
  request.set_revision(0);
  request.mutable_filter()->add_states(v1::CANCELLED);
  Start(request);
  v1::WatchResponse const passed = Next();
  EXPECT_FALSE(passed.has_job());
  EXPECT_GT(passed.revision(), 0);
  Cancel(1);
  EXPECT_EQ(Next().job().id(), 1);
}

TEST_F(WatchTest, ARequestThatCannotBeIsRefused) {
  StartAfter(-1);
  v1::WatchResponse change;
  EXPECT_FALSE(reader_->Read(&change));
  EXPECT_EQ(reader_->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace probefarm
