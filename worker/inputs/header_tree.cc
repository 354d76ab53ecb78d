#include "worker/inputs/header_tree.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

std::optional<std::string> HeaderPath(std::string const& path) {
  bool const kept = absl::StartsWith(path, "usr/src/") || absl::StartsWith(path, "usr/lib/");
  return kept ? std::make_optional(path) : std::nullopt;
}

absl::Status WriteHeaderTree(std::vector<LocalArchive> const& headers, TarWriter& tar) {
  for (auto const* folder : {"usr", "usr/src", "usr/lib"}) {
    RETURN_IF_ERROR(tar.AddDirectory(folder, 0755));
  }
  ArchiveReader::Options options;
  options.allowed_link_roots = {"/usr/lib/", "/usr/src/"};
  for (auto const& archive : headers) {
    RETURN_IF_ERROR(CopyArchive(archive, options, HeaderPath, tar));
  }
  return tar.AddFile(kCompleteMarker, 0444, "");
}

std::string HeaderVolumeName(std::vector<LocalArchive> const& headers) {
  Sha256 digest;
  for (auto const& archive : headers) {
    digest.Update(absl::StrCat(archive.input.file.sha256, " ", archive.input.strip_prefix, "\n"));
  }
  return absl::StrCat("probefarm-kernel-", digest.HexDigest().substr(0, 32));
}

}  // namespace probefarm
