#include "worker/build/artifact_copy.h"

#include <fcntl.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/archive/archive_reader.h"
#include "lib/digest/sha256.h"
#include "lib/files/durable_file.h"
#include "lib/files/unique_fd.h"
#include "lib/runtime/status_macros.h"
#include "worker/build/scoped_file.h"

namespace probefarm {
namespace {

constexpr int64_t kTarOverhead = 64 << 10;  // headers, padding and the end of a tar with one file
constexpr size_t kPieceBytes = 64 << 10;

absl::Status NoArtifact(absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("the build left no artifact: ", why));
}

absl::Status TooLarge(int64_t max_bytes) {
  return NoArtifact(absl::StrCat("the file has more than ", max_bytes, " bytes"));
}

// The engine may put its own words around the sink's error.
absl::Status SpoolTar(ContainerEngine& engine, std::string const& container,
                      std::string const& source, int64_t max_bytes, std::string const& path) {
  ASSIGN_OR_RETURN(UniqueFd const file, OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  absl::Status own;
  int64_t left = max_bytes + kTarOverhead;
  auto const sink = [&](absl::string_view bytes) {
    left -= static_cast<int64_t>(bytes.size());
    own = left < 0 ? TooLarge(max_bytes) : WriteAll(file.get(), bytes, path);
    return own;
  };
  absl::Status const got = engine.GetArchive(container, source, sink);
  RETURN_IF_ERROR(own);
  return absl::IsNotFound(got) ? NoArtifact(absl::StrCat("there is no ", source)) : got;
}

// The tar is the engine's, but what stands in it is the build's.
absl::Status FromReader(absl::Status const& status) {
  return status.ok() ? status : NoArtifact(status.message());
}

absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenSpooled(std::string const& path,
                                                           int64_t max_bytes) {
  ArchiveReader::Options options;
  options.limits.max_entry_bytes = max_bytes;
  options.limits.max_total_bytes = max_bytes;
  auto reader = ArchiveReader::OpenTar(path, std::move(options));
  RETURN_IF_ERROR(FromReader(reader.status()));
  return reader;
}

absl::StatusOr<BuiltArtifact> CopyContent(ArchiveReader& reader, std::string const& destination) {
  ASSIGN_OR_RETURN(UniqueFd const file, OpenFile(destination, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  Sha256 digest;
  int64_t size = 0;
  std::vector<char> piece(kPieceBytes);
  while (true) {
    auto const count = reader.Read(piece.data(), piece.size());
    RETURN_IF_ERROR(FromReader(count.status()));
    if (*count == 0) return BuiltArtifact{destination, digest.HexDigest(), size};
    absl::string_view const bytes(piece.data(), *count);
    digest.Update(bytes);
    size += static_cast<int64_t>(bytes.size());
    RETURN_IF_ERROR(WriteAll(file.get(), bytes, destination));
  }
}

absl::StatusOr<BuiltArtifact> CopyOnlyFile(ArchiveReader& reader, std::string const& destination) {
  auto const entry = reader.Next();
  RETURN_IF_ERROR(FromReader(entry.status()));
  if (!entry->has_value() || (*entry)->type != EntryType::kFile) {
    return NoArtifact("it is not a regular file");
  }
  ASSIGN_OR_RETURN(BuiltArtifact artifact, CopyContent(reader, destination));
  auto const next = reader.Next();
  RETURN_IF_ERROR(FromReader(next.status()));
  if (next->has_value()) return NoArtifact("there is more than one file");
  return artifact;
}

}  // namespace

absl::StatusOr<BuiltArtifact> CopyArtifact(ContainerEngine& engine, std::string const& container,
                                           std::string const& source, int64_t max_bytes,
                                           std::string const& destination) {
  ScopedFile const tar(absl::StrCat(destination, ".tar"));
  ScopedFile copy(destination);
  RETURN_IF_ERROR(SpoolTar(engine, container, source, max_bytes, tar.path()));
  ASSIGN_OR_RETURN(auto const reader, OpenSpooled(tar.path(), max_bytes));
  ASSIGN_OR_RETURN(BuiltArtifact artifact, CopyOnlyFile(*reader, copy.path()));
  copy.Keep();
  return artifact;
}

}  // namespace probefarm
