#include "coordinator/feeds/debian/debian_feed.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/feeds/debian/signed_repository.h"
#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "tests/testing/scripted_http_server.h"

namespace probefarm {
namespace {

using debian::RepositoryRelease;
using debian::SignedRepository;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

void WriteFile(std::string const& path, std::string const& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// Reads real, signed repositories over HTTP. `/main` and `/security` are two mirrors with the same
// content.
class DebianFeedTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_ / "r");
    repository_ = std::make_unique<SignedRepository>(folder_ / "r");
    ASSERT_OK(repository_->MakeKeys());
    options_.mirror = server_.Url("/main");
    options_.security_mirror = server_.Url("/security");
    options_.keyrings = {repository_->keyring()};
    options_.cache_folder = folder_ / "cache";
    options_.suites = {{"bookworm"}};
  }

  void AddKernel(std::string const& suite, std::string const& version) {
    ASSERT_OK(repository_->AddPackage(
        suite,
        {"linux-headers-6.1.0-47-amd64", version,
         absl::StrCat("linux-headers-6.1.0-47-common (= ", version,
                      "), linux-kbuild-6.1 (>= ", version, "), linux-compiler-gcc-12-x86")}));
    ASSERT_OK(
        repository_->AddPackage(suite, {"linux-headers-6.1.0-47-common", version, "", "all"}));
  }

  void AddKbuild(std::string const& suite, std::string const& version) {
    ASSERT_OK(repository_->AddPackage(suite, {"linux-kbuild-6.1", version, "libc6 (>= 2.34)"}));
  }

  void AddCompleteKernel(std::string const& suite) {
    AddKernel(suite, "6.1.170-3");
    AddKbuild(suite, "6.1.170-3");
  }

  RepositoryRelease Release(std::string const& suite = "bookworm") const {
    return {suite, clock_.Now() - absl::Hours(1), clock_.Now() + absl::Hours(24 * 7)};
  }

  void PublishCompleteKernel() {
    AddCompleteKernel("bookworm");
    ASSERT_OK(repository_->Publish(Release()));
  }

  absl::StatusOr<std::vector<Kernel>> Fetch() { return Feed().Fetch(); }

  DebianFeed Feed() { return DebianFeed(*http_, clock_, options_); }

  void ChangeIndex(std::function<void(std::string&)> const& change) {
    for (std::string const& path : repository_->IndexFiles("bookworm")) {
      std::string bytes = ReadWholeFile(path);
      change(bytes);
      WriteFile(path, bytes);
    }
  }

  int Requests(absl::string_view part) const {
    auto const requests = server_.requests();
    return static_cast<int>(std::count_if(
        requests.begin(), requests.end(),
        [&](ScriptedRequest const& request) { return absl::StrContains(request.target, part); }));
  }

  int NotModified() const { return not_modified_; }

  FakeClock clock_;
  TemporaryFolder folder_;
  std::unique_ptr<SignedRepository> repository_;
  std::unique_ptr<HttpClient> http_ = MakeHttpClient("probefarm-test");
  DebianFeedOptions options_;

 private:
  void Serve(ScriptedExchange& exchange) {
    ScriptedRequest const& request = exchange.request();
    std::pair<std::string, std::string> const mirror_and_path =
        absl::StrSplit(request.target.substr(1), absl::MaxSplits('/', 1));
    std::string const path = absl::StrCat(repository_->root(), "/", mirror_and_path.second);
    if (!std::filesystem::is_regular_file(path)) return exchange.Answer(404);
    std::string const body = ReadWholeFile(path);
    std::string const etag = absl::StrCat("\"", Sha256Hex(body), "\"");
    auto const known = request.headers.find("if-none-match");
    if (known != request.headers.end() && known->second == etag) {
      ++not_modified_;
      return exchange.Answer(304);
    }
    exchange.Answer(200, body, {{"ETag", etag}});
  }

