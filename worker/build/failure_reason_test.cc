#include "worker/build/failure_reason.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probefarm {
namespace {

using testing::AllOf;
using testing::Field;
using testing::HasSubstr;

constexpr absl::Duration kTimeout = absl::Minutes(20);
constexpr auto kPermanent = BuildFailure::Class::kPermanent;
constexpr auto kTransient = BuildFailure::Class::kTransient;
constexpr auto kMachine = BuildFailure::Class::kMachine;

auto IsFailure(BuildFailure::Class failure_class, std::string const& code,
               testing::Matcher<std::string> const& text = testing::_) {
  return AllOf(Field(&BuildFailure::failure_class, failure_class), Field(&BuildFailure::code, code),
               Field(&BuildFailure::text, text));
}

BuildFailure Exit(int code, absl::string_view log, absl::Duration ran = absl::Minutes(1)) {
  return ClassifyScriptEnd({{code, /*out_of_memory=*/false}, ran}, kTimeout, log);
}

TEST(FailureReason, AnInputThatIsAnotherOrGoneIsPermanent) {
  EXPECT_THAT(ClassifyStatus(BuildStage::kInputs, absl::DataLossError("x differs")),
              IsFailure(kPermanent, "input_digest_mismatch", HasSubstr("x differs")));
  EXPECT_THAT(ClassifyStatus(BuildStage::kInputs, absl::NotFoundError("x")),
              IsFailure(kPermanent, "input_gone"));
}

TEST(FailureReason, ADownloadThatMaySucceedLaterIsTransient) {
  EXPECT_THAT(ClassifyStatus(BuildStage::kInputs, absl::UnavailableError("x")),
              IsFailure(kTransient, "input_unavailable"));
}

TEST(FailureReason, NothingAboutTheImageIsAFactAboutTheProbe) {
  for (auto const& status :
       {absl::NotFoundError("x"), absl::DataLossError("x"), absl::FailedPreconditionError("x")}) {
    EXPECT_THAT(ClassifyStatus(BuildStage::kImage, status),
                IsFailure(kTransient, "image_unavailable"));
  }
  EXPECT_THAT(ClassifyStatus(BuildStage::kImage, absl::UnavailableError("x")),
              IsFailure(kMachine, "image_unavailable"));
}

TEST(FailureReason, AFullDiskIsTheMachinesWhereverItIsMet) {
  for (BuildStage const stage : {BuildStage::kImage, BuildStage::kInputs, BuildStage::kContainer,
                                 BuildStage::kCopy, BuildStage::kCheck}) {
    EXPECT_THAT(ClassifyStatus(stage, absl::ResourceExhaustedError("x")),
                IsFailure(kMachine, "no_space"));
  }
}

TEST(FailureReason, TheEngineIsToBlameForItsErrorsButNotForABrokenArchive) {
  EXPECT_THAT(ClassifyStatus(BuildStage::kContainer, absl::UnavailableError("x")),
              IsFailure(kMachine, "engine_unavailable"));
  EXPECT_THAT(ClassifyStatus(BuildStage::kContainer, absl::NotFoundError("x")),
              IsFailure(kTransient, "engine_error"));
  EXPECT_THAT(ClassifyStatus(BuildStage::kContainer, absl::InvalidArgumentError("x")),
              IsFailure(kPermanent, "input_invalid"));
}

TEST(FailureReason, AnArtifactThatIsMissingOrWrongIsPermanent) {
  EXPECT_THAT(ClassifyStatus(BuildStage::kCopy, absl::FailedPreconditionError("x")),
              IsFailure(kPermanent, "no_artifact"));
  EXPECT_THAT(ClassifyStatus(BuildStage::kCopy, absl::UnavailableError("x")),
              IsFailure(kMachine, "engine_unavailable"));
  EXPECT_THAT(ClassifyStatus(BuildStage::kCopy, absl::InternalError("x")),
              IsFailure(kTransient, "engine_error"));
  EXPECT_THAT(ClassifyStatus(BuildStage::kCheck, absl::FailedPreconditionError("x")),
              IsFailure(kPermanent, "artifact_mismatch"));
  EXPECT_THAT(ClassifyStatus(BuildStage::kCheck, absl::UnknownError("x")),
              IsFailure(kMachine, "disk_error"));
}

TEST(FailureReason, TheRecipesExitCodesHaveTheirOwnReasons) {
  EXPECT_THAT(Exit(20, "probefarm: no driver_config.h\n"),
              IsFailure(kPermanent, "source_unusable", "no driver_config.h"));
  EXPECT_THAT(Exit(21, "probefarm: UTS_RELEASE is '1'\n"),
              IsFailure(kPermanent, "headers_unusable", "UTS_RELEASE is '1'"));
  EXPECT_THAT(Exit(22, "a.c: error: x\nprobefarm: does not compile: a.c: error: x\n"),
              IsFailure(kPermanent, "compiler_error", "does not compile: a.c: error: x"));
  EXPECT_THAT(Exit(23, "probefarm: no room\n"), IsFailure(kTransient, "no_space", "no room"));
}

TEST(FailureReason, AnyOtherExitIsACompilerError) {
  EXPECT_THAT(Exit(2, "a.c:1: error: no member\nmake: *** [all] Error 2\n"),
              IsFailure(kPermanent, "compiler_error", "a.c:1: error: no member"));
  EXPECT_THAT(Exit(7, ""), IsFailure(kPermanent, "compiler_error", "exit code 7"));
}

TEST(FailureReason, AFileBeyondTheLimitIsNoKillFromOutside) {
  EXPECT_THAT(Exit(153, "make: Killed", absl::Minutes(1)), IsFailure(kPermanent, "no_artifact"));
}

TEST(FailureReason, TimeIsUpByTimeoutsOwnExitCodes) {
  EXPECT_THAT(Exit(124, "", kTimeout), IsFailure(kPermanent, "timed_out", HasSubstr("1200 s")));
  EXPECT_THAT(Exit(137, "", kTimeout + absl::Seconds(10)), IsFailure(kPermanent, "timed_out"));
  EXPECT_THAT(Exit(143, "", kTimeout), IsFailure(kPermanent, "timed_out"));
}

TEST(FailureReason, AKillBeforeTheTimeSaysNothingOfTheInputs) {
  EXPECT_THAT(Exit(137, "", absl::Minutes(1)), IsFailure(kTransient, "engine_error"));
  EXPECT_THAT(Exit(143, "", absl::Minutes(1)), IsFailure(kTransient, "engine_error"));
}

TEST(FailureReason, AScriptThatCannotRunSaysNothingOfTheInputs) {
  EXPECT_THAT(Exit(127, "timeout: failed to run command 'bash'\n"),
              IsFailure(kTransient, "engine_error", HasSubstr("'bash'")));
  EXPECT_THAT(Exit(143, ""), IsFailure(kTransient, "engine_error"));
}

TEST(FailureReason, RunningOutOfMemoryIsNoCompilerError) {
  EXPECT_THAT(ClassifyScriptEnd({{2, /*out_of_memory=*/true}, absl::Minutes(1)}, kTimeout,
                                "a.c: error: x\n"),
              IsFailure(kPermanent, "out_of_memory"));
}

TEST(MostTellingLine, IsTheFirstErrorElseTheLastLine) {
  EXPECT_EQ(MostTellingLine("ok\nfirst error: a\nsecond error: b\nend\n"), "first error: a");
  EXPECT_EQ(MostTellingLine("one\ntwo\n\n  \n"), "two");
  EXPECT_EQ(MostTellingLine(""), "");
}

TEST(MostTellingLine, IsPrintableAndShort) {
  EXPECT_EQ(MostTellingLine("\x1b[31merror: \tx\r\n"), "[31merror:  x");
  EXPECT_EQ(MostTellingLine("error: \xe2\x80\x98x\xff"), "error: ???x?");
  EXPECT_EQ(MostTellingLine(std::string(100'000, 'x')).size(), 1000);
}

}  // namespace
}  // namespace probefarm
