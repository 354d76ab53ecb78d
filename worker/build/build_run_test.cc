#include "worker/build/build_run.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "worker/artifact/small_elf.h"
#include "worker/engine/fake_container_engine.h"
#include "worker/engine/image_archive.h"
#include "worker/inputs/fake_http_client.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing::VariantWith;

constexpr auto kPermanent = BuildFailure::Class::kPermanent;
constexpr auto kTransient = BuildFailure::Class::kTransient;
constexpr auto kMachine = BuildFailure::Class::kMachine;

auto Fails(BuildFailure::Class failure_class, std::string const& code,
           testing::Matcher<std::string> const& text = testing::_) {
  return VariantWith<BuildFailure>(AllOf(Field(&BuildFailure::failure_class, failure_class),
                                         Field(&BuildFailure::code, code),
                                         Field(&BuildFailure::text, text)));
}

std::string Probe(std::string const& driver_version) {
  return SmallElf(1, 247)
      .Add("kernel_version", std::string("6.1.0-56-cloud-amd64\0", 21))
      .Add("probe_version", driver_version + '\0')
      .Add("license", "GPL")
      .Add("maps", "map")
      .Build();
}

// A spec whose inputs are served, an engine that runs `program_`, and all that a build needs.
class BuildRunTest : public testing::Test {
 protected:
  BuildRunTest() {
    spec_.probe.kind = Kind::kBpf;
    spec_.file_name = "falco_debian_6.1_1.o";
    spec_.expect = {"6.1.0-56-cloud-amd64", "8.0.0+driver"};
    spec_.script = "make\n";
    std::string const image = folder_ / "image.tar";
    spec_.image.id = *WriteImageArchive(image, "builder", {{"bin/sh", {.mode = 0755}}});
    spec_.image.archive = Serve("builder.tar", ReadWholeFile(image));
    spec_.headers = {{Serve("headers.tar", *WriteTar({{"usr/src/linux/Makefile", {}}})),
                      ArchiveFormat::kTar, ""}};
    spec_.source = {{Serve("source.tar", *WriteTar({{"x/main.c", {}}})), ArchiveFormat::kTar, "x"}};
    Leave(Probe("8.0.0+driver"));
  }

  Input Serve(std::string const& name, std::string const& content) {
    std::string const url = "http://c/" + name;
    http_.Serve(url, content);
    return {name, Sha256Hex(content), static_cast<int64_t>(content.size()), {url}};
  }

  // The script succeeds and leaves this.
  void Leave(std::string const& artifact) {
    engine_.SetProgram([artifact](ContainerSpec const&, FakeTree& files) {
      files["/build/out/probe"] = {.content = artifact};
      return FakeRun{.log = "CC probe.o\n"};
    });
  }

  void End(FakeRun const& run) {
    engine_.SetProgram([run](ContainerSpec const&, FakeTree&) { return run; });
  }

  BuildOutcome Run() {
    BuildRunContext context;
    context.engine = &engine_;
    context.inputs = cache_.get();
    context.images = &images_;
    context.headers = &headers_;
    context.permits = &permits_;
    context.clock = &clock_;
    context.lease = {"worker-1", 7, 3};
    context.spool_dir = folder_ / "spool";
    context.on_phase = [this](BuildPhase phase, absl::string_view) {
      if (phases_.empty() || phases_.back() != phase) phases_.push_back(phase);
    };
    context.log = [this](absl::string_view bytes) { log_.append(bytes.data(), bytes.size()); };
    context.cancelled = cancelled_;
    context.room = room_;
    context.builders = builders_;
    return RunBuild(spec_, context);
  }

  // No container, no build volume and no file of this build is there any more.
  void ExpectNothingLeft() {
    EXPECT_THAT(*engine_.ListContainers(""), IsEmpty());
    EXPECT_THAT(*engine_.ListVolumes("io.probefarm.kind=build"), IsEmpty());
    std::error_code error;
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "spool", error) || error);
  }

  TemporaryFolder folder_;
  FakeHttpClient http_;
  FakeClock clock_;
  FakeContainerEngine engine_;
  std::unique_ptr<InputCache> cache_ =
      *InputCache::Open({.folder = folder_ / "cache"}, &http_, &clock_);
  BuilderImages images_{&engine_, cache_.get()};
  HeaderVolumes headers_{
      &engine_, &clock_, {.worker_id = "worker-1", .poll_interval = absl::Milliseconds(1)}};
  BuildPermits permits_{1};
  BuildSpec spec_;
  std::function<bool()> cancelled_;
  std::function<absl::Status()> room_;
  std::set<std::string> builders_;
  std::vector<BuildPhase> phases_;
  std::string log_;
};

