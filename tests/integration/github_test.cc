// The shipped programs publish to a GitHub: what anyone can download from it, and what no fault of
// it breaks.
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/lost_catalog.h"
#include "tests/integration/small_farm.h"
#include "tests/testing/github/fake_github.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::Each;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;

constexpr char kRepository[] = "falco-drivers/probes";
constexpr char kTag[] = "8.0.0+driver/x86_64";
constexpr char kToken[] = "ghs_this-token-must-be-seen-nowhere";

class GitHubTest : public BuildingFarm {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(BuildingFarm::SetUp());
    ASSERT_OK_AND_ASSIGN(github_, FakeGitHub::Start({}));
    github_->AddRepository(kRepository);
    FakeToken token;
    token.value = kToken;
    github_->AddToken(token);
    std::string const token_file = folder_ / "token";
    std::ofstream(token_file) << kToken;
    std::filesystem::permissions(token_file, std::filesystem::perms::owner_read);
    config_.releases =
        absl::StrCat("{host: github, reconcile_interval: 2s, github: {repositories: [", kRepository,
                     "], api_url: \"", github_->api_url(), "\", uploads_url: \"",
                     github_->uploads_url(), "\", web_url: \"", github_->web_url(),
                     "\", side_files_interval: 1s, credentials: {token_file: ", token_file,
                     ", share_token_with_workers: true}, limits: {writes_per_second: 100}}}");
  }
  std::vector<std::string> NamesAtGitHub() const {
    std::vector<std::string> names;
    std::optional<FakeRelease> const release = github_->Release(kRepository, kTag);
    if (!release) return names;
    for (FakeAsset const& asset : release->assets) {
      EXPECT_EQ(asset.state, "uploaded") << asset.name;
      names.push_back(asset.name);
    }
    return names;
  }
  // Of a file at GitHub; empty when it is not there.
  std::string BytesOf(std::string const& name) const {
    std::optional<FakeRelease> const release = github_->Release(kRepository, kTag);
    if (!release) return "";
    for (FakeAsset const& asset : release->assets) {
      if (asset.name == name && asset.bytes) return *asset.bytes;
    }
    return "";
  }
  // Two probes of one kernel, each once, with its digest, and the side files that tell of them.
  void ExpectPublished() {
    ASSERT_OK_AND_ASSIGN(json const probes, farm_.Ask({"probes"}));
    ASSERT_THAT(probes, SizeIs(2));
    EXPECT_THAT(NamesAtGitHub(), IsSupersetOf({"SHA256SUMS", "index.json", "provenance.jsonl"}));
    for (json const& probe : probes) {
      std::string const name = probe["asset_name"];
      EXPECT_EQ(Sha256Hex(BytesOf(name)), probe["sha256"]) << name;
      EXPECT_THAT(BytesOf("SHA256SUMS"),
                  HasSubstr(absl::StrCat(probe["sha256"].get<std::string>(), "  ", name)));
      EXPECT_THAT(BytesOf("index.json"), HasSubstr(probe["url"].get<std::string>()));
    }
    EXPECT_THAT(NamesAtGitHub(), Each(Not(HasSubstr(".next"))));
  }

  std::unique_ptr<FakeGitHub> github_;
};

TEST_F(GitHubTest, EveryProbeIsThereAndTheOldAddressLeadsToIt) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ExpectPublished();
  ASSERT_OK_AND_ASSIGN(json const probes, farm_.Ask({"probes"}));
  for (json const& probe : probes) {
    EXPECT_THAT(
        probe["url"].get<std::string>(),
        HasSubstr(absl::StrCat(github_->web_url(), "/", kRepository, "/releases/download/")));
    std::string const old_address =
        absl::StrCat("http://", farm_.http(), "/releases/download/8.0.0%2Bdriver/x86_64/",
                     probe["asset_name"].get<std::string>());
    ASSERT_OK_AND_ASSIGN(
        SubprocessResult const got,
        RunSubprocess({.argv = {"sh", "-c", "curl -sfL \"$1\" | sha256sum", "sh", old_address}}));
    EXPECT_EQ(got.output, probe["sha256"].get<std::string>() + "  -\n");
  }
  EXPECT_EQ(github_->counters().limited, 0);
  EXPECT_EQ(github_->counters().leaked_tokens, 0);
}

