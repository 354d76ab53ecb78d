#include "worker/engine/fake_container_engine.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "lib/runtime/status_macros.h"
#include "worker/engine/fake_container.h"
#include "worker/engine/image_archive.h"

namespace probefarm {
namespace {

constexpr absl::Duration kAskEvery = absl::Milliseconds(5);
constexpr int kKilled = 137;

absl::Status NoSuch(absl::string_view what, absl::string_view name) {
  return absl::NotFoundError(absl::StrCat("no such ", what, ": ", name));
}

bool HasLabel(ContainerLabels const& labels, std::string const& wanted) {
  if (wanted.empty()) return true;
  std::pair<std::string, std::string> const key_value =
      absl::StrSplit(wanted, absl::MaxSplits('=', 1));
  auto const found = labels.find(key_value.first);
  return found != labels.end() &&
         (!absl::StrContains(wanted, '=') || found->second == key_value.second);
}

absl::StatusOr<std::string> ReadAll(BodySource const& source) {
  std::string bytes;
  std::string buffer(64 << 10, '\0');
  while (true) {
    ASSIGN_OR_RETURN(size_t const got, source(buffer.data(), buffer.size()));
    if (got == 0) return bytes;
    bytes.append(buffer, 0, got);
  }
}

}  // namespace

void FakeContainerEngine::SetProgram(FakeProgram program) {
  MutexLock lock(mu_);
  program_ = std::move(program);
}

void FakeContainerEngine::AddImage(std::string const& id) {
  MutexLock lock(mu_);
  images_.insert(id);
}

void FakeContainerEngine::FailNext(EngineCall call, absl::Status const& status, int times) {
  calls_.FailNext(call, status, times);
}

std::vector<EngineCall> FakeContainerEngine::calls() const { return calls_.calls(); }

std::vector<ContainerSpec> FakeContainerEngine::created() const {
  MutexLock lock(mu_);
  return created_;
}

absl::StatusOr<FakeTree> FakeContainerEngine::VolumeFiles(std::string const& name) const {
  MutexLock lock(mu_);
  auto const found = volumes_.find(name);
  if (found == volumes_.end()) return NoSuch("volume", name);
  return found->second.files;
}

absl::StatusOr<EngineVersion> FakeContainerEngine::Version() {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kVersion));
  return EngineVersion{"fake", "1.0", "1.40", "amd64"};
}

absl::StatusOr<EngineHost> FakeContainerEngine::Host() {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kHost));
  return EngineHost{"/var/lib/fake", true};
}

absl::StatusOr<bool> FakeContainerEngine::HasImage(std::string const& id) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kHasImage));
  MutexLock lock(mu_);
  return images_.contains(id);
}

absl::Status FakeContainerEngine::LoadImage(std::string const& archive_path) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kLoadImage));
  std::ifstream in(archive_path, std::ios::binary);
  if (!in) return NoSuch("file", archive_path);
  std::string const archive{std::istreambuf_iterator<char>(in), {}};
  ASSIGN_OR_RETURN(std::string id, ImageIdInArchive(archive));
  MutexLock lock(mu_);
  images_.insert(std::move(id));
  return absl::OkStatus();
}

absl::Status FakeContainerEngine::CreateVolume(std::string const& name,
                                               ContainerLabels const& labels) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kCreateVolume));
  MutexLock lock(mu_);
  volumes_.try_emplace(name, FakeVolume{labels, {}});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ListedVolume>> FakeContainerEngine::ListVolumes(
    std::string const& label) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kListVolumes));
  MutexLock lock(mu_);
  std::vector<ListedVolume> listed;
  for (auto const& [name, volume] : volumes_) {
    if (HasLabel(volume.labels, label)) listed.push_back({name, volume.labels});
  }
  return listed;
}

absl::Status FakeContainerEngine::RemoveVolume(std::string const& name) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kRemoveVolume));
  MutexLock lock(mu_);
  for (auto const& [id, container] : containers_) {
    for (VolumeMount const& mount : container->spec.mounts) {
      if (mount.volume != name) continue;
      return absl::FailedPreconditionError(absl::StrCat("volume ", name, " is in use by ", id));
    }
  }
  volumes_.erase(name);
  return absl::OkStatus();
}

absl::StatusOr<std::string> FakeContainerEngine::CreateContainer(ContainerSpec const& spec) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kCreateContainer));
  MutexLock lock(mu_);
  if (!images_.contains(spec.image)) return NoSuch("image", spec.image);
  for (auto const& [id, container] : containers_) {
    if (container->spec.name != spec.name) continue;
    return absl::AlreadyExistsError(
        absl::StrCat("container name ", spec.name, " is taken by ", id));
  }
  for (VolumeMount const& mount : spec.mounts) volumes_.try_emplace(mount.volume);
  std::string id = absl::StrCat("container-", created_.size() + 1);
  created_.push_back(spec);
  containers_[id] = std::make_shared<FakeContainer>(FakeContainer{.spec = spec});
  return id;
}

absl::Status FakeContainerEngine::StartContainer(std::string const& id) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kStartContainer));
  std::shared_ptr<FakeContainer> container;
  FakeProgram program;
  FakeTree files;
  {
    MutexLock lock(mu_);
    ASSIGN_OR_RETURN(container, Find(id));
    if (container->state != FakeState::kCreated) return absl::OkStatus();
    container->state = FakeState::kRunning;
    program = program_;
    files = Gather(*container, volumes_);
  }
  FakeRun const run = program ? program(container->spec, files) : FakeRun{};
  MutexLock lock(mu_);
  // It may have been removed meanwhile, and its volumes with it.
  if (containers_.contains(id)) Scatter(files, *container, volumes_);
  bool const killed = container->state == FakeState::kExited;
  int const code = killed ? kKilled : run.exit.code;
  container->run = run;
  container->run.exit.code = code;
  if (!run.until_killed) End(*container);
  return absl::OkStatus();
}

