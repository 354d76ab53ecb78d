#include "coordinator/releases/github/changelog/changelog_text.h"

#include <gmock/gmock.h>

namespace probefarm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

PublishedAsset Asset(std::string const& name, JobId job = 17) {
  PublishedAsset asset;
  asset.tag = "8.0.0+driver/x86_64";
  asset.asset_name = name;
  asset.sha256 = std::string(64, 'a');
  asset.job = job;
  asset.epoch = 2;
  asset.published_at = absl::FromUnixSeconds(1'700'000'000);
  return asset;
}

TEST(ChangelogText, ALineHasNameDigestAndRun) {
  EXPECT_EQ(ChangelogLine(Asset("a.o")), "- `8.0.0+driver/x86_64/a.o`: sha256 " +
                                             std::string(64, 'a') +
                                             ", run 2 of job 17, 2023-11-14T22:13:20+00:00\n");
}

TEST(ChangelogText, NoNameEndsALineOrItsQuotes) {
  EXPECT_THAT(ChangelogLine(Asset("a`: b\n# c.o")),
              StartsWith("- `8.0.0+driver/x86_64/a?: b?# c.o`: sha256 "));
}

TEST(ChangelogText, PartsAreNumbered) {
  EXPECT_EQ(PartName("CHANGELOG.md", 1), "CHANGELOG.md");
  EXPECT_EQ(PartName("docs/CHANGELOG.md", 2), "docs/CHANGELOG-2.md");
  EXPECT_EQ(PartName("CHANGES", 3), "CHANGES-3");
}

TEST(ChangelogText, WhatIsThereIsNotMissing) {
  std::string const a = ChangelogLine(Asset("a.o"));
  std::string const b = ChangelogLine(Asset("b.o"));
  std::string const text = WithLines("", {a});
  EXPECT_THAT(MissingLines(text, {a, b}), ElementsAre(b));
  EXPECT_THAT(MissingLines(WithLines(text, {b}), {a, b}), IsEmpty());
  EXPECT_THAT(MissingLines(text, {ChangelogLine(Asset("a.o", 18))}), IsEmpty()) << "built again";
  EXPECT_THAT(MissingLines("", {a}), ElementsAre(a));
}

TEST(ChangelogText, LinesComeAtTheEnd) {
  std::string const a = ChangelogLine(Asset("a.o"));
  EXPECT_EQ(WithLines("Mine, without an end", {a}), "Mine, without an end\n" + a);
  EXPECT_EQ(WithLines("", {a}), "# What was published\n\n" + a);
}

}  // namespace
}  // namespace probefarm
