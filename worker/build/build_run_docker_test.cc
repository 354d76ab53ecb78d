// A whole build on this machine's container engine, with busybox for a builder image.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/status_matchers.h"
#include "worker/artifact/small_elf.h"
#include "worker/build/build_run.h"
#include "worker/build/leftovers.h"
#include "worker/engine/docker_connection.h"
#include "worker/engine/docker_engine.h"
#include "worker/engine/docker_messages.h"
#include "worker/engine/image_archive.h"
#include "worker/inputs/fake_http_client.h"
#include "worker/inputs/header_tree.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::VariantWith;

constexpr char kSocket[] = "/var/run/docker.sock";

FakeFile Folder(int uid = 0) {
  return {.type = FakeFile::Type::kDirectory, .mode = 0755, .uid = uid, .gid = uid};
}

FakeFile Symlink(std::string target) {
  return {.type = FakeFile::Type::kSymlink, .content = std::move(target), .mode = 0777};
}

// What the real image has, less the compilers.
FakeTree BuilderRoot() {
  FakeTree root{
      {"bin", Folder()},
      {"bin/busybox", {.content = ReadWholeFile("/bin/busybox"), .mode = 0755}},
      {"bin/bash", {.content = "#!/bin/busybox sh\nexec /bin/busybox sh \"$@\"\n", .mode = 0755}},
      {"build", Folder(1000)},
      {"kernel", Folder()},
      {"usr", Folder()},
      {"usr/src", Symlink("/kernel/usr/src")}};
  for (auto const* applet : {"timeout", "cat", "cp", "id", "sleep", "touch"}) {
    root[absl::StrCat("bin/", applet)] = Symlink("busybox");
  }
  return root;
}

std::string Probe() {
  return SmallElf(1, 247)
      .Add("kernel_version", std::string("6.1.0-56-cloud-amd64\0", 21))
      .Add("probe_version", std::string("8.0.0+driver\0", 13))
      .Add("license", "GPL")
      .Add("maps", "map")
      .Build();
}

class DockerBuild : public testing::Test {
 protected:
  DockerBuild() {
    spec_.probe.kind = Kind::kBpf;
    spec_.file_name = "falco_debian_6.1_1.o";
    spec_.expect = {"6.1.0-56-cloud-amd64", "8.0.0+driver"};
    spec_.env = {{"PATH", "/bin"}};
    spec_.limits.timeout = absl::Seconds(60);
    spec_.limits.memory_bytes = int64_t{64} << 20;
    std::string const image = folder_ / "image.tar";
    spec_.image.id = *WriteImageArchive(image, Worker(), BuilderRoot());
    spec_.image.archive = Serve("builder.tar", ReadWholeFile(image));
    // The worker's name makes the volume this test's own.
    FakeTree const headers{{"usr/src/linux-6.1/Makefile", {.content = Worker() + "\n"}},
                           {"usr/src/linux-6.1/scripts", Symlink("../../lib/linux-kbuild")},
                           {"usr/lib/linux-kbuild/fixdep", {.content = "tool\n", .mode = 0755}}};
    spec_.headers = {{Serve("headers.tar", *WriteTar(headers)), ArchiveFormat::kTar, ""}};
    spec_.source = {{Serve("source.tar", *WriteTar({{"x/probe.o", {.content = Probe()}}})),
                     ArchiveFormat::kTar, "x"}};
  }

  ~DockerBuild() override {
    EXPECT_OK(RemoveLeftovers(*engine_, Worker(), folder_ / "spool"));
    EXPECT_OK(engine_->RemoveVolume(HeaderVolume()));
    DockerConnection const connection(MakeUnixSocketHttpClient(kSocket, "probefarm-test"), kSocket,
                                      {});
    EXPECT_OK(connection.Succeed(
        connection.Call("DELETE", absl::StrCat("/images/", EscapedForUrl(spec_.image.id))),
        "remove image"));
  }

