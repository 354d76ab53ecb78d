#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "coordinator/store/log_rules.h"
#include "coordinator/store/store_contract.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class StoreLogs : public StoreContract {
 protected:
  StoreLogs() : id_(Enqueue(JobFor(1))), session_(OpenFor("w1")), lease_(AcquireOne(session_)) {}

  std::string Log(int64_t offset = 0, int64_t limit = 1000) {
    auto const chunk = ReadLog({id_, {}, offset, limit});
    EXPECT_OK(chunk);
    return chunk.value_or(LogChunk{}).bytes;
  }
  bool Complete(int64_t offset, std::optional<int64_t> epoch = {}) {
    auto const chunk = ReadLog({id_, epoch, offset, 1000});
    EXPECT_OK(chunk);
    return chunk.value_or(LogChunk{}).complete;
  }

  JobId const id_;
  std::string const session_;
  Job const lease_;
};

TEST_P(StoreLogs, GrowsByWhatIsNew) {
  EXPECT_EQ(*Append(lease_, 0, "one "), 4);
  EXPECT_EQ(*Append(lease_, 4, "two "), 8);
  EXPECT_EQ(*Append(lease_, 4, "two "), 8) << "a repetition";
  EXPECT_EQ(*Append(lease_, 2, "e two three"), 13) << "an overlap";
  EXPECT_EQ(*Append(lease_, 13, ""), 13);
  EXPECT_EQ(Log(), "one two three");
}

TEST_P(StoreLogs, AGapIsOutOfRangeWithTheLength) {
  ASSERT_OK(Append(lease_, 0, "four"));
  auto const gap = Append(lease_, 9, "x");
  EXPECT_THAT(gap, StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("4 bytes")));
  EXPECT_EQ(LogLengthOf(gap.status()), 4);
  EXPECT_THAT(Append(lease_, -1, "x"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreLogs, KeepsBytesThatAreNoText) {
  std::string const bytes("a\0\xff\n", 4);
  ASSERT_OK(Append(lease_, 0, bytes));
  Restart();
  EXPECT_EQ(Log(), bytes);
}

TEST_P(StoreLogs, WhatRepeatsItselfIsReadAsItWas) {
  ASSERT_OK(Append(lease_, 0, std::string(40, 'a')));
  ASSERT_OK(Append(lease_, 30, std::string(10, 'x') + std::string(50, 'b')));
  Restart();
  EXPECT_EQ(Log(), std::string(40, 'a') + std::string(50, 'b'));
  EXPECT_EQ(Log(38, 4), "aabb");
}

TEST_P(StoreLogs, ReadsFromAnyOffsetUpToTheLimit) {
  ASSERT_OK(Append(lease_, 0, "0123"));
  ASSERT_OK(Append(lease_, 4, "4567"));
  ASSERT_OK(Append(lease_, 8, "89"));
  EXPECT_EQ(Log(3, 3), "345");
  EXPECT_EQ(Log(4, 1), "4");
  EXPECT_EQ(Log(9, 100), "9");
  EXPECT_EQ(Log(10, 100), "");
  EXPECT_EQ(Log(500, 100), "");
}

TEST_P(StoreLogs, BytesBeyondTheLimitAreDroppedAndTheLogSaysSoOnce) {
  ASSERT_OK(Append(lease_, 0, std::string(90, 'a')));
  EXPECT_EQ(*Append(lease_, 90, std::string(30, 'b')), 120);
  std::string const full = Log();
  EXPECT_THAT(full, StartsWith(std::string(90, 'a') + std::string(10, 'b') + "\n["));
  EXPECT_THAT(full, HasSubstr("limit of 100 bytes"));
  EXPECT_EQ(*Append(lease_, 120, std::string(50, 'c')), 170)
      << "or the worker would stop for a gap";
  EXPECT_EQ(Log(), full);
}

TEST_P(StoreLogs, ALogOfExactlyTheLimitIsWhole) {
  EXPECT_EQ(*Append(lease_, 0, std::string(100, 'a')), 100);
  EXPECT_EQ(Log(), std::string(100, 'a'));
}

TEST_P(StoreLogs, AStaleLeaseAppendsNothing) {
  Job stale = lease_;
  stale.epoch = 0;
  EXPECT_THAT(Append(stale, 0, "x"), StatusIs(absl::StatusCode::kAborted));
  stale = lease_;
  stale.session = "other";
  EXPECT_THAT(Append(stale, 0, "x"), StatusIs(absl::StatusCode::kAborted));
  stale = lease_;
  stale.id = 99;
  EXPECT_THAT(Append(stale, 0, "x"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(Log(), "");
}

TEST_P(StoreLogs, EachRunHasItsOwnAndTheLatestIsRead) {
  ASSERT_OK(Append(lease_, 0, "first"));
  ASSERT_OK(OnLease(lease_, job_event::TransientFailure{{"network", ""}}));
  EXPECT_EQ(Log(), "first");
  clock_.Advance(absl::Minutes(10));
  Job const second = AcquireOne(session_);
  ASSERT_OK(Append(second, 0, "second"));
  ASSERT_OK_AND_ASSIGN(LogChunk const latest, ReadLog({id_, {}, 0, 100}));
  EXPECT_EQ(latest.epoch, 2);
  EXPECT_EQ(latest.bytes, "second");
  ASSERT_OK_AND_ASSIGN(LogChunk const earlier, ReadLog({id_, 1, 0, 100}));
  EXPECT_EQ(earlier.bytes, "first");
  EXPECT_TRUE(earlier.complete);
  EXPECT_FALSE(latest.complete);
}

TEST_P(StoreLogs, IsCompleteAtItsEndOnceTheRunIsOver) {
  ASSERT_OK(Append(lease_, 0, "line"));
  EXPECT_FALSE(Complete(4));
  ASSERT_OK(OnLease(lease_, job_event::ReportArtifact{{"a", 1}}));
  EXPECT_FALSE(Complete(4)) << "the lease still writes";
  ASSERT_OK(OnJob(id_, job_event::Cancel{}));
  EXPECT_TRUE(Complete(4));
  ASSERT_OK_AND_ASSIGN(LogChunk const part, ReadLog({id_, {}, 0, 2}));
  EXPECT_FALSE(part.complete) << "there is more to read";
}

TEST_P(StoreLogs, AJobThatHasNotRunYetHasAnEmptyLogThatIsNotComplete) {
  JobId const waiting = Enqueue(JobFor(2));
  ASSERT_OK_AND_ASSIGN(LogChunk const chunk, ReadLog({waiting, {}, 0, 100}));
  EXPECT_EQ(chunk.bytes, "");
  EXPECT_FALSE(chunk.complete);
}

TEST_P(StoreLogs, RefusesWhatIsNoPart) {
  EXPECT_THAT(ReadLog({99, {}, 0, 10}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ReadLog({id_, {}, -1, 10}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ReadLog({id_, {}, 0, 0}), StatusIs(absl::StatusCode::kInvalidArgument));
}

INSTANTIATE_TEST_SUITE_P(Contract, StoreLogs, testing::ValuesIn(ImplementationsUnderTest()),
                         &NameOf);

}  // namespace
}  // namespace probefarm
