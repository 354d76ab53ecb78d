#include "lib/tls/tls_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "lib/tls/test_authority.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TlsWatchTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_OK_AND_ASSIGN(watch_, TlsWatch::Open(files_, clock_)); }

  static void Put(std::string const& from, std::string const& to) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  }
  std::string subject() const { return watch_->current()->subject; }

  FakeClock clock_{absl::Now()};
  TestAuthority const authority_;
  TlsFiles const files_ = authority_.Issue("used", {.common_name = "old"});
  TlsFiles const renewed_ = authority_.Issue("renewed", {.common_name = "new"});
  std::unique_ptr<TlsWatch> watch_;
};

TEST_F(TlsWatchTest, UsesARenewedPairOnceBothFilesAreThere) {
  EXPECT_FALSE(watch_->RunOnce());
  Put(renewed_.certificate, files_.certificate);
  EXPECT_FALSE(watch_->RunOnce());
  EXPECT_EQ(subject(), "CN=old");
  Put(renewed_.key, files_.key);
  EXPECT_TRUE(watch_->RunOnce());
  EXPECT_EQ(subject(), "CN=new");
  EXPECT_FALSE(watch_->RunOnce());
}

TEST_F(TlsWatchTest, UsesANewAuthority) {
  TestAuthority const other;
  Put(other.ca_file(), files_.ca);
  EXPECT_TRUE(watch_->RunOnce());
  EXPECT_EQ(watch_->current()->pem.ca, other.ca());
}

TEST_F(TlsWatchTest, KeepsWhatItHasWhileAFileIsMissing) {
  std::filesystem::remove(files_.key);
  EXPECT_FALSE(watch_->RunOnce());
  EXPECT_EQ(subject(), "CN=old");
}

TEST_F(TlsWatchTest, SaysOnceThatTheFilesCannotBeUsedAndNothingOfTheKey) {
  std::string const key = ReadWholeFile(files_.key);
  Put(renewed_.certificate, files_.certificate);
  testing::internal::CaptureStderr();
  watch_->RunOnce();
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("used.key"));
  testing::internal::CaptureStderr();
  watch_->RunOnce();
  Put(renewed_.key, files_.key);
  watch_->RunOnce();
  std::string const log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, Not(HasSubstr("cannot be used")));
  EXPECT_THAT(log, HasSubstr("CN=new"));
  EXPECT_THAT(log, Not(HasSubstr(key.substr(key.find('\n') + 1, 40))));
}

TEST_F(TlsWatchTest, GoesOnWithACertificateThatHasEndedUntilThereIsAnother) {
  clock_.Advance(absl::Hours(2));
  EXPECT_FALSE(watch_->RunOnce());
  EXPECT_EQ(subject(), "CN=old");
  EXPECT_THAT(TlsWatch::Open(files_, clock_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("ended at")));
}

}  // namespace
}  // namespace probefarm
