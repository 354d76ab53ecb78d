#include "client/releases/published_log.h"

#include <gmock/gmock.h>

#include "client/releases/sample_release.h"
#include "lib/digest/sha256.h"
#include "lib/index/log_bundle.h"
#include "lib/index/release_index.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/sample_keys.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

constexpr char kBundle[] = "logs-0001.tar.zst";

// A release whose sample probe has its log in a bundle, beside another one's.
class PublishedLogTest : public testing::Test {
 protected:
  PublishedLogTest() : files_(SampleRelease(key_, kSampleTag)) {
    files_[kBundle] =
        RenderLogBundle({{"other.o", "other log"}, {kSampleAsset, "the log"}}).value();
    ChangeIndex([this](ReleaseIndex& index) {
      index.bundles = {
          {kBundle, Sha256Hex(files_[kBundle]), static_cast<int64_t>(files_[kBundle].size())}};
      for (IndexedProbe& probe : index.probes) {
        if (probe.asset_name == kSampleAsset) probe.log = {kBundle, Sha256Hex("the log"), 7};
      }
    });
  }
  template <class Change>
  void ChangeIndex(Change change) {
    ReleaseIndex index = ParseReleaseIndex(files_["index.json"]).value();
    change(index);
    files_["index.json"] = RenderReleaseIndex(index);
    SignAgain(files_, key_);
  }
  absl::StatusOr<PublishedLog> Fetch(std::string const& name = kSampleAsset) {
    server_.Put(kSampleTag, files_);
    return FetchPublishedLog(*http_, question_ = Question(name));
  }
  ReleaseQuestion Question(std::string const& name) {
    ReleaseQuestion question;
    question.repositories = {{server_.url(), false}};
    question.tags = {kSampleTag};
    question.asset_name = name;
    if (with_key_) question.keys = {key_.public_key()};
    question.patience = absl::ZeroDuration();
    question.pause = [](absl::Duration) {};
    return question;
  }

  SigningKey const key_ = SampleKey();
  bool with_key_ = true;
  std::map<std::string, std::string> files_;
  ReleaseServer server_;
  std::unique_ptr<HttpClient> const http_ = MakeHttpClient("probefarm-test");
  ReleaseQuestion question_;
};

TEST_F(PublishedLogTest, IsReadOutOfItsBundle) {
  ASSERT_OK_AND_ASSIGN(PublishedLog const log, Fetch());
  EXPECT_EQ(log.text, "the log");
  EXPECT_EQ(log.bundle, kBundle);
  EXPECT_EQ(log.key_id, key_.public_key().id());
}

TEST_F(PublishedLogTest, IsReadWithoutAKeyAndVouchedForByNobody) {
  with_key_ = false;
  ASSERT_OK_AND_ASSIGN(PublishedLog const log, Fetch());
  EXPECT_EQ(log.text, "the log");
  EXPECT_EQ(log.key_id, "");
  files_["index.json"] += " ";
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("index.json")));
}

TEST_F(PublishedLogTest, ThatWaitsForABundleIsSaidToWait) {
  EXPECT_THAT(Fetch("other.o"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("no bundle")));
  EXPECT_THAT(Fetch("unknown.o"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(PublishedLogTest, OfAnotherBundleThanTheSignedOneIsRefused) {
  std::string const bundle = files_[kBundle];
  files_[kBundle] = RenderLogBundle({{kSampleAsset, "a lie"}}).value();
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(kBundle)));
  files_[kBundle] = bundle + std::string(1000, 'x');
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(kBundle)));
}

TEST_F(PublishedLogTest, ThatIsNotTheListedOneIsRefused) {
  ChangeIndex([](ReleaseIndex& index) {
    for (IndexedProbe& probe : index.probes) probe.log = {kBundle, std::string(64, 'a'), 7};
  });
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("does not hold")));
}

TEST_F(PublishedLogTest, OfABundleThatNobodyListsIsRefused) {
  ChangeIndex([](ReleaseIndex& index) { index.bundles.clear(); });
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("does not list")));
}

TEST_F(PublishedLogTest, OfABundleOfWhichIndexAndSumsDisagreeIsRefused) {
  ChangeIndex([](ReleaseIndex& index) { index.bundles[0].sha256 = std::string(64, 'a'); });
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("SHA256SUMS")));
}

}  // namespace
}  // namespace probefarm
