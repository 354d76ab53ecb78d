#include "worker/engine/container_engine_contract.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;

constexpr absl::Duration kLong = absl::Minutes(1);

constexpr char kExitWithSeven[] = "exit 7";
constexpr char kSpeak[] = "echo one; echo two >&2; echo three";
constexpr char kRunOn[] = "echo begun; sleep 600";
constexpr char kCopy[] = "cp /data/in /data/out";

bool Never() { return false; }

std::string ContentAt(FakeTree const& files, std::string const& path) {
  auto const found = files.find(path);
  return found == files.end() ? absl::StrCat("no ", path) : found->second.content;
}

}  // namespace

FakeRun RunContractScript(ContainerSpec const& spec, FakeTree& files) {
  std::string const& script = spec.command.back();
  if (script == kExitWithSeven) return {.exit = {.code = 7}};
  if (script == kSpeak) return {.log = "one\ntwo\nthree\n"};
  if (script == kRunOn) return {.log = "begun\n", .until_killed = true};
  if (script == kCopy) files["/data/out"] = files.at("/data/in");
  return {};
}

TEST_P(ContainerEngineContract, SaysWhatItIs) {
  ASSERT_OK_AND_ASSIGN(EngineVersion const version, engine().Version());
  EXPECT_NE(version.name, "");
  EXPECT_NE(version.version, "");
  EXPECT_EQ(version.arch, "amd64");
}

TEST_P(ContainerEngineContract, SaysWhereItKeepsItsData) {
  ASSERT_OK_AND_ASSIGN(EngineHost const host, engine().Host());
  EXPECT_THAT(host.data_folder, testing::StartsWith("/"));
}

TEST_P(ContainerEngineContract, HasTheImageThatWasLoadedAndNoOther) {
  ASSERT_OK_AND_ASSIGN(bool const loaded, engine().HasImage(sandbox().image()));
  EXPECT_TRUE(loaded);
  ASSERT_OK_AND_ASSIGN(bool const other,
                       engine().HasImage(absl::StrCat("sha256:", std::string(64, '0'))));
  EXPECT_FALSE(other);
}