  // No other test has it.
  static std::string Worker() {
    return absl::StrCat("probefarm-test-", getpid(), "-",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
  }

  std::string HeaderVolume() const { return HeaderVolumeName({{spec_.headers[0], ""}}); }

  Input Serve(std::string const& name, std::string const& content) {
    std::string const url = "http://c/" + name;
    http_.Serve(url, content);
    return {name, Sha256Hex(content), static_cast<int64_t>(content.size()), {url}};
  }

  BuildOutcome Run(std::string const& script) {
    spec_.script = script;
    BuildRunContext context;
    context.engine = engine_.get();
    context.inputs = cache_.get();
    context.images = &images_;
    context.headers = &headers_;
    context.permits = &permits_;
    context.clock = &clock_;
    context.lease = {Worker(), 7, 3};
    context.spool_dir = folder_ / "spool";
    context.log = [this](absl::string_view bytes) {
      log_.append(bytes.data(), bytes.size());
      if (absl::StrContains(log_, "cancel me")) cancelled_ = true;
    };
    context.cancelled = [this] { return cancelled_.load(); };
    return RunBuild(spec_, context);
  }

  void ExpectNothingLeft() {
    std::string const label = absl::StrCat("io.probefarm.worker=", Worker());
    EXPECT_THAT(*engine_->ListContainers(label), IsEmpty());
    EXPECT_THAT(*engine_->ListVolumes(label), IsEmpty());
  }

  TemporaryFolder folder_;
  FakeHttpClient http_;
  SystemClock clock_;
  std::unique_ptr<ContainerEngine> engine_ = *MakeDockerEngine(absl::StrCat("unix://", kSocket));
  std::unique_ptr<InputCache> cache_ =
      *InputCache::Open({.folder = folder_ / "cache"}, &http_, &clock_);
  BuilderImages images_{engine_.get(), cache_.get()};
  HeaderVolumes headers_{engine_.get(), &clock_, {.worker_id = Worker()}};
  BuildPermits permits_{1};
  BuildSpec spec_;
  std::atomic<bool> cancelled_ = false;
  std::string log_;
};

auto Fails(std::string const& code, std::string const& text) {
  return VariantWith<BuildFailure>(
      AllOf(Field(&BuildFailure::code, code), Field(&BuildFailure::text, HasSubstr(text))));
}

TEST_F(DockerBuild, LeavesTheArtifactOfItsScript) {
  BuildOutcome const outcome =
      Run("set -e\n"
          "id -u\n"
          "cat /usr/src/linux-6.1/scripts/fixdep /kernel/usr/src/linux-6.1/Makefile\n"
          "touch /build/scratch /tmp/scratch\n"
          "cp source/probe.o out/probe\n");
  ASSERT_TRUE(std::holds_alternative<BuiltArtifact>(outcome)) << log_;
  auto const& artifact = std::get<BuiltArtifact>(outcome);
  EXPECT_EQ(ReadWholeFile(artifact.path), Probe());
  EXPECT_EQ(artifact.sha256, Sha256Hex(Probe()));
  EXPECT_EQ(log_, absl::StrCat("1000\ntool\n", Worker(), "\n", artifact.sha256, "  ",
                               spec_.file_name, "\n"));
  ExpectNothingLeft();
}

TEST_F(DockerBuild, CannotChangeItsHeaders) {
  EXPECT_THAT(Run("touch /kernel/usr/src/x && touch out/probe\n"),
              Fails("compiler_error", "Read-only file system"));
  ExpectNothingLeft();
}

TEST_F(DockerBuild, FailsWithTheScriptsReason) {
  EXPECT_THAT(Run("echo 'probe.c:1: error: no member'; echo more; exit 2\n"),
              Fails("compiler_error", "probe.c:1: error: no member"));
  ExpectNothingLeft();
}

TEST_F(DockerBuild, SaysThatItRanOutOfMemory) {
  EXPECT_THAT(Run("x=x; while true; do x=$x$x; done\n"), Fails("out_of_memory", "memory"));
  ExpectNothingLeft();
}

TEST_F(DockerBuild, StopsWhenCancelled) {
  EXPECT_EQ(Run("echo cancel me; sleep 600\n"), BuildOutcome(BuildCancelled()));
  ExpectNothingLeft();
}

TEST_F(DockerBuild, RefusesAFolderForAnArtifact) {
  EXPECT_THAT(Run("busybox mkdir out/probe\n"), Fails("no_artifact", "regular"));
  ExpectNothingLeft();
}

TEST_F(DockerBuild, SaysThatNothingWasLeft) {
  EXPECT_THAT(Run("exit 0\n"), Fails("no_artifact", "out/probe"));
  ExpectNothingLeft();
}

TEST_F(DockerBuild, EndsWhatSleepsForEver) {
  spec_.limits.timeout = absl::Seconds(1);
  EXPECT_THAT(Run("sleep 600\n"), Fails("timed_out", "1 s"));
  ExpectNothingLeft();
}

TEST_F(DockerBuild, BoundsWhatIsPrinted) {
  spec_.limits.log_bytes = 1 << 20;
  BuildOutcome const outcome =
      Run("busybox head -c 1000000000 /dev/zero | busybox tr '\\0' x\n"
          "cp source/probe.o out/probe\n");
  EXPECT_TRUE(std::holds_alternative<BuiltArtifact>(outcome));
  EXPECT_THAT(log_.size(), testing::AllOf(testing::Gt(1 << 20), testing::Lt((1 << 20) + 1000)));
  ExpectNothingLeft();
}

TEST_F(DockerBuild, BoundsWhatIsWritten) {
  spec_.limits.output_bytes = 1 << 20;
  EXPECT_THAT(Run("cat /dev/zero >out/probe\n"), Fails("no_artifact", "larger"));
  ExpectNothingLeft();
}

// What it ends with is the shell's to say: some process of the script cannot fork any more.
TEST_F(DockerBuild, OutlivesForksWithoutEnd) {
  spec_.limits.processes = 64;
  spec_.limits.timeout = absl::Seconds(3);
  EXPECT_THAT(Run("bomb() { bomb | bomb & }\nbomb\nwhile true; do :; done\n"),
              Fails("timed_out", "3 s"));
  ExpectNothingLeft();
}

TEST_F(DockerBuild, FillsHeadersAgainThatSomebodyRemoved) {
  Run("exit 2\n");
  ASSERT_OK(engine_->RemoveVolume(HeaderVolume()));
  EXPECT_THAT(Run("[ -e /kernel/usr/src ] && exit 2; exit 3\n"),
              Fails("compiler_error", "exit code 2"));
  ExpectNothingLeft();
}

}  // namespace
}  // namespace probefarm
