#include "worker/build/build_container.h"

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "worker/inputs/build_volume.h"
#include "worker/inputs/labels.h"

namespace probefarm {
namespace {

std::vector<std::string> ToEnvironment(std::map<std::string, std::string> const& env) {
  std::vector<std::string> lines;
  lines.reserve(env.size());
  for (auto const& [name, value] : env) lines.push_back(absl::StrCat(name, "=", value));
  return lines;
}

std::string Seconds(absl::Duration timeout) {
  return absl::StrCat(absl::ToInt64Seconds(absl::Ceil(timeout, absl::Seconds(1))));
}

}  // namespace

std::string BuildName(BuildLease const& lease) {
  return absl::StrCat("probefarm-build-", lease.job, "-", lease.epoch, "-",
                      Sha256Hex(lease.worker_id).substr(0, 8));
}

ContainerLabels BuildLabels(BuildLease const& lease) {
  return {{kKindLabel, kBuildKind},
          {kWorkerLabel, lease.worker_id},
          {kJobLabel, absl::StrCat(lease.job)},
          {kEpochLabel, absl::StrCat(lease.epoch)}};
}

ContainerSpec BuildContainer(BuildSpec const& spec, BuildLease const& lease,
                             std::string const& header_volume) {
  ContainerSpec container;
  container.name = BuildName(lease);
  container.image = spec.image.id;
  container.command = {"timeout",        "-k", "10", Seconds(spec.limits.timeout), "bash",
                       "/build/build.sh"};
  container.env = ToEnvironment(spec.env);
  container.user = absl::StrCat(kBuildUid, ":", kBuildGid);
  container.working_dir = "/build";
  container.labels = BuildLabels(lease);
  container.mounts = {{header_volume, "/kernel", /*read_only=*/true},
                      {BuildName(lease), "/build", /*read_only=*/false}};
  container.tmpfs = {"/tmp"};
  container.memory_bytes = spec.limits.memory_bytes;
  container.cpus = spec.limits.cpus;
  container.pids = spec.limits.processes;
  container.file_bytes = spec.limits.output_bytes;
  return container;
}

}  // namespace probefarm