TEST_P(ContainerEngineContract, RefusesToLoadWhatIsNoImage) {
  TemporaryFolder const folder;
  EXPECT_THAT(engine().LoadImage(folder.Write("garbage", std::string(4096, 'x'))), Not(IsOk()));
  EXPECT_THAT(engine().LoadImage("/nonexistent/image.tar"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent/image.tar")));
}

TEST_P(ContainerEngineContract, AnswersHowAContainerEnded) {
  ASSERT_OK_AND_ASSIGN(std::string const id,
                       sandbox().Create(sandbox().Script("seven", kExitWithSeven)));
  ASSERT_OK(engine().StartContainer(id));
  ASSERT_OK_AND_ASSIGN(ContainerExit const exit, engine().WaitContainer(id, kLong, Never));
  EXPECT_EQ(exit.code, 7);
  EXPECT_FALSE(exit.out_of_memory);
}

TEST_P(ContainerEngineContract, DoesNotTakeAContainerThatNeverStartedForOneThatSucceeded) {
  ASSERT_OK_AND_ASSIGN(std::string const id,
                       sandbox().Create(sandbox().Script("idle", kExitWithSeven)));
  EXPECT_THAT(engine().WaitContainer(id, kLong, Never),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(ContainerEngineContract, GivesTheLogWithoutItsFrames) {
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(sandbox().Script("speaks", kSpeak)));
  ASSERT_OK(engine().StartContainer(id));
  ASSERT_OK(engine().WaitContainer(id, kLong, Never).status());
  std::string log;
  ASSERT_OK(engine().FollowLogs(id, SinkInto(log), Never));
  // stdout and stderr are two pipes: their lines keep no order between them.
  EXPECT_THAT(log, AllOf(HasSubstr("one\n"), HasSubstr("two\n"), HasSubstr("three\n")));
  EXPECT_EQ(log.size(), 14);
}

TEST_P(ContainerEngineContract, ReturnsTheErrorOfALogsSink) {
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(sandbox().Script("speaks", kSpeak)));
  ASSERT_OK(engine().StartContainer(id));
  absl::Status full = absl::OutOfRangeError("the log is full");
  EXPECT_EQ(engine().FollowLogs(
                id, [&](absl::string_view) { return full; }, Never),
            full);
}

TEST_P(ContainerEngineContract, KillsAContainer) {
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(sandbox().Script("runs", kRunOn)));
  ASSERT_OK(engine().StartContainer(id));
  ASSERT_OK(engine().KillContainer(id));
  ASSERT_OK_AND_ASSIGN(ContainerExit const exit, engine().WaitContainer(id, kLong, Never));
  EXPECT_EQ(exit.code, 137);
  EXPECT_OK(engine().KillContainer(id));
}

TEST_P(ContainerEngineContract, WaitsNoLongerThanItsTimeout) {
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(sandbox().Script("runs", kRunOn)));
  ASSERT_OK(engine().StartContainer(id));
  EXPECT_THAT(engine().WaitContainer(id, absl::Milliseconds(200), Never),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_P(ContainerEngineContract, StopsWaitingAndFollowingWhenCancelled) {
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(sandbox().Script("runs", kRunOn)));
  ASSERT_OK(engine().StartContainer(id));
  int asked = 0;
  auto const at_second = [&] { return ++asked >= 2; };
  EXPECT_THAT(engine().WaitContainer(id, kLong, at_second), StatusIs(absl::StatusCode::kCancelled));
  bool begun = false;
  auto const sink = [&](absl::string_view) {
    begun = true;
    return absl::OkStatus();
  };
  EXPECT_THAT(engine().FollowLogs(id, sink, [&] { return begun; }),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_P(ContainerEngineContract, RefusesANameThatIsTaken) {
  ASSERT_OK(sandbox().Create(sandbox().Script("twin", kSpeak)).status());
  EXPECT_THAT(sandbox().Create(sandbox().Script("twin", kSpeak)),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("twin")));
}

TEST_P(ContainerEngineContract, RefusesAnImageThatIsNotThere) {
  ContainerSpec spec = sandbox().Script("homeless", kSpeak);
  spec.image = absl::StrCat("sha256:", std::string(64, '0'));
  EXPECT_THAT(sandbox().Create(spec), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(ContainerEngineContract, RemovesARunningContainerAndOneThatIsGone) {
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(sandbox().Script("runs", kRunOn)));
  ASSERT_OK(engine().StartContainer(id));
  ASSERT_OK(engine().RemoveContainer(id));
  EXPECT_OK(engine().RemoveContainer(id));
  EXPECT_OK(engine().KillContainer(id));
  EXPECT_THAT(engine().StartContainer(id), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(engine().WaitContainer(id, kLong, Never), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(ContainerEngineContract, ListsContainersByLabel) {
  ContainerSpec const idle = sandbox().Script("idle", kSpeak);
  ContainerSpec const running = sandbox().Script("runs", kRunOn);
  ASSERT_OK(sandbox().Create(idle).status());
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(running));
  ASSERT_OK(engine().StartContainer(id));
  ASSERT_OK_AND_ASSIGN(auto const by_value,
                       engine().ListContainers(absl::StrCat(kTestLabel, "=", idle.name)));
  EXPECT_THAT(by_value, ElementsAre(AllOf(Field(&ListedContainer::name, idle.name),
                                          Field(&ListedContainer::running, false))));
  ASSERT_OK_AND_ASSIGN(auto const by_key, engine().ListContainers(kTestLabel));
  EXPECT_THAT(by_key, Contains(AllOf(
                          Field(&ListedContainer::id, id),
                          Field(&ListedContainer::labels, Contains(Pair(kTestLabel, running.name))),
                          Field(&ListedContainer::running, true))));
}

TEST_P(ContainerEngineContract, ListsVolumesByLabelAndKeepsAnExistingOnesLabels) {
  std::string const name = sandbox().Unique("volume");
  ASSERT_OK(sandbox().CreateVolume(name));
  ASSERT_OK(engine().CreateVolume(name, {{kTestLabel, "other"}}));
  ASSERT_OK_AND_ASSIGN(auto const listed,
                       engine().ListVolumes(absl::StrCat(kTestLabel, "=", name)));
  EXPECT_THAT(listed, ElementsAre(Field(&ListedVolume::name, name)));
  ASSERT_OK_AND_ASSIGN(auto const none, engine().ListVolumes(absl::StrCat(kTestLabel, "=none")));
  EXPECT_THAT(none, IsEmpty());
}

TEST_P(ContainerEngineContract, RemovesNoVolumeThatIsInUse) {
  std::string const name = sandbox().Unique("volume");
  ASSERT_OK(sandbox().CreateVolume(name));
  ContainerSpec user = sandbox().Script("user", kSpeak);
  user.mounts = {{name, "/data"}};
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(user));
  EXPECT_THAT(engine().RemoveVolume(name), StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_OK(engine().RemoveContainer(id));
  EXPECT_OK(engine().RemoveVolume(name));
  EXPECT_OK(engine().RemoveVolume(name));
}

TEST_P(ContainerEngineContract, CarriesFilesThroughAVolume) {
  std::string const name = sandbox().Unique("volume");
  ASSERT_OK(sandbox().CreateVolume(name));
  ContainerSpec copier = sandbox().Script("copier", kCopy);
  copier.mounts = {{name, "/data"}};
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(copier));
  ASSERT_OK_AND_ASSIGN(std::string const in, WriteTar({{"in", {.content = "carried"}}}));
  ASSERT_OK(engine().PutArchive(id, "/data", SourceOf(in)));
  ASSERT_OK(engine().StartContainer(id));
  ASSERT_OK_AND_ASSIGN(ContainerExit const exit, engine().WaitContainer(id, kLong, Never));
  EXPECT_EQ(exit.code, 0);
  std::string out;
  ASSERT_OK(engine().GetArchive(id, "/data/out", SinkInto(out)));
  ASSERT_OK_AND_ASSIGN(FakeTree const files, ReadTar(out));
  EXPECT_EQ(ContentAt(files, "out"), "carried");
}

TEST_P(ContainerEngineContract, GivesAFolderUnderItsOwnName) {
  std::string const name = sandbox().Unique("volume");
  ASSERT_OK(sandbox().CreateVolume(name));
  ContainerSpec holder = sandbox().Script("holder", kSpeak);
  holder.mounts = {{name, "/data"}};
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(holder));
  FakeTree const tree = {{"sub", {.type = FakeFile::Type::kDirectory, .mode = 0755}},
                         {"sub/a", {.content = "A"}}};
  ASSERT_OK_AND_ASSIGN(std::string const in, WriteTar(tree));
  ASSERT_OK(engine().PutArchive(id, "/data", SourceOf(in)));
  std::string out;
  ASSERT_OK(engine().GetArchive(id, "/data/sub", SinkInto(out)));
  ASSERT_OK_AND_ASSIGN(FakeTree const files, ReadTar(out));
  EXPECT_THAT(files, Contains(Key("sub")));
  EXPECT_EQ(ContentAt(files, "sub/a"), "A");
}

TEST_P(ContainerEngineContract, TellsAMissingPathFromAMissingContainer) {
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(sandbox().Script("holder", kSpeak)));
  ASSERT_OK_AND_ASSIGN(bool const exists, engine().PathExists(id, "/data/marker"));
  EXPECT_FALSE(exists);
  EXPECT_THAT(engine().PathExists(sandbox().Unique("gone"), "/data"),
              StatusIs(absl::StatusCode::kNotFound));
  std::string out;
  EXPECT_THAT(engine().GetArchive(id, "/data/marker", SinkInto(out)),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/data/marker")));
  EXPECT_EQ(out, "");
}

TEST_P(ContainerEngineContract, FindsAMarkerThatWasPut) {
  std::string const name = sandbox().Unique("volume");
  ASSERT_OK(sandbox().CreateVolume(name));
  ContainerSpec holder = sandbox().Script("holder", kSpeak);
  holder.mounts = {{name, "/data"}};
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(holder));
  ASSERT_OK_AND_ASSIGN(std::string const marker, WriteTar({{"marker", {}}}));
  ASSERT_OK(engine().PutArchive(id, "/data", SourceOf(marker)));
  ASSERT_OK_AND_ASSIGN(bool const exists, engine().PathExists(id, "/data/marker"));
  EXPECT_TRUE(exists);
}

TEST_P(ContainerEngineContract, ReturnsTheErrorOfAnArchivesSource) {
  std::string const name = sandbox().Unique("volume");
  ASSERT_OK(sandbox().CreateVolume(name));
  ContainerSpec holder = sandbox().Script("holder", kSpeak);
  holder.mounts = {{name, "/data"}};
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(holder));
  absl::Status const broken = absl::DataLossError("the input is broken");
  EXPECT_EQ(engine().PutArchive(id, "/data",
                                [&](char*, size_t) -> absl::StatusOr<size_t> { return broken; }),
            broken);
}

}  // namespace probefarm
