// Somebody who has nothing but the public key and the name of a repository at a GitHub: `verify`
// and `download` against what the shipped coordinator has published there. The coordinator is gone
// by then.
#include <csignal>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"
#include "tests/crash/upload_farm.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int kFailed = 1;
constexpr int kUnreachable = 3;
constexpr int kNotGenuine = 4;
constexpr char kTag[] = "9.0.0+driver/x86_64";

class GitHubClientTest : public UploadFarm {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(UploadFarm::SetUp());
    for (std::string const key : {"key.pem", "other.pem"}) {
      ASSERT_OK_AND_ASSIGN(SubprocessResult const made,
                           RunSubprocess({.argv = {Farm::Program("probefarm-coordinator"), "keygen",
                                                   "--out", folder_ / key}}));
      ASSERT_EQ(made.exit_code, 0) << made.errors;
    }
    config_.more += absl::StrCat("signing: {key_file: ", folder_ / "key.pem", "}\n");
    ASSERT_TRUE(Start());
    ASSERT_NO_FATAL_FAILURE(PublishOne());
    farm_.coordinator().Signal(SIGKILL);
    ASSERT_OK(farm_.coordinator().WaitForExit());
    asked_before_ = github().requests().size();
  }
  void PublishOne() {
    UploadLoad load(farm_.grpc(), {.workers = 1, .releases = 1});
    ASSERT_OK(load.Order(1));
    ASSERT_NO_FATAL_FAILURE(ExpectSettles(load));
    ASSERT_OK(WaitUntil("the release is signed", [this] { return !BytesOf(kSignature).empty(); }));
    ASSERT_OK_AND_ASSIGN(auto const probes, load.AllProbes());
    name_ = probes.at(0).asset_name();
    digest_ = probes.at(0).artifact().sha256();
  }

  std::string BytesOf(std::string const& name) const {
    for (FakeRelease const& release : Releases()) {
      for (FakeAsset const& asset : release.assets) {
        if (release.tag == kTag && asset.name == name) return *asset.bytes;
      }
    }
    return "";
  }
  // Of the release; empty: it is taken away.
  void Change(std::string const& name, std::string const& bytes) {
    for (FakeRelease const& release : Releases()) {
      for (FakeAsset const& asset : release.assets) {
        if (asset.name == name) github().RemoveAsset(FarmGitHub::kRepository, asset.id);
      }
    }
    if (bytes.empty()) return;
    FakeAsset asset;
    asset.name = name;
    asset.bytes = std::make_shared<std::string const>(bytes);
    EXPECT_NE(github().PutAsset(FarmGitHub::kRepository, kTag, asset), 0);
  }

  // With a token in the environment, as on a developer's machine.
  SubprocessResult Run(std::vector<std::string> arguments, std::string const& key = "key.pem") {
    std::string const token = FarmGitHub::kToken;
    std::vector<std::string> argv = {"/usr/bin/env", "GITHUB_TOKEN=" + token, "GH_TOKEN=" + token,
                                     Farm::Program("probefarm")};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    argv.insert(
        argv.end(),
        {"--repository", absl::StrCat(github().web_url(), "/", FarmGitHub::kRepository), "--driver",
         "9.0.0+driver", "--public-key", folder_ / (key + ".pub"), "--wait", "0s"});
    absl::StatusOr<SubprocessResult> result = RunSubprocess({.argv = std::move(argv)});
    EXPECT_OK(result);
    return result.ok() ? *std::move(result) : SubprocessResult{-1, "", ""};
  }
  SubprocessResult Verify(std::string const& key = "key.pem") {
    return Run({"verify", name_}, key);
  }
  SubprocessResult Download() { return Run({"download", name_, "--out", folder_.path()}); }

  void ExpectRefused(SubprocessResult const& result, int code, std::string const& said) {
    EXPECT_EQ(result.exit_code, code) << result.output;
    EXPECT_THAT(result.errors, HasSubstr(said));
    EXPECT_THAT(result.output, IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(folder_ / name_));
  }
  // As anybody: by the web's address and where it leads, with no token.
  void ExpectNoTokenWasSent() {
    std::vector<FakeRequest> asked = github().requests();
    asked.erase(asked.begin(), asked.begin() + static_cast<int64_t>(asked_before_));
    EXPECT_THAT(asked, Contains(Field(&FakeRequest::listener, "web")));
    EXPECT_THAT(asked, Contains(Field(&FakeRequest::listener, "storage")));
    EXPECT_THAT(asked, Each(AllOf(Field(&FakeRequest::listener, Not("api")),
                                  Field(&FakeRequest::listener, Not("uploads")),
                                  Field(&FakeRequest::has_authorization, false))));
    EXPECT_EQ(github().counters().leaked_tokens, 0);
  }

  static constexpr char kSignature[] = "SHA256SUMS.sig";
  std::string name_;
  std::string digest_;
  size_t asked_before_ = 0;
};

