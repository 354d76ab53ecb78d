#include "coordinator/releases/github/log_bundle_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/releases/github/github_host_fixture.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class LogBundleWriterTest : public GitHubHostFixture {
 protected:
  absl::Status Write(std::string const& content, int number = 1) {
    return host().WriteLogBundle({"o/one", kTag}, LogBundleName(number), content);
  }
  // As often as a pass comes by.
  absl::Status WriteAtLast(std::string const& content, int number) {
    absl::Status written = absl::UnavailableError("not tried");
    for (int tries = 0; tries < 5 && !written.ok(); ++tries) {
      written = Write(content, number);
      farm_.clock.Advance(absl::Minutes(2));
    }
    return written;
  }
  std::string Held(int number = 1) {
    return farm_.Download("o/one", kTag, LogBundleName(number)).value_or("nothing");
  }
};

TEST_F(LogBundleWriterTest, SendsTheSameBytesOnce) {
  ASSERT_OK(Write("logs"));
  ASSERT_OK(Write("logs"));
  farm_.Restart();
  ASSERT_OK(Write("logs"));
  EXPECT_EQ(farm_.github->counters().calls.at("upload"), 1);
  EXPECT_EQ(Held(), "logs");
}

TEST_F(LogBundleWriterTest, ArrivesOnceThroughEveryFault) {
  int number = 0;
  for (char const* rule : {"502 kind=upload", "502-starter kind=upload", "commit-drop kind=upload",
                           "html kind=upload"}) {
    Plant(rule);
    EXPECT_OK(WriteAtLast(rule, ++number)) << rule;
    EXPECT_EQ(Held(number), rule);
    EXPECT_THAT(AssetsOf("o/one"), SizeIs(number)) << rule;
  }
}

TEST_F(LogBundleWriterTest, NothingIsSentAgainThatTheListDoesNotShowYet) {
  farm_.github->SetListLag(absl::Seconds(20));
  Plant("commit-drop kind=upload");
  EXPECT_THAT(Write("logs"), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(2));
  EXPECT_OK(Write("logs"));
  EXPECT_THAT(AssetsOf("o/one"), SizeIs(1));
}

TEST_F(LogBundleWriterTest, ANullDigestIsComputed) {
  Plant("null-digest kind=upload times=0");
  EXPECT_OK(Write("logs"));
  EXPECT_OK(Write("logs"));
  EXPECT_THAT(Write("other"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(Held(), "logs");
}

TEST_F(LogBundleWriterTest, WhatOthersKeepUnderTheNameStays) {
  FillRelease("o/one", 0);
  Put(Asset(LogBundleName(1), "theirs"));
  EXPECT_THAT(Write("logs"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("logs-0001.tar.zst")));
  EXPECT_EQ(Held(), "theirs");
}

// Its places were kept.
TEST_F(LogBundleWriterTest, IsTakenByAReleaseThatHasNoRoomForProbes) {
  FillRelease("o/one", 960);
  ASSERT_OK_AND_ASSIGN(UploadAnswer const answer, host().PrepareUpload(Intent()));
  ASSERT_TRUE(std::holds_alternative<UploadGrant>(answer));
  EXPECT_THAT(std::get<UploadGrant>(answer).url, HasSubstr("/o/two/"));
  for (int number = 1; number <= 30; ++number) EXPECT_OK(Write("logs", number));
  for (char const* name : {"SHA256SUMS", "SHA256SUMS.sig", "index.json", "provenance.jsonl"}) {
    EXPECT_OK(host().WriteSideFile({"o/one", kTag}, name, "one"));
    EXPECT_OK(host().WriteSideFile({"o/one", kTag}, name, "two"));
  }
}

}  // namespace
}  // namespace probefarm
