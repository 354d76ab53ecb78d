#include "worker/engine/docker_engine.h"

#include <cstdint>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"
#include "worker/engine/docker_messages.h"
#include "worker/engine/engine_address.h"
#include "worker/engine/engine_error.h"
#include "worker/engine/log_stream.h"

namespace probefarm {
namespace {

std::string ContainerTarget(std::string const& id, absl::string_view rest) {
  return absl::StrCat("/containers/", EscapedForUrl(id), rest);
}

std::string ArchiveTarget(std::string const& id, std::string const& path) {
  return ContainerTarget(id, absl::StrCat("/archive?path=", EscapedForUrl(path)));
}

absl::StatusOr<std::string> Filters(std::string const& label) {
  ASSIGN_OR_RETURN(std::string const filter, LabelFilter(label));
  return absl::StrCat("filters=", EscapedForUrl(filter));
}

void SetJson(HttpRequest& request, std::string body) {
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(body);
}

void SetTar(HttpRequest& request, BodySource source) {
  request.headers.emplace_back("Content-Type", "application/x-tar");
  request.body_source = std::move(source);
}

// Runs a caller's sink or source inside of a transfer and keeps its error apart from the engine's:
// the caller gets it back as it was.
class CallersError {
 public:
  BodySink Watch(BodySink sink) {
    return
        [this, sink = std::move(sink)](absl::string_view bytes) { return status_ = sink(bytes); };
  }

  BodySource Watch(BodySource source) {
    return [this, source = std::move(source)](char* buffer, size_t size) {
      absl::StatusOr<size_t> got = source(buffer, size);
      status_ = got.status();
      return got;
    };
  }

  absl::Status const& status() const { return status_; }

