// A probe is taken back, by the shipped programs and at both release hosts: what whoever asks is
// told then, what is left of it, and what no crash and no loss of the catalog brings back.
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "lib/digest/sha256.h"
#include "lib/driver/asset_name.h"
#include "lib/files/temporary_folder.h"
#include "lib/index/release_index.h"
#include "lib/index/sha256sums.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/dsse_envelope.h"
#include "lib/signing/key_files.h"
#include "tests/crash/upload_load.h"
#include "tests/integration/lost_catalog.h"
#include "tests/testing/farm/builder_archive.h"
#include "tests/testing/farm/farm.h"
#include "tests/testing/github/fake_github.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kReason[] = "panics on load, see issue 17";
constexpr char kRepository[] = "falco-drivers/probes";
constexpr char kToken[] = "token-of-the-coordinator";
constexpr char kTag[] = "9.0.0+driver/x86_64";
constexpr int kProbes = 3;

// What takes minutes at GitHub takes seconds here.
constexpr char kAtGitHub[] =
    R"({host: github, reconcile_interval: 1s, github: {repositories: [$REPOSITORY],
  api_url: "$API", uploads_url: "$UPLOADS", web_url: "$WEB", side_files_interval: 1s,
  look_interval: 300ms, list_lag: 2s, starter_grace: 2s,
  credentials: {token_file: $TOKEN, share_token_with_workers: true},
  limits: {writes_per_second: 200, writes_per_minute: 6000, writes_per_hour: 100000,
           secondary_points_per_minute: 60000, primary_points_per_hour: 1000000,
           concurrent_requests: 20}}})";

class WithdrawTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    ASSERT_OK(WriteBareBuilder(folder_ / "builder.tar"));
    ASSERT_OK_AND_ASSIGN(
        SubprocessResult const keygen,
        RunSubprocess({.argv = {Farm::Program("probefarm-coordinator"), "keygen", "--out", key_}}));
    ASSERT_EQ(keygen.exit_code, 0) << keygen.errors;
    FarmConfig config;
    config.mirror = "http://127.0.0.1:1";
    config.keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    config.builder = folder_ / "builder.tar";
    config.more = absl::StrCat("jobs: {accept_specs: true}\nsigning: {key_file: ", key_, "}\n");
    config.releases =
        OnGitHub() ? GitHubReleases()
                   : absl::StrCat("{reconcile_interval: 1s, directory: {root: ", folder_.path(),
                                  "/releases}}");
    farm_.WriteConfig(config);
    ASSERT_OK(farm_.StartCoordinator());
    load_ =
        std::make_unique<UploadLoad>(farm_.grpc(), UploadLoadOptions{.workers = 2, .releases = 1});
    ASSERT_OK(load_->Order(kProbes));
    ASSERT_OK(WaitUntil("all is published", [&] { return Probes().size() == kProbes; }));
    load_->Stop();
    ASSERT_NO_FATAL_FAILURE(WaitForSideFiles());
    victim_ = Probes()[0];
    name_ = victim_["asset_name"];
  }
  void TearDown() override {
    if (HasFailure()) std::cerr << farm_.coordinator_log() << '\n';
  }

  static bool OnGitHub() { return GetParam() == "GitHub"; }
  std::string GitHubReleases() {
    github_ = FakeGitHub::Start({}).value();
    github_->AddRepository(kRepository);
    FakeToken token;
    token.value = kToken;
    token.points_an_hour = 1'000'000;
    github_->AddToken(token);
    std::string const file = folder_ / "token";
    std::ofstream(file) << kToken;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    return absl::StrReplaceAll(kAtGitHub, {{"$REPOSITORY", kRepository},
                                           {"$API", github_->api_url()},
                                           {"$UPLOADS", github_->uploads_url()},
                                           {"$WEB", github_->web_url()},
                                           {"$TOKEN", file}});
  }

  std::vector<json> Probes() const {
    absl::StatusOr<json> const probes = farm_.Ask({"probes"});
    return probes.ok() ? std::vector<json>(*probes) : std::vector<json>();
  }
  std::vector<json> Withdrawn() const {
    absl::StatusOr<json> const withdrawn = farm_.Ask({"probes", "--withdrawn"});
    return withdrawn.ok() ? std::vector<json>(*withdrawn) : std::vector<json>();
  }
  SubprocessResult Client(std::vector<std::string> const& arguments) const {
    absl::StatusOr<SubprocessResult> result = farm_.Client(arguments);
    EXPECT_OK(result);
    return result.ok() ? *std::move(result) : SubprocessResult{-1, "", ""};
  }
  // Of a stranger, who knows the public repository and the key.
  SubprocessResult Stranger(std::string const& verb, std::string const& what,
                            std::vector<std::string> const& more = {}) const {
    std::vector<std::string> line = {Farm::Program("probefarm"),
                                     verb,
                                     what,
                                     "--tag",
                                     kTag,
                                     "--repository",
                                     RepositoryUrl(),
                                     "--public-key",
                                     key_ + ".pub"};
    line.insert(line.end(), more.begin(), more.end());
    absl::StatusOr<SubprocessResult> result = RunSubprocess({.argv = std::move(line)});
    EXPECT_OK(result);
    return result.ok() ? *std::move(result) : SubprocessResult{-1, "", ""};
  }
  std::string RepositoryUrl() const {
    return OnGitHub() ? absl::StrCat(github_->web_url(), "/", kRepository)
                      : absl::StrCat("http://", farm_.http());
  }
  // Status and body.
  static std::pair<std::string, std::string> Get(std::string const& url) {
    absl::StatusOr<SubprocessResult> const got =
        RunSubprocess({.argv = {"curl", "-sL", "-w", "\n%{http_code}", url}});
    EXPECT_OK(got);
    if (!got.ok()) return {};
    size_t const end = got->output.rfind('\n');
    return {got->output.substr(end + 1), got->output.substr(0, end)};
  }
  static std::string PathOf(std::string const& file) {
    return absl::StrCat("/releases/download/", EncodeUrlPath(absl::StrCat(kTag, "/", file)));
  }
  std::pair<std::string, std::string> FromRepository(std::string const& file) const {
    return Get(RepositoryUrl() + PathOf(file));
  }
  std::pair<std::string, std::string> FromCoordinator(std::string const& file) const {
    return Get(absl::StrCat("http://", farm_.http(), PathOf(file)));
  }

  void WaitForSideFiles() const {
    ASSERT_OK(WaitUntil("the side files are written", [&] {
      absl::StatusOr<json> const status = farm_.Ask({"status"});
      return status.ok() && (*status)["stale_releases"] == 0;
    })) << farm_.coordinator_log();
  }
  void Withdraw() {
    SubprocessResult const said = Client({"withdraw", name_, "--reason", kReason});
    ASSERT_EQ(said.exit_code, 0) << said.errors;
  }
  // Everywhere, and nothing else is changed.
  void ExpectGone() {
    ASSERT_OK(WaitUntil("the asset is removed", [&] {
      std::vector<json> const withdrawn = Withdrawn();
      return withdrawn.size() == 1 && withdrawn[0]["removed"] == true;
    })) << farm_.coordinator_log();
    ASSERT_NO_FATAL_FAILURE(WaitForSideFiles());
    EXPECT_THAT(Audit(), IsEmpty()) << absl::StrJoin(Audit(), "\n");
  }
  // What does not agree with what else there is; empty when all does.
  std::vector<std::string> Audit() const {
    std::vector<std::string> complaints;
    std::vector<json> const probes = Probes();
    absl::StatusOr<ReleaseIndex> const index =
        ParseReleaseIndex(FromRepository("index.json").second);
    auto const sums = ParseSha256Sums(FromRepository("SHA256SUMS").second);
    absl::StatusOr<PublicKey> const key = ReadPublicKey(key_ + ".pub");
    if (!index.ok() || !sums.ok() || !key.ok()) return {"the side files cannot be read"};
    if (probes.size() != kProbes - 1) complaints.push_back("the catalog is another");
    if (index->probes.size() != probes.size()) complaints.push_back("the index lists others");
    for (json const& probe : probes) {
      std::string const name = probe["asset_name"];
      if (Sha256Hex(FromRepository(name).second) != probe["sha256"])
        complaints.push_back(absl::StrCat(name, " is not what was published"));
    }
    for (Sha256SumsLine const& line : *sums) {
      if (line.name == name_) complaints.push_back("SHA256SUMS lists it");
      if (Sha256Hex(FromRepository(line.name).second) != line.sha256)
        complaints.push_back(absl::StrCat("SHA256SUMS is wrong of ", line.name));
    }
    SignedTombstone const* const entry = FindTombstone(*index, name_, victim_["sha256"]);
    if (entry == nullptr || entry->tombstone.reason != kReason || entry->tombstone.tag != kTag ||
        VerifyDsse(entry->statement, {*key}) == nullptr)
      complaints.push_back("there is no signed tombstone with its reason");
    if (OnGitHub() && FromRepository(name_).first != "404") complaints.push_back("it is there");
    if (!OnGitHub() && std::filesystem::exists(FilePath())) complaints.push_back("it is there");
    auto const [status, body] = FromCoordinator(name_);
    if (status != "410" || body.find(kReason) == std::string::npos)
      complaints.push_back(absl::StrCat("loaders are answered ", status, ": ", body));
    return complaints;
  }
  std::string FilePath() const { return absl::StrCat(farm_.releases(), "/", kTag, "/", name_); }
  // As somebody does by hand.
  void PutBack(std::string const& bytes) {
    if (!OnGitHub()) {
      std::ofstream(FilePath()) << bytes;
      return;
    }
    FakeAsset asset;
    asset.name = name_;
    asset.bytes = std::make_shared<std::string const>(bytes);
    github_->PutAsset(kRepository, kTag, asset);
  }
  std::string SpecOfVictim() {
    return folder_.Write("spec.json", Client({"job", victim_["job"].dump(), "--spec"}).output);
  }
  void ExpectNotBuiltAgain(std::string const& spec) {
    SubprocessResult const refused = Client({"enqueue", "--spec", spec});
    EXPECT_EQ(refused.exit_code, 1) << refused.output;
    EXPECT_THAT(refused.output + refused.errors, HasSubstr(kReason));
  }
  json Findings() const {
    absl::StatusOr<json> const releases = farm_.Ask({"releases"});
    return releases.ok() ? (*releases)["assets"] : json();
  }

  TemporaryFolder folder_;
  std::string const key_ = folder_ / "key.pem";
  std::unique_ptr<FakeGitHub> github_;
  Farm farm_{folder_.path()};
  std::unique_ptr<UploadLoad> load_;
  json victim_;
  std::string name_;  // of the asset
};