TEST_F(GitHubTest, WhatHasNoRoomWaitsUnbuiltAndSaysSo) {
  FakeRelease release;
  release.tag = kTag;
  github_->PutRelease(kRepository, release);
  for (int i = 0; i < 960; ++i) {
    FakeAsset asset;
    asset.name = absl::StrCat("notes-", i, ".txt");
    asset.created_at = absl::Now() - absl::Hours(2);  // younger ones count as writes of this hour
    asset.bytes = std::make_shared<std::string const>("x");
    github_->PutAsset(kRepository, kTag, asset);
  }
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  std::string const full = absl::StrCat("room         for 0 more probes under ", kTag);
  ASSERT_OK(WaitUntil("the status shows that there is no room", [&] {
    auto const status = farm_.Client({"status"});
    return status.ok() && absl::StrContains(status->output, full);
  }));
  ASSERT_OK(farm_.Client({"backfill"}).status());
  auto const worker = StartWorker("w", 2);
  ASSERT_OK(WaitUntil("the jobs say what they wait for", [&] {
    auto const why = farm_.Ask({"explain", "1"});
    return why.ok() && (*why)["reasons"][0]["code"] == "no_room" &&
           (*why)["reasons"].size() == 2;  // somebody could build it
  }));
  EXPECT_EQ(farm_.Job(1)["epoch"], 0);

  std::vector<FakeAsset> const assets = github_->Release(kRepository, kTag)->assets;
  for (int i = 0; i < 2; ++i) github_->RemoveAsset(kRepository, assets.at(i).id);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ExpectPublished();
}

TEST_F(GitHubTest, NoFaultOfAnUploadMakesTwoOrNone) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ASSERT_OK(github_->Plant("502-starter kind=upload"));
  ASSERT_OK(github_->Plant("commit-drop kind=upload"));
  ASSERT_OK(github_->Plant("502 kind=create-release"));
  ASSERT_OK(github_->Plant("html kind=list-assets"));
  ASSERT_OK(github_->Plant("commit-drop kind=patch-asset"));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ExpectPublished();
  EXPECT_EQ(github_->counters().faults_struck, 5);
}

TEST_F(GitHubTest, TheTokenIsSeenNowhere) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ASSERT_OK(github_->Plant("html kind=upload status=403"));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  for (auto const& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
    if (!entry.is_regular_file() || entry.path().filename() == "token") continue;
    EXPECT_FALSE(absl::StrContains(ReadWholeFile(entry.path()), kToken)) << entry.path();
  }
  ASSERT_OK_AND_ASSIGN(SubprocessResult const processes,
                       RunSubprocess({.argv = {"ps", "-eo", "args"}}));
  EXPECT_THAT(processes.output, Not(HasSubstr(kToken)));
}

TEST_F(GitHubTest, WhatSomebodyChangesOrTakesAwayIsNoticed) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ASSERT_OK_AND_ASSIGN(json const probes, farm_.Ask({"probes"}));
  std::string const lost = probes[0]["asset_name"];
  std::optional<FakeRelease> const release = github_->Release(kRepository, kTag);
  ASSERT_TRUE(release);
  for (FakeAsset const& asset : release->assets) {
    if (asset.name == lost) github_->RemoveAsset(kRepository, asset.id);
  }
  ASSERT_OK(WaitUntil("the loss is noticed", [&] {
    absl::StatusOr<json> const now = farm_.Ask({"probes"});
    return now.ok() && std::count_if(now->begin(), now->end(), [](json const& probe) {
                         return probe["missing"].get<bool>();
                       }) == 1;
  })) << farm_.coordinator_log();
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ExpectPublished();
}

