#include "coordinator/releases/release_host_contract.h"

#include <gmock/gmock.h>

#include <utility>
#include <variant>
#include <vector>

#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using ::testing::VariantWith;

namespace {

constexpr char kTag[] = "8.0.0+driver/x86_64";
constexpr char kName[] = "falco_debian_6.1.0-1-amd64_1.o";

// What may stand where nothing was uploaded that was announced: nothing.
bool Promises(absl::StatusOr<HostedAsset> const& asset, UploadIntent const& intent) {
  return asset.ok() && asset->sha256 == intent.sha256;
}

}  // namespace

ReleaseHostMaker UnderContract(std::function<std::unique_ptr<ReleaseHostUnderTest>()> make) {
  return {std::move(make)};
}

void PrintTo(ReleaseHostMaker const& /*maker*/, std::ostream* out) { *out << "host"; }

ReleaseHostContract::ReleaseHostContract() : under_test_(GetParam().make()) {}

UploadIntent ReleaseHostContract::Intent(std::string const& file_name, std::string const& bytes,
                                         std::string const& tag) {
  return {.job = 7,
          .epoch = 1,
          .tag = tag,
          .file_name = file_name,
          .sha256 = Sha256Hex(bytes),
          .size = static_cast<int64_t>(bytes.size())};
}

UploadGrant ReleaseHostContract::Grant(UploadIntent const& intent) {
  absl::StatusOr<UploadAnswer> answer = host().PrepareUpload(intent);
  if (auto const* wait = answer.ok() ? std::get_if<WaitUntil>(&*answer) : nullptr) {
    under_test_->AdvanceTo(wait->not_before);
    answer = host().PrepareUpload(intent);
  }
  EXPECT_OK(answer);
  if (!answer.ok() || !std::holds_alternative<UploadGrant>(*answer)) {
    ADD_FAILURE() << "no grant for " << intent.file_name;
    return {};
  }
  return std::get<UploadGrant>(*std::move(answer));
}

void ReleaseHostContract::Publish(UploadIntent const& intent, std::string const& bytes) {
  UploadReport const report = under_test_->Perform(Grant(intent), bytes);
  EXPECT_THAT(host().InterpretUpload(intent, report), VariantWith<UploadAccepted>(testing::_))
      << report.http_status << " " << report.body << report.error;
}

TEST_P(ReleaseHostContract, GrantsAWholeRequestWithADeadline) {
  UploadGrant const grant = Grant(Intent(kName, "probe"));
  EXPECT_THAT(grant.method, AnyOf("PUT", "POST"));
  EXPECT_FALSE(grant.url.empty());
  EXPECT_GT(grant.deadline, under_test_->Now());
}

TEST_P(ReleaseHostContract, HoldsWhatWasUploaded) {
  UploadIntent const intent = Intent(kName, "probe");
  Publish(intent, "probe");
  ASSERT_OK_AND_ASSIGN(HostedAsset const asset, host().FindAsset(kTag, kName));
  EXPECT_EQ(asset.tag, kTag);
  EXPECT_EQ(asset.asset_name, kName);
  EXPECT_EQ(asset.sha256, intent.sha256);
  EXPECT_EQ(asset.size, intent.size);
  EXPECT_FALSE(asset.url.empty());
  EXPECT_EQ(under_test_->Download(kTag, kName).value(), "probe");
}

TEST_P(ReleaseHostContract, HoldsNothingThatWasOnlyGranted) {
  Grant(Intent(kName, "probe"));
  // A host whose lists are behind cannot know at once.
  absl::Status const found = host().FindAsset(kTag, kName).status();
  EXPECT_TRUE(absl::IsNotFound(found) || absl::IsUnavailable(found)) << found;
  EXPECT_THAT(host().ListAssets().value(), IsEmpty());
}

