#include "worker/engine/engine_address.h"

#include <sys/un.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace probefarm {
namespace {

constexpr size_t kMaxPath = sizeof(sockaddr_un::sun_path) - 1;

absl::Status Invalid(absl::string_view address, absl::string_view reason) {
  return absl::InvalidArgumentError(absl::StrCat("engine address \"", address, "\" ", reason,
                                                 "; it must be like unix:///var/run/docker.sock"));
}

}  // namespace

absl::StatusOr<std::string> EngineSocketPath(absl::string_view address) {
  absl::string_view path = address;
  if (!absl::ConsumePrefix(&path, "unix://")) return Invalid(address, "is not a Unix socket");
  if (!absl::StartsWith(path, "/")) return Invalid(address, "has no absolute path");
  if (absl::EndsWith(path, "/")) return Invalid(address, "names a folder");
  if (absl::StrContains(path, '\0')) return Invalid(address, "has a zero byte in it");
  if (path.size() > kMaxPath) return Invalid(address, "is longer than a socket's path can be");
  return std::string(path);
}

}  // namespace probefarm