  std::atomic<int> not_modified_ = 0;
  ScriptedHttpServer server_{[this](ScriptedExchange& exchange) { Serve(exchange); }};
};

TEST_F(DebianFeedTest, ListsAKernelWithVerifiedArchives) {
  PublishCompleteKernel();
  ASSERT_OK_AND_ASSIGN(std::vector<Kernel> kernels, Fetch());
  ASSERT_THAT(kernels, SizeIs(1));
  EXPECT_EQ(kernels[0].host.release, "6.1.0-47-amd64");
  ASSERT_THAT(kernels[0].headers, SizeIs(3));
  Input const& common = kernels[0].headers[1].file;
  EXPECT_EQ(common.name, "linux-headers-6.1.0-47-common_6.1.170-3_all.deb");
  std::string const deb = ReadWholeFile(repository_->root() + "/pool/bookworm/" + common.name);
  EXPECT_EQ(common.sha256, Sha256Hex(deb));
  EXPECT_EQ(common.size, deb.size());
  EXPECT_THAT(common.urls, ElementsAre(EndsWith("/main/pool/bookworm/" + common.name)));
}

TEST_F(DebianFeedTest, NamesTheKbuildThatIsMissing) {
  AddKernel("bookworm", "6.1.170-3");
  ASSERT_OK(repository_->Publish(Release()));
  ASSERT_OK_AND_ASSIGN(std::vector<Kernel> kernels, Fetch());
  EXPECT_EQ(kernels.at(0).missing, "linux-kbuild-6.1 (>= 6.1.170-3)");
  EXPECT_THAT(kernels.at(0).headers, IsEmpty());
}

TEST_F(DebianFeedTest, CompletesAKernelFromAnotherSuiteOfItsCodename) {
  AddKernel("bookworm", "6.1.170-3");
  AddKbuild("bookworm-security", "6.1.176-1");
  ASSERT_OK(repository_->Publish(Release()));
  ASSERT_OK(repository_->Publish(Release("bookworm-security")));
  options_.suites = {{"bookworm"}, {"bookworm-security"}};
  ASSERT_OK_AND_ASSIGN(std::vector<Kernel> kernels, Fetch());
  ASSERT_THAT(kernels.at(0).headers, SizeIs(3));
  EXPECT_THAT(kernels[0].headers[2].file.urls,
              ElementsAre(EndsWith("/security/pool/bookworm-security/"
                                   "linux-kbuild-6.1_6.1.176-1_amd64.deb")));
}

TEST_F(DebianFeedTest, RefusesWhatIsNotSigned) {
  AddCompleteKernel("bookworm");
  RepositoryRelease release = Release();
  release.signers.clear();
  ASSERT_OK(repository_->Publish(release));
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("not signed")));
}

TEST_F(DebianFeedTest, RefusesTheSignatureOfAStranger) {
  AddCompleteKernel("bookworm");
  RepositoryRelease release = Release();
  release.signers = {"stranger@test"};
  ASSERT_OK(repository_->Publish(release));
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kUnauthenticated,
                                AllOf(HasSubstr("suite bookworm"), HasSubstr("NO_PUBKEY"))));
}

TEST_F(DebianFeedTest, AcceptsAStrangerBesideAKeyOfTheKeyring) {
  AddCompleteKernel("bookworm");
  RepositoryRelease release = Release();
  release.signers = {"stranger@test", "archive@test"};
  ASSERT_OK(repository_->Publish(release));
  EXPECT_OK(Fetch());
}

TEST_F(DebianFeedTest, RefusesASignedTextThatWasChanged) {
  PublishCompleteKernel();
  std::string const path = repository_->InRelease("bookworm");
  std::string text = ReadWholeFile(path);
  text.replace(text.find("SHA256:\n ") + 9, 1, "z");
  WriteFile(path, text);
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("BADSIG")));
}

TEST_F(DebianFeedTest, ReadsOnlyWhatWasSigned) {
  PublishCompleteKernel();
  std::string const path = repository_->InRelease("bookworm");
  WriteFile(path, "Suite: evil\nCodename: evil\n\n" + ReadWholeFile(path) + "\nSuite: evil\n");
  EXPECT_OK(Fetch());
}

