#include "coordinator/releases/directory/upload_tokens.h"

#include <gmock/gmock.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);
absl::Time const kDeadline = kNow + absl::Minutes(30);

PendingUpload Of(int64_t job, int64_t epoch = 1, std::string const& name = "a.o") {
  return {.intent = {.job = job, .epoch = epoch, .tag = "t", .file_name = name},
          .asset_name = name,
          .deadline = kDeadline};
}

TEST(UploadToken, IsLongAndNeverTheSame) {
  ASSERT_OK_AND_ASSIGN(std::string const one, NewUploadToken());
  ASSERT_OK_AND_ASSIGN(std::string const two, NewUploadToken());
  EXPECT_EQ(one.size(), 64U);
  EXPECT_NE(one, two);
}

TEST(UploadTokens, WorkOnce) {
  UploadTokens tokens;
  EXPECT_FALSE(tokens.Reserve("token", Of(7), kNow).has_value());
  std::optional<PendingUpload> const taken = tokens.Take("token", kNow);
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->intent.job, 7);
  EXPECT_FALSE(tokens.Take("token", kNow).has_value());
}

TEST(UploadTokens, ExpireAtTheirDeadline) {
  UploadTokens tokens;
  tokens.Reserve("token", Of(7), kNow);
  EXPECT_FALSE(tokens.Take("token", kDeadline).has_value());
}

TEST(UploadTokens, VoidAnEarlierEpochsToken) {
  UploadTokens tokens;
  tokens.Reserve("first", Of(7, 1), kNow);
  EXPECT_FALSE(tokens.Reserve("second", Of(7, 2), kNow).has_value());
  EXPECT_FALSE(tokens.Take("first", kNow).has_value());
  EXPECT_TRUE(tokens.Take("second", kNow).has_value());
}

TEST(UploadTokens, KeepANameForOneJob) {
  UploadTokens tokens;
  tokens.Reserve("first", Of(7), kNow);
  std::optional<PendingUpload> const holder = tokens.Reserve("second", Of(8), kNow);
  ASSERT_TRUE(holder.has_value());
  EXPECT_EQ(holder->intent.job, 7);
  EXPECT_FALSE(tokens.Take("second", kNow).has_value());
  EXPECT_FALSE(tokens.Reserve("second", Of(8), kDeadline).has_value());
}

TEST(UploadTokens, LeaveOtherNamesAlone) {
  UploadTokens tokens;
  tokens.Reserve("first", Of(7), kNow);
  EXPECT_FALSE(tokens.Reserve("second", Of(8, 1, "b.o"), kNow).has_value());
  EXPECT_TRUE(tokens.Take("first", kNow).has_value());
}

}  // namespace
}  // namespace probefarm
