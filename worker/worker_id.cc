#include "worker/worker_id.h"

#include <unistd.h>

#include <array>
#include <fstream>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/files/durable_file.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMaxId = 100;

std::string MakeId() {
  std::array<char, 65> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host = {"worker"};
  absl::BitGen random;
  return absl::StrFormat("%s-%08x", host.data(), absl::Uniform<uint32_t>(random));
}

}  // namespace

absl::StatusOr<std::string> KeptWorkerId(std::string const& folder) {
  RETURN_IF_ERROR(MakeFolders(folder));
  std::string const path = folder + "/worker-id";
  std::string id;
  std::getline(std::ifstream(path), id);
  if (!id.empty() && id.size() <= kMaxId) return id;
  id = MakeId();
  RETURN_IF_ERROR(ReplaceFile(path, absl::StrCat(path, ".", getpid()), id + "\n"));
  return id;
}

}  // namespace probefarm