TEST_P(ReleaseHostContract, SanitisesTheNameAndSaysSo) {
  UploadIntent const intent = Intent("falco_ubuntu_5.4.0~20.04_1.ko", "module");
  UploadReport const report = under_test_->Perform(Grant(intent), "module");
  EXPECT_THAT(host().InterpretUpload(intent, report),
              VariantWith<UploadAccepted>(
                  Field(&UploadAccepted::asset_name, "falco_ubuntu_5.4.0.20.04_1.ko")));
  EXPECT_OK(host().FindAsset(kTag, "falco_ubuntu_5.4.0.20.04_1.ko"));
}

TEST_P(ReleaseHostContract, SaysThatAnAssetIsPresentWhateverTheDigest) {
  Publish(Intent(kName, "probe"), "probe");
  for (char const* bytes : {"probe", "other"}) {
    ASSERT_OK_AND_ASSIGN(UploadAnswer const answer, host().PrepareUpload(Intent(kName, bytes)));
    EXPECT_THAT(answer, VariantWith<AssetPresent>(Field(&AssetPresent::asset_name, kName)));
  }
}

TEST_P(ReleaseHostContract, NeverReplacesAnAssetByAGrantThatIsUsedTwice) {
  UploadIntent const intent = Intent(kName, "probe");
  UploadGrant const grant = Grant(intent);
  EXPECT_THAT(host().InterpretUpload(intent, under_test_->Perform(grant, "probe")),
              VariantWith<UploadAccepted>(testing::_));
  under_test_->Perform(grant, "other");
  EXPECT_EQ(under_test_->Download(kTag, kName).value(), "probe");
}

TEST_P(ReleaseHostContract, NeverVouchesForADigestThatTheBytesDoNotHave) {
  UploadIntent const intent = Intent(kName, "probe");
  under_test_->Perform(Grant(intent), "damag");
  EXPECT_FALSE(Promises(host().FindAsset(kTag, kName), intent));
}

TEST_P(ReleaseHostContract, AsksForAnotherGrantWhenNoAnswerCame) {
  UploadIntent const intent = Intent(kName, "probe");
  Grant(intent);
  EXPECT_THAT(host().InterpretUpload(intent, {.error = "connection reset"}),
              VariantWith<UploadRetry>(testing::_));
  Publish(intent, "probe");
}

TEST_P(ReleaseHostContract, TakesAServersTroubleForNoDecision) {
  UploadOutcome const outcome = host().InterpretUpload(
      Intent(kName, "probe"), {.http_status = 502, .body = "<html>Bad gateway</html>"});
  EXPECT_FALSE(std::holds_alternative<UploadAccepted>(outcome));
  EXPECT_FALSE(std::holds_alternative<UploadRefused>(outcome));
}

TEST_P(ReleaseHostContract, KeepsTheSameNameApartInTwoReleases) {
  Publish(Intent(kName, "one", "7.0.0+driver/x86_64"), "one");
  Publish(Intent(kName, "two", "7.0.0+driver/aarch64"), "two");
  EXPECT_EQ(under_test_->Download("7.0.0+driver/x86_64", kName).value(), "one");
  EXPECT_EQ(under_test_->Download("7.0.0+driver/aarch64", kName).value(), "two");
}