TEST_F(GitHubTest, ACatalogThatWasLostIsFoundAgain) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ASSERT_OK_AND_ASSIGN(json const before, farm_.Ask({"probes"}));
  std::string const index = BytesOf("index.json");
  std::string const provenance = BytesOf("provenance.jsonl");
  ASSERT_OK(RestartWithoutDatabase(farm_));
  ASSERT_NO_FATAL_FAILURE(WaitForFeeds());
  ASSERT_NO_FATAL_FAILURE(ExpectSameProbes(farm_, before));
  ASSERT_NO_FATAL_FAILURE(WaitForSideFiles());
  EXPECT_EQ(BytesOf("index.json"), index);
  EXPECT_EQ(BytesOf("provenance.jsonl"), provenance);
  EXPECT_EQ(github_->counters().leaked_tokens, 0);
}

// Signed, and with logs that wait for a second only.
class GitHubReleasePage : public GitHubTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(GitHubTest::SetUp());
    ASSERT_OK_AND_ASSIGN(
        SubprocessResult const made,
        RunSubprocess({.argv = {Farm::Program("probefarm-coordinator"), "keygen", "--out", key_}}));
    ASSERT_EQ(made.exit_code, 0) << made.errors;
    config_.more = absl::StrCat("signing: {key_file: ", key_, "}\n");
    config_.releases = absl::StrReplaceAll(
        config_.releases, {{"{host: github,", "{host: github, log_bundles: {age: 1s},"}});
  }
  // What anyone types, who has the public key and knows of no coordinator.
  SubprocessResult Ask(std::vector<std::string> words) {
    words.insert(words.begin(), Farm::Program("probefarm"));
    for (std::string const& word :
         {std::string("--driver"), std::string("8.0.0+driver"), std::string("--repository"),
          absl::StrCat(github_->web_url(), "/", kRepository), std::string("--public-key"),
          key_ + ".pub"})
      words.push_back(word);
    absl::StatusOr<SubprocessResult> result = RunSubprocess({.argv = std::move(words)});
    EXPECT_OK(result);
    return result.value_or(SubprocessResult{-1, "", ""});
  }
  void WaitForLogs(size_t logs) {
    ASSERT_OK(WaitUntil("logs are in bundles", [&] {
      json const index = json::parse(BytesOf("index.json"), nullptr, false);
      if (!index.is_object()) return false;
      return std::count_if(index["probes"].begin(), index["probes"].end(), [](json const& probe) {
               return probe.contains("log");
             }) == static_cast<int64_t>(logs);
    })) << farm_.coordinator_log();
  }
  std::string Body() const { return github_->Release(kRepository, kTag)->body; }

  std::string const key_ = folder_ / "key.pem";
};

TEST_F(GitHubReleasePage, SaysWhatThereIsAndHowToVerifyIt) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ASSERT_NO_FATAL_FAILURE(WaitForLogs(2));
  EXPECT_THAT(Body(), HasSubstr("2 files for 1 operating system."));
  EXPECT_THAT(Body(), HasSubstr("| `debian` | x86_64 | 1 | 1 | 1 | `6.1.1-1-cloud-amd64` |"));
  // Each command of the notes, word for word.
  std::string script = "set -e\ncd \"$1\"\ncp \"$2\" farm.pub\n";
  for (absl::string_view const line : absl::StrSplit(Body(), '\n')) {
    if (!absl::StartsWith(line, "    ")) continue;
    absl::StrAppend(
        &script,
        absl::StrReplaceAll(line, {{"probefarm verify", Farm::Program("probefarm") + " verify"}}),
        "\n");
  }
  std::string const elsewhere = folder_ / "elsewhere";
  std::filesystem::create_directory(elsewhere);
  ASSERT_OK_AND_ASSIGN(
      SubprocessResult const ran,
      RunSubprocess({.argv = {"sh", "-c", script, "sh", elsewhere, key_ + ".pub"}}));
  EXPECT_EQ(ran.exit_code, 0) << script << ran.output << ran.errors;
  EXPECT_THAT(ran.output, HasSubstr(": OK\n"));
  EXPECT_THAT(ran.output, HasSubstr("Signature Verified Successfully"));
}

