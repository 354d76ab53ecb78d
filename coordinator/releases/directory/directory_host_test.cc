#include "coordinator/releases/directory/directory_host.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::VariantWith;

constexpr char kTag[] = "8.0.0+driver/x86_64";
constexpr char kUploads[] = "http://farm:8080/uploads/";

UploadIntent Intent(std::string const& bytes, std::string const& name = "falco.o",
                    int64_t job = 7) {
  return {.job = job,
          .epoch = 1,
          .tag = kTag,
          .file_name = name,
          .sha256 = Sha256Hex(bytes),
          .size = static_cast<int64_t>(bytes.size())};
}

class DirectoryHostTest : public testing::Test {
 protected:
  DirectoryHostTest() { Open(); }

  void Open() {
    host_ = DirectoryHost::Open({.root = root_.path(), .public_url = "http://farm:8080/"}, &clock_)
                .value();
  }
  std::string Token(UploadIntent const& intent) {
    UploadAnswer const answer = host_->PrepareUpload(intent).value();
    std::string const url = std::get<UploadGrant>(answer).url;
    EXPECT_THAT(url, StartsWith(kUploads));
    return url.substr(sizeof(kUploads) - 1);
  }
  UploadVerdict Upload(std::string const& token, std::string const& bytes) {
    auto begun = host_->BeginUpload(token, std::nullopt);
    if (auto* verdict = std::get_if<UploadVerdict>(&begun)) return *verdict;
    auto& upload = std::get<std::unique_ptr<DirectoryUpload>>(begun);
    std::optional<UploadVerdict> const early = upload->Write(bytes);
    return early ? *early : upload->Finish();
  }
  std::string AssetPath(std::string const& name = "falco.o") const {
    return root_ / absl::StrCat("releases/download/", kTag, "/", name);
  }
  void PutBehindTheBack(std::string const& bytes) const { std::ofstream(AssetPath()) << bytes; }
  std::vector<fs::path> Incoming() const {
    return {fs::directory_iterator(root_ / ".incoming"), fs::directory_iterator()};
  }

  TemporaryFolder root_;
  FakeClock clock_;
  std::unique_ptr<DirectoryHost> host_;
};

TEST_F(DirectoryHostTest, StoresTheAssetBelowItsTag) {
  UploadVerdict const verdict = Upload(Token(Intent("probe")), "probe");
  EXPECT_EQ(verdict.http_status, 201);
  EXPECT_THAT(verdict.json,
              AllOf(HasSubstr(absl::StrCat("sha256:", Sha256Hex("probe"))),
                    HasSubstr("http://farm:8080/releases/download/8.0.0%2Bdriver/x86_64/falco.o")));
  EXPECT_EQ(ReadWholeFile(AssetPath()), "probe");
  EXPECT_THAT(Incoming(), IsEmpty());
}

TEST_F(DirectoryHostTest, NamesBothDigestsWhenTheTransferWasDamaged) {
  UploadVerdict const verdict = Upload(Token(Intent("probe")), "damag");
  EXPECT_EQ(verdict.http_status, 422);
  EXPECT_THAT(verdict.json, AllOf(HasSubstr(Sha256Hex("probe")), HasSubstr(Sha256Hex("damag"))));
  EXPECT_FALSE(fs::exists(AssetPath()));
  EXPECT_THAT(Incoming(), IsEmpty());
}

TEST_F(DirectoryHostTest, RefusesMoreAndFewerBytesThanAnnounced) {
  EXPECT_EQ(Upload(Token(Intent("probe")), "probes").http_status, 422);
  EXPECT_EQ(Upload(Token(Intent("probe")), "prob").http_status, 422);
  auto const begun = host_->BeginUpload(Token(Intent("probe")), 6);
  EXPECT_THAT(begun, VariantWith<UploadVerdict>(Field(&UploadVerdict::http_status, 422)));
}

TEST_F(DirectoryHostTest, NeverReplacesWhatCameInBetween) {
  std::string const token = Token(Intent("probe"));
  PutBehindTheBack("other");
  EXPECT_EQ(Upload(token, "probe").http_status, 409);
  EXPECT_EQ(ReadWholeFile(AssetPath()), "other");
  EXPECT_THAT(Incoming(), IsEmpty());
}

TEST_F(DirectoryHostTest, IsContentWhenTheSameBytesCameInBetween) {
  std::string const token = Token(Intent("probe"));
  PutBehindTheBack("probe");
  EXPECT_EQ(Upload(token, "probe").http_status, 200);
}

