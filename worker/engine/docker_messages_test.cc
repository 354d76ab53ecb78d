#include "worker/engine/docker_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

ContainerSpec SealedBuild() {
  ContainerSpec spec;
  spec.name = "probefarm-job-7";
  spec.image = "sha256:abc";
  spec.command = {"bash", "/build/build.sh"};
  spec.env = {"LANG=C"};
  spec.user = "1000:1000";
  spec.working_dir = "/build";
  spec.labels = {{"io.probefarm.worker", "w1"}};
  spec.mounts = {{"headers-1", "/kernel", /*read_only=*/true}, {"build-7", "/build"}};
  spec.tmpfs = {"/tmp"};
  spec.memory_bytes = int64_t{2} << 30;
  spec.cpus = 1.5;
  spec.pids = 512;
  spec.file_bytes = int64_t{256} << 20;
  return spec;
}

json CreateBody(ContainerSpec const& spec) {
  absl::StatusOr<std::string> const body = ContainerCreateBody(spec);
  EXPECT_OK(body);
  return body.ok() ? json::parse(*body) : json();
}

TEST(DockerMessages, ASealedContainerHasNothingThatItDoesNotNeed) {
  json const expected = json::parse(R"({
    "Image": "sha256:abc", "Entrypoint": ["bash", "/build/build.sh"], "Cmd": [],
    "Env": ["LANG=C"], "User": "1000:1000", "WorkingDir": "/build",
    "Labels": {"io.probefarm.worker": "w1"}, "Tty": false, "OpenStdin": false,
    "HostConfig": {
      "NetworkMode": "none", "ReadonlyRootfs": true, "CapDrop": ["ALL"],
      "SecurityOpt": ["no-new-privileges"], "Init": true, "AutoRemove": false,
      "Memory": 2147483648, "MemorySwap": 2147483648, "NanoCpus": 1500000000, "PidsLimit": 512,
      "Ulimits": [{"Name": "fsize", "Soft": 268435456, "Hard": 268435456}],
      "Tmpfs": {"/tmp": "rw,nosuid,nodev,noexec,mode=1777,size=268435456"},
      "Mounts": [
        {"Type": "volume", "Source": "headers-1", "Target": "/kernel", "ReadOnly": true},
        {"Type": "volume", "Source": "build-7", "Target": "/build", "ReadOnly": false}],
      "LogConfig": {"Type": "json-file", "Config": {"max-size": "67108864", "max-file": "2"}}}})");
  EXPECT_EQ(CreateBody(SealedBuild()), expected);
}

TEST(DockerMessages, AnUnsealedContainerWithoutLimitsLeavesThemOut) {
  ContainerSpec spec = SealedBuild();
  spec.sealed = false;
  spec.memory_bytes = 0;
  spec.cpus = 0;
  spec.pids = 0;
  spec.file_bytes = 0;
  json const host_config = CreateBody(spec).at("HostConfig");
  for (char const* key : {"NetworkMode", "ReadonlyRootfs", "CapDrop", "SecurityOpt", "Memory",
                          "MemorySwap", "NanoCpus", "PidsLimit", "Ulimits"}) {
    EXPECT_FALSE(host_config.contains(key)) << key;
  }
}

TEST(DockerMessages, WithoutACommandTheImagesOwnRuns) {
  ContainerSpec spec = SealedBuild();
  spec.command.clear();
  json const body = CreateBody(spec);
  EXPECT_FALSE(body.contains("Entrypoint"));
  EXPECT_FALSE(body.contains("Cmd"));
}

