#include "coordinator/recipe/recipe.h"

#include <algorithm>
#include <map>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "coordinator/recipe/build_script.h"
#include "coordinator/recipe/compiler_choice.h"
#include "lib/driver/asset_name.h"
#include "lib/driver/driver_version.h"
#include "lib/driver/loader_name.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::Status CheckBuildable(DriverSource const& driver, Kernel const& kernel, Kind kind) {
  if (std::find(driver.kinds.begin(), driver.kinds.end(), kind) == driver.kinds.end())
    return absl::FailedPreconditionError(
        absl::StrCat("driver ", driver.version, " has no ", KindName(kind)));
  if (!kernel.missing.empty() || kernel.headers.empty())
    return absl::FailedPreconditionError(absl::StrCat("headers incomplete: ", kernel.missing));
  return absl::OkStatus();
}

std::map<std::string, std::string> Environment(DriverSource const& driver, Kernel const& kernel,
                                               Kind kind, int gcc, std::string const& driver_name) {
  bool const version_in_uname = kernel.host.target == "debian";
  return {
      {"CC", absl::StrCat("gcc-", gcc)},
      {"DRIVER_NAME", driver_name},
      {"DRIVER_VERSION", driver.version},
      {"KERNEL_DIR", absl::StrCat("/kernel/", kernel.kernel_dir)},
      {"KERNEL_RELEASE", kernel.host.release},
      {"KERNEL_VERSION", kernel.host.version},
      {"KIND", std::string(KindName(kind))},
      {"PACKAGE_VERSION", version_in_uname ? kernel.package_version : ""},
  };
}

}  // namespace

absl::StatusOr<BuildSpec> MakeSpec(DriverSource const& driver, Kernel const& kernel, Kind kind,
                                   absl::Span<BuilderImage const> builders,
                                   RecipeOptions const& options) {
  RETURN_IF_ERROR(CheckDriverName(options.driver_name));
  RETURN_IF_ERROR(CheckDriverVersion(driver.version));
  RETURN_IF_ERROR(CheckBuildable(driver, kernel, kind));
  ASSIGN_OR_RETURN(
      CompilerChoice const compiler,
      ChooseCompiler(options.compilers, kernel.host.release, kernel.host.arch, builders));
  BuildSpec spec;
  spec.probe = ProbeForHost(driver.version, kernel.host, kind);
  spec.file_name = ProbeFileName(options.driver_name, spec.probe);
  RETURN_IF_ERROR(CheckFileName(spec.file_name));
  spec.image = compiler.builder->image;
  spec.headers = kernel.headers;
  spec.source = {driver.archive};
  spec.script = std::string(BuildScript());
  spec.env = Environment(driver, kernel, kind, compiler.gcc, options.driver_name);
  spec.limits = options.limits;
  spec.expect = {kernel.host.release, driver.version};
  return spec;
}

}  // namespace probefarm