absl::StatusOr<ContainerExit> FakeContainerEngine::WaitContainer(
    std::string const& id, absl::Duration timeout, std::function<bool()> const& cancelled) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kWaitContainer));
  std::shared_ptr<FakeContainer> container;
  {
    MutexLock lock(mu_);
    ASSIGN_OR_RETURN(container, Find(id));
  }
  RETURN_IF_ERROR(AwaitEnd(*container, timeout, cancelled));
  MutexLock lock(mu_);
  if (container->state == FakeState::kCreated) {
    return absl::FailedPreconditionError(absl::StrCat("container ", id, " was never started"));
  }
  return container->run.exit;
}

absl::Status FakeContainerEngine::FollowLogs(std::string const& id, BodySink const& sink,
                                             std::function<bool()> const& cancelled) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kFollowLogs));
  std::shared_ptr<FakeContainer> container;
  std::string log;
  {
    MutexLock lock(mu_);
    ASSIGN_OR_RETURN(container, Find(id));
    log = container->run.log;
  }
  if (!log.empty()) RETURN_IF_ERROR(sink(log));
  return AwaitEnd(*container, absl::InfiniteDuration(), cancelled);
}

absl::Status FakeContainerEngine::KillContainer(std::string const& id) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kKillContainer));
  MutexLock lock(mu_);
  auto const found = containers_.find(id);
  if (found == containers_.end() || found->second->state != FakeState::kRunning)
    return absl::OkStatus();
  found->second->run.exit.code = kKilled;
  End(*found->second);
  return absl::OkStatus();
}

absl::Status FakeContainerEngine::RemoveContainer(std::string const& id) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kRemoveContainer));
  MutexLock lock(mu_);
  auto const found = containers_.find(id);
  if (found == containers_.end()) return absl::OkStatus();
  if (found->second->state == FakeState::kRunning) found->second->run.exit.code = kKilled;
  End(*found->second);
  containers_.erase(found);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ListedContainer>> FakeContainerEngine::ListContainers(
    std::string const& label) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kListContainers));
  MutexLock lock(mu_);
  std::vector<ListedContainer> listed;
  for (auto const& [id, container] : containers_) {
    ContainerSpec const& spec = container->spec;
    if (!HasLabel(spec.labels, label)) continue;
    listed.push_back({id, spec.name, spec.labels, container->state == FakeState::kRunning});
  }
  return listed;
}

absl::Status FakeContainerEngine::PutArchive(std::string const& id, std::string const& path,
                                             BodySource const& tar) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kPutArchive));
  ASSIGN_OR_RETURN(std::string const bytes, ReadAll(tar));
  ASSIGN_OR_RETURN(FakeTree const put, ReadTar(bytes));
  MutexLock lock(mu_);
  ASSIGN_OR_RETURN(std::shared_ptr<FakeContainer> const container, Find(id));
  FakeTree files = Gather(*container, volumes_);
  if (!IsWritable(container->spec, path)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " of ", id, " is read-only"));
  }
  if (!PathExistsIn(container->spec, files, path)) return NoSuch("path", path);
  for (auto const& [name, file] : put) {
    files[absl::StrCat(absl::StripSuffix(path, "/"), "/", name)] = file;
  }
  Scatter(files, *container, volumes_);
  return absl::OkStatus();
}

absl::Status FakeContainerEngine::GetArchive(std::string const& id, std::string const& path,
                                             BodySink const& tar) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kGetArchive));
  FakeTree packed;
  {
    MutexLock lock(mu_);
    ASSIGN_OR_RETURN(std::shared_ptr<FakeContainer> const container, Find(id));
    FakeTree const files = Gather(*container, volumes_);
    if (!PathExistsIn(container->spec, files, path)) return NoSuch("path", path);
    packed = PackedFrom(files, path);
  }
  ASSIGN_OR_RETURN(std::string const bytes, WriteTar(packed));
  return tar(bytes);
}

absl::StatusOr<bool> FakeContainerEngine::PathExists(std::string const& id,
                                                     std::string const& path) {
  RETURN_IF_ERROR(calls_.Record(EngineCall::kPathExists));
  MutexLock lock(mu_);
  ASSIGN_OR_RETURN(std::shared_ptr<FakeContainer> const container, Find(id));
  return PathExistsIn(container->spec, Gather(*container, volumes_), path);
}

absl::StatusOr<std::shared_ptr<FakeContainer>> FakeContainerEngine::Find(
    std::string const& id) const {
  auto const found = containers_.find(id);
  if (found == containers_.end()) return NoSuch("container", id);
  return found->second;
}

void FakeContainerEngine::End(FakeContainer& container) {
  container.state = FakeState::kExited;
  ended_.NotifyAll();
}

absl::Status FakeContainerEngine::AwaitEnd(FakeContainer const& container, absl::Duration timeout,
                                           std::function<bool()> const& cancelled) {
  absl::Time const deadline = absl::Now() + timeout;
  while (true) {
    {
      MutexLock lock(mu_);
      if (container.state != FakeState::kRunning) return absl::OkStatus();
      ended_.WaitFor(mu_, kAskEvery);
    }
    if (cancelled && cancelled()) return absl::CancelledError("cancelled while waiting");
    if (absl::Now() >= deadline) return absl::DeadlineExceededError("still running");
  }
}

}  // namespace probefarm