 private:
  absl::Status status_;
};

absl::StatusOr<size_t> ReadPiece(std::ifstream& file, std::string const& path, char* buffer,
                                 size_t size) {
  file.read(buffer, static_cast<std::streamsize>(size));
  if (file.bad()) return absl::UnavailableError(absl::StrCat("cannot read ", path));
  return static_cast<size_t>(file.gcount());
}

}  // namespace

DockerEngine::DockerEngine(std::unique_ptr<HttpClient> http, std::string socket_path,
                           DockerEngineOptions const& options)
    : connection_(std::move(http), std::move(socket_path), options) {}

absl::StatusOr<EngineVersion> DockerEngine::Version() {
  std::string const doing = "ask the engine's version";
  ASSIGN_OR_RETURN(HttpResponse const response,
                   connection_.Succeed(connection_.Call("GET", "/version"), doing));
  return ParseVersion(response.body);
}

absl::StatusOr<EngineHost> DockerEngine::Host() {
  ASSIGN_OR_RETURN(
      HttpResponse const response,
      connection_.Succeed(connection_.Call("GET", "/info"), "ask what the engine can do"));
  return ParseHost(response.body);
}

absl::StatusOr<bool> DockerEngine::HasImage(std::string const& id) {
  std::string const doing = absl::StrCat("look for image ", id);
  HttpRequest const request =
      connection_.Call("GET", absl::StrCat("/images/", EscapedForUrl(id), "/json"));
  ASSIGN_OR_RETURN(HttpResponse const response, connection_.Send(request, doing));
  if (response.status == 404) return false;
  if (!IsSuccess(response)) return EngineErrorToStatus(response, doing);
  return true;
}

absl::Status DockerEngine::LoadImage(std::string const& archive_path) {
  std::string const doing = absl::StrCat("load image from ", archive_path);
  std::ifstream file(archive_path, std::ios::binary | std::ios::ate);
  if (!file) return absl::NotFoundError(absl::StrCat(doing, ": the file cannot be opened"));
  HttpRequest request = connection_.Transfer("POST", "/images/load?quiet=1");
  request.body_size = file.tellg();
  file.seekg(0);
  CallersError callers;
  SetTar(request, callers.Watch(BodySource([&](char* buffer, size_t size) {
    return ReadPiece(file, archive_path, buffer, size);
  })));
  absl::StatusOr<HttpResponse> const response = connection_.Succeed(request, doing);
  if (!callers.status().ok()) return Annotate(callers.status(), doing);
  RETURN_IF_ERROR(response.status());
  return Annotate(CheckImageLoaded(response->body), doing);
}

absl::Status DockerEngine::CreateVolume(std::string const& name, ContainerLabels const& labels) {
  HttpRequest request = connection_.Call("POST", "/volumes/create");
  ASSIGN_OR_RETURN(std::string body, VolumeCreateBody(name, labels));
  SetJson(request, std::move(body));
  return connection_.Succeed(request, absl::StrCat("create volume ", name)).status();
}

absl::StatusOr<std::vector<ListedVolume>> DockerEngine::ListVolumes(std::string const& label) {
  ASSIGN_OR_RETURN(std::string const filters, Filters(label));
  std::string const target = absl::StrCat("/volumes?", filters);
  ASSIGN_OR_RETURN(HttpResponse const response,
                   connection_.Succeed(connection_.Call("GET", target), "list volumes"));
  return ParseVolumes(response.body);
}

absl::Status DockerEngine::RemoveVolume(std::string const& name) {
  absl::Status const removed =
      connection_
          .Succeed(connection_.Call("DELETE", absl::StrCat("/volumes/", EscapedForUrl(name))),
                   absl::StrCat("remove volume ", name))
          .status();
  return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
}

absl::StatusOr<std::string> DockerEngine::CreateContainer(ContainerSpec const& spec) {
  std::string const doing = absl::StrCat("create container ", spec.name);
  HttpRequest request =
      connection_.Call("POST", absl::StrCat("/containers/create?name=", EscapedForUrl(spec.name)));
  ASSIGN_OR_RETURN(std::string body, ContainerCreateBody(spec));
  SetJson(request, std::move(body));
  ASSIGN_OR_RETURN(HttpResponse const response, connection_.Send(request, doing));
  if (IsNameTaken(response)) {
    return absl::AlreadyExistsError(absl::StrCat(doing, ": ", EngineReason(response.body)));
  }
  if (!IsSuccess(response)) return EngineErrorToStatus(response, doing);
  ASSIGN_OR_RETURN(CreatedContainer created, ParseCreatedContainer(response.body));
  for (std::string const& warning : created.warnings) {
    Log(LogLevel::kWarning, "the container engine warns",
        {{"container", spec.name}, {"warning", warning}});
  }
  return std::move(created.id);
}

absl::Status DockerEngine::StartContainer(std::string const& id) {
  constexpr int kRunsAlready = 304;
  std::string const doing = absl::StrCat("start container ", id);
  ASSIGN_OR_RETURN(
      HttpResponse const response,
      connection_.Send(connection_.Call("POST", ContainerTarget(id, "/start")), doing));
  if (IsSuccess(response) || response.status == kRunsAlready) return absl::OkStatus();
  return EngineErrorToStatus(response, doing);
}

absl::StatusOr<ContainerExit> DockerEngine::WaitContainer(std::string const& id,
                                                          absl::Duration timeout,
                                                          std::function<bool()> const& cancelled) {
  std::string const doing = absl::StrCat("wait for container ", id);
  HttpRequest wait = connection_.Follow("POST", ContainerTarget(id, "/wait"));
  wait.total_timeout = timeout;
  wait.cancelled = cancelled;
  RETURN_IF_ERROR(connection_.Succeed(wait, doing).status());

  HttpRequest const inspect = connection_.Call("GET", ContainerTarget(id, "/json"));
  ASSIGN_OR_RETURN(HttpResponse const response, connection_.Succeed(inspect, doing));
  ASSIGN_OR_RETURN(ContainerState const state, ParseContainerState(response.body));
  if (!state.started) {
    return absl::FailedPreconditionError(absl::StrCat(doing, ": it was never started"));
  }
  if (state.running) return absl::InternalError(absl::StrCat(doing, ": it ended, yet it runs"));
  return state.exit;
}

absl::Status DockerEngine::FollowLogs(std::string const& id, BodySink const& sink,
                                      std::function<bool()> const& cancelled) {
  std::string const doing = absl::StrCat("follow the log of container ", id);
  CallersError callers;
  LogStreamDecoder decoder(callers.Watch(sink));
  absl::Status decoded;
  HttpRequest request =
      connection_.Follow("GET", ContainerTarget(id, "/logs?follow=1&stdout=1&stderr=1"));
  request.cancelled = cancelled;
  request.sink = [&](absl::string_view bytes) { return decoded = decoder.Decode(bytes); };
  absl::Status const followed = connection_.Succeed(request, doing).status();
  RETURN_IF_ERROR(callers.status());
  RETURN_IF_ERROR(Annotate(decoded, doing));
  RETURN_IF_ERROR(followed);
  return Annotate(decoder.Finish(), doing);
}

absl::Status DockerEngine::KillContainer(std::string const& id) {
  std::string const doing = absl::StrCat("kill container ", id);
  ASSIGN_OR_RETURN(
      HttpResponse const response,
      connection_.Send(connection_.Call("POST", ContainerTarget(id, "/kill?signal=KILL")), doing));
  bool const gone = response.status == 404 || DoesNotRun(response);
  return gone || IsSuccess(response) ? absl::OkStatus() : EngineErrorToStatus(response, doing);
}

absl::Status DockerEngine::RemoveContainer(std::string const& id) {
  absl::Status const removed =
      connection_
          .Succeed(connection_.Call("DELETE", ContainerTarget(id, "?v=1&force=1")),
                   absl::StrCat("remove container ", id))
          .status();
  return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
}

absl::StatusOr<std::vector<ListedContainer>> DockerEngine::ListContainers(
    std::string const& label) {
  ASSIGN_OR_RETURN(std::string const filters, Filters(label));
  std::string const target = absl::StrCat("/containers/json?all=1&", filters);
  ASSIGN_OR_RETURN(HttpResponse const response,
                   connection_.Succeed(connection_.Call("GET", target), "list containers"));
  return ParseContainers(response.body);
}

absl::Status DockerEngine::PutArchive(std::string const& id, std::string const& path,
                                      BodySource const& tar) {
  HttpRequest request = connection_.Transfer("PUT", ArchiveTarget(id, path));
  CallersError callers;
  SetTar(request, callers.Watch(tar));
  absl::Status const put =
      connection_.Succeed(request, absl::StrCat("put an archive to ", path, " of container ", id))
          .status();
  return callers.status().ok() ? put : callers.status();
}

absl::Status DockerEngine::GetArchive(std::string const& id, std::string const& path,
                                      BodySink const& tar) {
  HttpRequest request = connection_.Transfer("GET", ArchiveTarget(id, path));
  CallersError callers;
  request.sink = callers.Watch(tar);
  absl::Status const got =
      connection_.Succeed(request, absl::StrCat("get ", path, " of container ", id)).status();
  return callers.status().ok() ? got : callers.status();
}

absl::StatusOr<bool> DockerEngine::PathExists(std::string const& id, std::string const& path) {
  std::string const doing = absl::StrCat("look for ", path, " in container ", id);
  ASSIGN_OR_RETURN(HttpResponse const response,
                   connection_.Send(connection_.Call("HEAD", ArchiveTarget(id, path)), doing));
  if (IsSuccess(response)) return true;
  if (response.status != 404) return EngineErrorToStatus(response, doing);
  // A HEAD has no body to say which of the two is missing, the path or the container.
  RETURN_IF_ERROR(
      connection_.Succeed(connection_.Call("GET", ContainerTarget(id, "/json")), doing).status());
  return false;
}

absl::StatusOr<std::unique_ptr<ContainerEngine>> MakeDockerEngine(
    std::string const& address, DockerEngineOptions const& options) {
  ASSIGN_OR_RETURN(std::string socket_path, EngineSocketPath(address));
  std::unique_ptr<HttpClient> http = MakeUnixSocketHttpClient(socket_path, "probefarm-worker");
  return std::make_unique<DockerEngine>(std::move(http), std::move(socket_path), options);
}

}  // namespace probefarm
