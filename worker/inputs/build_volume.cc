#include "worker/inputs/build_volume.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

std::optional<std::string> SourcePath(std::string const& path) {
  return absl::StrCat("source/", path);
}

absl::Status WriteBuildTree(std::vector<LocalArchive> const& source, std::string const& script,
                            TarWriter& tar) {
  RETURN_IF_ERROR(tar.AddDirectory("source", 0755));
  RETURN_IF_ERROR(tar.AddDirectory("out", 0755));
  for (auto const& archive : source) {
    RETURN_IF_ERROR(CopyArchive(archive, ArchiveReader::Options(), SourcePath, tar));
  }
  return tar.AddFile("build.sh", 0755, script);
}

}  // namespace

absl::Status FillBuildVolume(ContainerEngine& engine, std::string const& container,
                             std::vector<LocalArchive> const& source, std::string const& script) {
  return Annotate(PutTree(engine, container, "/build", kBuildUid, kBuildGid,
                          [&](TarWriter& tar) { return WriteBuildTree(source, script, tar); }),
                  "fill the build volume");
}

}  // namespace probefarm
