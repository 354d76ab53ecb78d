// Every call of the host, once, through a proxy that holds it against GitHub's own description:
// tests/contract/prism_client_test starts it and says where. By itself it is skipped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "coordinator/releases/github/github_fixture.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::SizeIs;
using ::testing::VariantWith;

constexpr char kTag[] = "8.0.0+driver/x86_64";
constexpr char kName[] = "falco_ubuntu_5.4.0~20.04_1.ko";
constexpr char kBytes[] = "a probe in plain text";

std::string Setting(char const* name) {
  char const* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): never set here
  return value == nullptr ? "" : value;
}

TEST(GitHubAsDescribed, KnowsEveryCallOfTheHost) {
  std::string const api_url = Setting("PROBEFARM_GITHUB_API");
  if (api_url.empty()) GTEST_SKIP() << "tests/contract/prism_client_test runs it";
  GitHubFixture farm(api_url, Setting("PROBEFARM_GITHUB_UPLOADS"),
                     Setting("PROBEFARM_GITHUB_TOKEN"), "octo/probes");
  UploadIntent const intent{7, 1, kTag, kName, Sha256Hex(kBytes), sizeof(kBytes) - 1};
  EXPECT_OK(farm.host->Check());
  ASSERT_OK_AND_ASSIGN(UploadAnswer const answer, farm.host->PrepareUpload(intent));
  ASSERT_THAT(answer, VariantWith<UploadGrant>(testing::_));
  UploadReport const report = farm.Perform(std::get<UploadGrant>(answer), kBytes);
  EXPECT_THAT(farm.host->InterpretUpload(intent, report), VariantWith<UploadAccepted>(testing::_))
      << report.body << report.error;
  EXPECT_OK(farm.host->FindAsset(kTag, "falco_ubuntu_5.4.0.20.04_1.ko"));
  // Made, replaced, removed.
  for (char const* content : {"one", "two", ""})
    EXPECT_OK(farm.host->WriteSideFile({"octo/probes", kTag}, "SHA256SUMS", content));
  EXPECT_OK(farm.host->WriteLogBundle({"octo/probes", kTag}, "logs-0001.tar.zst", "logs"));
  for (char const* notes : {"ten kernels", "eleven kernels"})
    EXPECT_OK(farm.host->WriteNotes({"octo/probes", kTag}, notes));
  EXPECT_THAT(farm.host->ListAssets().value(), SizeIs(1));
  EXPECT_THAT(farm.host->ListAssets().value(), SizeIs(1)) << "unchanged";
  ASSERT_OK(farm.patient->CommitFile("octo/probes", "CHANGELOG.md", "one\n", "", "Begin"));
  ASSERT_OK_AND_ASSIGN(RepositoryFile const file,
                       farm.patient->ReadFile("octo/probes", "CHANGELOG.md"));
  EXPECT_EQ(file.content, "one\n");
  EXPECT_OK(farm.patient->CommitFile("octo/probes", "CHANGELOG.md", "two\n", file.sha, "Go on"));
}

}  // namespace
}  // namespace probefarm
