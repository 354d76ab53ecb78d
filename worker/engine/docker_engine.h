#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/http/http_client.h"
#include "worker/engine/container_engine.h"
#include "worker/engine/docker_connection.h"

namespace probefarm {

// The Docker Engine API, version 1.40: Docker since 19.03, and Podman's compatible socket. Errors
// are those of ContainerEngine; every message says what was being done with which object, and the
// one for an engine that does not answer names its socket. Thread-safe.
//
//   Version          GET    /version
//   Host             GET    /info
//   HasImage         GET    /images/{id}/json         404: false
//   LoadImage        POST   /images/load
//   CreateVolume     POST   /volumes/create
//   ListVolumes      GET    /volumes?filters=
//   RemoveVolume     DELETE /volumes/{name}           404: OK; 409: FAILED_PRECONDITION
//   CreateContainer  POST   /containers/create?name=  409: ALREADY_EXISTS, see engine_error.h
//   StartContainer   POST   /containers/{id}/start    304: OK
//   WaitContainer    POST   /containers/{id}/wait, then GET /containers/{id}/json
//   FollowLogs       GET    /containers/{id}/logs     frames: see log_stream.h
//   KillContainer    POST   /containers/{id}/kill     404 and 409: OK, see engine_error.h
//   RemoveContainer  DELETE /containers/{id}          404: OK
//   ListContainers   GET    /containers/json?all=1&filters=
//   PutArchive       PUT    /containers/{id}/archive?path=
//   GetArchive       GET    /containers/{id}/archive?path=
//   PathExists       HEAD   /containers/{id}/archive?path=  404: then GET /containers/{id}/json
class DockerEngine final : public ContainerEngine {
 public:
  // `http` reaches the engine whatever host a URL names; `socket_path` is for messages. Does not
  // connect yet.
  DockerEngine(std::unique_ptr<HttpClient> http, std::string socket_path,
               DockerEngineOptions const& options);

  absl::StatusOr<EngineVersion> Version() override;
  absl::StatusOr<EngineHost> Host() override;
  absl::StatusOr<bool> HasImage(std::string const& id) override;
  absl::Status LoadImage(std::string const& archive_path) override;
  absl::Status CreateVolume(std::string const& name, ContainerLabels const& labels) override;
  absl::StatusOr<std::vector<ListedVolume>> ListVolumes(std::string const& label) override;
  absl::Status RemoveVolume(std::string const& name) override;
  absl::StatusOr<std::string> CreateContainer(ContainerSpec const& spec) override;
  absl::Status StartContainer(std::string const& id) override;
  absl::StatusOr<ContainerExit> WaitContainer(std::string const& id, absl::Duration timeout,
                                              std::function<bool()> const& cancelled) override;
  absl::Status FollowLogs(std::string const& id, BodySink const& sink,
                          std::function<bool()> const& cancelled) override;
  absl::Status KillContainer(std::string const& id) override;
  absl::Status RemoveContainer(std::string const& id) override;
  absl::StatusOr<std::vector<ListedContainer>> ListContainers(std::string const& label) override;
  absl::Status PutArchive(std::string const& id, std::string const& path,
                          BodySource const& tar) override;
  absl::Status GetArchive(std::string const& id, std::string const& path,
                          BodySink const& tar) override;
  absl::StatusOr<bool> PathExists(std::string const& id, std::string const& path) override;

 private:
  DockerConnection const connection_;
};

// The engine at an address such as "unix:///var/run/docker.sock". INVALID_ARGUMENT for any other
// kind of address. Does not connect yet.
absl::StatusOr<std::unique_ptr<ContainerEngine>> MakeDockerEngine(
    std::string const& address, DockerEngineOptions const& options = {});

}  // namespace probefarm
