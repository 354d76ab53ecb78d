#include "client/releases/probe_verification.h"

#include <gmock/gmock.h>

#include "absl/strings/str_replace.h"
#include "client/releases/sample_release.h"
#include "lib/build/sample_build_spec.h"
#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/index/release_index.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/sample_keys.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

class ProbeVerificationTest : public testing::Test {
 protected:
  ProbeVerificationTest() {
    server_.Put(kSampleTag, files_);
    question_.release.repositories = {{server_.url(), true}};
    question_.release.tags = {kSampleTag};
    question_.release.asset_name = kSampleAsset;
    question_.release.keys = {SampleKey().public_key()};
    question_.release.patience = absl::ZeroDuration();
  }

  absl::StatusOr<VerifiedProbe> Verify() { return VerifyProbe(*http_, question_); }

  std::map<std::string, std::string> files_ = SampleRelease(SampleKey());
  ReleaseServer server_;
  std::unique_ptr<HttpClient> const http_ = MakeHttpClient("test");
  TemporaryFolder folder_;
  ProbeQuestion question_;
};

TEST_F(ProbeVerificationTest, HoldsForWhatIsPublished) {
  ASSERT_OK_AND_ASSIGN(VerifiedProbe const verified, Verify());
  EXPECT_EQ(verified.tag, kSampleTag);
  EXPECT_EQ(verified.release_key_id, SampleKey().public_key().id());
  EXPECT_EQ(verified.provenance_key_id, SampleKey().public_key().id());
  EXPECT_EQ(verified.spec.image.archive.sha256, SampleBuildSpec().image.archive.sha256);
  EXPECT_EQ(verified.provenance.worker, "w1");
}

TEST_F(ProbeVerificationTest, HoldsForAFileOfTheSameBytes) {
  question_.file = folder_.Write("renamed.o", kSampleBytes);
  server_.Put(kSampleTag, kSampleAsset, "");
  EXPECT_OK(Verify()) << "the published bytes are not needed";
}

TEST_F(ProbeVerificationTest, SeesAFileThatWasChanged) {
  question_.file = folder_.Write("probe.o", "the bytes of a probf");
  EXPECT_THAT(Verify(), StatusIs(kDataLoss, AllOf(HasSubstr("probe.o is not what was published"),
                                                  HasSubstr(Sha256Hex(kSampleBytes)))));
}

TEST_F(ProbeVerificationTest, SeesPublishedBytesThatWereChanged) {
  server_.Put(kSampleTag, kSampleAsset, "the bytes of a probf");
  EXPECT_THAT(Verify(), StatusIs(kDataLoss, HasSubstr("is not what was published")));
  server_.Put(kSampleTag, kSampleAsset, std::string(kSampleBytes) + "and more");
  EXPECT_THAT(Verify(), StatusIs(kDataLoss, HasSubstr("is larger than")));
}

TEST_F(ProbeVerificationTest, SeesThatWhatIsPublishedWasWithdrawn) {
  std::string const file = folder_.Write("probe.o", kSampleBytes);
  WithdrawFrom(files_, kSampleAsset, SampleKey(), SampleKey());
  server_.Put(kSampleTag, files_);
  for (std::string const& asked : {std::string(), file}) {
    question_.file = asked;
    EXPECT_THAT(Verify(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                   HasSubstr("withdrawn on 2023-11-14T22:13:20Z: panics on load")));
  }
}

// Another build has taken the name since.
TEST_F(ProbeVerificationTest, SeesThatAFileIsTheOneThatWasWithdrawn) {
  question_.file = folder_.Write("probe.o", "the bytes of a worse probe");
  std::map<std::string, std::string> worse = files_;
  worse[kSampleAsset] = "the bytes of a worse probe";
  WithdrawFrom(worse, kSampleAsset, SampleKey(), SampleKey());
  ReleaseIndex index = ParseReleaseIndex(files_["index.json"]).value();
  index.withdrawn = ParseReleaseIndex(worse["index.json"])->withdrawn;
  files_["index.json"] = RenderReleaseIndex(index);
  SignAgain(files_, SampleKey());
  server_.Put(kSampleTag, files_);
  EXPECT_THAT(Verify(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("panics")));
  question_.file = folder_.Write("other.o", "neither of them");
  EXPECT_THAT(Verify(), StatusIs(kDataLoss, HasSubstr("is not what was published")));
  question_.file = "";
  EXPECT_OK(Verify());
}

TEST_F(ProbeVerificationTest, NeedsTheProvenance) {
  server_.Put(kSampleTag, "provenance.jsonl", "");
  EXPECT_THAT(Verify(), StatusIs(kDataLoss, HasSubstr("provenance is missing")));
  std::string const second =
      files_["provenance.jsonl"].substr(files_["provenance.jsonl"].find('\n') + 1);
  server_.Put(kSampleTag, "provenance.jsonl", second);
  EXPECT_THAT(Verify(), StatusIs(kDataLoss, HasSubstr("says nothing of")));
}

TEST_F(ProbeVerificationTest, NeedsAProvenanceThatIsSigned) {
  server_.Put(kSampleTag, "provenance.jsonl", SampleRelease(OtherKey())["provenance.jsonl"]);
  EXPECT_THAT(Verify(), StatusIs(kDataLoss, HasSubstr(OtherKey().public_key().id())));
}

TEST_F(ProbeVerificationTest, AfterARotationAnyOfTheKeysWillDo) {
  server_.Put(kSampleTag, "provenance.jsonl", SampleRelease(OtherKey())["provenance.jsonl"]);
  question_.release.keys.push_back(OtherKey().public_key());
  ASSERT_OK_AND_ASSIGN(VerifiedProbe const verified, Verify());
  EXPECT_EQ(verified.release_key_id, SampleKey().public_key().id());
  EXPECT_EQ(verified.provenance_key_id, OtherKey().public_key().id());
}

TEST_F(ProbeVerificationTest, IsTheProbeThatWasAskedFor) {
  question_.driver_version = SampleBuildSpec().probe.driver_version;
  question_.arch = SampleBuildSpec().probe.arch;
  EXPECT_OK(Verify());
  question_.driver_version = "9.9.9+driver";
  EXPECT_THAT(Verify(), StatusIs(kDataLoss, HasSubstr("another probe")));
  question_.driver_version = "";
  question_.arch = Arch::kX86_64;
  EXPECT_THAT(Verify(), StatusIs(kDataLoss, HasSubstr("another probe")));
}

TEST_F(ProbeVerificationTest, TheProvenanceIsOfTheIndexedProbe) {
  std::string const release = SampleBuildSpec().probe.kernel_release;
  files_["index.json"] = absl::StrReplaceAll(files_["index.json"], {{release, "9.9.9"}});
  SignAgain(files_, SampleKey());
  server_.Put(kSampleTag, files_);
  EXPECT_THAT(Verify(), StatusIs(kDataLoss, HasSubstr("is of another probe")));
}

TEST_F(ProbeVerificationTest, SaysThatAFileIsNotThere) {
  question_.file = folder_ / "none.o";
  EXPECT_THAT(Verify(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("none.o")));
}

}  // namespace
}  // namespace probefarm