TEST_F(GitHubClientTest, WhatIsSignedIsVerifiedAndDownloadedWithoutAToken) {
  SubprocessResult const verified = Verify();
  EXPECT_EQ(verified.exit_code, 0) << verified.errors;
  EXPECT_THAT(verified.output,
              AllOf(HasSubstr(absl::StrCat("SHA256SUMS of release ", kTag)), HasSubstr(digest_),
                    HasSubstr(absl::StrCat(github().web_url(), "/", FarmGitHub::kRepository,
                                           "/releases/download/9.0.0%2Bdriver/x86_64/"))));
  SubprocessResult const got = Download();
  EXPECT_EQ(got.exit_code, 0) << got.errors;
  EXPECT_EQ(got.output, absl::StrCat(digest_, "  ", folder_ / name_, "\n"));
  EXPECT_EQ(Sha256Hex(ReadWholeFile(folder_ / name_)), digest_);
  EXPECT_EQ(Run({"verify", folder_ / name_}).exit_code, 0);
  ExpectNoTokenWasSent();
}

TEST_F(GitHubClientTest, WhateverWasChangedIsSeen) {
  ExpectRefused(Verify("other.pem"), kNotGenuine, "made with another key");
  ExpectRefused(Run({"verify", "falco_debian_none_1.ko"}), kFailed, "does not list");
  struct Tampering {
    std::string file;
    std::string bytes;  // empty: it is taken away
    std::string said;
  };
  std::string const sums = BytesOf("SHA256SUMS");
  for (Tampering const& tampering : std::vector<Tampering>{
           {name_, "other bytes", "is not what was published"},
           {"SHA256SUMS", absl::StrReplaceAll(sums, {{digest_, std::string(64, 'a')}}),
            "SHA256SUMS is not what was signed"},
           {kSignature, std::string(64, 'x'), "SHA256SUMS is not what was signed"},
           {kSignature, "", "SHA256SUMS is not signed"},
           {"index.json", "{}", "index.json is not the one that SHA256SUMS lists"}}) {
    SCOPED_TRACE(absl::StrCat(tampering.file, " becomes '", tampering.bytes, "'"));
    std::string const before = BytesOf(tampering.file);
    Change(tampering.file, tampering.bytes);
    ExpectRefused(Verify(), kNotGenuine, tampering.said);
    ExpectRefused(Download(), kNotGenuine, tampering.said);
    Change(tampering.file, before);
  }
  std::string const provenance = BytesOf("provenance.jsonl");
  Change("provenance.jsonl", "");
  ExpectRefused(Verify(), kNotGenuine, "the provenance is missing");
  Change("provenance.jsonl", provenance);
  EXPECT_EQ(Verify().exit_code, 0) << "all is as it was";
  ExpectNoTokenWasSent();
}

// A coordinator died between the deletion of the old files and the renaming of the new ones.
TEST_F(GitHubClientTest, FilesThatAreHalfReplacedAreRead) {
  for (std::string const name : {"SHA256SUMS", kSignature, "index.json", "provenance.jsonl"}) {
    Change(name + ".next", BytesOf(name));
    Change(name, "");
  }
  EXPECT_EQ(Verify().exit_code, 0);
  EXPECT_EQ(Download().exit_code, 0);
  ExpectNoTokenWasSent();
}

TEST_F(GitHubClientTest, TroubleAtGitHubIsNoForgery) {
  for (std::string const rule : {"502 kind=download-asset", "drop kind=storage",
                                 "length-long kind=storage", "html kind=storage status=503"}) {
    SCOPED_TRACE(rule);
    Plant(absl::StrCat(rule, " times=0"));
    ExpectRefused(Verify(), kUnreachable, github().web_url());
    ExpectRefused(Download(), kUnreachable, github().web_url());
    github().ClearFaults();
  }
  EXPECT_EQ(Download().exit_code, 0) << "nothing is left of the half downloads";
}

}  // namespace
}  // namespace probefarm
