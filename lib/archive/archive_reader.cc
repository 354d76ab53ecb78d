#include "lib/archive/archive_reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/archive/entry_rules.h"
#include "lib/archive/packed_source.h"
#include "lib/archive/unpacker.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int64_t kRatioCountsFrom = int64_t{1} << 20;
constexpr size_t kSkipBytes = size_t{64} << 10;
constexpr int kPermissionBits = 0777;

absl::Status Exceeded(absl::string_view limit, absl::AlphaNum const& value) {
  return absl::ResourceExhaustedError(absl::StrCat("more than ", limit, " (", value, ")"));
}

std::string Quoted(std::optional<std::string> const& path) {
  return absl::StrCat("entry '", absl::CHexEscape(path.value_or("?")), "'");
}

absl::StatusOr<EntryType> TypeOf(archive_entry* entry) {
  if (EntryHardlink(entry)) return EntryType::kHardlink;
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return EntryType::kFile;
    case AE_IFDIR:
      return EntryType::kDirectory;
    case AE_IFLNK:
      return EntryType::kSymlink;
    default:
      return absl::InvalidArgumentError("neither file, directory nor link, but a device or FIFO");
  }
}

class CheckedReader final : public ArchiveReader {
 public:
  CheckedReader(std::string path, Options options, std::unique_ptr<Unpacker> unpacker)
      : path_(std::move(path)),
        options_(std::move(options)),
        unpacker_(std::move(unpacker)),
        skipped_(kSkipBytes) {}

  absl::StatusOr<std::optional<ArchiveEntry>> Next() override {
    RETURN_IF_ERROR(failure_);
    absl::StatusOr<std::optional<ArchiveEntry>> entry = Advance();
    failure_ = Annotate(entry.status(), path_);
    RETURN_IF_ERROR(failure_);
    return entry;
  }

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    RETURN_IF_ERROR(failure_);
    absl::StatusOr<size_t> const got = ReadEntry(buffer, size);
    failure_ = Annotate(got.status(), absl::StrCat(path_, ": ", Quoted(entry_path_)));
    RETURN_IF_ERROR(failure_);
    return got;
  }

 private:
  absl::StatusOr<std::optional<ArchiveEntry>> Advance() {
    while (true) {
      RETURN_IF_ERROR(Annotate(SkipRest(), Quoted(entry_path_)));
      ASSIGN_OR_RETURN(archive_entry* const header, unpacker_->NextHeader());
      RETURN_IF_ERROR(CheckRatio());
      if (header == nullptr) return std::nullopt;
      if (++entries_ > options_.limits.max_entries)
        return Exceeded("max_entries", options_.limits.max_entries);
      entry_path_ = EntryPath(header).value_or("?");
      absl::StatusOr<ArchiveEntry> entry = Check(header);
      if (!entry.ok()) return Annotate(entry.status(), Quoted(entry_path_));
      if (!entry->path.empty()) return *std::move(entry);
    }
  }

  absl::StatusOr<ArchiveEntry> Check(archive_entry* header) {
    ArchiveEntry entry;
    ASSIGN_OR_RETURN(entry.type, TypeOf(header));
    ASSIGN_OR_RETURN(entry.path, entry.type == EntryType::kDirectory
                                     ? CheckedPath(EntryPath(header))
                                     : CheckedFilePath(EntryPath(header)));
    ASSIGN_OR_RETURN(entry.mode, CheckedMode(header, entry.type));
    ASSIGN_OR_RETURN(entry.link_target, CheckedTarget(header, entry));
    ASSIGN_OR_RETURN(entry.size, CheckedSize(header, entry.type));
    entry.mtime = absl::FromTimeT(archive_entry_mtime(header));
    return entry;
  }

  absl::StatusOr<std::string> CheckedPath(std::optional<std::string> const& stored) const {
    if (!stored) return absl::InvalidArgumentError("a path that cannot be read");
    ASSIGN_OR_RETURN(std::string path, NormalizePath(*stored, options_.limits));
    RETURN_IF_ERROR(symlinks_.Check(path));
    return path;
  }

  absl::StatusOr<std::string> CheckedFilePath(std::optional<std::string> const& stored) const {
    ASSIGN_OR_RETURN(std::string path, CheckedPath(stored));
    if (path.empty()) return absl::InvalidArgumentError("the root, but not as a directory");
    return path;
  }

  static absl::StatusOr<int> CheckedMode(archive_entry* header, EntryType type) {
    auto const mode = static_cast<int>(archive_entry_perm(header));
    if (type != EntryType::kDirectory && (mode & (S_ISUID | S_ISGID)) != 0)
      return absl::InvalidArgumentError("setuid or setgid");
    return mode & kPermissionBits;
  }

  absl::StatusOr<std::string> CheckedTarget(archive_entry* header, ArchiveEntry const& entry) {
    if (entry.type == EntryType::kHardlink) return CheckedFilePath(EntryHardlink(header));
    if (entry.type != EntryType::kSymlink) return "";
    std::optional<std::string> target = EntrySymlink(header);
    if (!target) return absl::InvalidArgumentError("a link target that cannot be read");
    RETURN_IF_ERROR(
        CheckSymlinkTarget(entry.path, *target, options_.allowed_link_roots, options_.limits));
    RETURN_IF_ERROR(symlinks_.Add(entry.path));
    return *std::move(target);
  }

  absl::StatusOr<int64_t> CheckedSize(archive_entry* header, EntryType type) {
    int64_t const size = type == EntryType::kFile ? archive_entry_size(header) : 0;
    if (size < 0) return absl::InvalidArgumentError("a negative size");
    if (size > options_.limits.max_entry_bytes)
      return Exceeded("max_entry_bytes", options_.limits.max_entry_bytes);
    if (size > options_.limits.max_total_bytes - announced_)
      return Exceeded("max_total_bytes", options_.limits.max_total_bytes);
    announced_ += size;
    left_ = size;
    return size;
  }

  absl::StatusOr<size_t> ReadEntry(char* buffer, size_t size) {
    size = std::min(size, static_cast<size_t>(left_));
    if (size == 0) return 0;
    ASSIGN_OR_RETURN(size_t const got, unpacker_->Read(buffer, size));
    if (got == 0) return absl::DataLossError(absl::StrCat("ends ", left_, " bytes early"));
    left_ -= static_cast<int64_t>(got);
    read_ += static_cast<int64_t>(got);
    RETURN_IF_ERROR(CheckRatio());
    return got;
  }

  absl::Status SkipRest() {
    while (left_ > 0) {
      RETURN_IF_ERROR(ReadEntry(skipped_.data(), skipped_.size()).status());
    }
    return absl::OkStatus();
  }

  // A hole in a sparse file is read without being unpacked, metadata unpacked without being read.
  absl::Status CheckRatio() const {
    int64_t const out = std::max(read_, unpacker_->unpacked_bytes());
    auto const allowed = options_.limits.max_ratio * static_cast<double>(unpacker_->packed_bytes());
    if (out <= kRatioCountsFrom || static_cast<double>(out) <= allowed) return absl::OkStatus();
    return Exceeded("max_ratio", options_.limits.max_ratio);
  }

  std::string const path_;
  Options const options_;
  std::unique_ptr<Unpacker> const unpacker_;
  std::vector<char> skipped_;
  SymlinksSeen symlinks_;
  absl::Status failure_;

  std::string entry_path_;
  int64_t left_ = 0;  // of the present entry
  int64_t read_ = 0;  // of all entries
  int64_t entries_ = 0;
  int64_t announced_ = 0;
};

absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenFrom(
    absl::StatusOr<std::unique_ptr<PackedSource>> source, Unpacker::Format format,
    std::string const& path, ArchiveReader::Options options) {
  if (!source.ok()) return Annotate(source.status(), path);
  absl::StatusOr<std::unique_ptr<Unpacker>> unpacker = Unpacker::Open(*std::move(source), format);
  if (!unpacker.ok()) return Annotate(unpacker.status(), path);
  return std::make_unique<CheckedReader>(path, std::move(options), *std::move(unpacker));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ArchiveReader>> ArchiveReader::OpenTar(std::string const& path,
                                                                      Options options) {
  return OpenFrom(OpenPackedFile(path), Unpacker::Format::kTar, path, std::move(options));
}

absl::StatusOr<std::unique_ptr<ArchiveReader>> ArchiveReader::OpenTarBytes(absl::string_view bytes,
                                                                           std::string const& name,
                                                                           Options options) {
  return OpenFrom(PackedBytes(bytes), Unpacker::Format::kTar, name, std::move(options));
}

absl::StatusOr<std::unique_ptr<ArchiveReader>> ArchiveReader::OpenDeb(std::string const& path,
                                                                      Options options) {
  return OpenFrom(OpenDebData(path), Unpacker::Format::kTar, path, std::move(options));
}

absl::StatusOr<std::unique_ptr<ArchiveReader>> ArchiveReader::OpenRpm(std::string const& path,
                                                                      Options options) {
  return OpenFrom(OpenPackedFile(path), Unpacker::Format::kRpm, path, std::move(options));
}

}  // namespace probefarm