TEST(DockerMessages, RefusesTextThatJsonCannotHold) {
  ContainerSpec spec = SealedBuild();
  spec.env = {"A=\xff\xfe"};
  EXPECT_THAT(ContainerCreateBody(spec),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("probefarm-job-7")));
  EXPECT_THAT(VolumeCreateBody("v", {{"k", "\xff"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("volume v")));
  EXPECT_THAT(LabelFilter("\xff"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(DockerMessages, NamesTheEngine) {
  ASSERT_OK_AND_ASSIGN(EngineVersion const docker, ParseVersion(R"({"Platform":{"Name":""},
      "Components":[{"Name":"Engine","Version":"20.10.24"},{"Name":"containerd"}],
      "Version":"20.10.24+dfsg1","ApiVersion":"1.41","Arch":"amd64"})"));
  EXPECT_EQ(docker.name, "docker");
  EXPECT_EQ(docker.version, "20.10.24+dfsg1");
  EXPECT_EQ(docker.api_version, "1.41");
  EXPECT_EQ(docker.arch, "amd64");
  ASSERT_OK_AND_ASSIGN(EngineVersion const podman, ParseVersion(R"({
      "Components":[{"Name":"Podman Engine","Version":"4.3.1"}],
      "Version":"4.3.1","ApiVersion":"1.41","Arch":"arm64"})"));
  EXPECT_EQ(podman.name, "podman");
}

TEST(DockerMessages, TellsHowAContainerStands) {
  ASSERT_OK_AND_ASSIGN(ContainerState const killed, ParseContainerState(R"({"State":
      {"Status":"exited","Running":false,"OOMKilled":true,"ExitCode":137}})"));
  EXPECT_TRUE(killed.started);
  EXPECT_FALSE(killed.running);
  EXPECT_TRUE(killed.exit.out_of_memory);
  EXPECT_EQ(killed.exit.code, 137);
  ASSERT_OK_AND_ASSIGN(ContainerState const created, ParseContainerState(R"({"State":
      {"Status":"created","Running":false,"OOMKilled":false,"ExitCode":0}})"));
  EXPECT_FALSE(created.started);
}

TEST(DockerMessages, ListsContainers) {
  ASSERT_OK_AND_ASSIGN(auto const listed, ParseContainers(R"([
      {"Id":"1","Names":["/a","/b/a"],"Labels":{"k":"v"},"State":"running","New":[{}]},
      {"Id":"2","Names":null,"Labels":null,"State":"exited"},
      {"Id":"3","State":"paused"}])"));
  ASSERT_EQ(listed.size(), 3);
  EXPECT_EQ(listed[0].name, "a");
  EXPECT_THAT(listed[0].labels, ElementsAre(Pair("k", "v")));
  EXPECT_TRUE(listed[0].running);
  EXPECT_EQ(listed[1].name, "");
  EXPECT_FALSE(listed[1].running);
  EXPECT_TRUE(listed[2].running);
}

TEST(DockerMessages, ListsVolumesAndNone) {
  ASSERT_OK_AND_ASSIGN(
      auto const listed,
      ParseVolumes(R"({"Volumes":[{"Name":"v","Labels":null,"Driver":"local"}],"Warnings":null})"));
  ASSERT_EQ(listed.size(), 1);
  EXPECT_EQ(listed[0].name, "v");
  ASSERT_OK_AND_ASSIGN(auto const none, ParseVolumes(R"({"Volumes":null,"Warnings":null})"));
  EXPECT_THAT(none, IsEmpty());
}

TEST(DockerMessages, KeepsTheWarningsOfACreatedContainer) {
  ASSERT_OK_AND_ASSIGN(CreatedContainer const created,
                       ParseCreatedContainer(R"({"Id":"1","Warnings":["no swap limit"]})"));
  EXPECT_EQ(created.id, "1");
  EXPECT_THAT(created.warnings, ElementsAre("no swap limit"));
}

TEST(DockerMessages, RefusesAnswersThatAreNotTheApis) {
  for (char const* garbage :
       {"", "{", "null", "7", R"("text")", "[]", "[[]]", "[null]", "{}", "<html>", R"({"Id":7})",
        R"({"State":null})", R"({"State":{"Running":1}})", R"({"Version":{}})",
        R"({"Id":"1","Warnings":7})", "\xff\xfe"}) {
    EXPECT_THAT(ParseVersion(garbage), StatusIs(absl::StatusCode::kInternal)) << garbage;
    EXPECT_THAT(ParseCreatedContainer(garbage), StatusIs(absl::StatusCode::kInternal)) << garbage;
    EXPECT_THAT(ParseContainerState(garbage), StatusIs(absl::StatusCode::kInternal)) << garbage;
  }
  for (char const* garbage : {"", "{}", "null", "[7]", "[null]", "[{}]", "[{\"Id\":1}]",
                              R"([{"Id":"1","State":"exited","Labels":[]}])",
                              R"([{"Id":"1","State":"exited","Names":"a"}])"}) {
    EXPECT_THAT(ParseContainers(garbage), StatusIs(absl::StatusCode::kInternal)) << garbage;
  }
  for (char const* garbage : {"", "[]", "null", R"({"Volumes":7})", R"({"Volumes":[7]})",
                              R"({"Volumes":[{}]})", R"({"Volumes":[{"Name":"v","Labels":7}]})"}) {
    EXPECT_THAT(ParseVolumes(garbage), StatusIs(absl::StatusCode::kInternal)) << garbage;
  }
}

TEST(DockerMessages, FindsTheErrorOfAnImageThatDidNotLoad) {
  EXPECT_OK(CheckImageLoaded(""));
  EXPECT_OK(CheckImageLoaded("{\"stream\":\"Loaded image ID: sha256:1\\n\"}\r\n"));
  EXPECT_OK(CheckImageLoaded(R"({"status":"Loading layer"}{"stream":"Loaded"})"));
  EXPECT_THAT(
      CheckImageLoaded("{\"status\":\"Loading layer\"}\r\n"
                       "{\"errorDetail\":{\"message\":\"bad tar\"},\"error\":\"bad tar\"}\r\n"),
      StatusIs(absl::StatusCode::kInternal, HasSubstr("bad tar")));
  EXPECT_THAT(CheckImageLoaded(R"({"error":"write /x: no space left on device"})"),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(CheckImageLoaded("{\"stream\":\"Loa"), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(CheckImageLoaded("[]"), StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace probefarm