TEST_F(GitHubReleasePage, HasTheLogOfEveryProbe) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ASSERT_NO_FATAL_FAILURE(WaitForLogs(2));
  ASSERT_OK_AND_ASSIGN(json const probes, farm_.Ask({"probes"}));
  for (json const& probe : probes) {
    ASSERT_OK_AND_ASSIGN(SubprocessResult const of_job,
                         farm_.Client({"logs", std::to_string(probe["job"].get<int64_t>())}));
    SubprocessResult const of_name = Ask({"logs", probe["asset_name"]});
    EXPECT_EQ(of_name.exit_code, 0) << of_name.errors;
    EXPECT_EQ(of_name.output, of_job.output);
    EXPECT_THAT(of_name.output, HasSubstr(probe["sha256"].get<std::string>()));
  }
  EXPECT_THAT(BytesOf("SHA256SUMS"), HasSubstr("  logs-0001.tar.zst\n"));
  ASSERT_OK_AND_ASSIGN(json const releases, farm_.Ask({"releases"}));
  EXPECT_THAT(releases["assets"], testing::IsEmpty());
}

TEST_F(GitHubReleasePage, OutlivesTheCatalog) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ASSERT_NO_FATAL_FAILURE(WaitForLogs(2));
  ASSERT_OK_AND_ASSIGN(json const before, farm_.Ask({"probes"}));
  std::string const index = BytesOf("index.json");
  std::string const body = Body();
  ASSERT_OK(RestartWithoutDatabase(farm_));
  ASSERT_NO_FATAL_FAILURE(WaitForFeeds());
  ASSERT_NO_FATAL_FAILURE(ExpectSameProbes(farm_, before));
  ASSERT_OK(WaitUntil("the side files are written", [&] {
    absl::StatusOr<json> const status = farm_.Ask({"status"});
    return status.ok() && (*status)["stale_releases"] == 0;
  }));
  EXPECT_EQ(BytesOf("index.json"), index);
  EXPECT_EQ(Body(), body);
  SubprocessResult const log = Ask({"logs", before[0]["asset_name"]});
  EXPECT_EQ(log.exit_code, 0) << log.errors;
}

// As other tools have filled it: without side files, and before GitHub computed digests.
TEST_F(GitHubTest, ARepositoryOfOthersIsTakenOver) {
  FakeRelease release;
  release.tag = kTag;
  github_->PutRelease(kRepository, release);
  for (std::string const name : {"falco_debian_6.1.1-1-cloud-amd64_1.o",
                                 "falco_debian_6.1.1-1-cloud-amd64_1.ko", "NOTES.txt"}) {
    FakeAsset asset;
    asset.name = name;
    asset.digest = "null";
    asset.bytes = std::make_shared<std::string const>("bytes of " + name);
    github_->PutAsset(kRepository, kTag, asset);
  }
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ASSERT_OK_AND_ASSIGN(json const backfill, farm_.Ask({"backfill"}));
  EXPECT_EQ(backfill["enqueued"], 0);
  ASSERT_OK_AND_ASSIGN(json const probes, farm_.Ask({"probes"}));
  ASSERT_THAT(probes, SizeIs(2));
  for (json const& probe : probes) {
    std::string const name = probe["asset_name"];
    EXPECT_EQ(probe["sha256"], Sha256Hex("bytes of " + name));
    EXPECT_EQ(BytesOf(name), "bytes of " + name);
  }
  ASSERT_OK_AND_ASSIGN(json const releases, farm_.Ask({"releases"}));
  ASSERT_THAT(releases["assets"], SizeIs(1));
  EXPECT_EQ(releases["assets"][0]["asset_name"], "NOTES.txt");
  EXPECT_EQ(releases["assets"][0]["repository"], kRepository);
  EXPECT_EQ(github_->counters().leaked_tokens, 0);
}

}  // namespace
}  // namespace probefarm
