#include "client/releases/release_lookup.h"

#include <gmock/gmock.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/releases/sample_release.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/sample_keys.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

class ReleaseLookupTest : public testing::Test {
 protected:
  ReleaseLookupTest() {
    server_.Put(kSampleTag, SampleRelease(SampleKey()));
    question_.repositories = {{server_.url(), true}};
    question_.tags = {kSampleTag};
    question_.asset_name = kSampleAsset;
    question_.keys = {SampleKey().public_key()};
    question_.pause = [this](absl::Duration pause) {
      pauses_.push_back(pause);
      if (on_pause_) on_pause_();
    };
  }

  absl::StatusOr<FoundRelease> Find() { return FindRelease(*http_, question_); }

  ReleaseServer server_;
  std::unique_ptr<HttpClient> const http_ = MakeHttpClient("test");
  ReleaseQuestion question_;
  std::vector<absl::Duration> pauses_;
  std::function<void()> on_pause_;
};

TEST_F(ReleaseLookupTest, FindsAReleaseThatIsStoredElsewhere) {
  ASSERT_OK_AND_ASSIGN(FoundRelease const found, Find());
  EXPECT_EQ(found.reader.tag(), kSampleTag);
  EXPECT_EQ(found.record.key_id, SampleKey().public_key().id());
  EXPECT_THAT(pauses_, IsEmpty());
}

TEST_F(ReleaseLookupTest, TakesTheFirstReleaseThatListsTheAsset) {
  server_.Put("8.0.0+driver", SampleRelease(SampleKey(), "8.0.0+driver"));
  ReleaseServer empty;
  question_.repositories.insert(question_.repositories.begin(), {empty.url(), true});
  question_.tags = {"none", "8.0.0+driver", kSampleTag};
  EXPECT_EQ(Find()->reader.tag(), "8.0.0+driver");
}

TEST_F(ReleaseLookupTest, NamesEachPlaceWhereItIsNot) {
  question_.tags = {"none", kSampleTag};
  question_.asset_name = "missing.o";
  EXPECT_THAT(Find(), StatusIs(kNotFound, AllOf(HasSubstr("release none"),
                                                HasSubstr("does not list missing.o"))));
}

TEST_F(ReleaseLookupTest, TakesTheNextFileWhereOneIsMissing) {
  auto const files = SampleRelease(SampleKey());
  for (char const* const name : {"SHA256SUMS", "SHA256SUMS.sig", "index.json"}) {
    server_.Put(kSampleTag, name, "");
    server_.Put(kSampleTag, absl::StrCat(name, ".next"), files.at(name));
    EXPECT_OK(Find()) << name;
  }
}

TEST_F(ReleaseLookupTest, LooksAgainForAFileThatTakesItsNameMeanwhile) {
  std::string const sums = SampleRelease(SampleKey())["SHA256SUMS"];
  server_.Put(kSampleTag, "SHA256SUMS", "");
  server_.OnRequest([&](std::string const& path) {
    if (absl::EndsWith(path, "SHA256SUMS.next")) server_.Put(kSampleTag, "SHA256SUMS", sums);
  });
  EXPECT_OK(Find());
}

// The writer's order: whoever reads SHA256SUMS first must find the rest as new, or newer.
TEST_F(ReleaseLookupTest, ReadsTheSumsFirst) {
  std::vector<std::string> paths;
  server_.OnRequest([&](std::string const& path) { paths.push_back(path); });
  ASSERT_OK(Find());
  EXPECT_THAT(paths, ElementsAre(EndsWith("SHA256SUMS"), EndsWith("SHA256SUMS.sig"),
                                 EndsWith("index.json")));
}

TEST_F(ReleaseLookupTest, WaitsForAReleaseThatIsBeingWritten) {
  auto next = SampleRelease(SampleKey());
  next["third.o"] = "third";
  SignAgain(next, SampleKey());
  server_.Put(kSampleTag, "SHA256SUMS.sig", next["SHA256SUMS.sig"]);
  on_pause_ = [&] {
    if (pauses_.size() == 2) server_.Put(kSampleTag, next);
  };
  EXPECT_OK(Find());
  EXPECT_THAT(pauses_, ElementsAre(absl::Seconds(1), absl::Seconds(2)));
}

TEST_F(ReleaseLookupTest, GivesUpOnOneThatStaysWrong) {
  server_.Put(kSampleTag, "index.json", "{}");
  question_.patience = absl::Seconds(5);
  EXPECT_THAT(Find(), StatusIs(kDataLoss, AllOf(HasSubstr(server_.url()), HasSubstr(kSampleTag),
                                                HasSubstr("index.json"))));
  EXPECT_THAT(pauses_, ElementsAre(absl::Seconds(1), absl::Seconds(2), absl::Seconds(2)));
}