TEST_P(WithdrawTest, ItIsGoneAndWhoeverAsksIsToldWhy) {
  EXPECT_EQ(FromCoordinator(name_).first, "200");
  std::string const spec = SpecOfVictim();
  std::string const file = folder_.Write(name_, FromRepository(name_).second);
  SubprocessResult const said = Client({"withdraw", name_, "--reason", kReason});
  ASSERT_EQ(said.exit_code, 0) << said.errors;
  EXPECT_THAT(said.output, AllOf(HasSubstr("withdrawn: "), HasSubstr(name_), HasSubstr(kReason),
                                 HasSubstr(victim_["sha256"].get<std::string>())));
  EXPECT_EQ(FromCoordinator(name_).first, "410") << "at once";
  ASSERT_NO_FATAL_FAILURE(ExpectGone());

  ASSERT_OK_AND_ASSIGN(json const again,
                       farm_.Ask({"withdraw", name_, "--reason", "another reason"}));
  EXPECT_EQ(again["already"], true);
  EXPECT_EQ(again["reason"], kReason);
  EXPECT_EQ(again["removed"], true);
  EXPECT_EQ(again["job"], victim_["job"]);

  for (std::string const& what : {name_, file}) {
    SubprocessResult const verified = Stranger("verify", what);
    EXPECT_EQ(verified.exit_code, 1) << verified.output;
    EXPECT_THAT(verified.errors, AllOf(HasSubstr("withdrawn on "), HasSubstr(kReason)));
  }
  std::string const out = folder_ / "out";
  std::filesystem::create_directory(out);
  SubprocessResult const downloaded = Stranger("download", name_, {"--out", out});
  EXPECT_EQ(downloaded.exit_code, 1);
  EXPECT_THAT(downloaded.errors, HasSubstr(kReason));
  EXPECT_TRUE(std::filesystem::is_empty(out));
  std::string const other = Probes()[0]["asset_name"];
  SubprocessResult const verified = Stranger("verify", other);
  EXPECT_EQ(verified.exit_code, 0) << verified.errors;

  ASSERT_NO_FATAL_FAILURE(ExpectNotBuiltAgain(spec));
  EXPECT_THAT(Client({"explain", victim_["job"].dump()}).output,
              AllOf(HasSubstr("withdrawn on "), HasSubstr(kReason)));
  EXPECT_THAT(Client({"probes", "--withdrawn"}).output,
              AllOf(HasSubstr("REASON"), HasSubstr(kReason)));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_P(WithdrawTest, WhatCannotBeWithdrawnIsRefusedWithWhatToDo) {
  struct Wrong {
    std::vector<std::string> line;
    int exit_code;
    std::string said;
  };
  for (Wrong const& wrong : std::vector<Wrong>{
           {{name_}, 2, "--reason"},
           {{name_, "--reason", " "}, 2, "reason is empty"},
           {{name_, "--reason", std::string(501, 'x')}, 2, "it may have 500"},
           {{name_, "--reason", "\x1b[2J"}, 2, "control"},
           {{"nobody.o", "--reason", kReason}, 1, "probefarm probes"},
           {{name_, "--reason", kReason, "--driver", "1.0.0"}, 1, "probefarm probes"},
           {{name_, "--reason", kReason, "--sha256", std::string(64, '0')}, 1, "probefarm probes"},
           {{"../etc", "--reason", kReason}, 2, "no probe's name"},
           {{name_, "--reason", kReason, "--arch", "vax"}, 2, "--arch"}}) {
    std::vector<std::string> line = {"withdraw"};
    line.insert(line.end(), wrong.line.begin(), wrong.line.end());
    SubprocessResult const result = Client(line);
    EXPECT_EQ(result.exit_code, wrong.exit_code) << wrong.said;
    EXPECT_THAT(result.errors, HasSubstr(wrong.said));
    EXPECT_THAT(result.output, IsEmpty());
  }
  EXPECT_THAT(Withdrawn(), IsEmpty());
  EXPECT_THAT(Probes(), SizeIs(kProbes));
}

TEST_P(WithdrawTest, WhatSomebodyPutsBackGoesAgainAndOtherBytesStay) {
  std::string const bytes = FromRepository(name_).second;
  ASSERT_NO_FATAL_FAILURE(Withdraw());
  ASSERT_NO_FATAL_FAILURE(ExpectGone());
  PutBack(bytes);
  ASSERT_OK(WaitUntil("it is removed again", [&] {
    return OnGitHub() ? FromRepository(name_).first == "404" : !std::filesystem::exists(FilePath());
  })) << farm_.coordinator_log();
  EXPECT_THAT(farm_.coordinator_log(), HasSubstr("withdrawn assets are at the release host"));

  std::string const other = "bytes of somebody else";
  PutBack(other);
  ASSERT_OK(WaitUntil("it is reported", [&] {
    json const findings = Findings();
    return findings.size() == 1 && findings[0]["held_sha256"] == Sha256Hex(other);
  })) << farm_.coordinator_log();
  EXPECT_EQ(Findings()[0]["asset_name"], name_);
  EXPECT_NE(Findings()[0]["finding"], "withdrawn");
  EXPECT_EQ(FromCoordinator(name_).first, "410") << "the farm does not offer it";
  if (OnGitHub()) EXPECT_EQ(FromRepository(name_).second, other);
  if (!OnGitHub()) EXPECT_TRUE(std::filesystem::exists(FilePath()));
}

TEST_P(WithdrawTest, ALostCatalogBringsNothingBack) {
  std::string const spec = SpecOfVictim();
  ASSERT_NO_FATAL_FAILURE(Withdraw());
  ASSERT_NO_FATAL_FAILURE(ExpectGone());
  ASSERT_OK(RestartWithoutDatabase(farm_));
  ASSERT_OK(WaitUntil("the catalog is found again", [&] {
    return Probes().size() == kProbes - 1 && Withdrawn().size() == 1;
  })) << farm_.coordinator_log();
  ASSERT_NO_FATAL_FAILURE(ExpectGone());
  ASSERT_NO_FATAL_FAILURE(ExpectNotBuiltAgain(spec));
  json const withdrawn = Withdrawn()[0];
  EXPECT_EQ(withdrawn["reason"], kReason);
  EXPECT_EQ(withdrawn["sha256"], victim_["sha256"]);
}

// Killed where it is decided, told, removed and recorded.
TEST_P(WithdrawTest, NoCrashUndoesItOrLeavesItHalfDone) {
  std::vector<std::string> points = {"withdraw.decided", "side_files.put", "withdraw.removed",
                                     "withdraw.recorded"};
  if (OnGitHub())
    points.insert(points.end(), {"github.side_file_step:2", "github.side_file_step:5"});
  ASSERT_OK(load_->AllProbes());
  for (std::string const& point : points) {
    SCOPED_TRACE(point);
    std::vector<json> const before = Probes();
    ASSERT_FALSE(before.empty());
    ASSERT_OK(farm_.StartCoordinator(absl::StrCat("PROBEFARM_FAILPOINT=", point)));
    std::string const name = before[0]["asset_name"];
    Client({"withdraw", name, "--reason", kReason});
    ASSERT_OK(farm_.coordinator().WaitForExit()) << "it was not killed there";
    ASSERT_OK(farm_.StartCoordinator());
    size_t const all = Withdrawn().size();
    ASSERT_OK(WaitUntil("it is removed", [&] {
      std::vector<json> const withdrawn = Withdrawn();
      return withdrawn.size() == all && !withdrawn.empty() &&
             withdrawn.back()["asset_name"] == name && withdrawn.back()["removed"] == true;
    })) << farm_.coordinator_log();
    ASSERT_NO_FATAL_FAILURE(WaitForSideFiles());
    EXPECT_EQ(Probes().size(), before.size() - 1);
    EXPECT_EQ(FromCoordinator(name).first, "410");
    absl::StatusOr<ReleaseIndex> const index =
        ParseReleaseIndex(FromRepository("index.json").second);
    ASSERT_OK(index);
    EXPECT_THAT(index->withdrawn, SizeIs(all));
    EXPECT_THAT(index->probes, SizeIs(before.size() - 1));
    EXPECT_NE(FindTombstone(*index, name), nullptr);
    if (OnGitHub()) EXPECT_EQ(FromRepository(name).first, "404");
    if (before.size() > 1) continue;
    // The next points need probes, too.
    load_ = std::make_unique<UploadLoad>(
        farm_.grpc(),
        UploadLoadOptions{.seed = static_cast<unsigned>(100 + all), .workers = 2, .releases = 1});
    ASSERT_OK(load_->Order(kProbes));
    ASSERT_OK(WaitUntil("more is published", [&] { return Probes().size() == kProbes; }));
    load_->Stop();
    ASSERT_NO_FATAL_FAILURE(WaitForSideFiles());
  }
  EXPECT_THAT(Findings(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Hosts, WithdrawTest, testing::Values("Directory", "GitHub"),
                         [](auto const& info) { return info.param; });

}  // namespace
}  // namespace probefarm
