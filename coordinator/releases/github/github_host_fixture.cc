#include "coordinator/releases/github/github_host_fixture.h"

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {

UploadIntent GitHubHostFixture::Intent(std::string const& name, int64_t job) {
  return {job, 1, kTag, name, Sha256Hex(kBytes), sizeof(kBytes) - 1};
}

FakeAsset GitHubHostFixture::Asset(std::string const& name, std::string const& bytes,
                                   absl::Time created_at) {
  FakeAsset asset;
  asset.name = name;
  asset.bytes = std::make_shared<std::string const>(bytes);
  asset.created_at = created_at;
  return asset;
}

void GitHubHostFixture::Plant(std::string const& rule) const {
  ASSERT_OK(farm_.github->Plant(rule));
}

UploadGrant GitHubHostFixture::Grant(UploadIntent const& intent) {
  absl::StatusOr<UploadAnswer> answer = host().PrepareUpload(intent);
  EXPECT_OK(answer);
  if (answer.ok() && std::holds_alternative<UploadGrant>(*answer))
    return std::get<UploadGrant>(*std::move(answer));
  ADD_FAILURE() << "no grant for " << intent.file_name;
  return {};
}

UploadOutcome GitHubHostFixture::Upload(UploadIntent const& intent) {
  return host().InterpretUpload(intent, farm_.Perform(Grant(intent), kBytes));
}

void GitHubHostFixture::Publish(UploadIntent const& intent) {
  EXPECT_THAT(Upload(intent), testing::VariantWith<UploadAccepted>(testing::_));
}

void GitHubHostFixture::FillRelease(std::string const& repository, int assets) const {
  FakeRelease release;
  release.tag = kTag;
  farm_.github->PutRelease(repository, release);
  for (int i = 0; i < assets; ++i)
    farm_.github->PutAsset(repository, kTag, Asset(absl::StrCat("other", i)));
}

std::vector<FakeAsset> GitHubHostFixture::AssetsOf(std::string const& repository) const {
  std::optional<FakeRelease> release = farm_.github->Release(repository, kTag);
  return release ? release->assets : std::vector<FakeAsset>();
}

}  // namespace probefarm