TEST_F(ReleaseLookupTest, WaitsForNobodyElsesKey) {
  question_.keys = {OtherKey().public_key()};
  EXPECT_THAT(Find(), StatusIs(kDataLoss, HasSubstr("made with another key: id " +
                                                    SampleKey().public_key().id() + ", yours is " +
                                                    OtherKey().public_key().id())));
  EXPECT_THAT(pauses_, IsEmpty());
}

TEST_F(ReleaseLookupTest, SaysThatSumsWereChangedWhereTheProvenanceIsOurs) {
  std::string sums = SampleRelease(SampleKey())["SHA256SUMS"];
  sums[0] = sums[0] == 'a' ? 'b' : 'a';
  server_.Put(kSampleTag, "SHA256SUMS", sums);
  question_.patience = absl::ZeroDuration();
  EXPECT_THAT(Find(), StatusIs(kDataLoss, HasSubstr("SHA256SUMS is not what was signed with")));
}

TEST_F(ReleaseLookupTest, SaysThatNobodySigned) {
  server_.Put(kSampleTag, "SHA256SUMS.sig", "");
  question_.patience = absl::ZeroDuration();
  EXPECT_THAT(Find(), StatusIs(kDataLoss, HasSubstr("is not signed")));
}

TEST_F(ReleaseLookupTest, ABrokenReleaseIsNotPassedOver) {
  server_.Put("8.0.0+driver", SampleRelease(SampleKey(), "8.0.0+driver"));
  question_.tags = {kSampleTag, "8.0.0+driver"};
  question_.patience = absl::ZeroDuration();
  for (char const* const index : {"{}", ""}) {
    server_.Put(kSampleTag, "index.json", index);
    EXPECT_THAT(Find(), StatusIs(kDataLoss, HasSubstr("index.json"))) << index;
  }
}

TEST_F(ReleaseLookupTest, WithoutKeysReadsTheSumsAlone) {
  question_.keys.clear();
  server_.Put(kSampleTag, "SHA256SUMS.sig", "");
  server_.Put(kSampleTag, "index.json", "");
  ASSERT_OK_AND_ASSIGN(FoundRelease const found, Find());
  EXPECT_EQ(found.record.key_id, "");
  EXPECT_EQ(ListedSha256(found.record, kSampleAsset).value(), Sha256Hex(kSampleBytes));
}

TEST_F(ReleaseLookupTest, ASignatureOfAnySizeIsNotRead) {
  server_.Put(kSampleTag, "SHA256SUMS.sig", std::string(5000, 'x'));
  EXPECT_THAT(Find(), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("SHA256SUMS.sig")));
}

TEST_F(ReleaseLookupTest, SaysThatNobodyAnswers) {
  question_.repositories = {{"http://127.0.0.1:1", true}};
  EXPECT_THAT(Find(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("127.0.0.1")));
}

class WithdrawnReleaseTest : public ReleaseLookupTest {
 protected:
  WithdrawnReleaseTest() { Withdraw(SampleKey()); }
  void Withdraw(SigningKey const& tombstone_key) {
    auto files = SampleRelease(SampleKey());
    WithdrawFrom(files, kSampleAsset, SampleKey(), tombstone_key);
    server_.Put(kSampleTag, files);
    server_.Put(kSampleTag, kSampleAsset, "");
  }
};

TEST_F(WithdrawnReleaseTest, SaysWhenAndWhy) {
  EXPECT_THAT(Find(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr("withdrawn on 2023-11-14T22:13:20Z: panics on load")));
  EXPECT_THAT(pauses_, IsEmpty());
}

TEST_F(WithdrawnReleaseTest, ATombstoneOfAnotherKeyIsNotBelieved) {
  Withdraw(OtherKey());
  EXPECT_THAT(Find(), StatusIs(kDataLoss, AllOf(HasSubstr("tombstone"), HasSubstr("not signed"))));
}

TEST_F(WithdrawnReleaseTest, WithoutKeysItIsToldThatNobodyHasChecked) {
  question_.keys.clear();
  EXPECT_THAT(Find(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               AllOf(HasSubstr("panics on load"), HasSubstr("--public-key"))));
  server_.Put(kSampleTag, "index.json", "{}");
  EXPECT_THAT(Find(), StatusIs(kNotFound)) << "what cannot be read says nothing";
}

// Another build went where there was room.
TEST_F(WithdrawnReleaseTest, ALaterRepositoryThatListsTheNameIsTaken) {
  ReleaseServer next;
  next.Put(kSampleTag, SampleRelease(SampleKey()));
  question_.repositories.push_back({next.url(), true});
  ASSERT_OK_AND_ASSIGN(FoundRelease const found, Find());
  EXPECT_EQ(found.reader.repository().url, next.url());
}

}  // namespace
}  // namespace probefarm
