#include "worker/engine/docker_messages.h"

#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/runtime/status_macros.h"
#include "worker/engine/engine_error.h"

namespace probefarm {
namespace {

using nlohmann::json;

// The border where nlohmann's exceptions end, for answers: `read` takes the parsed value apart.
template <class T, class Read>
absl::StatusOr<T> ReadAnswer(absl::string_view body, absl::string_view what, Read const& read) {
  try {
    return read(json::parse(body.begin(), body.end()));
  } catch (json::exception const& e) {
    return absl::InternalError(
        absl::StrCat("not what the engine's API promises for ", what, ": ", e.what()));
  }
}

// The same border for bodies.
absl::StatusOr<std::string> WriteBody(json const& body, absl::string_view what) {
  try {
    return body.dump();
  } catch (json::exception const& e) {
    return absl::InvalidArgumentError(absl::StrCat(what, " cannot be sent as JSON: ", e.what()));
  }
}

// The field, or `otherwise` where it is missing or null.
template <class T>
T FieldOr(json const& object, char const* key, T otherwise) {
  auto const& fields = object.get_ref<json::object_t const&>();
  auto const found = fields.find(key);
  return found == fields.end() || found->second.is_null() ? otherwise : found->second.get<T>();
}

json Mounts(ContainerSpec const& spec) {
  json mounts = json::array();
  for (VolumeMount const& mount : spec.mounts) {
    mounts.push_back({{"Type", "volume"},
                      {"Source", mount.volume},
                      {"Target", mount.path},
                      {"ReadOnly", mount.read_only}});
  }
  return mounts;
}

json Tmpfs(ContainerSpec const& spec) {
  std::string const options = absl::StrCat("rw,nosuid,nodev,noexec,mode=1777,size=", kTmpfsBytes);
  json tmpfs = json::object();
  for (std::string const& path : spec.tmpfs) tmpfs[path] = options;
  return tmpfs;
}

void Seal(json& host_config) {
  host_config["NetworkMode"] = "none";
  host_config["ReadonlyRootfs"] = true;
  host_config["CapDrop"] = json::array({"ALL"});
  host_config["SecurityOpt"] = json::array({"no-new-privileges"});
}

void Limit(ContainerSpec const& spec, json& host_config) {
  if (spec.memory_bytes > 0) {
    host_config["Memory"] = spec.memory_bytes;
    host_config["MemorySwap"] = spec.memory_bytes;
  }
  if (spec.cpus > 0) host_config["NanoCpus"] = static_cast<int64_t>(spec.cpus * 1e9);
  if (spec.pids > 0) host_config["PidsLimit"] = spec.pids;
  if (spec.file_bytes > 0) {
    host_config["Ulimits"] =
        json::array({{{"Name", "fsize"}, {"Soft", spec.file_bytes}, {"Hard", spec.file_bytes}}});
  }
}

json HostConfig(ContainerSpec const& spec) {
  json host_config = {
      {"Init", true},  // reaps what a script leaves behind, and passes signals on
      {"AutoRemove", false},
      {"Mounts", Mounts(spec)},
      {"Tmpfs", Tmpfs(spec)},
      {"LogConfig",
       {{"Type", "json-file"},
        {"Config", {{"max-size", absl::StrCat(kLogFileBytes)}, {"max-file", "2"}}}}},
  };
  if (spec.sealed) Seal(host_config);
  Limit(spec, host_config);
  return host_config;
}

ContainerState ReadState(json const& container) {
  json const& state = container.at("State");
  ContainerState read;
  read.running = state.at("Running").get<bool>();
  read.started = state.at("Status").get<std::string>() != "created";
  read.exit.code = state.at("ExitCode").get<int>();
  read.exit.out_of_memory = FieldOr(state, "OOMKilled", false);
  return read;
}

ListedContainer ReadListed(json const& container) {
  auto const names = FieldOr<std::vector<std::string>>(container, "Names", {});
  auto const state = container.at("State").get<std::string>();
  ListedContainer listed;
  listed.id = container.at("Id").get<std::string>();
  if (!names.empty()) listed.name = std::string(absl::StripPrefix(names.front(), "/"));
  listed.labels = FieldOr<ContainerLabels>(container, "Labels", {});
  listed.running = state == "running" || state == "paused";
  return listed;
}

EngineVersion ReadVersion(json const& version) {
  EngineVersion read;
  read.name = "docker";
  for (json const& component : FieldOr<std::vector<json>>(version, "Components", {})) {
    if (absl::StrContains(FieldOr<std::string>(component, "Name", ""), "Podman")) {
      read.name = "podman";
    }
  }
  read.version = version.at("Version").get<std::string>();
  read.api_version = version.at("ApiVersion").get<std::string>();
  read.arch = version.at("Arch").get<std::string>();
  return read;
}

}  // namespace

absl::StatusOr<std::string> ContainerCreateBody(ContainerSpec const& spec) {
  json body = {{"Image", spec.image},   {"Env", spec.env},
               {"User", spec.user},     {"WorkingDir", spec.working_dir},
               {"Labels", spec.labels}, {"Tty", false},
               {"OpenStdin", false},    {"HostConfig", HostConfig(spec)}};
  if (!spec.command.empty()) {
    body["Entrypoint"] = spec.command;
    body["Cmd"] = json::array();
  }
  return WriteBody(body, absl::StrCat("container ", spec.name));
}

absl::StatusOr<std::string> VolumeCreateBody(std::string const& name,
                                             ContainerLabels const& labels) {
  return WriteBody({{"Name", name}, {"Driver", "local"}, {"Labels", labels}},
                   absl::StrCat("volume ", name));
}

absl::StatusOr<std::string> LabelFilter(std::string const& label) {
  if (label.empty()) return "{}";
  return WriteBody({{"label", json::array({label})}}, "label");
}

absl::StatusOr<EngineVersion> ParseVersion(absl::string_view body) {
  return ReadAnswer<EngineVersion>(body, "version", ReadVersion);
}

absl::StatusOr<EngineHost> ParseHost(absl::string_view body) {
  return ReadAnswer<EngineHost>(body, "information", [](json const& information) {
    return EngineHost{information.at("DockerRootDir").get<std::string>(),
                      FieldOr<bool>(information, "MemoryLimit", false)};
  });
}

absl::StatusOr<CreatedContainer> ParseCreatedContainer(absl::string_view body) {
  return ReadAnswer<CreatedContainer>(body, "a created container", [](json const& created) {
    return CreatedContainer{created.at("Id").get<std::string>(),
                            FieldOr<std::vector<std::string>>(created, "Warnings", {})};
  });
}

absl::StatusOr<ContainerState> ParseContainerState(absl::string_view body) {
  return ReadAnswer<ContainerState>(body, "a container", ReadState);
}

absl::StatusOr<std::vector<ListedContainer>> ParseContainers(absl::string_view body) {
  using Listed = std::vector<ListedContainer>;
  return ReadAnswer<Listed>(body, "a list of containers", [](json const& containers) {
    Listed listed;
    for (json const& container : containers.get_ref<json::array_t const&>()) {
      listed.push_back(ReadListed(container));
    }
    return listed;
  });
}

absl::StatusOr<std::vector<ListedVolume>> ParseVolumes(absl::string_view body) {
  using Listed = std::vector<ListedVolume>;
  return ReadAnswer<Listed>(body, "a list of volumes", [](json const& answer) {
    Listed listed;
    for (json const& volume : FieldOr<std::vector<json>>(answer, "Volumes", {})) {
      listed.push_back(
          {volume.at("Name").get<std::string>(), FieldOr<ContainerLabels>(volume, "Labels", {})});
    }
    return listed;
  });
}

absl::Status CheckImageLoaded(absl::string_view body) {
  std::istringstream values{std::string(body)};
  try {
    while (values >> std::ws && !values.eof()) {
      json value;
      values >> value;
      if (auto const error = FieldOr<std::string>(value, "error", ""); !error.empty()) {
        return EngineReasonToStatus(error, "load image");
      }
    }
  } catch (json::exception const& e) {
    return absl::InternalError(
        absl::StrCat("not what the engine's API promises for a loaded image: ", e.what()));
  }
  return absl::OkStatus();
}

}  // namespace probefarm