TEST_F(DebianFeedTest, RefusesTwoSignedTextsInOne) {
  PublishCompleteKernel();
  std::string const path = repository_->InRelease("bookworm");
  std::string const text = ReadWholeFile(path);
  WriteFile(path, text + text);
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(DebianFeedTest, RefusesAnotherSuitesSignedText) {
  PublishCompleteKernel();
  options_.suites = {{"trixie"}};
  std::filesystem::copy(repository_->root() + "/dists/bookworm",
                        repository_->root() + "/dists/trixie",
                        std::filesystem::copy_options::recursive);
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("bookworm")));
}

TEST_F(DebianFeedTest, RefusesAnExpiredSuiteUnlessToldOtherwise) {
  PublishCompleteKernel();
  clock_.Advance(absl::Hours(24 * 8));
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                AllOf(HasSubstr("bookworm"), HasSubstr("valid until"))));
  options_.check_valid_until = false;
  EXPECT_OK(Fetch());
}

TEST_F(DebianFeedTest, DoesWithoutAnOptionalSuiteThatIsMissingOrExpired) {
  PublishCompleteKernel();
  RepositoryRelease release = Release("sid");
  release.valid_until = clock_.Now() - absl::Seconds(1);
  ASSERT_OK(repository_->Publish(release));
  options_.suites = {{"bookworm"}, {"sid", false}, {"bookworm-backports", false}};
  DebianFeed feed = Feed();
  ASSERT_OK_AND_ASSIGN(std::vector<Kernel> kernels, feed.Fetch());
  EXPECT_THAT(kernels, SizeIs(1));
  EXPECT_THAT(feed.warnings(), ElementsAre(AllOf(HasSubstr("sid"), HasSubstr("valid until")),
                                           HasSubstr("bookworm-backports")));
}

TEST_F(DebianFeedTest, FailsForARequiredSuiteThatIsMissing) {
  PublishCompleteKernel();
  options_.suites = {{"bookworm"}, {"trixie"}};
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kNotFound,
                                AllOf(HasSubstr("feed debian"), HasSubstr("suite trixie"))));
}

// Where programs are looked for, for as long as it lives.
class ScopedPath {
 public:
  explicit ScopedPath(std::string const& path) { setenv("PATH", path.c_str(), /*overwrite=*/1); }
  ~ScopedPath() { setenv("PATH", before_.c_str(), /*overwrite=*/1); }

 private:
  std::string const before_ = std::getenv("PATH");
};

TEST_F(DebianFeedTest, DoesNotTakeAptsFailureForMissingSuites) {
  options_.mirror = "apt";
  options_.suites = {{"bookworm", /*required=*/false}};
  ScopedPath const without_apt(folder_.path());
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("apt-get")));
}

TEST_F(DebianFeedTest, DoesNotDoWithoutAnOptionalSuiteOfAStranger) {
  AddCompleteKernel("bookworm");
  RepositoryRelease release = Release();
  release.signers = {"stranger@test"};
  ASSERT_OK(repository_->Publish(release));
  options_.suites = {{"bookworm", false}};
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(DebianFeedTest, RefusesATruncatedIndex) {
  PublishCompleteKernel();
  ChangeIndex([](std::string& bytes) { bytes.resize(bytes.size() / 2); });
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("suite bookworm")));
}

TEST_F(DebianFeedTest, RefusesAnIndexWithAnotherDigest) {
  PublishCompleteKernel();
  ChangeIndex([](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; });
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("SHA-256")));
}