TEST_F(DirectoryHostTest, ForgetsTokensThatAreUsedExpiredOrFromBeforeARestart) {
  std::string const used = Token(Intent("probe"));
  Upload(used, "damag");
  EXPECT_EQ(Upload(used, "probe").http_status, 410);
  std::string const expired = Token(Intent("probe"));
  clock_.Advance(absl::Minutes(30));
  EXPECT_EQ(Upload(expired, "probe").http_status, 410);
  std::string const forgotten = Token(Intent("probe"));
  Open();
  EXPECT_EQ(Upload(forgotten, "probe").http_status, 410);
  EXPECT_FALSE(fs::exists(AssetPath()));
}

TEST_F(DirectoryHostTest, SaysBeforeTheFirstByteThatThereIsNoRoom) {
  UploadIntent huge = Intent("probe");
  huge.size = int64_t{1} << 60;
  auto const begun = host_->BeginUpload(Token(huge), std::nullopt);
  EXPECT_THAT(begun, VariantWith<UploadVerdict>(Field(&UploadVerdict::http_status, 507)));
  EXPECT_THAT(Incoming(), IsEmpty());
}

TEST_F(DirectoryHostTest, LeavesNothingOfAnUploadThatWasCutOff) {
  {
    auto const begun = host_->BeginUpload(Token(Intent("probe")), 5);
    std::get<std::unique_ptr<DirectoryUpload>>(begun)->Write("pro");
    EXPECT_THAT(Incoming(), SizeIs(1));
  }
  EXPECT_THAT(Incoming(), IsEmpty());
}

TEST_F(DirectoryHostTest, HasSettledTheAssetWhenItAnswers) {
  auto const begun = host_->BeginUpload(Token(Intent("probe")), 5);
  auto const& upload = std::get<std::unique_ptr<DirectoryUpload>>(begun);
  upload->Write("probe");
  EXPECT_EQ(upload->Finish().http_status, 201);
  EXPECT_EQ(fs::hard_link_count(AssetPath()), 1U);
}

TEST_F(DirectoryHostTest, RemovesWhatACrashLeft) {
  std::ofstream(root_ / ".incoming/7-1-abc") << "half";
  Open();
  EXPECT_THAT(Incoming(), IsEmpty());
}

TEST_F(DirectoryHostTest, LetsOneJobAtATimeUploadUnderAName) {
  Token(Intent("probe"));
  ASSERT_OK_AND_ASSIGN(UploadAnswer const answer,
                       host_->PrepareUpload(Intent("other", "falco.o", 8)));
  EXPECT_THAT(answer, VariantWith<WaitUntil>(Field(&WaitUntil::why, HasSubstr("job 7"))));
}

TEST_F(DirectoryHostTest, GrantsNothingForAnEmptyFileOrAMissingDigest) {
  UploadIntent no_digest = Intent("probe");
  no_digest.sha256 = "";
  EXPECT_THAT(host_->PrepareUpload(Intent("")), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(host_->PrepareUpload(no_digest), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(DirectoryHostTest, NamesTheFolderThatHasAnAssetsName) {
  fs::create_directories(AssetPath());
  EXPECT_THAT(host_->PrepareUpload(Intent("probe")),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(AssetPath())));
}

TEST_F(DirectoryHostTest, ListsOnlyWhatCanBeAnAsset) {
  Upload(Token(Intent("probe")), "probe");
  std::ofstream(root_ / "releases/download/stray") << "no release";
  std::ofstream(AssetPath(".hidden.swp")) << "hidden";
  ASSERT_OK_AND_ASSIGN(std::vector<HostedAsset> const assets, host_->ListAssets());
  EXPECT_THAT(assets, ElementsAre(Field(&HostedAsset::asset_name, "falco.o")));
}

TEST_F(DirectoryHostTest, SeesThatAnAssetWasChangedOnDisk) {
  Upload(Token(Intent("probe")), "probe");
  ASSERT_OK(host_->ListAssets());
  PutBehindTheBack("tampered");
  ASSERT_OK_AND_ASSIGN(HostedAsset const asset, host_->FindAsset(kTag, "falco.o"));
  EXPECT_EQ(asset.sha256, Sha256Hex("tampered"));
}

TEST_F(DirectoryHostTest, IsNotReadyWhenItsFolderIsGone) {
  EXPECT_OK(host_->Check());
  fs::remove_all(root_.path());
  EXPECT_THAT(host_->Check(), StatusIs(absl::StatusCode::kNotFound, HasSubstr(root_.path())));
}

}  // namespace
}  // namespace probefarm
