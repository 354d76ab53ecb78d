#include "coordinator/store/catalog_rules.h"

#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

class CatalogRules : public testing::Test {
 protected:
  CatalogRules() {
    job_.probe = {"8.0.0+driver", Arch::kX86_64, "debian", "6.1.0-1-amd64", "1", Kind::kKmod};
    job_.artifact = Artifact{"aa", 7};
    asset_.probe = job_.probe;
    asset_.sha256 = "aa";
  }
  Job job_;
  PublishedAsset asset_;
};

TEST_F(CatalogRules, ANewAssetWithTheReportedDigestMayBePublished) {
  EXPECT_OK(CheckPublish(job_, asset_, nullptr, nullptr));
  EXPECT_OK(CheckPublish(job_, asset_, &asset_, &asset_)) << "the same once more";
}

TEST_F(CatalogRules, AnAssetIsNeverReplacedByAnotherDigest) {
  PublishedAsset other = asset_;
  other.sha256 = "bb";
  EXPECT_THAT(CheckPublish(job_, asset_, &other, nullptr),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(CatalogRules, ANameBelongsToOneProbe) {
  PublishedAsset other = asset_;
  other.probe.kind = Kind::kBpf;
  EXPECT_THAT(CheckPublish(job_, asset_, nullptr, &other),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(CatalogRules, OnlyWhatTheJobReportedIsPublished) {
  job_.artifact.reset();
  EXPECT_THAT(CheckPublish(job_, asset_, nullptr, nullptr),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  job_.artifact = Artifact{"bb", 7};
  EXPECT_THAT(CheckPublish(job_, asset_, nullptr, nullptr),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(CatalogRules, ARevisionMustHaveBeenReached) {
  EXPECT_OK(CheckRevision({"", "8.0.0+driver/x86_64"}, 3, 3));
  EXPECT_THAT(CheckRevision({"", "8.0.0+driver/x86_64"}, 4, 3),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace probefarm
