#include "coordinator/releases/withdrawer.h"

#include <gmock/gmock.h>

#include "coordinator/releases/release_fixture.h"
#include "coordinator/store/await.h"
#include "lib/build/sample_build_spec.h"
#include "lib/digest/sha256.h"
#include "lib/index/provenance.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class WithdrawerTest : public ReleaseFixture {
 protected:
  WithdrawerTest() { Publish("6.1", "one"); }

  absl::StatusOr<WithdrawalOutcome> Withdraw(WithdrawalWish wish) {
    if (wish.reason.empty()) wish.reason = "does not load";
    return withdrawer_.Withdraw(wish);
  }
  // As another farm has published it, for another driver version.
  PublishedAsset AdoptElsewhere(std::string const& name) {
    PublishedAsset asset;
    asset.probe = {"7.0.0+driver", Arch::kX86_64, "debian", "6.1", "1", Kind::kBpf};
    asset.file_name = asset.asset_name = name;
    asset.tag = "7.0.0+driver/x86_64";
    asset.sha256 = Sha256Hex("seven");
    EXPECT_OK(Await<bool>([&](auto done) { store_.Adopt(asset, std::move(done)); }));
    return asset;
  }

  int told_ = 0;
  Withdrawer withdrawer_{&store_, &host_, &metrics_, [this] { ++told_; }};
};

TEST_F(WithdrawerTest, TakesWhatIsPublishedBackAndTellsOnce) {
  ASSERT_OK_AND_ASSIGN(WithdrawalOutcome const outcome, Withdraw({.name = "6.1.o"}));
  EXPECT_FALSE(outcome.already);
  EXPECT_EQ(outcome.withdrawal.asset.sha256, Sha256Hex("one"));
  ASSERT_OK_AND_ASSIGN(WithdrawalOutcome const again,
                       Withdraw({.name = "6.1.o", .reason = "for another reason"}));
  EXPECT_TRUE(again.already);
  EXPECT_EQ(again.withdrawal.reason, "does not load");
  EXPECT_EQ(told_, 1);
  EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_withdrawn_total 1"));
}

TEST_F(WithdrawerTest, SaysWhatToDoAboutANameThatNobodyPublished) {
  EXPECT_THAT(Withdraw({.name = "6.9.o"}),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("6.9.o"), HasSubstr("probefarm probes"))));
  EXPECT_THAT(Withdraw({.name = "6.1.o", .driver_version = "1.0.0"}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Withdraw({.name = "6.1.o", .sha256 = Sha256Hex("other")}),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(WithdrawerTest, RefusesWhatCannotBe) {
  for (char const* const name : {"", "a/b", "..", "SHA256SUMS", "index.json"})
    EXPECT_THAT(Withdraw({.name = name}), StatusIs(kInvalid)) << name;
  EXPECT_THAT(Withdraw({.name = "6.1.o", .sha256 = "abc"}), StatusIs(kInvalid));
  EXPECT_THAT(Withdraw({.name = "6.1.o", .reason = " "}), StatusIs(kInvalid));
  EXPECT_THAT(Withdraw({.name = "6.1.o", .reason = "two\nlines"}), StatusIs(kInvalid));
  EXPECT_THAT(Withdraw({.name = "6.1.o", .reason = std::string(501, 'x')}), StatusIs(kInvalid));
  EXPECT_EQ(told_, 0);
}

TEST_F(WithdrawerTest, ANameInSeveralReleasesIsToldApart) {
  AdoptElsewhere("6.1.o");
  auto const expect_ambiguous = [&] {
    EXPECT_THAT(Withdraw({.name = "6.1.o"}),
                StatusIs(kInvalid, AllOf(HasSubstr("7.0.0+driver/x86_64"), HasSubstr(kTag),
                                         HasSubstr("--driver"), HasSubstr("--tag"))));
  };
  expect_ambiguous();
  ASSERT_OK_AND_ASSIGN(WithdrawalOutcome const seven,
                       Withdraw({.name = "6.1.o", .driver_version = "7.0.0+driver"}));
  EXPECT_EQ(seven.withdrawal.asset.tag, "7.0.0+driver/x86_64");
  expect_ambiguous();  // or the same line, without --driver, would take the other one, too
  ASSERT_OK_AND_ASSIGN(WithdrawalOutcome const eight, Withdraw({.name = "6.1.o", .tag = kTag}));
  EXPECT_EQ(eight.withdrawal.asset.tag, kTag);
  EXPECT_FALSE(eight.already);
}

TEST_F(WithdrawerTest, TheInputsOfWhatWasAdoptedAreInItsProvenance) {
  PublishedAsset const asset = AdoptElsewhere("adopted.o");
  ASSERT_OK(host_.WriteSideFile(
      {"", asset.tag}, "provenance.jsonl",
      RenderProvenance({asset.asset_name, asset.sha256, ToJson(SampleBuildSpec()), 1, 1, "w",
                        absl::FromUnixSeconds(1)})
          .value()));
  host_.FailReading(true);
  EXPECT_THAT(Withdraw({.name = "adopted.o"}), StatusIs(absl::StatusCode::kUnavailable));
  host_.FailReading(false);
  ASSERT_OK_AND_ASSIGN(WithdrawalOutcome const outcome, Withdraw({.name = "adopted.o"}));
  EXPECT_EQ(outcome.withdrawal.fingerprint, InputsFingerprint(SampleBuildSpec()));
}

TEST_F(WithdrawerTest, WhatOtherToolsHaveBuiltHasNoKnownInputs) {
  AdoptElsewhere("adopted.o");
  ASSERT_OK_AND_ASSIGN(WithdrawalOutcome const outcome, Withdraw({.name = "adopted.o"}));
  EXPECT_EQ(outcome.withdrawal.fingerprint, "");
}

// A decision does not depend on the release host.
TEST_F(WithdrawerTest, WhatThisFarmHasBuiltIsWithdrawnWhileTheHostIsAway) {
  host_.FailWith(absl::UnavailableError("bad gateway"));
  ASSERT_OK_AND_ASSIGN(WithdrawalOutcome const outcome, Withdraw({.name = "6.1.o"}));
  EXPECT_EQ(outcome.withdrawal.fingerprint, std::string(64, 'f'));
}

}  // namespace
}  // namespace probefarm
