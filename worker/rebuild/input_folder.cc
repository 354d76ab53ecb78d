#include "worker/rebuild/input_folder.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

std::vector<Input> InputsOf(BuildSpec const& spec) {
  std::vector<Input> inputs = {spec.image.archive};
  for (ArchiveInput const& archive : spec.headers) inputs.push_back(archive.file);
  for (ArchiveInput const& archive : spec.source) inputs.push_back(archive.file);
  return inputs;
}

}  // namespace

absl::Status TakeInputsFrom(std::string const& folder, BuildSpec const& spec, InputCache& cache) {
  for (Input const& input : InputsOf(spec)) {
    for (std::string const& name : {input.sha256, input.name}) {
      std::string const path = absl::StrCat(folder, "/", name);
      std::error_code unreadable;
      if (!std::filesystem::is_regular_file(path, unreadable)) continue;
      RETURN_IF_ERROR(cache.Adopt(input, path));
      break;
    }
  }
  return absl::OkStatus();
}

}  // namespace probefarm
