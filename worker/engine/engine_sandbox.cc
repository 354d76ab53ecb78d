#include "worker/engine/engine_sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/status_matchers.h"
#include "worker/engine/docker_connection.h"
#include "worker/engine/docker_engine.h"
#include "worker/engine/fake_tree.h"
#include "worker/engine/image_archive.h"

namespace probefarm {
namespace {

constexpr char kBusybox[] = "/bin/busybox";

absl::StatusOr<FakeTree> BusyboxRoot() {
  std::ifstream in(kBusybox, std::ios::binary);
  if (!in) return absl::UnavailableError("no /bin/busybox: install busybox-static");
  FakeTree root;
  root["bin"] = {.type = FakeFile::Type::kDirectory, .mode = 0755};
  root["bin/busybox"] = {.content = {std::istreambuf_iterator<char>(in), {}}, .mode = 0755};
  root["data"] = {.type = FakeFile::Type::kDirectory, .mode = 0755, .uid = 1000, .gid = 1000};
  return root;
}

absl::Status RemoveImageAt(std::string const& socket_path, std::string const& id) {
  DockerConnection const connection(MakeUnixSocketHttpClient(socket_path, "probefarm-test"),
                                    socket_path, {});
  return connection
      .Succeed(connection.Call("DELETE", absl::StrCat("/images/", EscapedForUrl(id))),
               "remove image")
      .status();
}

}  // namespace

EngineUnderTest EngineAt(std::string const& socket_path) {
  return {[=] { return MakeDockerEngine(absl::StrCat("unix://", socket_path)); },
          [=](ContainerEngine&, std::string const& id) { return RemoveImageAt(socket_path, id); }};
}

void PrintTo(EngineUnderTest const& /*under_test*/, std::ostream* out) { *out << "engine"; }

BodySource SourceOf(std::string const& bytes) {
  return [&bytes, at = size_t{0}](char* buffer, size_t size) mutable -> absl::StatusOr<size_t> {
    size_t const got = bytes.copy(buffer, size, at);
    at += got;
    return got;
  };
}

BodySink SinkInto(std::string& bytes) {
  return [&bytes](absl::string_view piece) {
    bytes.append(piece.data(), piece.size());
    return absl::OkStatus();
  };
}

absl::StatusOr<std::unique_ptr<EngineSandbox>> EngineSandbox::Make(
    EngineUnderTest const& under_test) {
  ASSIGN_OR_RETURN(std::unique_ptr<ContainerEngine> engine, under_test.make());
  std::unique_ptr<EngineSandbox> sandbox(new EngineSandbox(under_test, std::move(engine)));
  RETURN_IF_ERROR(sandbox->LoadBusybox());
  return sandbox;
}

EngineSandbox::EngineSandbox(EngineUnderTest under_test, std::unique_ptr<ContainerEngine> engine)
    : under_test_(std::move(under_test)), engine_(std::move(engine)) {}

EngineSandbox::~EngineSandbox() {
  for (std::string const& id : containers_) EXPECT_OK(engine_->RemoveContainer(id));
  for (std::string const& name : volumes_) EXPECT_OK(engine_->RemoveVolume(name));
  if (!image_.empty()) EXPECT_OK(under_test_.remove_image(*engine_, image_));
}

absl::Status EngineSandbox::LoadBusybox() {
  ASSIGN_OR_RETURN(FakeTree const root, BusyboxRoot());
  TemporaryFolder const folder;
  std::string const archive = folder / "image.tar";
  ASSIGN_OR_RETURN(std::string id, WriteImageArchive(archive, Unique("image"), root));
  RETURN_IF_ERROR(engine_->LoadImage(archive));
  image_ = std::move(id);
  return absl::OkStatus();
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static)
std::string EngineSandbox::Unique(std::string const& name) const {
  std::string const test = testing::UnitTest::GetInstance()->current_test_info()->name();
  std::string unique = absl::StrCat("probefarm-test-", getpid(), "-", test, "-", name);
  std::replace(unique.begin(), unique.end(), '/', '-');
  return unique;
}

ContainerSpec EngineSandbox::Script(std::string const& name, std::string const& script) const {
  ContainerSpec spec;
  spec.name = Unique(name);
  spec.image = image_;
  spec.command = {kBusybox, "sh", "-c", script};
  spec.user = "1000:1000";
  spec.labels = {{kTestLabel, spec.name}};
  return spec;
}

absl::StatusOr<std::string> EngineSandbox::Create(ContainerSpec const& spec) {
  ASSIGN_OR_RETURN(std::string id, engine_->CreateContainer(spec));
  containers_.push_back(id);
  return id;
}

absl::Status EngineSandbox::CreateVolume(std::string const& name) {
  volumes_.push_back(name);
  return engine_->CreateVolume(name, {{kTestLabel, name}});
}

}  // namespace probefarm
