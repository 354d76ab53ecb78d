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

TEST_F(CatalogRules, WhatIsAdoptedIsTheRowUnlessThereIsOne) {
  asset_.tag = "t";
  EXPECT_TRUE(RowToAdopt(asset_, nullptr, nullptr, {})->has_value());
  EXPECT_FALSE(RowToAdopt(asset_, &asset_, &asset_, {})->has_value()) << "as it is";
  PublishedAsset lost = asset_;
  lost.presence = AssetPresence::kMissing;
  lost.job = 4;
  lost.tag = "other";
  ASSERT_OK_AND_ASSIGN(std::optional<PublishedAsset> const row,
                       RowToAdopt(asset_, &lost, nullptr, {}));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->tag, "t");
  EXPECT_EQ(row->job, 4);
  EXPECT_EQ(row->presence, AssetPresence::kPresent);
}

TEST_F(CatalogRules, NothingIsAdoptedAgainstWhatIsKnown) {
  PublishedAsset other_digest = asset_;
  other_digest.sha256 = "bb";
  PublishedAsset other_place = asset_;
  other_place.repository = "o/two";
  PublishedAsset other_probe = asset_;
  other_probe.probe.kind = Kind::kBpf;
  ProbeKnowledge const conflict{.failed = {{"f", "conflict", 0, absl::Hours(1)}}};
  auto const code = [&](PublishedAsset const* probe, PublishedAsset const* name,
                        ProbeKnowledge const& known) {
    return RowToAdopt(asset_, probe, name, known).status().code();
  };
  EXPECT_EQ(code(&other_digest, nullptr, {}), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(code(&other_place, nullptr, {}), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(code(nullptr, &other_probe, {}), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(code(nullptr, nullptr, conflict), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(code(nullptr, nullptr, {.unfinished = 3}), absl::StatusCode::kFailedPrecondition);
  asset_.sha256 = "";
  EXPECT_EQ(code(nullptr, nullptr, {}), absl::StatusCode::kInvalidArgument);
}

TEST_F(CatalogRules, ARevisionMustHaveBeenReached) {
  EXPECT_OK(CheckRevision({"", "8.0.0+driver/x86_64"}, 3, 3));
  EXPECT_THAT(CheckRevision({"", "8.0.0+driver/x86_64"}, 4, 3),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace probefarm