TEST_F(DebianFeedTest, DoesNotTakeAMissingIndexForAMissingSuite) {
  PublishCompleteKernel();
  for (std::string const& path : repository_->IndexFiles("bookworm")) std::filesystem::remove(path);
  options_.suites = {{"bookworm", false}};
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(DebianFeedTest, ReadsAMirrorWithoutIndexesByDigest) {
  AddCompleteKernel("bookworm");
  RepositoryRelease release = Release();
  release.by_hash = false;
  ASSERT_OK(repository_->Publish(release));
  EXPECT_OK(Fetch());
  EXPECT_EQ(Requests("by-hash"), 0);
}

TEST_F(DebianFeedTest, DownloadsNothingAgainThatDidNotChange) {
  PublishCompleteKernel();
  ASSERT_OK_AND_ASSIGN(std::vector<Kernel> first, Fetch());
  ASSERT_OK_AND_ASSIGN(std::vector<Kernel> second, Fetch());
  EXPECT_EQ(second.at(0).headers, first.at(0).headers);
  EXPECT_EQ(Requests("InRelease"), 2);
  EXPECT_EQ(NotModified(), 1);
  EXPECT_EQ(Requests("by-hash"), 1);
}

TEST_F(DebianFeedTest, DownloadsAgainWhatWasDamaged) {
  PublishCompleteKernel();
  ASSERT_OK(Fetch());
  for (auto const& entry : std::filesystem::recursive_directory_iterator(options_.cache_folder))
    if (entry.is_regular_file()) WriteFile(entry.path(), "damaged");
  EXPECT_OK(Fetch());
}

TEST_F(DebianFeedTest, KeepsTheNewestIndexOnly) {
  PublishCompleteKernel();
  ASSERT_OK(Fetch());
  AddKbuild("bookworm", "6.1.200-1");
  clock_.Advance(absl::Hours(1));
  ASSERT_OK(repository_->Publish(Release()));
  ASSERT_OK(Fetch());
  int indexes = 0;
  for (auto const& entry : std::filesystem::directory_iterator(options_.cache_folder + "/bookworm"))
    if (absl::StartsWith(entry.path().filename().string(), "Packages")) ++indexes;
  EXPECT_EQ(indexes, 1);
}

TEST_F(DebianFeedTest, RefusesAnOlderReleaseThanItHasSeen) {
  PublishCompleteKernel();
  std::string const old = ReadWholeFile(repository_->InRelease("bookworm"));
  clock_.Advance(absl::Hours(1));
  ASSERT_OK(repository_->Publish(Release()));
  ASSERT_OK(Fetch());
  std::string const current = ReadWholeFile(repository_->InRelease("bookworm"));
  WriteFile(repository_->InRelease("bookworm"), old);
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("older")));
  WriteFile(repository_->InRelease("bookworm"), current);
  EXPECT_OK(Fetch());
}

TEST_F(DebianFeedTest, FindsTheNewestVersionOfAPackageInAnySuite) {
  ASSERT_OK(repository_->AddPackage("trixie", {"scap-dkms", "0.20.0-3", "", "all"}));
  ASSERT_OK(repository_->AddPackage("trixie", {"scap-dkms", "0.9.0-1", "", "all"}));
  ASSERT_OK(repository_->Publish(Release("trixie")));
  DebianFeed feed = Feed();
  ASSERT_OK_AND_ASSIGN(Input input, feed.FindPackage("trixie", "scap-dkms"));
  EXPECT_EQ(input.name, "scap-dkms_0.20.0-3_all.deb");
  EXPECT_EQ(input.sha256,
            *Sha256OfFile(repository_->root() + "/pool/trixie/scap-dkms_0.20.0-3_all.deb"));
  EXPECT_THAT(
      feed.FindPackage("trixie", "sysdig"),
      StatusIs(absl::StatusCode::kNotFound, AllOf(HasSubstr("sysdig"), HasSubstr("suite trixie"))));
  EXPECT_THAT(feed.FindPackage("../etc", "sysdig"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(DebianFeedTest, SaysThatTheMirrorDoesNotAnswer) {
  options_.mirror = "http://127.0.0.1:1/debian";
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("127.0.0.1:1")));
}

}  // namespace
}  // namespace probefarm
