#include "worker/inputs/archive_copy.h"

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenArchive(LocalArchive const& archive,
                                                           ArchiveReader::Options options) {
  switch (archive.input.format) {
    case ArchiveFormat::kDeb:
      return ArchiveReader::OpenDeb(archive.path, std::move(options));
    case ArchiveFormat::kRpm:
      return ArchiveReader::OpenRpm(archive.path, std::move(options));
    case ArchiveFormat::kTar:
      break;
  }
  return ArchiveReader::OpenTar(archive.path, std::move(options));
}

// Hard links name their target by its path in the archive, which moves along.
absl::Status CopyMapped(ArchiveEntry entry, std::string const& path, PathMap const& place,
                        ArchiveReader& reader, TarWriter& tar) {
  if (entry.type == EntryType::kHardlink) {
    auto const target = place(std::string(absl::StripPrefix(entry.link_target, "./")));
    if (!target.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(entry.path, " is a hard link to ",
                                                     entry.link_target, ", which is left out"));
    }
    entry.link_target = *target;
  }
  return tar.CopyEntry(entry, path, reader);
}

absl::StatusOr<int> CopyEntries(PathMap const& place, ArchiveReader& reader, TarWriter& tar) {
  int copied = 0;
  while (true) {
    ASSIGN_OR_RETURN(auto const entry, reader.Next());
    if (!entry.has_value()) return copied;
    auto const path = place(entry->path);
    if (!path.has_value()) continue;
    RETURN_IF_ERROR(CopyMapped(*entry, *path, place, reader, tar));
    ++copied;
  }
}

absl::Status CopyWhole(LocalArchive const& archive, ArchiveReader::Options options,
                       PathMap const& map, TarWriter& tar) {
  ASSIGN_OR_RETURN(auto const reader, OpenArchive(archive, std::move(options)));
  bool seen = archive.input.strip_prefix.empty();
  auto const place = [&](std::string const& path) -> std::optional<std::string> {
    auto const below = PathBelow(path, archive.input.strip_prefix);
    seen = seen || below.has_value();
    return below.has_value() ? map(*below) : std::nullopt;
  };
  RETURN_IF_ERROR(CopyEntries(place, *reader, tar).status());
  if (seen) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("it holds nothing below ", archive.input.strip_prefix));
}

// A broken archive and one beyond the limits are facts about the input, not about this machine.
bool IsAboutTheInput(absl::Status const& status) {
  return absl::IsInvalidArgument(status) || absl::IsDataLoss(status) ||
         absl::IsResourceExhausted(status);
}

}  // namespace

std::optional<std::string> PathBelow(absl::string_view path, absl::string_view prefix) {
  if (prefix.empty()) return std::string(path);
  absl::ConsumeSuffix(&prefix, "/");
  if (!absl::ConsumePrefix(&path, prefix) || !absl::ConsumePrefix(&path, "/") || path.empty()) {
    return std::nullopt;
  }
  return std::string(path);
}

absl::Status CopyArchive(LocalArchive const& archive, ArchiveReader::Options options,
                         PathMap const& map, TarWriter& tar) {
  absl::Status const status = CopyWhole(archive, std::move(options), map, tar);
  if (status.ok()) return status;
  std::string const doing = absl::StrCat("unpack ", archive.input.file.name);
  if (!IsAboutTheInput(status)) return Annotate(status, doing);
  return absl::InvalidArgumentError(absl::StrCat(doing, ": ", status.message()));
}

absl::Status PutTree(ContainerEngine& engine, std::string const& container, std::string const& path,
                     int uid, int gid, TarPipe::Writer writer) {
  TarPipe pipe(std::move(writer), uid, gid);
  absl::Status const put = engine.PutArchive(container, path, pipe.Source());
  RETURN_IF_ERROR(pipe.Close());
  return put;
}

}  // namespace probefarm