TEST_F(BuildRunTest, LeavesACheckedArtifactAndItsDigestInTheLog) {
  BuildOutcome const outcome = Run();
  ASSERT_TRUE(std::holds_alternative<BuiltArtifact>(outcome)) << log_;
  auto const& artifact = std::get<BuiltArtifact>(outcome);
  EXPECT_EQ(ReadWholeFile(artifact.path), Probe("8.0.0+driver"));
  EXPECT_EQ(artifact.sha256, Sha256Hex(Probe("8.0.0+driver")));
  EXPECT_EQ(log_, absl::StrCat("CC probe.o\n", artifact.sha256, "  falco_debian_6.1_1.o\n"));
  EXPECT_THAT(phases_,
              ElementsAre(BuildPhase::kFetching, BuildPhase::kBuilding, BuildPhase::kChecking));
  std::filesystem::remove(artifact.path);
  ExpectNothingLeft();
}

TEST_F(BuildRunTest, GivesTheScriptItsHeadersAndSourceAndRunsItVerbatim) {
  FakeTree seen;
  ContainerSpec container;
  engine_.SetProgram([&](ContainerSpec const& spec, FakeTree& files) {
    container = spec;
    seen = files;
    return FakeRun{};
  });
  Run();
  EXPECT_EQ(seen.count("/kernel/usr/src/linux/Makefile"), 1);
  EXPECT_EQ(seen.count("/build/source/main.c"), 1);
  EXPECT_EQ(seen.at("/build/build.sh").content, "make\n");
  EXPECT_THAT(container.name, StartsWith("probefarm-build-7-3"));
}

TEST_F(BuildRunTest, KeepsTheHeaderVolumeForTheNextBuild) {
  Run();
  Run();
  size_t fillers = 0;
  for (auto const& made : engine_.created()) fillers += made.labels.count("io.probefarm.volume");
  EXPECT_EQ(fillers, 1);
}

TEST_F(BuildRunTest, UsesNoImageThatItMayNot) {
  builders_ = {"sha256:other"};
  EXPECT_THAT(Run(), Fails(kMachine, "builder_not_allowed", HasSubstr(spec_.image.id)));
  EXPECT_THAT(engine_.created(), IsEmpty());
  builders_.insert(spec_.image.id);
  EXPECT_TRUE(std::holds_alternative<BuiltArtifact>(Run())) << log_;
}

TEST_F(BuildRunTest, FailsForGoodWhenAnInputIsAnother) {
  http_.Serve("http://c/headers.tar", "something else");
  EXPECT_THAT(Run(), Fails(kPermanent, "input_digest_mismatch", HasSubstr("headers.tar")));
  EXPECT_THAT(log_, HasSubstr("input_digest_mismatch"));
  ExpectNothingLeft();
}

TEST_F(BuildRunTest, FailsForGoodWhenAnInputIsGone) {
  http_.Fail("http://c/source.tar", 404);
  EXPECT_THAT(Run(), Fails(kPermanent, "input_gone", HasSubstr("source.tar")));
}

TEST_F(BuildRunTest, FailsForNowWhenAnInputCannotBeHad) {
  http_.Fail("http://c/source.tar", 503);
  EXPECT_THAT(Run(), Fails(kTransient, "input_unavailable", HasSubstr("source.tar")));
}

TEST_F(BuildRunTest, FailsForNowWhenTheImageCannotBeHad) {
  http_.Fail("http://c/builder.tar", 404);
  EXPECT_THAT(Run(), Fails(kTransient, "image_unavailable", HasSubstr("builder.tar")));
}

TEST_F(BuildRunTest, FailsForGoodWhenAnArchiveIsBroken) {
  spec_.source[0].file = Serve("source.tar", "not a tar archive");
  EXPECT_THAT(Run(), Fails(kPermanent, "input_invalid", HasSubstr("source.tar")));
  ExpectNothingLeft();
}

TEST_F(BuildRunTest, FailsForGoodWithTheCompilersReason) {
  End({.exit = {2, false}, .log = "main.c:3: error: no member named x\nmake: Error 2\n"});
  EXPECT_THAT(Run(), Fails(kPermanent, "compiler_error", "main.c:3: error: no member named x"));
  EXPECT_THAT(log_, EndsWith("compiler_error: main.c:3: error: no member named x\n"));
  ExpectNothingLeft();
}

