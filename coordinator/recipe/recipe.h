#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "coordinator/feeds/kernel_feed.h"
#include "coordinator/recipe/builder_image.h"
#include "coordinator/recipe/compiler_table.h"
#include "coordinator/recipe/driver_source.h"
#include "lib/build/build_spec.h"
#include "lib/driver/probe.h"

namespace probefarm {

struct RecipeOptions {
  // Of the module, of its device and in front of every file name. CheckDriverName().
  std::string driver_name = "falco";
  std::vector<CompilerRule> compilers = DefaultCompilers();
  BuildLimits limits;
};

// How to build one probe: the spec, whole, with the image of `builders` that ChooseCompiler()
// takes. Pure; the same arguments give the same spec.
//
// The script is one text for all drivers and kernels (build_driver.sh); what differs is `env`:
//   KIND             bpf or kmod
//   DRIVER_NAME      as in the options
//   DRIVER_VERSION   as the probe is marked
//   KERNEL_DIR       the headers: /kernel/<Kernel::kernel_dir>
//   KERNEL_RELEASE   uname -r, which the headers' UTS_RELEASE must equal
//   KERNEL_VERSION   uname -v as the feed knows it: its #<number> must be that of UTS_VERSION
//   PACKAGE_VERSION  a word of UTS_VERSION; on Debian, where it is one, else empty
//   CC               gcc-<version> by the compiler table
//
// The last line of a failed build is its reason: "probefarm: <one sentence>". The script ends with
//   0   output/probe is there
//   20  the source cannot be prepared: no driver in it, or not this kind of driver. Permanent.
//   21  the headers are not the kernel's that the index named. Permanent for these inputs.
//   22  the driver does not compile for this kernel with this compiler; the reason is the first
//       error. Permanent: an answer about the probe, as long as its inputs are the same.
//   23  no room: memory, processes or disk ran out, or a command of the script itself failed.
//       Transient.
// Anything else (124, 137: stopped from outside) says nothing of the probe.
//
// INVALID_ARGUMENT: a driver name or version that cannot stand in file names. FAILED_PRECONDITION:
// the driver has no such kind, headers are missing, or no image is for that machine and has a
// compiler that serves. Every message can be shown as the reason why there is no such probe.
absl::StatusOr<BuildSpec> MakeSpec(DriverSource const& driver, Kernel const& kernel, Kind kind,
                                   absl::Span<BuilderImage const> builders,
                                   RecipeOptions const& options);

}  // namespace probefarm
