#include "client/releases/repository.h"

#include <gmock/gmock.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Repository, IsNamedAtGitHub) {
  EXPECT_EQ(ParseRepository("owner/drivers-2").value(),
            (Repository{"https://github.com/owner/drivers-2", false}));
}

TEST(Repository, IsAUrlHoweverMuchOfItIsGiven) {
  for (char const* const text :
       {"https://farm.example:7601", "https://farm.example:7601/",
        "https://farm.example:7601/releases", "https://farm.example:7601/releases/download",
        "https://farm.example:7601/releases/download/"}) {
    EXPECT_EQ(ParseRepository(text).value(), (Repository{"https://farm.example:7601", true}))
        << text;
  }
  EXPECT_FALSE(ParseRepository("https://GitHub.com/owner/name/")->own);
  EXPECT_TRUE(ParseRepository("https://github.com.evil.example/owner/name")->own);
}

TEST(Repository, IsNothingElse) {
  for (char const* const text :
       {"", "owner", "owner/", "/name", "owner/name/more", "../name", "owner/..", "ow ner/name",
        "ftp://farm.example", "file:///etc", "https://", "https://farm.example/?q=1",
        "https://farm.example/#x", "https://user@farm.example", "https://farm.example\nx"}) {
    EXPECT_THAT(ParseRepository(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is no repository")))
        << text;
  }
}

TEST(DownloadUrl, IsWhatALoaderAsksFor) {
  EXPECT_EQ(DownloadUrl({"https://github.com/o/r"}, "8.0.0+driver/x86_64", "falco_cos_5+_1.o"),
            "https://github.com/o/r/releases/download/8.0.0%2Bdriver/x86_64/falco_cos_5%2B_1.o");
}

TEST(TagsOf, AreTheLoadersAndTheVersionAlone) {
  EXPECT_THAT(TagsOf("8.0.0+driver", Arch::kX86_64),
              ElementsAre("8.0.0+driver/x86_64", "8.0.0+driver"));
  EXPECT_THAT(TagsOf("8.0.0+driver", Arch::kAarch64),
              ElementsAre("8.0.0+driver/aarch64", "8.0.0+driver"));
  EXPECT_THAT(TagsOf("2.0.0+driver", Arch::kX86_64), ElementsAre("2.0.0+driver"));
  EXPECT_THAT(TagsOf("17f5df52a7d9ed6bb12d3b1768460def8439936d", Arch::kX86_64),
              ElementsAre("17f5df52"));
}

}  // namespace
}  // namespace probefarm