TEST_F(BuildRunTest, FindsTheReasonInOutputBeyondTheLimit) {
  spec_.limits.log_bytes = 10;
  End({.exit = {2, false}, .log = std::string(1000, 'x') + "\nmain.c: error: late\n"});
  EXPECT_THAT(Run(), Fails(kPermanent, "compiler_error", "main.c: error: late"));
  EXPECT_THAT(log_, HasSubstr("left out"));
}

TEST_F(BuildRunTest, FailsForGoodWhenTheScriptLeavesNothing) {
  End({});
  EXPECT_THAT(Run(), Fails(kPermanent, "no_artifact"));
  ExpectNothingLeft();
}

TEST_F(BuildRunTest, FailsForGoodWhenTheArtifactIsForAnotherDriver) {
  Leave(Probe("9.1.0+driver"));
  EXPECT_THAT(Run(), Fails(kPermanent, "artifact_mismatch",
                           AllOf(HasSubstr("8.0.0+driver"), HasSubstr("9.1.0+driver"))));
  ExpectNothingLeft();
}

TEST_F(BuildRunTest, BlamesTheMachineForAnEngineThatIsAway) {
  for (EngineCall const call :
       {EngineCall::kHasImage, EngineCall::kCreateVolume, EngineCall::kCreateContainer,
        EngineCall::kPathExists, EngineCall::kPutArchive, EngineCall::kStartContainer,
        EngineCall::kWaitContainer, EngineCall::kGetArchive}) {
    engine_.FailNext(call, absl::UnavailableError("engine restarts"));
    BuildOutcome const outcome = Run();
    ASSERT_TRUE(std::holds_alternative<BuildFailure>(outcome)) << static_cast<int>(call);
    EXPECT_EQ(std::get<BuildFailure>(outcome).failure_class, kMachine);
    EXPECT_THAT(std::get<BuildFailure>(outcome).text, HasSubstr("engine restarts"));
    ExpectNothingLeft();
  }
}

TEST_F(BuildRunTest, BlamesTheMachineWhenTheEnginesDiskIsFull) {
  engine_.FailNext(EngineCall::kPutArchive, absl::ResourceExhaustedError("no space left"));
  EXPECT_THAT(Run(), Fails(kMachine, "no_space"));
}

TEST_F(BuildRunTest, FillsHeadersAgainThatSomebodyRemoved) {
  Run();
  auto const volumes = engine_.ListVolumes("io.probefarm.kind=headers");
  ASSERT_OK(engine_.RemoveVolume(volumes->at(0).name));
  engine_.SetProgram([](ContainerSpec const&, FakeTree& files) {
    int const code = files.contains("/kernel/usr/src/linux/Makefile") ? 2 : 3;
    return FakeRun{.exit = {code, false}};
  });
  EXPECT_THAT(Run(), Fails(kPermanent, "compiler_error", HasSubstr("exit code 2")));
}

TEST_F(BuildRunTest, StopsWhenCancelledWhileTheScriptRuns) {
  std::atomic<bool> started = false;
  engine_.SetProgram([&](ContainerSpec const&, FakeTree&) {
    started = true;
    return FakeRun{.until_killed = true};
  });
  cancelled_ = [&] { return started.load(); };
  EXPECT_EQ(Run(), BuildOutcome(BuildCancelled()));
  ExpectNothingLeft();
}

TEST_F(BuildRunTest, BlamesTheMachineWhenItsDiskRunsFullMeanwhile) {
  std::atomic<bool> started = false;
  engine_.SetProgram([&](ContainerSpec const&, FakeTree&) {
    started = true;
    return FakeRun{.until_killed = true};
  });
  room_ = [&] { return started ? absl::ResourceExhaustedError("1 MB left") : absl::OkStatus(); };
  EXPECT_THAT(Run(), Fails(kMachine, "no_space", HasSubstr("1 MB left")));
  ExpectNothingLeft();
}

TEST_F(BuildRunTest, StopsWhenCancelledWhileFetching) {
  cancelled_ = [] { return true; };
  EXPECT_EQ(Run(), BuildOutcome(BuildCancelled()));
  ExpectNothingLeft();
}

}  // namespace
}  // namespace probefarm
