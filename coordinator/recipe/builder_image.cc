#include "coordinator/recipe/builder_image.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr char kToolchainLabel[] = "io.probefarm.toolchain";
constexpr char kGccLabel[] = "io.probefarm.gcc";

absl::Status NotABuilder(absl::string_view image, absl::string_view wrong) {
  return absl::FailedPreconditionError(
      absl::StrCat("builder image ", image, ": ", wrong, "; make it with scripts/builder-image"));
}

absl::StatusOr<std::string> Label(std::map<std::string, std::string> const& labels,
                                  std::string const& name, absl::string_view image) {
  auto const found = labels.find(name);
  if (found == labels.end() || found->second.empty())
    return NotABuilder(image, absl::StrCat("label ", name, " is missing"));
  return found->second;
}

absl::StatusOr<std::vector<int>> GccVersions(std::string const& label, absl::string_view image) {
  std::vector<int> versions;
  for (absl::string_view const word : absl::StrSplit(label, ' ', absl::SkipEmpty())) {
    int version = 0;
    if (!absl::SimpleAtoi(word, &version) || version <= 0)
      return NotABuilder(image, absl::StrCat("label ", kGccLabel, " is '", label, "'"));
    versions.push_back(version);
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

absl::StatusOr<Arch> ImageArch(std::string const& arch, absl::string_view image) {
  for (Arch const known : {Arch::kX86_64, Arch::kAarch64}) {
    if (arch == DebianArchName(known)) return known;
  }
  return NotABuilder(image, absl::StrCat("its architecture is '", arch, "', not amd64 or arm64"));
}

}  // namespace

absl::StatusOr<BuilderImage> DescribeBuilderImage(
    Input archive, std::string id, std::string const& arch,
    std::map<std::string, std::string> const& labels) {
  BuilderImage builder;
  ASSIGN_OR_RETURN(builder.image.fingerprint, Label(labels, kToolchainLabel, archive.name));
  ASSIGN_OR_RETURN(std::string const gcc, Label(labels, kGccLabel, archive.name));
  ASSIGN_OR_RETURN(builder.gcc, GccVersions(gcc, archive.name));
  ASSIGN_OR_RETURN(builder.arch, ImageArch(arch, archive.name));
  builder.image.archive = std::move(archive);
  builder.image.id = std::move(id);
  return builder;
}

}  // namespace probefarm