TEST_P(ReleaseHostContract, ListsTheAssetsOfAllReleasesAndNoSideFile) {
  Publish(Intent("a.o", "one", "0.18.0"), "one");
  Publish(Intent("b.o", "two"), "two");
  ASSERT_OK(host().WriteSideFile({"", "0.18.0"}, "SHA256SUMS", "sums"));
  ASSERT_OK_AND_ASSIGN(std::vector<HostedAsset> const assets, host().ListAssets());
  EXPECT_THAT(assets, UnorderedElementsAre(Field(&HostedAsset::sha256, Eq(Sha256Hex("one"))),
                                           Field(&HostedAsset::sha256, Eq(Sha256Hex("two")))));
  EXPECT_THAT(host().FindAsset("0.18.0", "SHA256SUMS"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(ReleaseHostContract, ReplacesSideFiles) {
  ASSERT_OK(host().WriteSideFile({"", kTag}, "SHA256SUMS", "old"));
  ASSERT_OK(host().WriteSideFile({"", kTag}, "SHA256SUMS", "new"));
  EXPECT_EQ(under_test_->Download(kTag, "SHA256SUMS").value(), "new");
}

TEST_P(ReleaseHostContract, ReadsSideFiles) {
  EXPECT_THAT(host().ReadSideFile({"", kTag}, "index.json"), StatusIs(absl::StatusCode::kNotFound));
  std::string const content(100'000, 'x');
  ASSERT_OK(host().WriteSideFile({"", kTag}, "index.json", content));
  EXPECT_EQ(host().ReadSideFile({"", kTag}, "index.json").value_or("none"), content);
  ASSERT_OK(host().WriteSideFile({"", kTag}, "index.json", "new"));
  EXPECT_EQ(host().ReadSideFile({"", kTag}, "index.json").value_or("none"), "new");
  EXPECT_THAT(host().ReadSideFile({"", kTag}, kName), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(ReleaseHostContract, KeepsABundleOfLogsAsItIs) {
  ASSERT_OK(host().WriteLogBundle({"", kTag}, "logs-0001.tar.zst", "logs"));
  EXPECT_OK(host().WriteLogBundle({"", kTag}, "logs-0001.tar.zst", "logs"));
  EXPECT_THAT(host().WriteLogBundle({"", kTag}, "logs-0001.tar.zst", "other"),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(host().WriteSideFile({"", kTag}, "logs-0001.tar.zst", "other"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(under_test_->Download(kTag, "logs-0001.tar.zst").value(), "logs");
  EXPECT_THAT(host().ListAssets().value(), IsEmpty());
  EXPECT_THAT(host().FindAsset(kTag, "logs-0001.tar.zst"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(ReleaseHostContract, TakesNothingElseForABundleOfLogs) {
  for (char const* name : {kName, "index.json", "logs-1.tar.zst", "../logs-0001.tar.zst"})
    EXPECT_THAT(host().WriteLogBundle({"", kTag}, name, "logs"),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << name;
  EXPECT_THAT(host().PrepareUpload(Intent("logs-0001.tar.zst", "probe")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(ReleaseHostContract, ShowsTheNotesThatWereWrittenLast) {
  Publish(Intent(kName, "probe"), "probe");
  ASSERT_OK(host().WriteNotes({"", kTag}, "Drivers for ten kernels\n"));
  ASSERT_OK(host().WriteNotes({"", kTag}, "Drivers for eleven kernels\n"));
  EXPECT_THAT(under_test_->Notes(kTag), HasSubstr("Drivers for eleven kernels\n"));
  EXPECT_THAT(under_test_->Notes(kTag), Not(HasSubstr("ten kernels")));
  EXPECT_THAT(host().ListAssets().value(), SizeIs(1));
}

TEST_P(ReleaseHostContract, ComputesTheDigestOfWhatItHolds) {
  Publish(Intent(kName, "probe"), "probe");
  ASSERT_OK_AND_ASSIGN(HostedAsset const asset, host().FindAsset(kTag, kName));
  EXPECT_EQ(host().DigestOf(asset).value_or("none"), Sha256Hex("probe"));
  for (int64_t const size : {asset.size - 1, asset.size + 1}) {
    HostedAsset other = asset;
    other.size = size;
    EXPECT_THAT(host().DigestOf(other), StatusIs(absl::StatusCode::kUnavailable)) << size;
  }
}

TEST_P(ReleaseHostContract, LetsNoProbeTakeASideFilesName) {
  EXPECT_THAT(host().PrepareUpload(Intent("SHA256SUMS", "probe")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(host().PrepareUpload(Intent("~SHA256SUMS~", "probe")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(ReleaseHostContract, LetsNoAssetTakeTheWayOfASideFile) {
  EXPECT_THAT(host().WriteSideFile({"", kTag}, kName, "probe"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(ReleaseHostContract, RefusesTagsAndNamesThatAreNone) {
  for (char const* tag : {"", ".."})
    EXPECT_THAT(host().PrepareUpload(Intent(kName, "probe", tag)),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << tag;
  EXPECT_THAT(host().PrepareUpload(Intent("...", "probe")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(ReleaseHostContract, RemovesExactlyTheBytesThatAreNamed) {
  Publish(Intent(kName, "probe"), "probe");
  Publish(Intent("other.o", "other"), "other");
  ReleaseKey const release{host().FindAsset(kTag, kName)->repository, kTag};
  EXPECT_THAT(host().RemoveAsset(release, kName, Sha256Hex("other")),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(Sha256Hex("probe"))));
  EXPECT_EQ(under_test_->Download(kTag, kName).value(), "probe");
  EXPECT_OK(host().RemoveAsset(release, kName, Sha256Hex("probe")));
  EXPECT_FALSE(under_test_->Download(kTag, kName).ok());
  EXPECT_FALSE(host().FindAsset(kTag, kName).ok());
  EXPECT_EQ(under_test_->Download(kTag, "other.o").value(), "other");
  EXPECT_THAT(host().ListAssets().value(),
              ElementsAre(Field(&HostedAsset::sha256, Eq(Sha256Hex("other")))));
}

TEST_P(ReleaseHostContract, WhatIsNotThereIsRemoved) {
  EXPECT_OK(host().RemoveAsset({"", kTag}, kName, Sha256Hex("probe"))) << "nor is its release";
  Publish(Intent("other.o", "other"), "other");
  ReleaseKey const release{host().FindAsset(kTag, "other.o")->repository, kTag};
  EXPECT_OK(host().RemoveAsset(release, kName, Sha256Hex("probe")));
  EXPECT_OK(host().RemoveAsset(release, "other.o", Sha256Hex("other")));
  EXPECT_OK(host().RemoveAsset(release, "other.o", Sha256Hex("other"))) << "again";
}

TEST_P(ReleaseHostContract, TheNameOfWhatWasRemovedCanBeTakenByOtherBytes) {
  Publish(Intent(kName, "probe"), "probe");
  ReleaseKey const release{host().FindAsset(kTag, kName)->repository, kTag};
  ASSERT_OK(host().RemoveAsset(release, kName, Sha256Hex("probe")));
  Publish(Intent(kName, "better"), "better");
  EXPECT_EQ(under_test_->Download(kTag, kName).value(), "better");
  EXPECT_THAT(host().RemoveAsset(release, kName, Sha256Hex("probe")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(under_test_->Download(kTag, kName).value(), "better");
}

TEST_P(ReleaseHostContract, RemovesNoSideFile) {
  ASSERT_OK(host().WriteSideFile({"", kTag}, "SHA256SUMS", "sums"));
  for (char const* const name : {"SHA256SUMS", "index.json.next", "..", "", "a/b"})
    EXPECT_THAT(host().RemoveAsset({"", kTag}, name, Sha256Hex("sums")),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << name;
  EXPECT_THAT(host().RemoveAsset({"", ".."}, kName, Sha256Hex("sums")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(under_test_->Download(kTag, "SHA256SUMS").value(), "sums");
}

TEST_P(ReleaseHostContract, ListsWhereAnIndexIsThoughNoAssetIs) {
  ASSERT_OK(host().WriteSideFile({"", kTag}, "index.json", "{}"));
  ASSERT_OK(host().WriteSideFile({"", "0.18.0"}, "SHA256SUMS", "sums"));
  ASSERT_OK(host().ListAssets());
  ASSERT_OK_AND_ASSIGN(std::vector<ReleaseKey> const indexes, host().ListIndexes());
  ASSERT_EQ(indexes.size(), 1U);
  EXPECT_EQ(indexes[0].tag, kTag);
  EXPECT_EQ(host().ReadSideFile(indexes[0], "index.json").value_or("none"), "{}");
}

TEST_P(ReleaseHostContract, IsReady) { EXPECT_OK(host().Check()); }

}  // namespace probefarm
