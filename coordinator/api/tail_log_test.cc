#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "coordinator/api/api_fixture.h"
#include "coordinator/store/await.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

class TailLogTest : public ApiFixture {
 protected:
  TailLogTest() : job_(Enqueue(1)), session_(OpenSession("w")) {
    LeaseAgain("r1");
    SetDeadline(context_, kPatience);
  }

  void LeaseAgain(std::string const& request_id) {
    v1::Lease const lease = Acquire(session_, request_id);
    lease_ = {{lease.name().job(), lease.name().epoch()}, session_};
  }

  void Append(std::string const& bytes) {
    ASSERT_OK(Await<int64_t>(
        [&](auto done) { store_.AppendLog(lease_, appended_, bytes, std::move(done)); }));
    appended_ += static_cast<int64_t>(bytes.size());
  }

  void Fail() {
    ASSERT_OK(Await<Job>([&](auto done) {
      store_.ApplyToLease(lease_, job_event::PermanentFailure{{"compiler_error", ""}},
                          std::move(done));
    }));
  }

  v1::TailLogRequest Request(bool follow) const {
    v1::TailLogRequest request;
    request.set_job(job_);
    request.set_follow(follow);
    return request;
  }

  void Start(v1::TailLogRequest const& request) {
    reader_ = v1::JobService::Stub(channel_).TailLog(&context_, request);
  }

  // The bytes of one message; empty at the end of the stream.
  std::string ReadPiece() {
    v1::TailLogResponse piece;
    return reader_->Read(&piece) ? piece.data() : "";
  }

  std::string ReadAll() {
    std::string all;
    for (std::string piece = ReadPiece(); !piece.empty(); piece = ReadPiece()) all += piece;
    return all;
  }

  absl::Status End() { return FromGrpc(reader_->Finish()); }

  JobId const job_;
  std::string const session_;
  LeaseRef lease_;
  int64_t appended_ = 0;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::TailLogResponse>> reader_;
};

TEST_F(TailLogTest, EndsWhereTheLogEndsNow) {
  Append("hello");
  Start(Request(/*follow=*/false));
  EXPECT_EQ(ReadAll(), "hello");
  EXPECT_OK(End());
}

TEST_F(TailLogTest, BeginsAtTheOffset) {
  Append("hello");
  v1::TailLogRequest request = Request(/*follow=*/false);
  request.set_offset(2);
  Start(request);
  EXPECT_EQ(ReadAll(), "llo");
  EXPECT_OK(End());
}

TEST_F(TailLogTest, ALongLogComesInPieces) {
  std::string const text(700 << 10, 'x');
  Append(text);
  Start(Request(/*follow=*/false));
  EXPECT_EQ(ReadAll(), text);
  EXPECT_OK(End());
}

TEST_F(TailLogTest, FollowsUntilTheRunIsOver) {
  Append("one ");
  Start(Request(/*follow=*/true));
  EXPECT_EQ(ReadPiece(), "one ");
  Append("two");
  EXPECT_EQ(ReadPiece(), "two");
  Fail();
  EXPECT_EQ(ReadPiece(), "");
  EXPECT_OK(End());
}

TEST_F(TailLogTest, AFollowedRunIsNotContinuedByTheNext) {
  Append("first run");
  Start(Request(/*follow=*/true));
  EXPECT_EQ(ReadPiece(), "first run");
  Fail();
  ASSERT_OK(Await<Job>([&](auto done) {
    store_.ApplyToJob(job_, std::nullopt, job_event::Retry{}, std::move(done));
  }));
  LeaseAgain("r2");
  appended_ = 0;
  Append("second run");
  EXPECT_EQ(ReadPiece(), "");
  EXPECT_OK(End());
}

TEST_F(TailLogTest, AnEarlierRunCanBeNamed) {
  Append("first run");
  Fail();
  ASSERT_OK(Await<Job>([&](auto done) {
    store_.ApplyToJob(job_, std::nullopt, job_event::Retry{}, std::move(done));
  }));
  LeaseAgain("r2");
  appended_ = 0;
  Append("second run");
  v1::TailLogRequest request = Request(/*follow=*/true);
  request.set_epoch(1);
  Start(request);
  EXPECT_EQ(ReadAll(), "first run");
  EXPECT_OK(End());
}

TEST_F(TailLogTest, AClientThatGoesAwayEndsTheStream) {
  Append("one");
  Start(Request(/*follow=*/true));
  EXPECT_EQ(ReadPiece(), "one");
  context_.TryCancel();
  EXPECT_EQ(ReadPiece(), "");
  EXPECT_THAT(End(), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(TailLogTest, RefusesWhatIsNoLog) {
  v1::TailLogRequest request = Request(/*follow=*/true);
  request.set_offset(-1);
  Start(request);
  EXPECT_EQ(ReadPiece(), "");
  EXPECT_THAT(End(), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(TailLogTest, AJobThatIsNotThereIsNotFound) {
  v1::TailLogRequest request = Request(/*follow=*/true);
  request.set_job(99);
  Start(request);
  EXPECT_EQ(ReadPiece(), "");
  EXPECT_THAT(End(), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace probefarm
